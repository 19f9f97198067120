"""Pages: records → the content of each page, with its readers. All view logic, no I/O.

`plan` makes all pages of a site. There is one module per kind of page. Templates write the HTML; here are only
Markdown as HTML (`Markup`) and the SVG of charts.
"""
