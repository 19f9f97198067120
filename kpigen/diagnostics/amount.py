"""How many findings of one file, and of one run, are listed: enough to work through, and no flood."""

from __future__ import annotations

from collections.abc import Iterable

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, in_order
from kpigen.diagnostics.values import phrase_by_count

#: Of one file, and of all files together.
MAX_FINDINGS, MAX_LISTED = 200, 2_000


def at_most(diagnostics: Iterable[Diagnostic], limit: int = MAX_FINDINGS) -> list[Diagnostic]:
    """Return at most `limit` findings of each file, errors first, and at the last of them one that counts the rest."""
    by_file: dict[str, list[Diagnostic]] = {}
    for item in diagnostics:
        by_file.setdefault(item.span.path, []).append(item)
    kept: list[Diagnostic] = []
    for found in by_file.values():
        if len(found) > limit:
            first = sorted(found, key=lambda item: not item.is_error)[:limit]
            last = max(item.span for item in first)
            kept += [*first, catalogue.MORE_FINDINGS.at(last, count=len(found) - limit)]
        else:
            kept += found
    return kept


def of_run(diagnostics: Iterable[Diagnostic], limit: int = MAX_LISTED) -> tuple[Diagnostic, ...]:
    """Return at most `limit` findings of a run in their order, errors first, and then one that counts the rest.

    Whether there are errors, and how many, is asked of all findings.
    """
    found = tuple(diagnostics)
    if len(found) <= limit:
        return found
    first = sorted(found, key=lambda item: not item.is_error)
    rest = first[limit:]
    errors = sum(item.is_error for item in rest)
    more = catalogue.MORE_IN_RUN.at(
        Span("."),
        files=phrase_by_count("{count} file", "{count} files", count=len({item.span.path for item in rest})),
        errors=phrase_by_count("{count} error", "{count} errors", count=errors),
        warnings=phrase_by_count("{count} warning", "{count} warnings", count=len(rest) - errors),
    )
    return (*in_order(first[:limit]), more)
