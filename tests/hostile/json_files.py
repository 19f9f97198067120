"""JSON that kpigen reads, damaged or made to crash its reader: manifest and journal of a site, its list of seals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Hostile

DEEP = b'{"files":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
BUILD = ("build", "--no-pdf", "--no-audit", "--no-search")
JOURNAL, MANIFEST = "site/hr/.kpigen-journal.json", "site/hr/manifest.json"


def _file(path: str, data: bytes) -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)

    return arrange


def _journal(**parts: object) -> bytes:
    return json.dumps({"state": "commit", "replace": [], "delete": [], "manifest": {}, **parts}).encode()


def _built(root: Path) -> None:
    assert (root / "site/index.html").is_file()
    assert not (root / JOURNAL).exists()
    assert all(
        path.startswith(("people/", "teams/", "hr/", "forms/", "assets/", "en/", "index", "seals"))
        for path in json.loads((root / MANIFEST).read_text("utf-8"))["files"]
    )


def _site(name: str, path: str, data: bytes, *says: str) -> Hostile:
    return Hostile(name, _file(path, data), BUILD, 0, says, after=_built, seconds=4)


CASES = [
    _site("a manifest nested deeply", MANIFEST, DEEP),
    _site("a manifest with a lone surrogate", MANIFEST, b'{"schema": 1, "files": {"\\ud800.html": "0"}}'),
    _site("a journal nested deeply", JOURNAL, DEEP, "KPI707"),
    _site(
        "a journal with a lone surrogate and paths that name nothing",
        JOURNAL,
        _journal(delete=["\ud800", "", ".", "a\0"]),
        "KPI707",
    ),
]
