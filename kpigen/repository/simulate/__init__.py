"""What other rules would do to reviews that exist: which are tried, what happens, the same for readers.

Changes nothing.
"""
