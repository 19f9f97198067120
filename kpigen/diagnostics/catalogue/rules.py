"""5xx: Rule files."""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import error, warning

RULE_PLACE = error(
    501,
    "Rule file in the wrong place",
    "the file says form `{form}`, but lies under `{folder}/`",
    "the folder has the form's id",
)
VERSION_NAME = error(
    502,
    "Rule version name",
    "`{name}` is not the name of a rule version",
    "name it by its first period, `2026-01.yaml`; a correction is `2026-01.2.yaml`",
)
DUPLICATE_VERSION = error(
    503,
    "Two versions with one start",
    "{other} starts in the same month with the same correction number",
    "give the newer one the next correction number",
)
WEIGHTS_TOTAL = error(504, "Weights", "the weights add up to {total}, not {full}", "correct the weights")
CURVE_NOT_FUNCTION = error(
    505,
    "Curve",
    "the curve's points must rise from left to right, {value} does not",
    "order them by the measured value, each once",
)
UNUSED_INPUT = error(
    506, "Input that nothing uses", "nothing uses the input `{input}`", "use it in `measure` or `score`, or remove it"
)
FORMULA_SYNTAX = error(
    507, "Formula", "the formula cannot be read: {problem}", "docs/rules.md has the formula language"
)
FORMULA_NAME = error(
    508, "Unknown name in a formula", "the formula names `{name}`, which is not an input here", "known: {known}"
)
FORMULA_TYPE = error(509, "Formula does not fit", "{problem}", "docs/rules.md has the formula language")
GRADE_GAP = error(510, "Gap in the grades", "totals below {lowest} have no grade", "the last grade begins at 0")
GRADE_ORDER = error(
    511,
    "Grades out of order",
    "`{grade}` begins at {value}, which is not below the grade before it",
    "list grades from high to low",
)
UNITS_DISAGREE = error(
    512,
    "Units disagree",
    "{what} is written as {found}, but what it is compared with is {expected}",
    "write it as {expected}",
)
ORIGIN_MISSING = error(
    513,
    "Origin missing",
    "`{what}` has no origin",
    "say under `origin` whether it is `source`, `reconstructed` or `chosen`; a form without any origin needs none",
)
ORIGIN_UNKNOWN = error(
    514, "Origin of nothing", "`{key}` is not something that has an origin here", "docs/rules.md, Origins"
)
EXAMPLE_FAILS = error(
    515, "Worked example", "the example gives {found}, not {expected}", "correct the example or the rule"
)
LANGUAGE_MISSING = error(516, "Text not in every language", "`{key}` has no text in: {languages}", "add it")
DUPLICATE_ID = error(
    517,
    "Id twice",
    "the id `{id}` stands twice in this form",
    "every indicator, section and bonus item has an id of its own",
)
UNKNOWN_METHOD = error(518, "Unknown method", "`{method}` is not a scoring method", "methods: {known}")
METHOD_DOES_NOT_FIT = error(
    519, "Method does not fit", "the method `{method}` {problem}", "docs/rules.md lists what each method takes"
)
CONFIDENTIAL_USE = error(
    520,
    "Confidential input",
    "{problem}",
    "confidential inputs are lists of ratings that are shown as one mean under `shown_as`",
)
TOO_FEW_EXAMPLES = error(
    521, "Worked examples", "the form has {count} worked examples, at least two are needed", "add some under `examples`"
)
BAD_RANGE = error(522, "Empty range", "no number is {range}", "correct `min`, `max`, `above` or `below`")
LEVELS_DIFFER = error(
    523, "Levels differ", "the levels are {found}, but `{input}` has {expected}", "give each choice one number"
)
NO_SECTIONS = error(524, "Nothing to score", "the form has no indicators", "add `sections` or `indicators`")
UNKNOWN_SCALE = error(530, "Unknown scale", "the form has no scale `{scale}`", "known: {known}")
NO_FULL_MARKS = error(
    531,
    "Row without full marks",
    "this needs full marks, but the row has neither a weight nor `out_of`",
    "give the row `out_of: 10`, or write the number itself",
)
WEIGHT_INPUT = error(
    532,
    "Weight by an input",
    "`{input}` is not a number or percentage of this row, so it cannot be the weight",
    "known: {known}",
)
PLAIN_TEXT = error(
    540,
    "Text of one language",
    "`{key}` does not say its language, and the site has several: {languages}",
    "write each language: `{example}`",
)
QUOTA_ABOVE_ALL = error(
    554,
    "Quota above all",
    "the shares of the quota add up to {total}",
    "take less: nobody has two grades, so all shares together are 100% at most",
)
QUOTA_WITHOUT_GRADES = error(555, "Quota without grades", "the form has no grades for a quota", "add `grades`")
COLUMN_DOES_NOT_FIT = error(541, "Column", "{problem}", "docs/rules.md lists what a column takes")
TOO_FEW_CHOICES = error(
    550,
    "Scale with too few choices",
    "the scale `{scale}` has fewer than two choices",
    "list each choice with its points: `good: 4`",
)
TOO_MANY_CHOICES = error(
    551,
    "Scale with too many choices",
    "the scale `{scale}` has more than {limit} choices",
    "let reviews give the number itself: `type: number`",
)
BAD_DEFAULT = error(
    552,
    "Default",
    "the default of `{input}` {problem}",
    "a default is a value as a review writes it, or the id of another input of the row",
)
AUTO_RULE = error(
    545,
    "What `auto` takes",
    "`{key}`: {problem}",
    "own totals are those of published reviews of shorter periods: `auto: own_totals`, or a mapping with `take: own_totals`",
)
SAID_TWICE = warning(
    560,
    "Text and score differ",
    "the standard says {said}, and the score has {has}",
    "correct the one that is wrong; if both are right, name {has} in the text too",
)
CONFIDENTIAL_RESULT = error(
    542,
    "Confidential result",
    "the result `{result}` follows from `{other}`, which is confidential, and would tell it",
    "mark it with `confidential: yes` too, or calculate it from something else",
)
