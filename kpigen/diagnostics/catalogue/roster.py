"""4xx: Roster and project."""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import error, warning

WRONG_PLACE = error(
    401, "File in the wrong place", "the file says {says}, so it belongs at `{path}`", "move it, or correct `{key}`"
)
DUPLICATE_REVIEW = error(
    402, "Duplicate review", "{employee} has {form} for {period} already, in {other}", "keep one of the two"
)
MANAGERS_DISAGREE = error(
    403,
    "Two managers in one period",
    "the manager here is {manager}, but {other_manager} in {other}",
    "correct one of the two; if the manager changed within the period, the roster has a line for each (`from`, `to`)",
)
NOT_ON_ROSTER = error(
    404, "Not on the roster", "{employee} is not on the roster in {period}", "correct the id, or add a line to {roster}"
)
ROSTER_DIFFERENCE = warning(
    405,
    "Differs from the roster",
    "`{key}` is “{value}”, but the roster says “{roster}” for {period}",
    "correct one of the two if it is a slip",
)
FORM_DIFFERENCE = warning(
    406,
    "Another form than the roster's",
    "the review uses `{form}`, but the roster names `{roster}` for {employee}",
    "correct one of the two if it is a slip; who has several forms has all of them in one cell of the roster: `a; b`",
)
ROSTER_HEADER = error(
    410,
    "Roster header",
    "the roster's first line must be `{expected}`, or in Chinese `{chinese}`",
    "missing: {missing}; unknown or twice: {unknown}",
)
ROSTER_VALUE = error(411, "Roster value", "`{value}` is not {expected}{more}", "correct the cell in column `{column}`")
ROSTER_OVERLAP = error(
    412,
    "Roster lines overlap",
    "{employee} has two lines for {date}, the other on line {line}{more}",
    "end the first before the second begins (`to`, `from`); several forms of a person stand in one cell: `a; b`",
)
ROSTER_LOGIN = error(
    413,
    "Login of two people",
    "login `{login}` belongs to {employee} and to {other}{more}",
    "a login is one person's",
)
ROSTER_MANAGER = warning(
    414,
    "Manager not on the roster",
    "manager {manager} has no line of their own{more}",
    "add the manager, or nobody can log in as one",
)
ROSTER_DATES = error(415, "Roster dates", "`from` {start} lies after `to` {end}{more}", "correct the dates")
ROSTER_COLUMNS = error(
    416,
    "Roster line",
    "the line has {found} cells instead of {expected}{more}",
    "a text with a comma, or whatever else separates the cells, needs double quotes",
)
AUTO_NONE = error(
    420,
    "Nothing to take",
    "`{key}: auto` found no published review of {period} whose manager is {employee}",
    "publish the team's reviews first, or write the numbers",
)
AUTO_CYCLE = error(
    421,
    "Circle of automatic totals",
    "`{key}: auto` forms a cycle: {circle}",
    "write the numbers in one of them",
)
AUTO_MEMBER_MISSING = warning(
    422,
    "Team member without a total",
    "`{key}: auto` lacks {members}, on the roster in {period}",
    "publish their reviews first if they count",
)
AUTO_NOT_NAMED = warning(
    424,
    "Published under no or another manager",
    "`{key}: auto` does not take {members}: on the roster they are in the team of {employee} in {period}, but their published "
    "reviews do not name {employee} under `employee.manager`",
    "if they count, write the manager into their reviews, then `kpigen amend`; otherwise correct the roster",
)
AUTO_CHANGED = warning(
    423,
    "Taken totals have changed",
    "`{key}: auto` took {taken} when published, and would take {now} today: {changed}",
    "`kpigen amend {path} --reason … --by …` takes the totals of today, if the review should follow",
)
AUTO_SCALE = error(
    449,
    "Team total on another scale",
    "`{key}: auto` takes totals out of 100, and those of {members} are not: {forms}",
    "write the numbers instead of `auto`; totals of different scales cannot be put together",
)
OWN_NONE = error(
    446,
    "No own totals to take",
    "`{key}: auto` found nothing to take: {why}",
    "publish the reviews of these periods first, or write the numbers",
)
OWN_MISSING = warning(
    447,
    "Period without a total",
    "`{key}: auto` lacks {periods}: {employee} has no published review by `{form}`",
    "publish these reviews first if they count; a period that cannot have one needs nothing",
)
LOGIN_SHAPE = error(
    425,
    "Login that is not one person's",
    "`{login}` is not the login of one person: {why}",
    "write the login of one account, such as `zhou.min`, `CORP\\zhou` or `zhou@example.com`; leave it empty for nobody",
)
LOGINS_ALIKE = error(
    426,
    "Logins that differ only in capital letters",
    "login `{login}` is the same as `{other}` of {who} where capital letters make no difference",
    "if both are one account, write it the same way; otherwise give one of the two another login",
)
IDS_ALIKE = error(
    427,
    "Ids that differ only in capital letters",
    "`{id}` is the same as `{other}` where capital letters make no difference: the two would share files and pages",
    "write the id of one person the same way everywhere; two people need ids that differ in more",
)
ID_DEVICE = error(
    428,
    "Id that is a device",
    "Windows opens a device by the name `{id}`: no file or folder can have it there",
    "give the person another id",
)
ID_OF_TWO = error(
    429,
    "One id, two people",
    "{employee} is {name} here and {other} on line {line}, with another login: each would read the reports of the other",
    "give the second person an id of their own; if it is one person with a new name, write the login of today into both lines",
)
LOGIN_ENDED = warning(
    430,
    "Login that has ended still reads",
    "login `{login}` still reads as {employee}, although the last line with it ended on {date}",
    "if that is not meant, empty the cell `login` of the lines that have ended, then build",
)
READERS_OTHER = error(
    431,
    "Somebody else would read the report",
    "`{key}` is “{value}”, but the roster says “{roster}” for {period}: {who} would read the report",
    "correct the review, or the roster if that is wrong",
)
MANAGER_UNNAMED = warning(
    432,
    "Manager only on the roster",
    "`employee.manager` is missing: whoever the roster names for {period} reads the report, also when the roster is changed later",
    "write `manager: {manager}`, so that it becomes part of the report",
)
MANAGER_ABSENT = warning(
    433,
    "Manager not on the roster in the period",
    "the manager {manager} reads the report, but has no line on the roster in {period}",
    "correct `employee.manager` if it is a slip, or add a line to {roster}",
)
EVIDENCE_SHARED = warning(
    434,
    "Evidence of two people",
    "`{path}` is evidence of {employee} too, in {other}: whoever reads one of the two reports reads it",
    "if it says something that only one of them may see, give each a file of their own",
)
READERS_WIDENED = warning(
    435,
    "More people read what was published",
    "login `{login}` may now read {reports} that it could not read before, as {readers}: {list}",
    "see whether that is meant: a change of the roster, of a manager or of the settings opens reports that are out already",
)
ROSTER_ENCODING = error(
    440,
    "Encoding of the roster",
    "the roster is not {encoding}: it has the byte {byte} here",
    'save it as “CSV UTF-8”; if it is GBK or GB18030, as Excel saves “CSV” in China, write `roster_encoding = "gb18030"` '
    "into the settings",
)
ROSTER_ENCODING_UNSURE = error(
    441,
    "Roster in two encodings",
    "the settings say that the roster is {declared}, but it can be read as UTF-8 too, with other characters",
    "if it is UTF-8, take `roster_encoding` out of the settings; otherwise save it as “CSV UTF-8”",
)
ROSTER_ZEROS = error(
    442,
    "Zeros lost on the roster",
    "the roster has `{roster}`, a review has `{employee}`{more}",
    "Excel drops zeros before a number: format the column as text and write the ids in full",
)
ROSTER_MANAGER_ZEROS = error(
    443,
    "Zeros lost in the manager's id",
    "the manager is `{manager}`, but the roster has `{roster}`{more}",
    "Excel drops zeros before a number: format both columns as text and write the ids in full",
)
NOT_ACKNOWLEDGED = error(
    444,
    "Cannot be acknowledged",
    "`{code}` cannot be acknowledged: {why}",
    "take the entry out; what can be acknowledged: {may}",
)
ACKNOWLEDGEMENT_IDLE = warning(
    445,
    "Acknowledgement without a finding",
    "no finding of {code} fits this acknowledgement any more",
    "take it out, or correct its `path`, `employee` or `period`",
)
QUOTA_EXCEEDED = warning(
    448,
    "More of a grade than its quota",
    "{period}, {group}: {have} of {people} have the grade {grade}; the quota of {share} means {most} at most",
    "see whether the grades are meant so; nothing is refused, and an exception can be acknowledged in the settings",
)
