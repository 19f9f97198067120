"""Pages → HTML: Jinja2 in a sandbox, stylesheets from one set of tokens, QR codes.

Decides nothing about the content of a page.
"""
