"""Diagnostics as text, JSON, GitHub annotations, a GitLab code quality report or SARIF, in English or another language.

Codes, severities and the keys of formats are the same in every language, and so are the marks by which services know a
finding again.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from kpigen import __version__
from kpigen.base.digests import digest
from kpigen.diagnostics.diagnostic import Diagnostic, Kind, Severity
from kpigen.emit.escape import counted, printable
from kpigen.i18n.findings import ORIGINAL, frame, in_language, kind_in


def as_text(diagnostics: Iterable[Diagnostic], paint: bool = False, language: str = ORIGINAL) -> str:
    """Return one `path:line:column: error[CODE] message` a finding, its hint below; `paint` with terminal colours."""
    lines, hint = [], frame("hint: ", language)
    for item in in_language(diagnostics, language):
        severity = f"{item.kind.severity.value}[{item.code}]"
        if paint:
            colour = "31" if item.is_error else "33"
            severity = f"\x1b[1;{colour}m{severity}\x1b[0m"
        lines.append(f"{printable(str(item.span))}: {severity} {printable(item.message)}")
        if item.hint:
            lines.append(f"    {hint}{printable(item.hint)}")
    return "".join(f"{line}\n" for line in lines)


def tally(errors: int, warnings: int, language: str = ORIGINAL) -> str:
    """Return how many errors and warnings there are, in words."""
    if language == ORIGINAL:
        return f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    return frame("{errors} errors, {warnings} warnings", language).format(errors=errors, warnings=warnings)


def account(reviews: int, rules: int, errors: int, warnings: int, language: str = ORIGINAL) -> str:
    """Return how many reviews and rule files were read, and what was found in them, in words."""
    read = (
        f"{counted(reviews, 'review')}, {counted(rules, 'rule file')}"
        if language == ORIGINAL
        else frame("{reviews} reviews, {rules} rule files", language).format(reviews=reviews, rules=rules)
    )
    return f"{read}{frame(': ', language)}{tally(errors, warnings, language)}"


def as_json(diagnostics: Iterable[Diagnostic], language: str = ORIGINAL) -> str:
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
        for item in in_language(diagnostics, language)
    ]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


#: GitHub shows no more annotations of one kind from one step.
GITHUB_LIMIT = 10

#: GitHub refuses a job summary of more than 1 MiB from one step.
SUMMARY_LIMIT = 1_000_000


def as_github(diagnostics: Iterable[Diagnostic], folder: str = "", language: str = ORIGINAL) -> str:
    """Return GitHub workflow commands, which annotate the changed lines: at most ten errors and ten warnings, the rest counted.

    `folder` is where the reviews lie in the git repository (`hr/`), because annotations name files from its top.
    """
    found = in_language(diagnostics, language)
    lines = []
    for severity in Severity:
        same = [item for item in found if item.kind.severity is severity]
        lines += [_annotation(item, folder) for item in same[:GITHUB_LIMIT]]
        if len(same) > GITHUB_LIMIT:
            lines.append(_not_annotated(len(same) - GITHUB_LIMIT, severity, language))
    return "".join(f"{line}\n" for line in lines)


def _not_annotated(count: int, severity: Severity, language: str) -> str:
    """Return the line that says how many findings have no annotation."""
    word = counted(count, f"more {severity.value}").partition(" more ")[2] if language == ORIGINAL else severity.value
    text = "{count} more {severity} without annotation: GitHub takes {limit} a step; the job summary has them"
    return frame(text, language).format(count=count, severity=word, limit=GITHUB_LIMIT)


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


def as_summary(diagnostics: Iterable[Diagnostic], limit: int = SUMMARY_LIMIT, language: str = ORIGINAL) -> str:
    """Return the findings as a Markdown table for a job summary, cut to `limit` bytes with a count of the rest."""
    found = in_language(diagnostics, language)
    errors = sum(item.is_error for item in found)
    columns = " | ".join(frame(column, language) for column in ("place", "code", "finding"))
    text = f"### kpigen check: {tally(errors, len(found) - errors, language)}\n\n| {columns} |\n|---|---|---|\n"
    size = len(text.encode())
    for number, item in enumerate(found):
        cells = (f"`{printable(str(item.span))}`", f"{item.kind.severity.value} {item.code}", printable(item.message))
        row = "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |\n"
        size += len(row.encode())
        if size > limit - 100:  # room for the last line
            return f"{text}\n{_left_out(len(found) - number, language)}\n"
        text += row
    return text


def _left_out(count: int, language: str) -> str:
    """Return the line that says how many findings the summary has no room for."""
    if language == ORIGINAL:
        return f"… and {counted(count, 'more finding')}, which do not fit here."
    return frame("… and {count} more findings, which do not fit here.", language).format(count=count)


#: How GitLab names what we call error and warning; it has five degrees.
_GITLAB_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def as_gitlab(diagnostics: Iterable[Diagnostic], folder: str = "", language: str = ORIGINAL) -> str:
    """Return a code quality report, which GitLab shows in a merge request beside the lines; `folder` as for `as_github`."""
    report = [
        {
            "description": printable(f"{item.code} {_joined(item, '{message} ({hint})', language)}"),
            "check_name": item.code,
            "fingerprint": mark,
            "severity": _GITLAB_SEVERITY[item.kind.severity],
            "location": {"path": printable(folder + item.span.path), "lines": {"begin": item.span.line}},
        }
        for item, _, mark in _marked(diagnostics, folder, language)
    ]
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def _joined(item: Diagnostic, form: str, language: str) -> str:
    """Return message and hint in one text, in the way of `form`."""
    return frame(form, language).format(message=item.message, hint=item.hint) if item.hint else item.message


def _marked(diagnostics: Iterable[Diagnostic], folder: str, language: str) -> Iterator[tuple[Diagnostic, str, str]]:
    """Give each finding in a language, with its file's address and a mark by which services know it again.

    The mark leaves out the line: a finding is the same one when lines are put in above it. Several alike are numbered.
    It is made of the original text, so another language is no other finding.
    """
    seen: Counter[str] = Counter()
    original = list(diagnostics)
    for item, said in zip(original, in_language(original, language), strict=True):
        uri = quote(folder + item.span.path, errors="surrogateescape")
        mark = digest([item.code, uri, printable(item.message)])[:16]
        seen[mark] += 1
        yield said, uri, f"{mark}:{seen[mark]}"


def as_sarif(diagnostics: Iterable[Diagnostic], folder: str = "", language: str = ORIGINAL) -> str:
    """Return the findings as SARIF 2.1.0, for code scanning services; `folder` as for `as_github`."""
    found = list(diagnostics)
    kinds = {kind.code: kind for kind in sorted((item.kind for item in found), key=lambda kind: kind.code)}
    places = {code: place for place, code in enumerate(kinds)}
    results = []
    for item, uri, mark in _marked(found, folder, language):
        region = {"startLine": item.span.line, "startColumn": item.span.column}
        location = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}
        results.append(
            {
                "ruleId": item.code,
                "ruleIndex": places[item.code],
                "level": item.kind.severity.value,
                "message": {"text": printable(_joined(item, "{message}. {hint}", language))},
                "locations": [{"physicalLocation": location}],
                "partialFingerprints": {"primaryLocationLineHash": mark},
            }
        )
    rules = [_sarif_rule(kind_in(kind, language)) for kind in kinds.values()]
    driver = {"name": "kpigen", "version": __version__, "rules": rules}
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
