"""Writes the table in docs/settings.md from the settings in kpigen/files/config.py.

`tests/project/test_docs.py` fails if it is out of date.
"""

from __future__ import annotations

import re
from pathlib import Path

from kpigen.files.config import SETTINGS

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"


def page(text: str) -> str:
    """Return the text of the page with the table of all declared settings."""
    rows = [f"| `{item.name}` | {item.value} | {item.without} |" for item in SETTINGS]
    table = "\n".join(["| key | value | without it |", "|---|---|---|", *rows]) + "\n"
    return re.sub(r"(?m)^\| key \|.*\n(?:\|.*\n)+", lambda _: table, text, count=1)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
