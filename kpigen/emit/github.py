"""Findings as workflow commands of GitHub."""

from __future__ import annotations

from collections.abc import Iterable

from kpigen.diagnostics.diagnostic import Diagnostic, Severity
from kpigen.diagnostics.values import phrase, phrase_by_count
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.i18n.findings import Finding, findings, words

#: GitHub shows no more annotations of one kind from one step.
GITHUB_LIMIT = 10


def as_github(diagnostics: Iterable[Diagnostic], folder: str = "", language: str = ORIGINAL) -> str:
    """Return GitHub workflow commands, which annotate the changed lines: at most ten errors and ten warnings, the rest counted.

    `folder` is the folder of the reviews in the git repository (`hr/`): annotations need paths from its root.
    """
    found = findings(diagnostics, language)
    lines = []
    for severity in Severity:
        same = [item for item in found if item.severity is severity]
        lines += [_annotation(item, folder) for item in same[:GITHUB_LIMIT]]
        if len(same) > GITHUB_LIMIT:
            lines.append(_not_annotated(len(same) - GITHUB_LIMIT, severity, language))
    return "".join(f"{line}\n" for line in lines)


def _not_annotated(count: int, severity: Severity, language: str) -> str:
    """Return the line that says how many findings have no annotation."""
    more = {
        Severity.ERROR: phrase_by_count("{count} more error", "{count} more errors", count=count),
        Severity.WARNING: phrase_by_count("{count} more warning", "{count} more warnings", count=count),
    }[severity]
    said = phrase(
        "{more} without annotation: GitHub takes {limit} a step; the job summary has them",
        more=more,
        limit=GITHUB_LIMIT,
    )
    return words(said, language)


def _annotation(item: Finding, folder: str) -> str:
    """Return one workflow command."""
    text = _escaped(f"{item.told}\n{item.hint}" if item.hint else item.told)
    place, title = (_escaped(part, ":,") for part in (folder + item.span.path, f"{item.code} {item.title}"))
    return f"::{item.severity.value} file={place},line={item.span.line},col={item.span.column},title={title}::{text}"


def _escaped(text: str, also: str = "") -> str:
    """Return a value of a workflow command: no `%` and no line ends, in properties no `:` and `,` either."""
    for char in f"%\r\n{also}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text
