"""kpigen: a static site generator for performance reviews (绩效考核).

Data flows one way: files → project → diagnostics and scorecards → pages → artifacts → site.
`docs/architecture.md` has the map.
"""

__version__ = "0.1.0"

#: Version of the scoring semantics. It stands in every published review and changes only when the same review and rules would
#: score differently. Since 2, conditions are three-valued, and the cap of bonus items does not depend on their order.
ENGINE = 2
#: The versions that this kpigen knows: what an earlier one published stays as it scored it.
ENGINES = (1, 2)
