"""3xx: A review against its form."""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import error, warning

UNKNOWN_FORM = error(301, "Unknown form", "there is no form `{form}` under the rules", "known forms: {known}")
UNKNOWN_VERSION = error(302, "Unknown rule version", "form `{form}` has no version `{version}`", "versions: {known}")
NO_VERSION_IN_FORCE = error(
    303, "No rules in force", "no version of `{form}` is in force in {period}", "the first one starts with {first}"
)
PERIOD_NOT_IN_CYCLE = error(
    304,
    "Period does not fit the cycle",
    "{period} is a {kind}, but `{form}` is assessed by {cycle}",
    "change `period` or the form",
)
UNKNOWN_INDICATOR = error(
    305, "Unknown indicator", "`{id}` is not an indicator of `{form}`", "`kpigen form {form}` lists them"
)
UNKNOWN_INPUT = error(306, "Unknown input", "`{input}` is not an input of `{indicator}`", "inputs: {known}")
UNKNOWN_BONUS = error(307, "Unknown bonus", "`{id}` is not a bonus item of `{form}`", "bonus items: {known}")
METRIC_SHAPE = error(
    308, "Metric has the wrong shape", "`{key}` takes {expected}, not {found}", "for example `{example}`"
)
INPUT_MISSING = error(
    309,
    "Input missing",
    "`{key}` lacks {inputs}",
    "add what is missing, or declare the indicator under `not_applicable` with a reason",
)
NOT_A_NUMBER = error(
    310, "Not a number", "`{value}` is not a number", "write digits, with a decimal point if needed: `{example}`"
)
GROUPED_NUMBER = error(311, "Grouped number", "`{value}` has separators between its digits", "write `{example}`")
FULL_WIDTH = error(312, "Full-width characters", "`{value}` is written with full-width characters", "write `{example}`")
SPACE_IN_VALUE = error(313, "Space in a value", "`{value}` has a space in it", "write `{example}`")
PERCENT_SIGN_MISSING = error(
    314, "Percent sign missing", "`{value}` is a percentage without its sign", "write `{example}`"
)
CLOCK_DURATION = error(
    315, "Duration like a clock", "`{value}` could be minutes and seconds or hours and minutes", "write `{example}`"
)
EXPONENT = error(316, "Exponent", "`{value}` is written with an exponent", "write the number out: `{example}`")
NOT_WHOLE = error(317, "Not a whole number", "`{value}` is not a whole number", "counts are whole: `{example}`")
UNIT_IN_NUMBER = error(318, "Unit in a number", "`{value}` has a unit that is not written here", "write `{example}`")
NUMBER_TOO_LONG = error(
    319, "Number too long", "`{value}` has too many digits", "at most 15 digits before the point and 12 after"
)
NOT_PERCENT = error(320, "Not a percentage", "`{value}` is not a percentage", "write for example `{example}`")
NOT_DURATION = error(
    321, "Not a duration", "`{value}` is not a duration", "write whole hours, minutes and seconds, as `{example}`"
)
NOT_YES_NO = error(322, "Not yes or no", "`{value}` is neither `yes` nor `no`", "write `yes` or `no`")
UNKNOWN_LEVEL = error(323, "Unknown level", "`{value}` is not a level of `{key}`", "one of: {known}")
OUT_OF_RANGE = error(324, "Out of range", "`{key}` is {value}, but must be {range}", "correct the number")
LIMIT_BROKEN = error(
    325,
    "Contradictory numbers",
    "`{key}`: {numbers} contradicts `{limit}`",
    "correct the numbers; the form's limits are part of its rules",
)
LIST_EMPTY = error(
    326,
    "Empty list",
    "`{key}` needs at least one entry",
    "add one, or declare the indicator under `not_applicable`",
)
NOT_SCORABLE = error(327, "Cannot be scored", "`{key}` cannot be scored: {reason}", "correct the numbers, or the rule")
METRIC_OF_NOT_APPLICABLE = error(
    328,
    "Metric of a not-applicable indicator",
    "`{id}` has a metric and is declared not applicable",
    "keep one of the two",
)
ALL_NOT_APPLICABLE = error(
    329,
    "Everything not applicable",
    "no indicator of the form is left to score",
    "a review needs at least one applicable indicator",
)
AUTO_NOT_ALLOWED = error(330, "`auto` not allowed", "`{key}` cannot be taken automatically", "write the numbers")
RULE_WARNING = warning(
    331, "The form's own warning", "`{key}`: {text}", "check the number; the form's rule asks for it"
)
CONFIDENTIAL_SELF_ASSESSMENT = error(
    332,
    "Confidential input in a self-assessment",
    "`{key}` is confidential and has no place in a self-assessment",
    "leave it out",
)
NO_BONUS = error(333, "Form without bonus", "`{form}` has no bonus items", "remove `bonus`")
EVIDENCE_MISSING = error(
    334,
    "Evidence file missing",
    "there is no file `{path}` beside the review",
    "add the file, or correct its name (upper and lower case count)",
)
EVIDENCE_OUTSIDE = error(
    335,
    "Evidence outside the folder",
    "`{path}` does not lie below the review's own folder",
    "put the file beside the review, for example under `files/`",
)
TEXT_FOR_NOT_APPLICABLE = error(
    336, "Reason missing", "`{id}` is not applicable without a reason", "write why, in a few words"
)

EVIDENCE_KIND = error(
    337,
    "Evidence of a kind that is not allowed",
    "`{path}` is not of a kind that evidence may be: {why}",
    "print it as PDF, or put it into a ZIP file",
)

EVIDENCE_IS_REVIEW = error(
    338,
    "Evidence that is a review",
    "`{path}` lies where reviews do, and would carry one into somebody's folder",
    "put evidence into a folder of its own, for example under `files/`",
)

EVIDENCE_KIND_PUBLISHED = warning(
    339,
    "Published evidence that is not allowed any more",
    "`{path}` was published, but may not be evidence today: {why}",
    "the seal stays valid, and the site offers the file for download only, under a harmless name; a new review cannot name it",
)

EVIDENCE_PLACEHOLDER = error(
    340,
    "Placeholder instead of evidence",
    "`{path}` is a placeholder of Git LFS, not the file itself",
    "`git lfs pull` fetches the file; better keep evidence in git itself, as the `.gitattributes` of `kpigen init` says",
)

EVIDENCE_CONTENT = error(
    341,
    "Evidence that is not what its name says",
    "`{path}`: {why}",
    "give it the ending of what it is, or save it anew; print it as PDF if nothing else helps",
)

EVIDENCE_NAME = error(
    342,
    "Evidence with a name that not every system can hold",
    "`{path}`: {why}",
    "rename the file; letters of any script, digits, blanks, `-`, `_` and `.` are safe",
)

HIDDEN_TEXT = error(
    350,
    "Hidden text",
    "{what} hides nothing here, everybody who may read the report would read it: `{text}`",
    "take it out; a note that the report must not show can stand behind `#` in the front matter",
)

HIDDEN_TEXT_PUBLISHED = warning(
    351,
    "Hidden text was published",
    "{what} hides nothing here, everybody who may read the report reads it: `{text}`",
    "the seal stays valid; to take it out, edit the file and use `kpigen amend`",
)

UNSEEN_TEXT = error(
    352,
    "Text that no report shows",
    "{what} is not shown, but the PDF carries it: `{text}`",
    "write it as text, or take it out",
)

UNSEEN_TEXT_PUBLISHED = warning(
    353,
    "Text that no report shows was published",
    "{what} is not shown, but the PDF carries it: `{text}`",
    "the seal stays valid; to write it as text or to take it out, edit the file and use `kpigen amend`",
)

HTML_IN_TEXT = warning(
    354,
    "HTML in a text",
    "`{text}` has no effect, the report shows it as it is written",
    "write Markdown instead; what is meant as it is written can stand between backticks",
)

NO_BLANK_AFTER_COLON = error(
    360,
    "No blank after a colon",
    "`{text}` has no blank after the colon, so YAML does not see a key and its value",
    "write `{better}`",
)

TAB = error(
    361,
    "Tab",
    "a tab stands here (U+0009), and YAML takes none where a line or a value begins",
    "put blanks in its place; editors can write blanks when the Tab key is pressed",
)

TOTAL_WRITING = error(
    362,
    "Total written otherwise",
    "`{key}` is written as `{value}`, and the form writes it with other decimals",
    "write `{better}`",
)
NAMES_ALIKE = error(
    363,
    "Names that differ only in capital letters",
    "`{name}` and `{other}` are one on Windows and macOS, where capital letters make no difference",
    "give one of them another name; otherwise one overwrites the other there, and on a copied site",
)
NAME_OF_ROW = error(
    345, "Name of a row", "form `{form}` names its row `{id}` itself", "rows whose title the review says: {known}"
)
CANNOT_LEAVE_OUT = error(
    346, "Row that cannot be left out", "form `{form}` lets no row be left out, `{id}` too", "enter its value"
)
