"""The catalogue of problems: the one place for code, severity, title, message and hint.

1xx files and YAML · 2xx fields · 3xx a review against its form · 4xx roster and project · 5xx rule files ·
6xx status, confirmations, seal · 7xx building · 8xx settings · 9xx verifying and signing PDFs. A code keeps its meaning for
good; `docs/diagnostics.md` is made from here, and `tests/cases/` has a small bad file for each code that a file gives.
"""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import Kind, Severity

ALL: dict[str, Kind] = {}


def _kind(severity: Severity, code: int, title: str, message: str, hint: str) -> Kind:
    kind = Kind(f"KPI{code}", severity, title, message, hint)
    assert kind.code not in ALL, kind.code
    ALL[kind.code] = kind
    return kind


def _error(code: int, title: str, message: str, hint: str = "") -> Kind:
    return _kind(Severity.ERROR, code, title, message, hint)


def _warning(code: int, title: str, message: str, hint: str = "") -> Kind:
    return _kind(Severity.WARNING, code, title, message, hint)


# 1xx: files and YAML
FILE_TOO_LARGE = _error(
    101,
    "File too large",
    "the file has {size} bytes, more than {limit}",
    "put long material beside the review and name it under `evidence`",
)
NOT_UTF8 = _error(
    102,
    "Not UTF-8",
    "byte {byte} is not UTF-8 text",
    "save the file as UTF-8 (in Excel: CSV UTF-8; in editors: encoding UTF-8, not GBK)",
)
FORBIDDEN_CHARACTER = _error(
    103,
    "Forbidden character",
    "the character {code} must not stand in a text file",
    "delete it; it is invisible and usually comes with copied text",
)
NO_FRONT_MATTER = _error(
    104,
    "No front matter",
    "the file does not begin with `---`",
    "a review begins with `---`, its fields, and `---`; `kpigen new` writes a draft",
)
FRONT_MATTER_NOT_CLOSED = _error(
    105,
    "Front matter not closed",
    "the front matter that begins here has no closing `---`",
    "write a line `---` before the narrative",
)
FRONT_MATTER_EMPTY = _error(
    106, "No fields", "there are no `key: value` fields here", "`kpigen new` writes a draft, `kpigen schema` the format"
)
YAML_SYNTAX = _error(
    107,
    "YAML syntax",
    "YAML cannot be read here: {problem}",
    "look for an indentation that differs, a missing quote or bracket, or a text with `: ` in it that needs quotes",
)
FULL_WIDTH_COLON = _error(
    108,
    "Full-width colon",
    "YAML cannot be read here: {problem}; a key nearby is followed by a full-width colon `：`",
    "write `key: value` with a half-width colon and a space",
)
NESTED_TOO_DEEP = _error(
    109,
    "Nested too deep",
    "brackets or indentation go deeper than {limit} levels",
    "no field needs that; look for a bracket too many",
)
SEVERAL_DOCUMENTS = _error(
    110,
    "Several documents",
    "a second YAML document begins here",
    "one file holds one document; remove the `---` or `...` in between",
)
YAML_DIRECTIVE = _error(111, "YAML directive", "YAML directives (`%…`) are not part of the format", "remove the line")
YAML_ALIAS = _error(
    112,
    "YAML alias",
    "`*{name}` is a YAML alias, which is not part of the format",
    "write the value itself; quote a text that begins with `*`",
)
YAML_ANCHOR = _error(
    113,
    "YAML anchor",
    "`&{name}` is a YAML anchor, which is not part of the format",
    "remove it; quote a text that begins with `&`",
)
YAML_TAG = _error(
    114,
    "YAML tag",
    "`{tag}` is a YAML tag, which is not part of the format",
    "remove it; quote a text that begins with `!`",
)
KEY_NOT_TEXT = _error(
    115, "Key is not a text", "a key must be a plain word", "quote the text if it is meant as a value"
)
DUPLICATE_KEY = _error(
    116, "Duplicate key", "`{key}` stands here a second time, first on line {line}", "keep one of the two"
)
UNREADABLE = _error(
    117, "File cannot be read", "the file cannot be read: {reason}", "check that it exists and may be read"
)
STRAY_FILE = _warning(
    118,
    "File that nothing uses",
    "this file is neither a review nor named as evidence by one",
    "a review is `<employee-id>.<form>.md` in the folder of its period; delete the file or name it under `evidence`",
)
LINK_NOT_FOLLOWED = _error(119, "Symbolic link", "symbolic links are not followed", "put the file itself here")

# 2xx: fields of reviews and rule files
UNKNOWN_KEY = _error(201, "Unknown key", "`{key}` is not a key of {where}", "known here: {known}")
MISSING_KEY = _error(202, "Missing key", "{where} lacks `{key}`", "add `{key}:`")
WRONG_SHAPE = _error(203, "Wrong shape", "`{key}` must be {expected}, not {found}", "see `kpigen schema`")
EMPTY_VALUE = _error(204, "Empty value", "`{key}` has no value", "write one, or leave the key out")
COMMENT_CUTS_TEXT = _error(
    205,
    "Comment cuts a text",
    "` #` begins a YAML comment and cuts this text short: “{rest}” would be lost",
    "put the whole text in quotes, or in a block after `|`",
)
NOT_ALLOWED = _error(206, "Value not allowed", "`{value}` is not allowed for `{key}`", "one of: {known}")
BAD_PERIOD = _error(207, "Not a period", "`{value}` is not a period", "write 2026-01, 2026-Q1, 2026-H1 or 2026")
BAD_DATE = _error(208, "Not a date", "`{value}` is not a date", "write the year, month and day as 2026-02-05")
BAD_ID = _error(
    209,
    "Not an id",
    "`{value}` cannot be used as an id",
    "ids have 1 to 64 ASCII letters, digits, `-` or `_`, and begin with a letter or digit",
)
UNKNOWN_SCHEMA = _error(
    210,
    "Unknown format version",
    "format version `{value}` is not known to this kpigen",
    "this version reads `schema: 1`",
)
BAD_DIGEST = _error(
    211,
    "Not a digest",
    "`{value}` is not {expected}",
    "a content number is printed on the report; everything else of this kind kpigen writes itself: restore it from git",
)
BAD_LINK = _error(
    212, "Link not allowed", "`{value}` is not an https link", "use an https address, or a file beside the review"
)

# 3xx: a review against its form
UNKNOWN_FORM = _error(301, "Unknown form", "there is no form `{form}` under the rules", "known forms: {known}")
UNKNOWN_VERSION = _error(302, "Unknown rule version", "form `{form}` has no version `{version}`", "versions: {known}")
NO_VERSION_IN_FORCE = _error(
    303, "No rules in force", "no version of `{form}` is in force in {period}", "the first one starts with {first}"
)
PERIOD_NOT_IN_CYCLE = _error(
    304,
    "Period does not fit the cycle",
    "{period} is a {kind}, but `{form}` is assessed by {cycle}",
    "change `period` or the form",
)
UNKNOWN_INDICATOR = _error(
    305, "Unknown indicator", "`{id}` is not an indicator of `{form}`", "`kpigen form {form}` lists them"
)
UNKNOWN_INPUT = _error(306, "Unknown input", "`{input}` is not an input of `{indicator}`", "inputs: {known}")
UNKNOWN_BONUS = _error(307, "Unknown bonus", "`{id}` is not a bonus item of `{form}`", "bonus items: {known}")
METRIC_SHAPE = _error(
    308, "Metric has the wrong shape", "`{key}` takes {expected}, not {found}", "for example `{example}`"
)
INPUT_MISSING = _error(
    309,
    "Input missing",
    "`{key}` lacks {inputs}",
    "add what is missing, or declare the indicator under `not_applicable` with a reason",
)
NOT_A_NUMBER = _error(
    310, "Not a number", "`{value}` is not a number", "write digits, with a decimal point if needed: `{example}`"
)
GROUPED_NUMBER = _error(311, "Grouped number", "`{value}` has separators between its digits", "write `{example}`")
FULL_WIDTH = _error(
    312, "Full-width characters", "`{value}` is written with full-width characters", "write `{example}`"
)
SPACE_IN_VALUE = _error(313, "Space in a value", "`{value}` has a space in it", "write `{example}`")
PERCENT_SIGN_MISSING = _error(
    314, "Percent sign missing", "`{value}` is a percentage without its sign", "write `{example}`"
)
CLOCK_DURATION = _error(
    315, "Duration like a clock", "`{value}` could be minutes and seconds or hours and minutes", "write `{example}`"
)
EXPONENT = _error(316, "Exponent", "`{value}` is written with an exponent", "write the number out: `{example}`")
NOT_WHOLE = _error(317, "Not a whole number", "`{value}` is not a whole number", "counts are whole: `{example}`")
UNIT_IN_NUMBER = _error(318, "Unit in a number", "`{value}` has a unit that is not written here", "write `{example}`")
NUMBER_TOO_LONG = _error(
    319, "Number too long", "`{value}` has too many digits", "at most 15 digits before the point and 12 after"
)
NOT_PERCENT = _error(320, "Not a percentage", "`{value}` is not a percentage", "write for example `{example}`")
NOT_DURATION = _error(
    321, "Not a duration", "`{value}` is not a duration", "write whole hours, minutes and seconds, as `{example}`"
)
NOT_YES_NO = _error(322, "Not yes or no", "`{value}` is neither `yes` nor `no`", "write `yes` or `no`")
UNKNOWN_LEVEL = _error(323, "Unknown level", "`{value}` is not a level of `{key}`", "one of: {known}")
OUT_OF_RANGE = _error(324, "Out of range", "`{key}` is {value}, but must be {range}", "correct the number")
LIMIT_BROKEN = _error(
    325,
    "Numbers that cannot be",
    "`{key}`: {numbers} contradicts `{limit}`",
    "correct the numbers; the form's limits are part of its rules",
)
LIST_EMPTY = _error(
    326,
    "List without entries",
    "`{key}` needs at least one entry",
    "add one, or declare the indicator under `not_applicable`",
)
NOT_SCORABLE = _error(327, "Cannot be scored", "`{key}` cannot be scored: {reason}", "correct the numbers, or the rule")
METRIC_OF_NOT_APPLICABLE = _error(
    328,
    "Metric of a not-applicable indicator",
    "`{id}` has a metric and is declared not applicable",
    "keep one of the two",
)
ALL_NOT_APPLICABLE = _error(
    329,
    "Everything not applicable",
    "no indicator of the form is left to score",
    "a review needs at least one applicable indicator",
)
AUTO_NOT_ALLOWED = _error(330, "`auto` not allowed", "`{key}` cannot be taken automatically", "write the numbers")
RULE_WARNING = _warning(
    331, "The form's own warning", "`{key}`: {text}", "check the number; the form's rule asks for it"
)
CONFIDENTIAL_SELF_ASSESSMENT = _error(
    332,
    "Confidential input in a self-assessment",
    "`{key}` is confidential and has no place in a self-assessment",
    "leave it out",
)
NO_BONUS = _error(333, "Form without bonus", "`{form}` has no bonus items", "remove `bonus`")
EVIDENCE_MISSING = _error(
    334,
    "Evidence file missing",
    "there is no file `{path}` beside the review",
    "add the file, or correct its name (upper and lower case count)",
)
EVIDENCE_OUTSIDE = _error(
    335,
    "Evidence outside the folder",
    "`{path}` does not lie below the review's own folder",
    "put the file beside the review, for example under `files/`",
)
TEXT_FOR_NOT_APPLICABLE = _error(
    336, "Reason missing", "`{id}` is not applicable without a reason", "write why, in a few words"
)

EVIDENCE_ACTIVE = _error(
    337,
    "Evidence that a browser would run",
    "`{path}` is a kind of file that runs in the reader's browser",
    "attach it as PDF, picture, table or text",
)

EVIDENCE_IS_REVIEW = _error(
    338,
    "Evidence that is a review",
    "`{path}` lies where reviews do, and would carry one into somebody's folder",
    "put evidence into a folder of its own, for example under `files/`",
)

# 4xx: roster and project
WRONG_PLACE = _error(
    401, "File in the wrong place", "the file says {says}, so it belongs at `{path}`", "move it, or correct `{key}`"
)
DUPLICATE_REVIEW = _error(
    402, "Review twice", "{employee} has {form} for {period} already, in {other}", "keep one of the two"
)
MANAGERS_DISAGREE = _error(
    403,
    "Two managers in one period",
    "the manager here is {manager}, but {other_manager} in {other}",
    "a person has one manager in a period: correct one of the two",
)
NOT_ON_ROSTER = _error(
    404, "Not on the roster", "{employee} is not on the roster in {period}", "correct the id, or add a line to {roster}"
)
ROSTER_DIFFERENCE = _warning(
    405,
    "Differs from the roster",
    "`{key}` is “{value}”, but the roster says “{roster}” for {period}",
    "correct one of the two if it is a slip",
)
FORM_DIFFERENCE = _warning(
    406,
    "Another form than the roster's",
    "the review uses `{form}`, but the roster names `{roster}` for {employee}",
    "correct one of the two if it is a slip",
)
ROSTER_HEADER = _error(
    410, "Roster header", "the roster's first line must be `{expected}`", "missing: {missing}; unknown: {unknown}"
)
ROSTER_VALUE = _error(411, "Roster value", "`{value}` is not {expected}", "correct the cell in column `{column}`")
ROSTER_OVERLAP = _error(
    412,
    "Roster lines overlap",
    "{employee} has two lines for {date}, the other on line {line}",
    "end the first before the second begins (`to`, `from`)",
)
ROSTER_LOGIN = _error(
    413, "Login of two people", "login `{login}` belongs to {employee} and to {other}", "a login is one person's"
)
ROSTER_MANAGER = _warning(
    414,
    "Manager not on the roster",
    "manager {manager} has no line of their own",
    "add the manager, or nobody can log in as one",
)
ROSTER_DATES = _error(415, "Roster dates", "`from` {start} lies after `to` {end}", "correct the dates")
ROSTER_COLUMNS = _error(
    416, "Roster line", "the line has {found} cells instead of {expected}", "a text with a comma needs double quotes"
)
AUTO_NONE = _error(
    420,
    "Nothing to take",
    "`{key}: auto` found no published review of {period} whose manager is {employee}",
    "publish the team's reviews first, or write the numbers",
)
AUTO_CYCLE = _error(
    421,
    "Circle of automatic totals",
    "`{key}: auto` goes round in a circle: {circle}",
    "write the numbers in one of them",
)
AUTO_MEMBER_MISSING = _warning(
    422,
    "Team member without a total",
    "`{key}: auto` lacks {members}, on the roster in {period}",
    "publish their reviews first if they count",
)
AUTO_CHANGED = _warning(
    423,
    "Taken totals have changed",
    "`{key}: auto` took {taken} when published, and would take {now} today: {changed}",
    "`kpigen amend {path} --reason … --by …` takes the totals of today, if the review should follow",
)

# 5xx: rule files
RULE_PLACE = _error(
    501,
    "Rule file in the wrong place",
    "the file says form `{form}`, but lies under `{folder}/`",
    "the folder has the form's id",
)
VERSION_NAME = _error(
    502,
    "Rule version name",
    "`{name}` is not the name of a rule version",
    "name it by its first period, `2026-01.yaml`; a correction is `2026-01.2.yaml`",
)
DUPLICATE_VERSION = _error(
    503,
    "Two versions with one start",
    "{other} starts in the same month with the same correction number",
    "give the newer one the next correction number",
)
WEIGHTS_TOTAL = _error(504, "Weights", "the weights add up to {total}, not 100", "correct the weights")
CURVE_NOT_FUNCTION = _error(
    505,
    "Curve",
    "the curve's points must rise from left to right, {value} does not",
    "order them by the measured value, each once",
)
UNUSED_INPUT = _error(
    506, "Input that nothing uses", "nothing uses the input `{input}`", "use it in `measure` or `score`, or remove it"
)
FORMULA_SYNTAX = _error(
    507, "Formula", "the formula cannot be read: {problem}", "docs/rules.md has the formula language"
)
FORMULA_NAME = _error(
    508, "Unknown name in a formula", "the formula names `{name}`, which is not an input here", "known: {known}"
)
FORMULA_TYPE = _error(509, "Formula does not fit", "{problem}", "docs/rules.md has the formula language")
GRADE_GAP = _error(510, "Gap in the grades", "totals below {lowest} have no grade", "the last grade begins at 0")
GRADE_ORDER = _error(
    511,
    "Grades out of order",
    "`{grade}` begins at {value}, which is not below the grade before it",
    "list grades from high to low",
)
UNITS_DISAGREE = _error(
    512,
    "Units disagree",
    "{what} is written as {found}, but what it is compared with is {expected}",
    "write it as {expected}",
)
ORIGIN_MISSING = _error(
    513,
    "Origin missing",
    "`{what}` has no origin",
    "say under `origin` whether it is `source`, `reconstructed` or `chosen`",
)
ORIGIN_UNKNOWN = _error(
    514, "Origin of nothing", "`{key}` is not something that has an origin here", "docs/rules.md, Origins"
)
EXAMPLE_FAILS = _error(
    515, "Worked example", "the example gives {found}, not {expected}", "correct the example or the rule"
)
LANGUAGE_MISSING = _error(516, "Text not in every language", "`{key}` has no text in: {languages}", "add it")
DUPLICATE_ID = _error(
    517,
    "Id twice",
    "the id `{id}` stands twice in this form",
    "every indicator, section and bonus item has an id of its own",
)
UNKNOWN_METHOD = _error(518, "Unknown method", "`{method}` is not a scoring method", "methods: {known}")
METHOD_DOES_NOT_FIT = _error(
    519, "Method does not fit", "the method `{method}` {problem}", "docs/rules.md lists what each method takes"
)
CONFIDENTIAL_USE = _error(
    520,
    "Confidential input",
    "{problem}",
    "confidential inputs are lists of ratings that are shown as one mean under `shown_as`",
)
TOO_FEW_EXAMPLES = _error(
    521, "Worked examples", "the form has {count} worked examples, at least two are needed", "add some under `examples`"
)
BAD_RANGE = _error(522, "Empty range", "no number is {range}", "correct `min`, `max`, `above` or `below`")
LEVELS_DIFFER = _error(
    523, "Levels differ", "the levels are {found}, but `{input}` has {expected}", "give each choice one number"
)
NO_SECTIONS = _error(524, "Nothing to score", "the form has no indicators", "add `sections` or `indicators`")

# 6xx: status, confirmations, seal
INCOMPLETE = _error(
    601,
    "Not complete",
    "`{id}` has no complete metric, and the review is {status}",
    "add it, or declare it under `not_applicable`; a draft may leave it open",
)
NARRATIVE_MISSING = _error(
    602, "Narrative missing", "`{form}` asks for a narrative, and the body is empty", "write it below the front matter"
)
COMMENTS_MISSING = _warning(
    603, "No comment at all", "`{form}` asks for examples, and no indicator has a comment", "add some under `comments`"
)
TOO_FEW_RATERS = _error(
    604,
    "Too few raters",
    "`{id}` has {count} confidential raters together, at least {least} are needed",
    "with fewer, the shown mean would point at one person",
)
STATUS_BLOCK_MISSING = _error(
    605,
    "Status without its block",
    "status is {status}, but there is no `{block}`",
    "use `kpigen {command}`, which writes both",
)
STATUS_BLOCK_EARLY = _error(
    606,
    "Block without its status",
    "there is a `{block}` block, but status is {status}",
    "status goes from draft to submitted to published; restore it from git",
)
CONFIRMATION_OLD = _warning(
    607,
    "Confirmation of other content",
    "{role} confirmed {of}, but the content is {number} now",
    "ask for a new confirmation (`kpigen confirm`)",
)
OBJECTION_OLD = _warning(
    608,
    "Objection to other content",
    "the objection is to {of}, but the content is {number} now",
    "check that its resolution still holds",
)
SEAL_BROKEN = _error(
    609,
    "Seal broken",
    "the content is not the one that was published on {on}: {what}",
    "restore it from git; a change of a published review is an amendment",
)
SCORE_CHANGED = _error(
    610,
    "Score changed",
    "published as {published}, but it scores {now} today",
    "restore the review and its rule version from git; a change is an amendment",
)
ENTRIES_MISSING = _error(
    611, "Sealed entries missing", "the seal covers {sealed} {what}, but there are {found}", "restore them from git"
)
CONFIRMATION_MISSING = _error(
    612,
    "Confirmation missing",
    "`{form}` asks for a confirmation of this content ({number}) by: {roles}",
    "`kpigen confirm FILE --role ROLE --name NAME`",
)
OBJECTION_OPEN = _error(
    613,
    "Objection without resolution",
    "the objection of {date} has no resolution",
    "write `resolution:` and `resolved:` beside it",
)
PLAN_MISSING = _error(
    614,
    "Improvement plan missing",
    "grade {grade} of `{form}` asks for an improvement plan",
    "write it under `feedback: plan:`",
)
WRONG_STATUS = _error(615, "Wrong status", "the review is {status}, so it cannot be {wanted}", "{reason}")
PUBLISHED_RULES = _error(
    616,
    "Published by other rules",
    "`form` pins {pinned}, but it was published by {published}",
    "restore both from git",
)
WITHDRAWN_REASON = _error(
    617,
    "Withdrawn without a reason",
    "a withdrawn review needs the reason in its `amendments`",
    "add the amendment that says why",
)
ENGINE_UNKNOWN = _error(
    618,
    "Other scoring engine",
    "published by engine {engine}, this kpigen has {known}",
    "use the kpigen that published it",
)
NOT_IN_REPOSITORY = _error(
    619,
    "Not a review of this repository",
    "`{path}` is not a review under {root}",
    "give the path of a file under reviews/",
)
EDIT_FAILED = _error(
    620,
    "File cannot be edited in place",
    "the front matter is laid out in a way that cannot be edited here: {reason}",
    "write one `key: value` a line, as `kpigen new` does",
)

NOTHING_AMENDED = _error(
    621,
    "Nothing to amend",
    "the review says what was published; nothing would change",
    "edit the file first, then amend it",
)
NO_SEALED_VERSION = _error(
    622,
    "No sealed version",
    "no version of this review that its seal covers was found: {reason}",
    "{advice}",
)
SEALED_PART_EDITED = _error(
    623,
    "Sealed part edited",
    "`{part}` was edited by hand",
    "restore it from git: kpigen writes its own parts itself, and what others confirmed or objected stays as it is",
)

GIT_FAILED = _error(
    624,
    "Git",
    "git cannot be asked: {reason}",
    "amending compares with the published version in git; commit what was published first",
)

ENTRY_UNSEALED = _error(
    625,
    "Amendment outside the seal",
    "there are {found} amendments, but the seal covers {sealed}",
    "`kpigen amend` and `kpigen withdraw` write both",
)
CHAIN_GAP = _error(
    626,
    "Amendment without its predecessor",
    "the amendment lacks {what} of what stood before it",
    "`kpigen amend` writes them; restore the file from git",
)
WITHDRAWAL_UNDONE = _error(
    627,
    "Withdrawal undone",
    "the last amendment withdraws the review, but its status is {status}",
    "what is withdrawn stays so; restore it from git",
)
OLDER_VERSION = _error(
    628,
    "Older version",
    "the version committed last has amendments that this file lacks",
    "restore that version (`git restore {path}`), then edit it again; an amendment must not be lost",
)
RELEASED_RULE_CHANGED = _error(
    630,
    "Released rules changed",
    "the scoring part of {key} has changed, and published reviews use it",
    "restore it, and make a new version or a correction (`2026-01.2.yaml`); texts and translations may change",
)
RELEASED_RULE_GONE = _error(
    631, "Released rules gone", "{key} {what}, and published reviews use it", "restore the file"
)
PUBLISHED_CHANGED = _error(
    632,
    "Published review changed",
    "a published review has changed without an amendment: {fields}",
    "`kpigen amend FILE --reason … --by …`",
)
PUBLISHED_DELETED = _error(
    633,
    "Published review deleted",
    "the published review {who} is gone",
    "restore the file; what is wrong is amended or withdrawn",
)
PUBLISHED_MOVED = _error(
    634,
    "Published review moved",
    "this file was the published review {who}",
    "restore it, and write the other review into a file of its own",
)
STATUS_BACKWARDS = _error(
    635,
    "Status went backwards",
    "status was {before} and is {now}",
    "status goes from draft to submitted to published to withdrawn",
)
CHAIN_REWRITTEN = _error(
    636, "Amendments rewritten", "earlier amendments have changed or are gone", "restore them; the chain only grows"
)
CHAIN_BROKEN = _error(
    637,
    "Chain broken",
    "the amendment does not name the seal that stood before it",
    "amend the version that was published, not another one",
)
PUBLISHED_UNREADABLE = _error(
    638,
    "Published review unreadable",
    "the published review {who} cannot be read any more, so nothing of it can be compared",
    "mend what is reported of this file, or restore it",
)
BASE_UNREADABLE = _warning(
    639,
    "Unreadable before",
    "this file could not be read in the revision that is compared with",
    "whether a published review has changed since cannot be said: look at its history (`git log -p`)",
)
ENTRIES_REWRITTEN = _error(
    640,
    "Entries rewritten",
    "earlier {what} of a published review have changed or are gone",
    "restore them; new ones are added behind",
)
HISTORY_CUT = _error(
    645,
    "History is cut off",
    "this clone does not have the whole history: {reason}",
    "what was changed before the cut would look as if it had always been so, and what was there as if it were new; "
    "`git fetch --unshallow`, or `fetch-depth: 0` where a workflow checks out",
)
NO_HISTORY = _error(
    646,
    "No history",
    "there is no history in git to read: {reason}",
    "history is what was committed; without git only `amendments` in the reviews say what changed",
)

# 7xx: building
FOREIGN_FILE = _error(
    701, "File in the way", "`{path}` was not written by kpigen and stands where a page would go", "move or delete it"
)
BUILD_RUNNING = _error(
    702, "Another build is running", "another kpigen is writing to {path}", "wait until it has finished"
)
NO_PDF_ENGINE = _warning(703, "No PDFs", "PDFs are not made: {reason}", "{hint}")
CANNOT_WRITE = _error(
    704, "Cannot write", "cannot write {path}: {reason}", "check permissions and free space; what was there stays"
)
DRAFTS_IN_SITE = _error(
    705,
    "Drafts in a versioned site",
    "{path} is versioned in git, and drafts must not be committed",
    "give another folder: --out /tmp/preview",
)
TEMPLATE_BROKEN = _error(
    706, "Template", "the template cannot be used: {problem}", "compare with the template that comes with kpigen"
)
BUILD_INTERRUPTED = _warning(
    707, "Interrupted build", "an earlier build of {path} was interrupted", "it has been {outcome}"
)
NO_SEARCH = _warning(708, "No search", "hr/ has no search: {reason}", "{hint}")
AUDIT_LEFT_OUT = _warning(
    715,
    "No audit pages",
    "the pages under hr/audit/ are left out: {reason}",
    "history that is cut off would tell plausible things that are wrong; "
    "`git fetch --unshallow`, or `fetch-depth: 0` where a workflow checks out",
)

# 8xx: settings
SETTINGS_SYNTAX = _error(801, "Settings", "the settings cannot be read: {problem}", "the file is TOML")
SETTINGS_VALUE = _error(802, "Settings value", "`{key}` must be {expected}", "docs/settings.md lists the settings")
NO_PROJECT = _error(
    803,
    "No repository of reviews here",
    "there is no `reviews/` or settings in {path} or above",
    "change into the repository, or give --root DIR; to score a file by itself give --rules DIR",
)

# 9xx: verifying and signing a PDF
NOT_A_PDF = _error(901, "Not a PDF", "this cannot be read as a PDF: {reason}", "")
NOTHING_ATTACHED = _error(
    902,
    "Nothing to verify",
    "the PDF carries no review",
    "PDFs that `kpigen build` makes of submitted and published reviews carry one; a draft's or a copy on paper does not",
)
ATTACHMENT_MISSING = _error(
    903, "Attachment missing", "the attachment {file} is missing", "ask for the PDF as published"
)
ATTACHMENT_BROKEN = _error(904, "Attachment in error", "the attachment {file} is in error: {problem}", "")
SCORE_DIFFERS = _error(
    905,
    "Another score",
    "{what}: the PDF carries {carried}, recomputed it is {computed}",
    "somebody has changed the PDF",
)
TEXT_DIFFERS = _error(
    906,
    "Another text",
    "{where}the PDF prints `{printed}`, by its attachments it is `{expected}`",
    "somebody has changed what is printed, or the attachments",
)
LOOK_DIFFERS = _error(
    907,
    "Another look",
    "page {page} does not look as its attachments make it look ({where})",
    "something may have been painted over or hidden",
)
ADDED_TO_PDF = _error(908, "Added to the PDF", "the PDF holds {what}, which kpigen does not write", "")
LOOK_NOT_COMPARED = _warning(
    909,
    "Look not compared",
    "how the pages look could not be compared: {reason}",
    "the numbers and texts above were compared",
)
NOT_ON_RECORD = _error(
    910, "Not on record", "{what} is not on record in {record}", "either it was never published, or not by this record"
)
AMENDED_SINCE = _error(911, "Amended since", "the review has been amended since{when}", "ask for the current PDF")
WITHDRAWN_SINCE = _error(912, "Withdrawn", "the review has been withdrawn{when}", "")
CONTENT_CHANGED_SINCE = _error(
    913, "Changed since", "the review was {was} and is now {now}, with other content", "ask for the current PDF"
)
RECORD_UNREADABLE = _error(914, "No record", "{record} cannot be used as a record: {reason}", "")
NOT_SIGNED = _error(915, "Not signed", "the PDF carries no signature", "")
SIGNATURE_BROKEN = _error(916, "Signature broken", "the signature does not hold: {reason}", "")
SIGNER_NOT_TRUSTED = _error(917, "Signer not trusted", "{signer} is not vouched for by {trusted}", "")
CHANGED_AFTER_SIGNING = _error(918, "Changed after signing", "something was added after it was signed: {what}", "")
CANNOT_SIGN = _error(919, "Cannot sign", "{reason}", "")
PAPER_NOT_ON_RECORD = _error(
    920,
    "Seal on record, paper not",
    "the seal is on record, but what it does not cover differs: {what}: the PDF says `{carried}`, the record `{recorded}`",
    "names and texts of rules, the organisation, the manager and entries after publication can be changed without the seal "
    "being broken; where the record was mended since, print the report again",
)
