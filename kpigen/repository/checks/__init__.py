"""What is wrong with a project, seen as a whole: in itself, with `auto`, against an earlier revision, before a step.

Each check is a function from a project to findings.
"""
