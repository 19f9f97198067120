"""Pages: records → the content of each page, with its readers. All view logic; no I/O, no HTML.

`plan` makes all pages of a site. There is one module per kind of page.
"""
