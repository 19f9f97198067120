"""Findings as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.values import phrase
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.emit.escape import printable
from kpigen.i18n.findings import findings, words


def as_text(diagnostics: Iterable[Diagnostic], paint: bool = False, language: str = ORIGINAL) -> str:
    """Return one `path:line:column: error[CODE] message (employee)` line per finding, its hint below; `paint` adds colours."""
    lines, hint = [], words(phrase("hint: "), language)
    for item in findings(diagnostics, language):
        severity = f"{item.severity.value}[{item.code}]"
        if paint:
            colour = "31" if item.is_error else "33"
            severity = f"\x1b[1;{colour}m{severity}\x1b[0m"
        lines.append(f"{printable(str(item.span))}: {severity} {printable(item.told)}")
        if item.hint:
            lines.append(f"    {hint}{printable(item.hint)}")
    return "".join(f"{line}\n" for line in lines)


def acknowledged_as_text(pairs: Iterable[tuple[Diagnostic, str]], language: str = ORIGINAL) -> str:
    """Return one line per acknowledged finding, with the reason below it."""
    accepted = list(pairs)
    heading, lines = words(phrase("reason: "), language), []
    for item, (_, reason) in zip(findings((finding for finding, _ in accepted), language), accepted, strict=True):
        lines.append(f"{printable(str(item.span))}: acknowledged[{item.code}] {printable(item.message)}")
        lines.append(f"    {heading}{printable(reason)}")
    return "".join(f"{line}\n" for line in lines)
