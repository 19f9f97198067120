"""Diagnostics as text, JSON, GitHub annotations, a GitLab code quality report or SARIF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote

from kpigen import __version__
from kpigen.diagnostics import Diagnostic, Severity
from kpigen.digests import digest


def as_text(diagnostics: Iterable[Diagnostic], paint: bool = False) -> str:
    """Return one `path:line:column: error[CODE] message` a finding, its hint below; `paint` with terminal colours."""
    lines = []
    for item in diagnostics:
        severity = f"{item.kind.severity.value}[{item.code}]"
        if paint:
            colour = "31" if item.is_error else "33"
            severity = f"\x1b[1;{colour}m{severity}\x1b[0m"
        lines.append(f"{_clean(str(item.span))}: {severity} {_clean(item.message)}")
        if item.hint:
            lines.append(f"    hint: {_clean(item.hint)}")
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


def as_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Return GitHub workflow commands, which annotate the changed lines: at most ten errors and ten warnings, the rest counted."""
    found = list(diagnostics)
    lines = []
    for severity in Severity:
        same = [item for item in found if item.kind.severity is severity]
        lines += [_annotation(item) for item in same[:GITHUB_LIMIT]]
        if len(same) > GITHUB_LIMIT:
            rest = len(same) - GITHUB_LIMIT
            lines.append(
                f"{rest} more {severity.value}s are not annotated: GitHub takes {GITHUB_LIMIT} a step; the job summary has all"
            )
    return "".join(f"{line}\n" for line in lines)


def _annotation(item: Diagnostic) -> str:
    """Return one workflow command; its values may not hold `%`, line ends, and in properties no `:` and `,` either."""
    text = f"{item.message}\n{item.hint}" if item.hint else item.message
    for char, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        text = text.replace(char, code)
    place = item.span.path.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    title = f"{item.code} {item.kind.title}"
    return (
        f"::{item.kind.severity.value} file={place},line={item.span.line},col={item.span.column},title={title}::{text}"
    )


def as_summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Return all findings as a Markdown table, for a job summary."""
    rows = ["| place | code | finding |", "|---|---|---|"]
    for item in diagnostics:
        text = _clean(item.message).replace("|", "\\|").replace("<", "&lt;")
        rows.append(f"| `{_clean(str(item.span))}` | {item.kind.severity.value} {item.code} | {text} |")
    return "\n".join(rows) + "\n"


#: How GitLab names what we call error and warning; it has five degrees.
_GITLAB_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def as_gitlab(diagnostics: Iterable[Diagnostic]) -> str:
    """Return a code quality report, which GitLab shows in a merge request beside the lines.

    GitLab matches findings of two branches by their fingerprint. It leaves out the line, so that a finding that only moved is
    not a new one; of several alike in one file, each counts.
    """
    alike: Counter[str] = Counter()
    report = []
    for item in diagnostics:
        same = digest([item.span.path, item.code, item.message])
        alike[same] += 1
        report.append(
            {
                "description": f"{item.code} {item.message}" + (f" ({item.hint})" if item.hint else ""),
                "check_name": item.code,
                "fingerprint": digest([same, str(alike[same])]),
                "severity": _GITLAB_SEVERITY[item.kind.severity],
                "location": {"path": item.span.path, "lines": {"begin": item.span.line}},
            }
        )
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def as_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the findings as SARIF 2.1.0, for code scanning services."""
    found = list(diagnostics)
    kinds = sorted({item.kind.code: item.kind for item in found}.items())
    rules = [
        {
            "id": code,
            "name": kind.title,
            "shortDescription": {"text": kind.title},
            "defaultConfiguration": {"level": kind.severity.value},
        }
        for code, kind in kinds
    ]
    results = [
        {
            "ruleId": item.code,
            "ruleIndex": [code for code, _ in kinds].index(item.code),
            "level": item.kind.severity.value,
            "message": {"text": f"{item.message}. {item.hint}" if item.hint else item.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(item.span.path), "uriBaseId": "%SRCROOT%"},
                        "region": {"startLine": item.span.line, "startColumn": item.span.column},
                    }
                }
            ],
        }
        for item in found
    ]
    driver = {"name": "kpigen", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _clean(text: str) -> str:
    """Keep control characters of a file's text away from the terminal."""
    return "".join(char if char.isprintable() else "�" for char in text)
