"""Diagnostics as text, JSON, GitHub annotations, a GitLab code quality report or SARIF."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from kpigen import __version__
from kpigen.diagnostics import Diagnostic, Kind, Severity
from kpigen.digests import digest
from kpigen.present import counted, printable


def as_text(diagnostics: Iterable[Diagnostic], paint: bool = False) -> str:
    """Return one `path:line:column: error[CODE] message` a finding, its hint below; `paint` with terminal colours."""
    lines = []
    for item in diagnostics:
        severity = f"{item.kind.severity.value}[{item.code}]"
        if paint:
            colour = "31" if item.is_error else "33"
            severity = f"\x1b[1;{colour}m{severity}\x1b[0m"
        lines.append(f"{printable(str(item.span))}: {severity} {printable(item.message)}")
        if item.hint:
            lines.append(f"    hint: {printable(item.hint)}")
    return "".join(f"{line}\n" for line in lines)


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Return a JSON list of findings."""
    found = [
        {
            "path": item.span.path,
            "line": item.span.line,
            "column": item.span.column,
            "severity": item.kind.severity.value,
            "code": item.code,
            "title": item.kind.title,
            "message": item.message,
            "hint": item.hint,
        }
        for item in diagnostics
    ]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


#: GitHub shows no more annotations of one kind from one step.
GITHUB_LIMIT = 10

#: GitHub refuses a job summary of more than 1 MiB from one step.
SUMMARY_LIMIT = 1_000_000


def as_github(diagnostics: Iterable[Diagnostic], folder: str = "") -> str:
    """Return GitHub workflow commands, which annotate the changed lines: at most ten errors and ten warnings, the rest counted.

    `folder` is where the reviews lie in the git repository (`hr/`), because annotations name files from its top.
    """
    found = list(diagnostics)
    lines = []
    for severity in Severity:
        same = [item for item in found if item.kind.severity is severity]
        lines += [_annotation(item, folder) for item in same[:GITHUB_LIMIT]]
        if len(same) > GITHUB_LIMIT:
            more = counted(len(same) - GITHUB_LIMIT, f"more {severity.value}")
            lines.append(f"{more} without annotation: GitHub takes {GITHUB_LIMIT} a step; the job summary has them")
    return "".join(f"{line}\n" for line in lines)


def _annotation(item: Diagnostic, folder: str) -> str:
    """Return one workflow command."""
    text = _escaped(f"{item.message}\n{item.hint}" if item.hint else item.message)
    place, title = (_escaped(part, ":,") for part in (folder + item.span.path, f"{item.code} {item.kind.title}"))
    return (
        f"::{item.kind.severity.value} file={place},line={item.span.line},col={item.span.column},title={title}::{text}"
    )


def _escaped(text: str, also: str = "") -> str:
    """Return a value of a workflow command: no `%` and no line ends, in properties no `:` and `,` either."""
    for char in f"%\r\n{also}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def as_summary(diagnostics: Iterable[Diagnostic], limit: int = SUMMARY_LIMIT) -> str:
    """Return the findings as a Markdown table for a job summary, cut to `limit` bytes with a count of the rest."""
    found = list(diagnostics)
    errors = sum(item.is_error for item in found)
    head = f"### kpigen check: {counted(errors, 'error')}, {counted(len(found) - errors, 'warning')}\n\n"
    text = head + "| place | code | finding |\n|---|---|---|\n"
    size = len(text.encode())
    for number, item in enumerate(found):
        cells = (f"`{printable(str(item.span))}`", f"{item.kind.severity.value} {item.code}", printable(item.message))
        row = "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |\n"
        size += len(row.encode())
        if size > limit - 100:  # room for the last line
            return f"{text}\n… and {counted(len(found) - number, 'more finding')}, which do not fit here.\n"
        text += row
    return text


#: How GitLab names what we call error and warning; it has five degrees.
_GITLAB_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def as_gitlab(diagnostics: Iterable[Diagnostic], folder: str = "") -> str:
    """Return a code quality report, which GitLab shows in a merge request beside the lines; `folder` as for `as_github`."""
    report = [
        {
            "description": printable(f"{item.code} {item.message}" + (f" ({item.hint})" if item.hint else "")),
            "check_name": item.code,
            "fingerprint": mark,
            "severity": _GITLAB_SEVERITY[item.kind.severity],
            "location": {"path": printable(folder + item.span.path), "lines": {"begin": item.span.line}},
        }
        for item, _, mark in _marked(diagnostics, folder)
    ]
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def _marked(diagnostics: Iterable[Diagnostic], folder: str) -> Iterator[tuple[Diagnostic, str, str]]:
    """Give each finding with its file's address and a mark by which services know it again.

    The mark leaves out the line: a finding is the same one when lines are put in above it. Several alike are numbered.
    """
    seen: Counter[str] = Counter()
    for item in diagnostics:
        uri = quote(folder + item.span.path, errors="surrogateescape")
        mark = digest([item.code, uri, printable(item.message)])[:16]
        seen[mark] += 1
        yield item, uri, f"{mark}:{seen[mark]}"


def as_sarif(diagnostics: Iterable[Diagnostic], folder: str = "") -> str:
    """Return the findings as SARIF 2.1.0, for code scanning services; `folder` as for `as_github`."""
    found = list(diagnostics)
    kinds = {kind.code: kind for kind in sorted((item.kind for item in found), key=lambda kind: kind.code)}
    places = {code: place for place, code in enumerate(kinds)}
    results = []
    for item, uri, mark in _marked(found, folder):
        region = {"startLine": item.span.line, "startColumn": item.span.column}
        location = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}
        results.append(
            {
                "ruleId": item.code,
                "ruleIndex": places[item.code],
                "level": item.kind.severity.value,
                "message": {"text": printable(f"{item.message}. {item.hint}" if item.hint else item.message)},
                "locations": [{"physicalLocation": location}],
                "partialFingerprints": {"primaryLocationLineHash": mark},
            }
        )
    driver = {"name": "kpigen", "version": __version__, "rules": [_sarif_rule(kind) for kind in kinds.values()]}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _sarif_rule(kind: Kind) -> dict[str, object]:
    """Return a kind of finding as a rule of the tool; what is filled in a message's template stands as `…`."""
    message, hint = (re.sub(r"\{\w+\}", "…", template) for template in (kind.message, kind.hint))
    return {
        "id": kind.code,
        "name": kind.title,
        "shortDescription": {"text": kind.title},
        "fullDescription": {"text": message},
        "help": {"text": hint or message},
        "defaultConfiguration": {"level": kind.severity.value},
    }
