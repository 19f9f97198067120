"""From records to a site: pages → render → pdf → proof → output → preview. Each builds on the ones before it.

Never changes a review, and has no scoring rules of its own.
"""
