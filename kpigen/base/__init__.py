"""The ground: files and folders, digests, periods, Markdown, a store of what was computed.

Knows nothing of reviews, forms or findings. Imports nothing else of kpigen but its version.
"""
