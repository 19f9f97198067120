"""Links, pipes, devices and giants where files are expected: told with their place, never read, and nobody waits for them."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

from tests.hostile.case import Hostile

Arrange = Callable[[Path], None]

PERIOD = "reviews/2026-01"
REVIEW = f"{PERIOD}/PM-0001.front-desk.md"
DRAFT = f"{PERIOD}/PM-0002.front-desk.md"
RULE = "rules/front-desk/2026-01.yaml"
SECRET = "s3cret-of-the-build"
TERABYTE = 1 << 40
BUILD = ("build", "--no-pdf", "--no-search", "--no-audit")


def _cleared(root: Path, place: str) -> Path:
    path = root / place
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def link(place: str, target: str) -> Arrange:
    """Put a link at a place. `{root}` is the repository; outside of it is a secret."""

    def arrange(root: Path) -> None:
        (root.parent / "secret").mkdir(exist_ok=True)
        (root.parent / "secret/x.txt").write_text(SECRET)
        _cleared(root, place).symlink_to(target.format(root=root))

    return arrange


def pipe(place: str) -> Arrange:
    return lambda root: os.mkfifo(_cleared(root, place))


def listening(place: str) -> Arrange:
    def arrange(root: Path) -> None:
        path = _cleared(root, place)
        with chdir(path.parent), socket.socket(socket.AF_UNIX) as there:  # the name of a socket must be short
            there.bind(path.name)

    return arrange


def giant(place: str) -> Arrange:
    """Put a file there that has a terabyte, and no room on the disk."""

    def arrange(root: Path) -> None:
        with _cleared(root, place).open("wb") as stream:
            stream.truncate(TERABYTE)

    return arrange


def evidence(then: Arrange) -> Arrange:
    """Name evidence in the draft, and put something in its place."""

    def arrange(root: Path) -> None:
        text = (root / DRAFT).read_text("utf-8")
        (root / DRAFT).write_text(text.replace("\n---\n", "\nevidence: {follow_up_calls: [files/a.csv]}\n---\n", 1))
        then(root)

    return arrange


def deep(root: Path) -> None:
    (root / PERIOD / "/".join("a" * 200)).mkdir(parents=True)


def font(name: str) -> Arrange:
    def arrange(root: Path) -> None:
        link("fonts/own.otf", "/usr/share/fonts")(root)
        os.mkfifo(root / "fonts/pipe.otf")
        giant("fonts/giant.otf")(root)
        (root / "kpigen.toml").write_text(f'pdf_font = "{name}"\n')

    return arrange


def _check(name: str, arrange: Arrange, *says: str) -> Hostile:
    return Hostile(name, arrange, ("check",), 1, says, silent=(SECRET,))


def _nothing_published(root: Path) -> None:
    assert not (root / "site").exists()


def _build(name: str, arrange: Arrange, *says: str) -> Hostile:
    return Hostile(name, arrange, BUILD, 1, says, silent=(SECRET,), after=_nothing_published)


def _new_in(target: str) -> Arrange:
    return link("reviews/2026-02", target)


def _nothing_outside(root: Path) -> None:
    assert [path.name for path in (root.parent / "secret").iterdir()] == ["x.txt"]


_NEW = ("new", "--form", "front-desk", "--employee", "PM-0001", "--period", "2026-02")

CASES = [
    _build("an asset is a link to the environment", link("templates/assets/x.txt", "/proc/self/environ"),
           "templates/assets/x.txt:1:1: error[KPI119]"),
    _build("an asset is a link to a draft", link("templates/assets/x.txt", f"{{root}}/{DRAFT}"), "KPI119"),
    _build("the folder of assets is a link", link("templates/assets", "../../secret"), "templates/assets:1:1: error[KPI119]"),
    _build("a print template is a link", link("templates/print/report.html", "/etc/hostname"), "KPI119"),
    _build("the tokens are a link", link("templates/look/tokens.css", "/etc/hostname"), "KPI119"),
    _build("a partial template is a link", link("templates/partials/x.html", "../../../secret/x.txt"), "KPI119"),
    _build("an asset is a pipe", pipe("templates/assets/x.txt"), "templates/assets/x.txt:1:1: error[KPI131]"),
    _check("a review is a pipe", pipe(DRAFT), f"{DRAFT}:1:1: error[KPI131]"),
    _check("a review is a socket", listening(DRAFT), f"{DRAFT}:1:1: error[KPI131]"),
    _check("a review is a link to the zeros", link(DRAFT, "/dev/zero"), f"{DRAFT}:1:1: error[KPI119]"),
    _check("a review has a terabyte", giant(DRAFT), f"{DRAFT}:1:1: error[KPI101]", "1,099,511,627,776"),
    _check("the roster is a pipe", pipe("reviews/people.csv"), "reviews/people.csv:1:1: error[KPI131]"),
    _check("the roster has a terabyte", giant("reviews/people.csv"), "KPI101"),
    _check("the settings are a pipe", pipe("kpigen.toml"), "kpigen.toml:1:1: error[KPI131]"),
    _check("the settings have a terabyte", giant("kpigen.toml"), "kpigen.toml:1:1: error[KPI101]"),
    _check("a rule file is a pipe", pipe(RULE), f"{RULE}:1:1: error[KPI131]"),
    _check("a rule file has a terabyte", giant(RULE), f"{RULE}:1:1: error[KPI101]"),
    _check("the reviews are a pipe", pipe("reviews"), "reviews:1:1: error[KPI121]"),
    _check("evidence is a pipe", evidence(pipe(f"{PERIOD}/files/a.csv")), "KPI131", "KPI334"),
    _check("evidence has a terabyte", evidence(giant(f"{PERIOD}/files/a.csv")), "KPI117", "more than 200,000,000"),
    _check("evidence is a link", evidence(link(f"{PERIOD}/files/a.csv", "/etc/passwd")), "KPI119", "KPI334"),
    _check("the folder of evidence is a link", evidence(link(f"{PERIOD}/files", "../../../secret")), "KPI119"),
    _check("folders without end", deep, "error[KPI130]", "too deep"),
    _check("the font is a link", font("fonts/own.otf"), "kpigen.toml:1:1: error[KPI804]", "links are not followed"),
    _check("the font is a pipe", font("fonts/pipe.otf"), "error[KPI804]", "not a regular file"),
    Hostile("new, where the period is a link", _new_in("../../secret"), _NEW, 1, ("reviews/2026-02:1:1: error[KPI119]",),
            after=_nothing_outside),
    Hostile("new, where the period is a pipe", pipe("reviews/2026-02"), _NEW, 1, ("error[KPI131]",)),
    Hostile("verify, and the PDF is a pipe", pipe("x.pdf"), ("verify", "x.pdf"), 1, ("not a regular file",)),
    Hostile("verify, and the PDF has a terabyte", giant("x.pdf"), ("verify", "x.pdf"), 1, ("larger than 20,000,000",)),
    Hostile("verify, and the PDF is a device", lambda _: None, ("verify", "/dev/zero"), 1, ("not a regular file",)),
    Hostile("verify, and the record has a terabyte", giant("seals.json"), ("verify", REVIEW, "--record", "seals.json"), 2,
            ("cannot be read",)),
    Hostile("textconv of a pipe", pipe("x.md"), ("textconv", "x.md"), 2, ("not a regular file",)),
    Hostile("score of a pipe", pipe("x.md"), ("score", "x.md"), 1, ("KPI619",)),
    Hostile("a certificate that is a pipe", pipe("x.p12"), (*BUILD, "--sign", "x.p12"), 1, ("not a regular file",)),
]  # fmt: skip
