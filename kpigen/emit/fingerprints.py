"""Fingerprints that let services recognise a finding again, the same in every language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from kpigen.base.digests import digest
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.emit.escape import printable
from kpigen.i18n.findings import Finding, findings


def with_fingerprints(
    diagnostics: Iterable[Diagnostic], folder: str, language: str
) -> Iterator[tuple[Finding, str, str]]:
    """Yield each finding in a language, its file's URI, and a fingerprint that lets services recognise it.

    The fingerprint leaves out the line: a finding is the same one if lines are inserted above it. Identical fingerprints are
    numbered. It uses the English text, so it is the same in every language.
    """
    seen: Counter[str] = Counter()
    original = list(diagnostics)
    for item, said in zip(original, findings(original, language), strict=True):
        uri = quote(folder + item.span.path, errors="surrogateescape")
        fingerprint = digest([item.code, uri, printable(item.message)])[:16]
        seen[fingerprint] += 1
        yield said, uri, f"{fingerprint}:{seen[fingerprint]}"
