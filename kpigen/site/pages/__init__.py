"""Pages: records → what stands on each page, with its readers. All view logic, no I/O, no HTML.

`plan` makes all pages of a site; one module a page kind.
"""
