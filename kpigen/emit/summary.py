"""Findings as a job summary of GitHub."""

from __future__ import annotations

from collections.abc import Iterable

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.values import phrase, phrase_by_count
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.emit.counts import tally
from kpigen.emit.escape import printable
from kpigen.i18n.findings import Finding, findings, words

#: GitHub refuses a job summary of more than 1 MiB from one step.
SUMMARY_LIMIT = 1_000_000


def as_summary(
    diagnostics: Iterable[Diagnostic],
    limit: int = SUMMARY_LIMIT,
    language: str = ORIGINAL,
    fresh: int | None = None,
) -> str:
    """Return the findings as a Markdown table for a job summary, cut to `limit` bytes with a count of the rest.

    `fresh` says how many of them, which come first, are new with the change.
    """
    found = findings(diagnostics, language)
    errors = sum(item.is_error for item in found)
    columns = " | ".join(words(column, language) for column in (phrase("place"), phrase("code"), phrase("finding")))
    text = f"### kpigen check: {tally(errors, len(found) - errors, language)}\n\n"
    if fresh is not None:
        text += f"{_new(fresh, language)}\n\n"
    text += f"| {columns} |\n|---|---|---|\n"
    left = limit - 100 - len(text.encode())  # room for the last line
    if sum(len(_row(item).encode()) for item in found) > left:
        found.sort(key=lambda item: not item.is_error)  # no error is left out for a warning
    for number, item in enumerate(found):
        row = _row(item)
        left -= len(row.encode())
        if left < 0:
            return f"{text}\n{_left_out(len(found) - number, language)}\n"
        text += row
    return text


def _new(count: int, language: str) -> str:
    """Return the line that says how many findings are new with a change."""
    new = phrase_by_count(
        "{count} of them is new with this change and comes first.",
        "{count} of them are new with this change and come first.",
        count=count,
    )
    return words(new if count else phrase("None of them is new with this change."), language)


def _row(item: Finding) -> str:
    cells = (f"`{printable(str(item.span))}`", f"{item.severity.value} {item.code}", printable(item.told))
    return "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |\n"


def _left_out(count: int, language: str) -> str:
    """Return the line that says how many findings the summary has no room for."""
    more = phrase_by_count(
        "… and {count} more finding, which does not fit here.",
        "… and {count} more findings, which do not fit here.",
        count=count,
    )
    return words(more, language)
