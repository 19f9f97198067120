"""From metrics and a form to a scorecard, every step kept: methods, working, outlook, digests of content.

Pure functions over records; nothing here reads a file or renders a page.
"""
