"""What changed in meaning between two states, and the same for readers.

Compares records; where the states come from is not asked here.
"""
