"""Findings as a code quality report of GitLab."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kpigen.diagnostics.diagnostic import Diagnostic, Severity
from kpigen.diagnostics.values import phrase
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.emit.escape import printable
from kpigen.emit.fingerprints import with_fingerprints
from kpigen.i18n.findings import Finding, words

#: How GitLab names what we call error and warning; it has five degrees.
_GITLAB_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def as_gitlab(diagnostics: Iterable[Diagnostic], folder: str = "", language: str = ORIGINAL) -> str:
    """Return a code quality report, which GitLab shows in a merge request beside the lines; `folder` as for `as_github`."""
    report = [
        {
            "description": printable(f"{item.code} {_description(item, language)}"),
            "check_name": item.code,
            "fingerprint": fingerprint,
            "severity": _GITLAB_SEVERITY[item.severity],
            "location": {"path": printable(folder + item.span.path), "lines": {"begin": item.span.line}},
        }
        for item, _, fingerprint in with_fingerprints(diagnostics, folder, language)
    ]
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def _description(item: Finding, language: str) -> str:
    """Return message and hint in one text."""
    both = phrase("{message} ({hint})", message=item.told, hint=item.hint)
    return words(both, language) if item.hint else item.told
