"""Scoring: methods, scorecards with their working, the outlook, and the digests of a review's content.

Pure functions over records. Nothing here reads a file or renders a page.
"""
