"""kpigen: a static site generator for performance reviews (绩效考核).

Data flows one way: files → project → diagnostics and scorecards → pages → artifacts → site.
`docs/architecture.md` has the map.
"""

__version__ = "0.1.0"

#: Version of the scoring semantics. It stands in every published review and changes only when
#: the same review and rules would score differently.
ENGINE = 1
