"""The repository as a whole: everything in it, checked, scored, moved on, compared with what it was.

Gives records, findings and new bytes of files. Knows neither pages nor the command line.
"""
