"""Links, pipes and endless files where a command writes: nothing outside is touched, and nothing hangs."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Hostile

BUILD = ("build", "--no-pdf", "--no-search", "--no-audit")
PRECIOUS = b"mine"


def _precious(root: Path) -> Path:
    """Return a folder beside the repository with a file in it that no command may touch."""
    folder = root.parent / "outside"
    folder.mkdir()
    (folder / "precious").write_bytes(PRECIOUS)
    return folder


def _untouched(root: Path) -> None:
    folder = root.parent / "outside"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"precious": PRECIOUS}


def _made(root: Path) -> None:
    _untouched(root)
    assert (root / "site/people/PM-0001/2026-01/front-desk.html").is_file()
    assert (root / "site/hr/manifest.json").is_file()
    assert not (root / "site/hr/manifest.json").is_symlink()
    assert not list((root / "site").rglob(".kpigen-*"))


def _put(path: str, make: Callable[[Path, Path], object]) -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        outside = _precious(root)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        make(root / path, outside)

    return arrange


def _to_file(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "precious")


def _to_new(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "new")


def _to_folder(path: Path, outside: Path) -> None:
    path.symlink_to(outside)


def _pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def _endless(path: Path, _: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(1 << 42)


def _text(text: str) -> Callable[[Path, Path], None]:
    return lambda path, _: path.write_bytes(text.encode("utf-8", "surrogatepass")) and None


def _foretold(name: str) -> str:
    """Return what an earlier version called the temporary file of a name."""
    return f".kpigen-new-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _foretold_everywhere(root: Path) -> None:
    outside = _precious(root)
    places = ("", "hr/", "people/PM-0001/2026-01/", "assets/", "forms/")
    for place in places:
        (root / "site" / place).mkdir(parents=True, exist_ok=True)
        for name in (
            "index.html",
            "manifest.json",
            ".kpigen-journal.json",
            "access.json",
            "front-desk.html",
            "kpigen.css",
        ):
            (root / "site" / place / _foretold(name)).symlink_to(outside / "precious")


def _planted_journal(steps: list[list[str]]) -> str:
    return json.dumps({"state": "commit", "steps": steps, "manifest": {"../outside/precious": "0"}})


def _site(name: str, path: str, make: Callable[[Path, Path], object], says: str = "") -> Hostile:
    """Something in the site that stops a build, which changes nothing."""
    return Hostile(name, _put(path, make), BUILD, 1, (says or "KPI704",), after=_untouched)


def _harmless(name: str, path: str, make: Callable[[Path, Path], object], *says: str) -> Hostile:
    """Something in the site that a build takes no harm from."""
    return Hostile(name, _put(path, make), BUILD, 0, says, after=_made)


_NEW = ("new", "--form", "front-desk", "--employee", "PM-0001", "--period", "2026-03")


def _no_repository(root: Path) -> None:
    (root.parent / "wrong/site").mkdir(parents=True)
    (root.parent / "wrong/site/index.html").write_bytes(PRECIOUS)


def _no_reviews(root: Path) -> None:
    """Make a site of ten people, then lose the reviews as on a wrong branch."""
    from tests.helpers.forms import run

    text = (root / "reviews/2026-01/PM-0002.front-desk.md").read_text("utf-8")
    for number in range(3, 6):
        file = root / f"reviews/2026-01/PM-000{number}.front-desk.md"
        file.write_text(text.replace("PM-0002", f"PM-000{number}").replace("乙", f"乙{number}"), "utf-8")
        run(root, "submit", file, "--yes", "--date", "2026-02-01")
    run(root, *BUILD)
    (root / "reviews").rename(root / "away")
    (root / "reviews").mkdir()


def _still_there(root: Path) -> None:
    for number in (1, 3, 4, 5):
        assert (root / f"site/people/PM-000{number}/2026-01/front-desk.html").is_file()


CASES = [
    Hostile("links of foretold names", _foretold_everywhere, BUILD, 0, after=_untouched),
    _site("the site is a link", "site", _to_folder),
    _site("hr is a link", "site/hr", _to_folder),
    _site("the site is a pipe", "site", _pipe),
    _site("people are a link", "site/people", _to_folder, "KPI701"),
    _site("a page is a link", "site/people/PM-0001/2026-01/front-desk.html", _to_file, "KPI701"),
    _site("a page is a pipe", "site/index.html", _pipe, "KPI701"),
    _site("the lock is a link", "site/hr/.kpigen-lock", _to_file),
    _site("the lock is a pipe", "site/hr/.kpigen-lock", _pipe),
    _harmless("the journal is a link", "site/hr/.kpigen-journal.json", _to_file, "KPI707"),
    _harmless("the journal is a pipe", "site/hr/.kpigen-journal.json", _pipe, "KPI707"),
    _harmless("the journal is endless", "site/hr/.kpigen-journal.json", _endless, "KPI707"),
    _harmless(
        "a journal with a lone surrogate", "site/hr/.kpigen-journal.json", _text(_planted_journal([["\ud800", "", ""]]))
    ),
    _harmless(
        "a journal that removes outside",
        "site/hr/.kpigen-journal.json",
        _text(_planted_journal([["../../outside/precious", "", ""], ["../outside/precious", "", ""]])),
        "KPI707",
    ),
    _harmless("the manifest is a link", "site/hr/manifest.json", _to_file),
    _harmless("the manifest is endless", "site/hr/manifest.json", _endless),
    _harmless(
        "a manifest with odd names",
        "site/hr/manifest.json",
        _text(
            json.dumps({"files": dict.fromkeys(["\ud800", "\0", "../../outside/precious", "a\n", "/etc/passwd"], "0")})
        ),
    ),
    Hostile(
        "new in a period that is a link", _put("reviews/2026-03", _to_folder), _NEW, 1, ("link",), after=_untouched
    ),
    Hostile(
        "new where a dead link is",
        _put("reviews/2026-03/PM-0001.front-desk.md", _to_new),
        _NEW,
        1,
        ("KPI119",),
        after=_untouched,
    ),
    Hostile(
        "init over links",
        _put(".github", _to_folder),
        ("init", "--ci", "github", "--form", "front-desk"),
        0,
        ("link",),
        after=_untouched,
    ),
    Hostile("init over a pipe", _put(".gitattributes", _pipe), ("init", "--ci", "none"), 0, (), after=_untouched),
    Hostile(
        "a release over what is not kpigen's",
        _put("www/current", _to_folder),
        (*BUILD, "--release", "www"),
        1,
        ("KPI701",),
        after=_untouched,
    ),
    Hostile(
        "releases below a link", _put("www", _to_folder), (*BUILD, "--release", "www"), 1, ("KPI704",), after=_untouched
    ),
    Hostile("check of another folder", _no_repository, ("--root", "../wrong", "check"), 2, ("KPI712", "reviews/")),
    Hostile("build of another folder", _no_repository, ("--root", "../wrong", *BUILD), 2, ("KPI712",)),
    Hostile("build without reviews", _no_reviews, BUILD, 1, ("KPI711", "people/"), after=_still_there),
]
