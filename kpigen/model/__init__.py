"""The records that everything else works on: forms, reviews, scorecards.

Frozen data with no behaviour beyond look-ups; nothing here reads, scores or renders.
"""
