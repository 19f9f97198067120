"""Scoring: methods, scorecards with their working, the outlook, and the digests of a review's content.

Pure functions over records. A method also reads its own part of a rule file, from nodes that are parsed already, and reports
what is wrong there. Nothing here opens a file or renders a page.
"""
