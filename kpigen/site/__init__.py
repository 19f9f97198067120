"""From records to a site: pages → render → pdf → proof → output → preview, each resting on those before it.

Never changes a review and never scores with rules of its own.
"""
