"""A new repository of reviews: what `init` writes and what it leaves alone; and `textconv`, which `init` can switch on."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kpigen import __version__
from kpigen.repository.checks.clones import KEPT
from kpigen.repository.scaffold import files_for
from tests.helpers.forms import NINE, ROOT, codes, kpigen, make_repository, review_text, run
from tests.helpers.repositories import FILE, REVIEW, commit, edit, git

COMMON = {".gitattributes", ".gitignore", ".pre-commit-config.yaml", "README.md", "kpigen.toml", "reviews/people.csv"}
SCRIPTS = {"ci/site.sh", "ci/step.sh"}


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.exists() else b""
        for path in paths
        if path.relative_to(folder).parts[0] != ".git"
    }


def init(folder: Path, *options: str, code: int = 0) -> str:
    result = run(ROOT, "init", folder, *options, code=code)
    return result.stdout + result.stderr


# --- init -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["github", "gitlab", "none"])
def test_a_new_repository(tmp_path: Path, host: str) -> None:
    root = tmp_path / "new"
    said = init(root, "--ci", host)
    made = files(root)
    rules = {path for path in made if path.startswith("rules/")}
    assert {path.split("/")[1] for path in rules} == set(NINE)
    assert all(made[path] == (ROOT / path).read_bytes() for path in rules)
    hosted = made.keys() - rules - COMMON - (SCRIPTS if host != "none" else set())
    assert {path.split("/")[0] for path in hosted} == {
        "github": {".github"},
        "gitlab": {".gitlab", ".gitlab-ci.yml"},
        "none": set(),
    }[host]
    assert not any(b"@KPIGEN_VERSION@" in data for data in made.values())
    assert f"kpigen=={__version__}".encode() in made[".pre-commit-config.yaml"]
    assert git(root, "symbolic-ref", "HEAD").strip() == "refs/heads/main"
    assert ("docs/pull-requests.md" in said) is (host != "none"), "the next steps"
    # It works: nothing is wrong, and a draft and a site can be made once there are people.
    assert run(root, "check").stderr == "0 reviews, 9 rule files: 0 errors, 0 warnings\n"
    with (root / "reviews/people.csv").open("a", encoding="utf-8") as roster:
        roster.write("T-001,员工甲,t.one,,客服部,前台主管,,front-desk,,\n")
    run(root, "new", "--form", "front-desk", "--employee", "T-001", "--period", "2026-07")
    run(root, "build", "--no-pdf")
    commit(root)
    listed = git(root, "ls-files").splitlines()
    assert "site/index.html" in listed
    assert "reviews/2026-07/T-001.front-desk.md" in listed


def test_twice_and_with_some_forms(tmp_path: Path) -> None:
    assert "rules/cs-360" not in init(tmp_path, "--form", "front-desk", "--form", "cs-graded", "--ci", "none")
    before = files(tmp_path)
    assert {path.split("/")[1] for path in before if path.startswith("rules/")} == {"front-desk", "cs-graded"}
    assert re.search(r": 0 files written, 8 there already, 0 left alone\n$", init(tmp_path, "--ci", "none"))
    assert files(tmp_path) == before, "no form is added that nobody asked for"
    said = init(tmp_path, "--form", "cs-360", "--ci", "none")
    assert files(tmp_path).keys() - before.keys() == {"rules/cs-360/2026-01.yaml"}
    assert "1 file written" in said


def test_what_is_there_stays(tmp_path: Path) -> None:
    """A repository that has reviews, settings in pyproject.toml, forms and a README of its own."""
    own = {
        "README.md": "# ours\n",
        "pyproject.toml": '[tool.kpigen]\nlanguages = ["zh", "en"]\n',
        "reviews/2026-03/T-001.front-desk.md": REVIEW.format(id="T-001"),
        "rules/front-desk/2025-12.yaml": (ROOT / "rules/front-desk/2026-01.yaml").read_text("utf-8"),
        ".github/workflows/kpigen-check.yml": "name: ours\n",
    }
    for path, text in own.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    before = codes(run(tmp_path, "check").stdout)
    said = init(tmp_path)
    left = dict(re.findall(r"^left alone: ([^:]+): (.*)$", said, re.MULTILINE))
    assert left == {
        ".github/workflows/kpigen-check.yml": "there is one already",
        "README.md": "there is one already",
        "kpigen.toml": "the settings stand in pyproject.toml",
        "reviews/people.csv": "with an empty roster, every review that is there would be an error",
        "rules/front-desk/2026-01.yaml": "the form is there already; another version of it might come into force",
    }
    after = files(tmp_path)
    assert all(after[path] == text.encode() for path, text in own.items())
    assert not left.keys() & (after.keys() - own.keys())
    assert ".github/workflows/kpigen-site.yml" in after
    assert codes(run(tmp_path, "check").stdout) == before, "nothing that was right is wrong now"


def test_links_and_files_in_the_way(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (root / ".github").symlink_to(outside)
    (root / "README.md").symlink_to(tmp_path / "nowhere")
    (root / "ci").write_text("a file", "utf-8")
    said = init(root, "--form", "front-desk")
    assert list(outside.iterdir()) == [], "nothing is written through a link"
    assert not (tmp_path / "nowhere").exists()
    assert "left alone: .github/CODEOWNERS: .github is a link, which is not followed" in said
    assert "left alone: README.md: there is one already" in said
    assert "left alone: ci/site.sh: ci is not a folder" in said
    assert (root / "kpigen.toml").is_file()


def test_where_nothing_can_be_done(tmp_path: Path) -> None:
    root = tmp_path / "full"
    for path in files_for("github", ["front-desk"]):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("mine", "utf-8")
    assert "0 files written, " in init(root, "--form", "front-desk", code=1)
    (tmp_path / "file").write_text("", "utf-8")
    assert "is a file" in init(tmp_path / "file", code=2)
    assert "Did you mean 'front-desk'?" in init(tmp_path / "other", "--form", "front-dsk", code=2)
    assert not (tmp_path / "other").exists()


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="a folder that nobody can write is needed")
def test_a_folder_that_cannot_be_written() -> None:
    result = kpigen("init", "/proc/self/kpigen", code=1)
    assert "cannot go on" in result.stderr


def test_inside_another_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    said = init(tmp_path / "hr", "--form", "front-desk")
    assert "workflow files only work at the top of a git repository" in said
    assert not (tmp_path / "hr/.git").exists(), "no repository in the repository"
    assert "note" not in init(tmp_path / "audit", "--form", "front-desk", "--ci", "none")


def test_a_wheel_carries_what_init_writes(tmp_path: Path) -> None:
    """Names that begin with a dot too."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
        names = {name.removeprefix("kpigen/data/") for name in packed.namelist() if name.startswith("kpigen/data/")}
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates/repository").rglob("*") if path.is_file()}
    assert here
    assert here <= names
    kpigen("init", "new", "--form", "front-desk", cwd=tmp_path, PYTHONPATH=str(tmp_path / "installed"))
    assert files(tmp_path / "new") == files_for("github", ["front-desk"])


# --- textconv -------------------------------------------------------------------------------------------------------------


def lines(root: Path, file: Path | str, **environment: str) -> list[str]:
    return kpigen("textconv", file, cwd=root, **environment).stdout.splitlines()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one draft, committed, in which `git diff` asks kpigen."""
    root = tmp_path / "root"
    init(root, "--form", "front-desk", "--form", "cs-360", "--ci", "none", "--textconv")
    assert git(root, "config", "diff.kpigen.textconv") == "kpigen textconv"
    git(root, "config", "diff.kpigen.textconv", f'PYTHONPATH="{ROOT}" "{sys.executable}" -m kpigen textconv')
    (root / FILE).parent.mkdir()
    (root / FILE).write_text(REVIEW.format(id="T-001"), "utf-8")
    commit(root, "first")
    return root


def changed(text: str) -> list[str]:
    """The lines that a diff adds and removes."""
    return [line for line in text.splitlines() if re.match(r"[+-](?![+-])", line)]


def test_git_shows_what_a_review_says(root: Path) -> None:
    text = (root / FILE).read_text("utf-8")
    mapping = "complaints: {late: 1, escalated: 0}"
    (root / FILE).write_text(
        text.replace(f"  {mapping}\n", "").replace(
            "metrics:\n", "metrics:   # laid out anew\n  complaints:\n    escalated: 0\n    late: 1\n"
        ),
        "utf-8",
    )
    assert (root / FILE).read_text("utf-8") != text
    assert changed(git(root, "diff")) == [], "layout and order are no change"
    (root / FILE).write_text(text, "utf-8")
    edit(root, mapping, "complaints: {late: 0, escalated: 0}")
    edit(root, "三月平稳。", "三月平稳。\n四月照旧。")
    shown = [
        "-metrics.complaints.late: 1",
        "+metrics.complaints.late: 0",
        "+body: 四月照旧。",
        "-points.complaints: 6.00",
        "+points.complaints: 9.00",
        "-total: 90.00",
        "+total: 93.00",
    ]
    assert changed(git(root, "diff")) == shown
    commit(root, "second")
    assert changed(git(root, "log", "-1", "-p")) == shown
    git(root, "mv", FILE, FILE.replace("T-001", "T-009"))
    commit(root, "moved")
    assert (
        git(root, "log", "-p", "--follow", "--format=%s", "--", FILE.replace("T-001", "T-009")).splitlines()[0]
        == "moved"
    )


def test_lines_of_a_review(root: Path) -> None:
    found = lines(root, root / FILE)
    assert found[:5] == [
        "employee.department: 客服部",
        "employee.id: T-001",
        "employee.name: 员工甲",
        "employee.position: 前台主管",
        "period: 2026-03",
    ]
    assert found[-2:] == ["total: 90.00", "grade: A"]
    assert "status: draft" in found
    assert not any("digest" in line or "sha256" in line for line in found)
    assert lines(root / "reviews", root / FILE, LC_ALL="C") == found, "from any folder, in any locale"


def test_git_shows_who_is_on_the_roster_in_any_encoding(root: Path) -> None:
    file, header = root / "reviews/people.csv", "id,name,login,email,department,position,manager,form,from,to"
    chinese = "工号,姓名,登录名,邮箱,部门,职位,上级,考核表,开始日期,结束日期"
    file.write_text(f"{header}\nT-002,乙,,,,,,,,\nT-001,甲,,,,,T-002,front-desk;cs-360,2026/7/1,\n", "utf-8")
    commit(root, "UTF-8")
    table = f"{chinese}\nT-001,甲,,,,,T-002,front-desk、cs-360,2026-07-01 00:00:00,\nT-002,乙,,,,,,,,\n"
    for data in (table.encode("gbk"), table.encode("gb18030"), table.replace(",", "\t").encode("utf-16")):
        file.write_bytes(data)
        assert changed(git(root, "diff")) == []
    file.write_bytes(table.replace("乙", "丙").encode("gbk"))
    assert changed(git(root, "diff")) == ["-T-002,乙,,,,,,,,", "+T-002,丙,,,,,,,,"]
    commit(root, "GBK")
    (root / "kpigen.toml").write_text('roster_encoding = "gbk"\n', "utf-8")
    assert changed(git(root, "log", "-1", "-p")) == ["-T-002,乙,,,,,,,,", "+T-002,丙,,,,,,,,"]
    file.write_text("id,name\n", "utf-8")
    assert lines(root, file) == ["id,name"], "what is wrong is shown as it stands"


def test_confidential_lists_are_not_shown(root: Path) -> None:
    ratings = ROOT / "tests/golden"
    file = next(path for path in sorted(ratings.glob("cs-360*.md")))
    found = lines(root, file)
    shown = [line for line in found if re.search(r"\.(count|mean): ", line)]
    assert shown, found
    assert not any("[" in line for line in found if line.startswith("metrics."))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"# a page\n",
        b"---\nform: front-desk\n---\n",
        b"---\nform: nowhere\n---\n",
        b"---\nform: ../../etc\n---\n",
        b"\xff\xfe\x00\x01",
        b"---\n" + b"[" * 5_000 + b"\n---\n",
        review_text("front-desk", {"follow_up_calls": "1,000"}).encode(),
    ],
    ids=["empty", "page", "half", "no such form", "path", "binary", "deep", "error"],
)
def test_what_is_no_sound_review_is_shown_as_it_stands(root: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "blob").write_bytes(data)
    result = run(root, "textconv", tmp_path / "blob")
    assert result.stdout_bytes == data


def test_outside_a_repository_too(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text(REVIEW.format(id="T-001"), "utf-8")
    assert kpigen("textconv", "x.md", cwd=tmp_path).stdout == REVIEW.format(id="T-001")
    repository = make_repository(tmp_path / "broken", ("front-desk",))
    (repository / "rules/front-desk/2026-01.yaml").write_text("]", "utf-8")
    assert kpigen("textconv", tmp_path / "x.md", cwd=repository).stdout == REVIEW.format(id="T-001")


def test_an_old_gitattributes_lacks_a_line(tmp_path: Path) -> None:
    (tmp_path / ".gitattributes").write_text("* text=auto\n", "utf-8")
    said = init(tmp_path, "--form", "front-desk", "--textconv")
    assert "add this line to .gitattributes: reviews/*/*.md diff=kpigen" in said
    assert f"so that evidence keeps its bytes: {KEPT}\n" in said
