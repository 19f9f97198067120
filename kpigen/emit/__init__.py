"""Findings for their readers: text, JSON, SARIF, for GitHub and GitLab; text made safe where it is shown.

Puts into a format; what is wrong was found elsewhere.
"""
