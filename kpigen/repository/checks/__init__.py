"""Checks of a whole project: on its own, with `auto` values, against an earlier revision, and before a step of a review.

A check is a function that takes a project and yields findings.
"""
