"""What a build writes, and when it writes nothing."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kpigen.site.output.artifacts import Artifact
from kpigen.site.pages.site import Site
from kpigen.site.proof.paper import Printer
from kpigen.site.render.render import Renderer
from tests.helpers.forms import ROOT, codes, run
from tests.helpers.html import parsed, said
from tests.helpers.sample import FRONT_DESK, Sample, bytes_of, make_small, rewrite


def test_a_site_is_the_same_to_the_byte_wherever_and_by_whomever_it_is_built(tmp_path: Path, sample: Sample) -> None:
    elsewhere = tmp_path / "另一个 folder"
    shutil.copytree(sample.root, elsewhere, ignore=shutil.ignore_patterns("site"))
    for path in elsewhere.rglob("*"):
        os.utime(path, (1, 1))
    command = f'umask 077; cd "{elsewhere}"; exec "$0" "$@"'
    surroundings = {
        "TZ": "Pacific/Kiritimati",
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": "1",
        "PATH": os.environ["PATH"],
    }
    built = subprocess.run(
        ["sh", "-c", command, sys.executable, "-m", "kpigen", "build", "--no-pdf", "--out", "../out"],
        env={**surroundings, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert built.returncode == 0, built.stderr
    one, two = bytes_of(sample.out), bytes_of(tmp_path / "out")
    assert sorted(one) == sorted(two)
    assert [path for path in one if one[path] != two[path]] == []


def test_building_again_writes_nothing(sample: Sample) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in sample.out.rglob("*")}
    told = run(sample.root, "build", "--no-pdf", "--out", sample.out).stderr
    audit = [path for path in sample.files if path.startswith("hr/audit/")]
    for files in (set(sample.files) - set(audit), audit):  # each with its own manifest
        assert f"0 written, {len(files) - 1} unchanged, 0 removed" in told
    locked = ("hr", "audit")
    assert {
        path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in sample.out.rglob("*") if path.name not in locked
    } == {path: stamp for path, stamp in before.items() if path.name not in locked}


def test_drafts_are_rendered_only_where_asked_for(small: Path) -> None:
    run(small, "build", "--no-pdf")
    assert (small / "site/people/PM-0001").is_dir()
    assert not (small / "site/people/PM-0002").exists()
    run(small, "build", "--no-pdf", "--drafts", "--out", small / "preview")
    page = parsed((small / "preview/people/PM-0002/2026-01/front-desk.html").read_text("utf-8")).root
    assert "草稿" in said(page.find(".//h1"))


def test_drafts_are_not_written_where_git_would_take_them(small: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(small)], check=True)
    (small / ".gitignore").write_text("/preview/\n", "utf-8")
    told = run(small, "build", "--no-pdf", "--drafts", code=1).stderr
    assert "KPI705" in told
    assert not (small / "site").exists()
    told = run(small, "build", "--no-pdf", "--drafts", "--out", small / "other/deep", code=1).stderr
    assert "KPI705" in told
    assert not (small / "other").exists()
    run(small, "build", "--no-pdf", "--drafts", "--out", small / "preview")
    run(small, "build", "--no-pdf", "--drafts", "--out", tmp_path / "outside")
    for folder in (small / "preview", tmp_path / "outside"):
        assert (folder / "people/PM-0002/2026-01/front-desk.html").is_file()
    run(small, "build", "--no-pdf")
    assert not (small / "site/people/PM-0002").exists()


def test_an_error_in_a_source_that_is_rendered_stops_everything(small: Path) -> None:
    run(small, "build", "--no-pdf")
    before = bytes_of(small / "site")
    rewrite(small / "reviews/2026-01/PM-0001.front-desk.md", (r"follow_up_calls: 595", "follow_up_calls: 5９5"))
    (small / "reviews/2026-01/PM-0003.front-desk.md").write_text(FRONT_DESK.format(id="PM-0003", name="丙"), "utf-8")
    told = run(small, "build", "--no-pdf", code=1).stderr
    assert "reviews/2026-01/PM-0001.front-desk.md:8:20: error[KPI312]" in told
    assert "nothing was written" in told
    assert bytes_of(small / "site") == before
    run(small, "build", "--no-pdf", "--out", small / "fresh", code=1)
    assert not (small / "fresh").exists()


def test_an_error_in_a_rule_file_or_the_roster_or_the_settings_stops_everything(small: Path) -> None:
    for path, text in (
        ("rules/front-desk/2026-02.yaml", "form: front-desk\n"), ("reviews/people.csv", "id,name\n"), ("kpigen.toml", "languages = 3\n"),
    ):  # fmt: skip
        file = small / path
        before = file.read_bytes() if file.exists() else None
        file.write_text(text, "utf-8")
        assert f"{path}:1" in run(small, "build", "--no-pdf", code=1).stderr
        assert not (small / "site").exists()
        file.unlink() if before is None else file.write_bytes(before)
    run(small, "build", "--no-pdf")


def test_a_change_of_what_is_published_stops_everything(small: Path) -> None:
    review = small / "reviews/2026-01/PM-0001.front-desk.md"
    run(small, "confirm", review, "--role", "employee", "--yes", "--date", "2026-02-02")
    run(small, "publish", review, "--yes", "--date", "2026-02-03")
    run(small, "build", "--no-pdf")
    before = bytes_of(small / "site")
    rewrite(review, ("follow_up_calls: 595", "follow_up_calls: 600"))
    assert "KPI609" in run(small, "build", "--no-pdf", code=1).stderr
    assert bytes_of(small / "site") == before


@pytest.mark.parametrize("text", ["metrics:\n  follow_up_calls: 5９5\n", "no front matter", "---\nform: [\n---\n"])
def test_an_error_in_a_draft_does_not_stop_the_others(small: Path, text: str) -> None:
    draft = small / "reviews/2026-01/PM-0002.front-desk.md"
    old = re.compile(r"metrics:\n  follow_up_calls: 595\n")
    draft.write_text(old.sub(text, draft.read_text("utf-8")) if text.startswith("metrics") else text, "utf-8")
    if text.startswith("metrics"):
        run(small, "build", "--no-pdf")
        assert (small / "site/people/PM-0001/2026-01/front-desk.html").is_file()
        assert "KPI312" in run(small, "build", "--no-pdf", "--drafts", "--out", small / "preview", code=1).stderr
    else:  # whether it was a draft cannot be told
        run(small, "build", "--no-pdf", code=1)
        assert not (small / "site").exists()


# --- what changes during a build -------------------------------------------------------------------------------------

EVIDENCE = "reviews/2026-01/files/calls.csv"
REVIEW = "reviews/2026-01/PM-0001.front-desk.md"
TEMPLATE = "templates/landing.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with evidence and a template of its own; its site is built."""
    small = make_small(tmp_path_factory.mktemp("built") / "small")
    (small / EVIDENCE).parent.mkdir(parents=True)
    (small / EVIDENCE).write_bytes(b"calls,595\n")
    (small / "templates").mkdir()
    shutil.copy(ROOT / TEMPLATE, small / TEMPLATE)
    draft = small / "reviews/2026-01/PM-0002.front-desk.md"
    rewrite(draft, ("status: draft\n", "status: draft\nevidence: {follow_up_calls: [files/calls.csv]}\n"))
    run(small, "submit", draft, "--yes", "--date", "2026-02-01")
    run(small, "build", "--no-pdf", "--no-search")
    assert (small / "site/people/PM-0002/2026-01/evidence/files/calls.csv").read_bytes() == b"calls,595\n"
    return small


@pytest.fixture
def with_evidence(built: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(built, tmp_path / "small"))


def while_rendering(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Have something happen during a build, after everything was checked. Of the pages, only the first is made."""
    build = importlib.import_module("kpigen.commands.build")
    real = build.artifacts

    def artifacts(*args: Any) -> Iterator[Artifact]:
        first, *others = real(*args)
        yield first
        change()
        yield from (artifact for artifact in others if not artifact.path.endswith(".html"))

    monkeypatch.setattr(build, "artifacts", artifacts)


def _write(path: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"# other\n")

    return change


def _append(path: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        with (root / path).open("ab") as stream:
            stream.write(b"\n")

    return change


def _remove(root: Path) -> None:
    (root / EVIDENCE).unlink()


def _link(path: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / path).rename(root / "elsewhere")
        (root / path).symlink_to(root / "elsewhere")

    return change


def _pipe(root: Path) -> None:
    (root / EVIDENCE).unlink()
    os.mkfifo(root / EVIDENCE)


CHANGES = {
    "evidence": _write(EVIDENCE),
    "evidence is gone": _remove,
    "evidence is a link": _link(EVIDENCE),
    "evidence is a pipe": _pipe,
    "folder of evidence is a link": _link("reviews/2026-01/files"),
    "rule file": _append("rules/front-desk/2026-01.yaml"),
    "rule file is a link": _link("rules/front-desk/2026-01.yaml"),
    "new rule file": _write("rules/front-desk/2026-02.yaml"),
    "review": _append(REVIEW),
    "review is a link": _link(REVIEW),
    "new review": _write("reviews/2026-02/PM-0001.front-desk.md"),
    "roster": _write("reviews/people.csv"),
    "settings": _append("kpigen.toml"),
    "template": _append(TEMPLATE),
    "new template": _write("templates/report.html"),
    "template is a link": _link(TEMPLATE),
    "templates are a link": _link("templates"),
    "reviews are a link": _link("reviews"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_during_a_build_stops_it(
    with_evidence: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    before = bytes_of(with_evidence / "site")
    rewrite(with_evidence / "kpigen.toml", ("languages", "# a comment\nlanguages"))
    while_rendering(monkeypatch, lambda: CHANGES[change](with_evidence))
    told = run(with_evidence, "build", "--no-pdf", "--no-search", "--no-audit", code=1).stderr
    assert codes(told) == ["KPI710"], told
    assert bytes_of(with_evidence / "site") == before


@pytest.mark.parametrize("path", [EVIDENCE, "rules/front-desk/2026-01.yaml"])
def test_bytes_that_are_used_are_those_that_were_checked(
    with_evidence: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Even if nothing shows afterwards: a PDF carries the rule file that scored, a page the evidence that it names."""
    build = importlib.import_module("kpigen.commands.build")

    def artifacts(
        _: Site, __: Renderer, ___: Printer | None, read: Callable[[str], bytes], *rest: object
    ) -> Iterator[Artifact]:
        read(path)
        (with_evidence / path).write_bytes(b"other")
        yield Artifact("index.html", "", frozenset(), lambda: read(path))

    monkeypatch.setattr(build, "artifacts", artifacts)
    monkeypatch.setattr(build, "changed_since", lambda *_: None)
    before = bytes_of(with_evidence / "site")
    assert codes(run(with_evidence, "build", "--no-pdf", "--yes", code=1).stderr) == ["KPI710"]
    assert bytes_of(with_evidence / "site") == before


def test_what_is_no_source_may_change_during_a_build(with_evidence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    while_rendering(monkeypatch, lambda: [_write(path)(with_evidence) for path in ("notes.txt", "reviews/.x.md.swp")])
    run(with_evidence, "build", "--no-pdf", "--no-search", "--no-audit", "--yes")


# --- much would go ---------------------------------------------------------------------------------------------------


def without_reviews(root: Path) -> None:
    for path in (root / "reviews").iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def test_a_build_that_would_remove_more_than_half_asks(with_evidence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bytes_of(with_evidence / "site")
    without_reviews(with_evidence)
    told = run(with_evidence, "build", "--no-pdf", "--no-audit", code=1).stderr
    assert codes(told) == ["KPI711"]
    gone = re.search(r"would remove (\d+) of the (\d+) files in .*: (.+)", told)
    assert gone is not None
    removed, standing = int(gone[1]), int(gone[2])
    assert standing == len([path for path in before if not path.startswith("hr/audit/") and path != "hr/manifest.json"])
    assert 10 <= removed < standing
    assert "× people/" in gone[3]
    assert "× hr/" in gone[3]
    assert bytes_of(with_evidence / "site") == before
    told = run(with_evidence, "build", "--no-pdf", "--no-audit", "--yes").stderr
    assert f"{removed} removed" in told
    assert not (with_evidence / "site/people").exists()


def test_a_release_that_would_lack_more_than_half_asks_too(with_evidence: Path, tmp_path: Path) -> None:
    args = ("build", "--no-pdf", "--no-search", "--release", tmp_path / "www")
    assert "release 1 is current" in run(with_evidence, *args).stderr
    assert "nothing was written" in run(with_evidence, *args).stderr
    assert (tmp_path / "www/current/people/PM-0002/2026-01/evidence/files/calls.csv").is_file()
    assert (tmp_path / "www/current/hr/audit/index.html").is_file()
    without_reviews(with_evidence)
    assert codes(run(with_evidence, *args, code=1).stderr) == ["KPI711"]
    assert (tmp_path / "www/current").resolve().name == "1"
    assert "release 2 is current, 1 earlier ones removed" in run(with_evidence, *args, "--yes", "--keep", "1").stderr
    assert sorted(path.name for path in (tmp_path / "www").iterdir()) == ["2", "current"]


@pytest.mark.parametrize("what", ["first build", "no search", "few files", "one of two", "no audit"])
def test_a_build_that_removes_little_asks_nothing(with_evidence: Path, what: str) -> None:
    if what == "first build":
        shutil.rmtree(with_evidence / "site")
    if what == "few files":
        (with_evidence / "site/hr/manifest.json").write_text('{"files": {"index.html": "", "a": "", "b": ""}}', "utf-8")
        for name in "ab":
            (with_evidence / "site" / name).write_bytes(b"")
    if what == "one of two":
        (with_evidence / REVIEW).unlink()
    option = "--no-audit" if what == "no audit" else "--no-search"
    run(with_evidence, "build", "--no-pdf", option)


@pytest.mark.parametrize(
    "args", [("--release", "x", "--out", "y"), ("--keep", "2"), ("--release", "x", "--keep", "0")], ids=" ".join
)
def test_options_of_a_release_that_say_nothing_are_wrong_use(small: Path, args: tuple[str, ...]) -> None:
    assert "Usage" in run(small, "build", *args, code=2).stderr


def test_drafts_are_not_released_where_git_would_take_them(small: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(small)], check=True)
    assert codes(run(small, "build", "--no-pdf", "--drafts", "--release", small / "www", code=1).stderr) == ["KPI705"]
    assert not (small / "www").exists()


@pytest.mark.parametrize("out", [".", "..", "/", ".git", ".git/site", "reviews", "rules/site", "templates"])
def test_a_site_is_not_written_over_the_repository(small: Path, out: str) -> None:
    result = run(small, "build", "--no-pdf", "--out", small / out, code=2)
    assert "holds the repository or its sources" in result.stderr
