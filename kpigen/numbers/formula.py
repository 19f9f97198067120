"""The formula language of rule files: parse, check, evaluate exactly, write out again.

Numbers, percentages, durations, inputs, `+ - * /`, comparisons, `and or not`, `a if c else b`, and the functions in
`FUNCTIONS`. There is nothing else: no attribute, no call of anything else, no loop; the size of a formula is bounded,
and so is every result.
"""

from kpigen.numbers.absence import needed, without
from kpigen.numbers.evaluation import evaluate, lacking, no_value, number, scopes, settled
from kpigen.numbers.expressions import (
    FUNCTIONS,
    RESERVED,
    Entries,
    Expression,
    Field,
    Missing,
    Name,
    Number,
    Numbers,
    Operation,
    PerEntry,
    Points,
    Problem,
    Value,
    build,
    divisors,
    is_value,
    literal,
    names,
    replaced,
    write,
)
from kpigen.numbers.kinds import IN_WORDS, Declared, Type, checked, type_of
from kpigen.numbers.parsing import parse

__all__ = [
    "FUNCTIONS",
    "IN_WORDS",
    "RESERVED",
    "Declared",
    "Entries",
    "Expression",
    "Field",
    "Missing",
    "Name",
    "Number",
    "Numbers",
    "Operation",
    "PerEntry",
    "Points",
    "Problem",
    "Type",
    "Value",
    "build",
    "checked",
    "divisors",
    "evaluate",
    "is_value",
    "lacking",
    "literal",
    "names",
    "needed",
    "no_value",
    "number",
    "parse",
    "replaced",
    "scopes",
    "settled",
    "type_of",
    "without",
    "write",
]
