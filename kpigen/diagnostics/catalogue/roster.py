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
    "a person has one manager in a period: correct one of the two",
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
    "correct one of the two if it is a slip",
)
ROSTER_HEADER = error(
    410, "Roster header", "the roster's first line must be `{expected}`", "missing: {missing}; unknown: {unknown}"
)
ROSTER_VALUE = error(411, "Roster value", "`{value}` is not {expected}", "correct the cell in column `{column}`")
ROSTER_OVERLAP = error(
    412,
    "Roster lines overlap",
    "{employee} has two lines for {date}, the other on line {line}",
    "end the first before the second begins (`to`, `from`)",
)
ROSTER_LOGIN = error(
    413, "Login of two people", "login `{login}` belongs to {employee} and to {other}", "a login is one person's"
)
ROSTER_MANAGER = warning(
    414,
    "Manager not on the roster",
    "manager {manager} has no line of their own",
    "add the manager, or nobody can log in as one",
)
ROSTER_DATES = error(415, "Roster dates", "`from` {start} lies after `to` {end}", "correct the dates")
ROSTER_COLUMNS = error(
    416, "Roster line", "the line has {found} cells instead of {expected}", "a text with a comma needs double quotes"
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
