"""Findings as a job summary of GitHub."""

from __future__ import annotations

from collections.abc import Iterable

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.values import phrase, phrase_by_count
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.emit.counts import tally
from kpigen.emit.escape import printable
from kpigen.i18n.findings import findings, words

#: GitHub refuses a job summary of more than 1 MiB from one step.
SUMMARY_LIMIT = 1_000_000


def as_summary(diagnostics: Iterable[Diagnostic], limit: int = SUMMARY_LIMIT, language: str = ORIGINAL) -> str:
    """Return the findings as a Markdown table for a job summary, cut to `limit` bytes with a count of the rest."""
    found = findings(diagnostics, language)
    errors = sum(item.is_error for item in found)
    columns = " | ".join(words(column, language) for column in (phrase("place"), phrase("code"), phrase("finding")))
    text = f"### kpigen check: {tally(errors, len(found) - errors, language)}\n\n| {columns} |\n|---|---|---|\n"
    size = len(text.encode())
    for number, item in enumerate(found):
        cells = (f"`{printable(str(item.span))}`", f"{item.severity.value} {item.code}", printable(item.told))
        row = "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |\n"
        size += len(row.encode())
        if size > limit - 100:  # room for the last line
            return f"{text}\n{_left_out(len(found) - number, language)}\n"
        text += row
    return text


def _left_out(count: int, language: str) -> str:
    """Return the line that says how many findings the summary has no room for."""
    more = phrase_by_count(
        "… and {count} more finding, which does not fit here.",
        "… and {count} more findings, which do not fit here.",
        count=count,
    )
    return words(more, language)
