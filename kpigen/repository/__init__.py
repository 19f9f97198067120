"""The repository as a whole: loading, scoring and checking it, changing the status of reviews, comparing revisions.

Returns records, findings and new file contents. Independent of pages and of the command line.
"""
