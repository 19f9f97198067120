"""2xx: Fields of reviews and rule files."""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import error

UNKNOWN_KEY = error(201, "Unknown key", "`{key}` is not a key of {where}", "known here: {known}")
MISSING_KEY = error(202, "Missing key", "{where} has no `{key}`", "add `{key}:`")
WRONG_SHAPE = error(203, "Wrong shape", "`{key}` must be {expected}, not {found}", "see `kpigen schema`")
EMPTY_VALUE = error(204, "Empty value", "`{key}` has no value", "write one, or leave the key out")
COMMENT_CUTS_TEXT = error(
    205,
    "Comment cuts off text",
    "` #` begins a YAML comment and cuts this text short: “{rest}” would be lost",
    "put the whole text in quotes, or in a block after `|`",
)
NOT_ALLOWED = error(206, "Value not allowed", "`{value}` is not allowed for `{key}`", "one of: {known}")
BAD_PERIOD = error(207, "Not a period", "`{value}` is not a period", "write 2026-01, 2026-Q1, 2026-H1 or 2026")
BAD_DATE = error(208, "Not a date", "`{value}` is not a date", "write the year, month and day as 2026-02-05")
BAD_ID = error(
    209,
    "Not an id",
    "`{value}` cannot be used as an id",
    "ids have 1 to 64 ASCII letters, digits, `-` or `_`, and begin with a letter or digit",
)
UNKNOWN_SCHEMA = error(
    210,
    "Unknown format version",
    "format version `{value}` is not known to this kpigen",
    "this version reads `schema: 1`",
)
BAD_DIGEST = error(
    211,
    "Not a digest",
    "`{value}` is not {expected}",
    "a content number is printed on the report; everything else of this kind kpigen writes itself: restore it from git",
)
BAD_LINK = error(
    212, "Link not allowed", "`{value}` is not an https link", "use an https address, or a file beside the review"
)
