"""Findings as SARIF 2.1.0, for code scanning services."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from kpigen import __version__
from kpigen.diagnostics.diagnostic import Diagnostic, Kind
from kpigen.diagnostics.values import phrase
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.emit.escape import printable
from kpigen.emit.fingerprints import with_fingerprints
from kpigen.i18n.findings import Finding, kind_in, words


def as_sarif(diagnostics: Iterable[Diagnostic], folder: str = "", language: str = ORIGINAL) -> str:
    """Return the findings as SARIF 2.1.0, for code scanning services; `folder` as for `as_github`."""
    found = list(diagnostics)
    kinds = {kind.code: kind for kind in sorted((item.kind for item in found), key=lambda kind: kind.code)}
    places = {code: place for place, code in enumerate(kinds)}
    results = []
    for item, uri, fingerprint in with_fingerprints(found, folder, language):
        region = {"startLine": item.span.line, "startColumn": item.span.column}
        location = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}
        results.append(
            {
                "ruleId": item.code,
                "ruleIndex": places[item.code],
                "level": item.severity.value,
                "message": {"text": printable(_message(item, language))},
                "locations": [{"physicalLocation": location}],
                "partialFingerprints": {"primaryLocationLineHash": fingerprint},
            }
        )
    rules = [_sarif_rule(kind_in(kind, language)) for kind in kinds.values()]
    driver = {"name": "kpigen", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _message(item: Finding, language: str) -> str:
    """Return message and hint in one text."""
    both = phrase("{message}. {hint}", message=item.told, hint=item.hint)
    return words(both, language) if item.hint else item.told


def _sarif_rule(kind: Kind) -> dict[str, object]:
    """Return a kind of finding as a rule of the tool; places in its templates become `…`."""
    message, hint = (re.sub(r"\{\w+\}", "…", template) for template in (kind.message, kind.hint))
    return {
        "id": kind.code,
        "name": kind.title,
        "shortDescription": {"text": kind.title},
        "fullDescription": {"text": message},
        "help": {"text": hint or message},
        "defaultConfiguration": {"level": kind.severity.value},
    }
