"""Git as it is asked: revisions as trees of files, commits, signatures.

The only place that runs git.
"""
