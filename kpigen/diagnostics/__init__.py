"""Diagnostics as values: `diagnostic` has the record and its place, `catalogue` every kind with its code.

Nothing here prints, raises or puts anything into another language.
"""
