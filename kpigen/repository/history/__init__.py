"""The git history as changes in meaning: what each commit did to reviews, rules and scores.

Reads git through `repository.git`, compares by `repository.diff`.
"""
