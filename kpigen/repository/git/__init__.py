"""Access to git: revisions as trees of files, commits, signatures.

Only this package runs git.
"""
