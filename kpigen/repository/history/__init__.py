"""The git history as changes in meaning: what each commit did to reviews, rules and scores.

Reads git with `repository.git` and compares with `repository.diff`.
"""
