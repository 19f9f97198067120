"""Writes docs/diagnostics.md from the catalogue of diagnostics. `tests/project/test_docs.py` fails if it is out of date."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from kpigen.diagnostics.catalogue import ALL
from kpigen.diagnostics.diagnostic import Kind

PAGE = Path(__file__).parent.parent / "docs" / "diagnostics.md"
GROUPS = {
    1: "Files and YAML",
    2: "Fields of reviews and rule files",
    3: "A review against its form",
    4: "Roster and repository",
    5: "Rule files",
    6: "Status, confirmations, seal",
    7: "Building",
    8: "Settings",
    9: "Verifying and signing PDFs",
}
INTRODUCTION = """\
# Diagnostics

Everything that kpigen can find wrong. This page is made from `kpigen/diagnostics/catalogue/` by `tools/diagnostics.py`; edit that
folder, not this page. A code keeps its meaning for good.

A finding reads `path:line:column: severity[code] message`, with a hint below it. An **error** ends `kpigen check` with
exit code 1 and stops `kpigen build`; one in a review's own file or in its form's rule files stops the commands that
change its status. A **warning** stops nothing. In the messages below, `{…}` stands for what is in your file.
"""


def page() -> str:
    """Return the text of the page."""
    kinds = sorted(ALL.values(), key=lambda kind: kind.code)
    parts = [INTRODUCTION]
    for hundred, group in groupby(kinds, key=lambda kind: int(kind.code.removeprefix("KPI")) // 100):
        rows = [_row(kind) for kind in group]
        parts.append(
            "\n".join(
                [
                    f"## {hundred}xx: {GROUPS[hundred]}",
                    "",
                    "| code | | title | message | hint |",
                    "|---|---|---|---|---|",
                    *rows,
                    "",
                ]
            )
        )
    return "\n".join(parts)


def _row(kind: Kind) -> str:
    cells = (f'<a id="{kind.code.lower()}"></a>{kind.code}', kind.severity.value, kind.title, kind.message, kind.hint)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
