"""Sources that somebody keeps changing while a site is built: nothing of it is published."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from tests.hostile.case import Hostile

BUILD = ("build", "--no-pdf", "--no-search", "--no-audit")
REVIEW = "reviews/2026-01/PM-0001.front-desk.md"
EVIDENCE = "reviews/2026-01/files/calls.csv"
#: How long somebody keeps at it, at most.
_SECONDS = 40

_over: dict[Path, Event] = {}


def _all_the_time(step: Callable[[Path, int], None]) -> Callable[[Path], None]:
    """Do something to the repository again and again until the case is over."""

    def arrange(root: Path) -> None:
        over = _over[root] = Event()
        (root / EVIDENCE).parent.mkdir()
        step(root, 0)

        def keep_at_it() -> None:
            end = time.monotonic() + _SECONDS
            number = 0
            while time.monotonic() < end and not over.wait(0.002):
                number += 1
                step(root, number)

        Thread(target=keep_at_it, daemon=True).start()

    return arrange


def _over_and_nothing_written(root: Path) -> None:
    _over.pop(root).set()
    assert not (root / "site").exists()


def _put(root: Path, path: str, data: bytes) -> None:
    """Exchange a file in one step, so that it is always there and whole."""
    new = root / ".new"
    new.write_bytes(data)
    new.replace(root / path)


def _append(path: str) -> Callable[[Path, int], None]:
    whole: dict[Path, bytes] = {}

    def step(root: Path, number: int) -> None:
        data = whole.setdefault(root, (root / path).read_bytes())
        _put(root, path, data + b"\n" * number)

    return step


def _with_evidence(root: Path, number: int) -> None:
    if number == 0:
        review = root / "reviews/2026-01/PM-0002.front-desk.md"
        text = review.read_text("utf-8").replace("---\n", "---\nevidence: {follow_up_calls: [files/calls.csv]}\n", 1)
        text = text.replace(
            "status: draft", "status: submitted\nsubmitted: {on: 2026-02-01, salt: 00112233445566778899aabbccddeeff}"
        )
        review.write_text(text, "utf-8")
    _put(root, EVIDENCE, b"calls,%d\n" % number)


def _new_reviews(root: Path, number: int) -> None:
    folder = root / "reviews/2026-02"
    folder.mkdir(exist_ok=True)
    (folder / f"readme{number}.txt").write_bytes(b"")
    (folder / f"readme{number - 1}.txt").unlink(missing_ok=True)


def _template(root: Path, number: int) -> None:
    (root / "templates/assets").mkdir(parents=True, exist_ok=True)
    _put(root, "templates/assets/note.css", b"/* %d */\n" % number)


def _case(name: str, step: Callable[[Path, int], None], *says: str) -> Hostile:
    return Hostile(name, _all_the_time(step), BUILD, 1, says, seconds=3, after=_over_and_nothing_written)


CASES = [
    _case("evidence", _with_evidence, "KPI710", EVIDENCE),
    _case("a rule file", _append("rules/front-desk/2026-01.yaml"), "KPI710", "rules/front-desk/2026-01.yaml"),
    _case("a review", _append(REVIEW), "KPI710", REVIEW),
    _case("the settings", _append("kpigen.toml"), "KPI710", "kpigen.toml"),
    _case("files that come and go", _new_reviews, "reviews/2026-02"),
    _case("a template", _template, "KPI710", "templates/assets/note.css"),
]
