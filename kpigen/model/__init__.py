"""The records that everything else works on: forms, reviews, scorecards.

Frozen data, with what follows from the data alone: look-ups, the grade of a total, a form key from its text, ranges in
words. Nothing here reads a file, scores or renders.
"""
