"""Fingerprints by which services recognise a finding again, the same in every language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from kpigen.base.digests import digest
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.emit.escape import printable
from kpigen.i18n.findings import Finding, findings


def marked(diagnostics: Iterable[Diagnostic], folder: str, language: str) -> Iterator[tuple[Finding, str, str]]:
    """Give each finding in a language, with its file's address and a mark by which services know it again.

    The mark leaves out the line: a finding is the same one when lines are put in above it. Several alike are numbered.
    It is made of the original text, so another language is no other finding.
    """
    seen: Counter[str] = Counter()
    original = list(diagnostics)
    for item, said in zip(original, findings(original, language), strict=True):
        uri = quote(folder + item.span.path, errors="surrogateescape")
        mark = digest([item.code, uri, printable(item.message)])[:16]
        seen[mark] += 1
        yield said, uri, f"{mark}:{seen[mark]}"
