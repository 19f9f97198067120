"""Evidence that is a page, a program, or a name that some system takes for something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Hostile

DRAFT = "reviews/2026-01/PM-0002.front-desk.md"
PAGE = b"<!doctype html><script>fetch('/hr/access.json')</script>"


def _named(data: bytes | None, *names: str) -> Callable[[Path], None]:
    """Let the draft name these files, each with these bytes; without bytes there are no files."""

    def arrange(root: Path) -> None:
        review = root / DRAFT
        fields = f"status: draft\nevidence: {{training: {json.dumps(names)}}}\n"
        review.write_text(review.read_text("utf-8").replace("status: draft\n", fields), "utf-8")
        for name in names if data is not None else ():
            (review.parent / name).parent.mkdir(exist_ok=True)
            (review.parent / name).write_bytes(data or b"")

    return arrange


def _refused(name: str, data: bytes | None, code: str, *names: str) -> Hostile:
    return Hostile(name, _named(data, *names), ("check",), 1, (code,))


CASES = [
    _refused(
        "pages and programs by their endings", PAGE, "KPI337", "files/note.shtml", "files/x.html.2026", "files/a.php"
    ),
    _refused("settings of servers", b"x", "KPI337", "files/web.config", "files/_headers", "files/_redirects"),
    _refused("a hidden file", b"x", "KPI335", "files/.htaccess"),
    _refused(
        "a page in UTF-16 called a table", ("\ufeff" + PAGE.decode()).encode("utf-16-le"), "KPI337", "files/a.csv"
    ),
    _refused(
        "a picture with scripts called a photo", b"<svg xmlns='http://www.w3.org/2000/svg'>", "KPI337", "files/a.png"
    ),
    _refused("a page that a text begins with", b"<script>1</script>", "KPI337", "files/a.txt"),
    _refused("a program called a PDF", b"MZ\x90\0", "KPI341", "files/a.pdf"),
    _refused("an empty picture", b"", "KPI341", "files/a.png"),
    _refused("a device of Windows", None, "KPI342", "files/CON.txt"),
    _refused("a stream of another file", None, "KPI342", "files/a:b.txt"),
    _refused("a name that reads backwards", None, "KPI342", "files/a\u202efdp.txt"),
    _refused("a point at the end of a folder", b"x", "KPI342", "files./a.txt"),
    _refused("names that are one file elsewhere", b"x", "KPI342", "files/a.txt", "files/A.txt"),
    Hostile("a page is not submitted", _named(PAGE, "files/a.txt"), ("submit", "--yes", DRAFT), 1, ("KPI337",)),
    Hostile("a PDF that is a page too is a PDF", _named(b"%PDF-1.7\n" + PAGE, "files/a.pdf"), ("check",), 0),
]
