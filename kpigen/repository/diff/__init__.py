"""Changes in meaning between two states, and how they are shown.

Compares records, regardless of where the states come from.
"""
