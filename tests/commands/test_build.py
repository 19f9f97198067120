"""What a build writes, and when it writes nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.forms import ROOT, run
from tests.helpers.html import parsed, said
from tests.helpers.sample import FRONT_DESK, Sample, bytes_of, rewrite


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
