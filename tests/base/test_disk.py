"""The door to the file system: nothing is followed, nothing but regular files is opened, and no failure is an absence."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kpigen.base import disk
from kpigen.base.sources import WorkTree
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from kpigen.site.preview.memory import RememberingTree
from tests.helpers.forms import codes, run
from tests.helpers.repositories import FILE, published_repository
from tests.helpers.tiny import places

SECRET = b"secret"
LIMIT = 100


@pytest.fixture(params=[True, False], ids=["handles", "paths"])
def handles(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Linux and macOS, and as on Windows, where folders have no handles."""
    if not request.param:
        monkeypatch.setattr(disk, "_HAS_HANDLES", False)
        monkeypatch.setattr(disk, "_NOT_FOLLOWED", 0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file, and everything that is none, beside a secret that lies outside."""
    root = tmp_path / "root"
    (root / "a/b").mkdir(parents=True)
    (root / "a/b/file").write_bytes(b"x" * LIMIT)
    (root / "a/empty").write_bytes(b"")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_bytes(SECRET)
    (root / "link").symlink_to(tmp_path / "outside/file")
    (root / "folder-link").symlink_to(tmp_path / "outside")
    (root / "a/link-inside").symlink_to(root / "a/b/file")
    (root / "dangling").symlink_to("nowhere")
    (root / "round").symlink_to("round")
    os.mkfifo(root / "pipe")
    (root / "other/.git").mkdir(parents=True)
    (root / "other/file").write_bytes(SECRET)
    (root / "worktree").mkdir()
    (root / "worktree/.git").write_text("gitdir: elsewhere")
    (root / "worktree/file").write_bytes(SECRET)
    with (root / "giant").open("wb") as stream:
        stream.truncate(1 << 40)
    return root


REFUSED: list[tuple[str, type[OSError]]] = [
    ("link", disk.Link),
    ("folder-link/file", disk.Link),
    ("a/link-inside", disk.Link),
    ("dangling", disk.Link),
    ("round", disk.Link),
    ("round/file", disk.Link),
    ("pipe", disk.NotRegular),
    ("pipe/file", NotADirectoryError),
    ("other/file", disk.OtherRepository),
    ("worktree/file", disk.OtherRepository),
    ("giant", disk.TooLarge),
    ("a", IsADirectoryError),
    (".", IsADirectoryError),
    ("missing", FileNotFoundError),
    ("a/missing/file", FileNotFoundError),
    ("a/b/file/below", NotADirectoryError),
    ("../outside/file", FileNotFoundError),
    ("a/../../outside/file", FileNotFoundError),
    ("/etc/passwd", FileNotFoundError),
    ("", FileNotFoundError),
    ("a//b/file", FileNotFoundError),
    ("a/\0", FileNotFoundError),
    ("a/\ud800", FileNotFoundError),
    ("甲" * 300, OSError),
]


@pytest.mark.usefixtures("handles")
@pytest.mark.parametrize(("path", "kind"), REFUSED)
def test_what_is_refused(root: Path, path: str, kind: type[OSError]) -> None:
    for read in (disk.read, disk.digest):
        with pytest.raises(OSError) as caught:  # noqa: PT011  # the type is compared below
            read(root, path, LIMIT)
        assert type(caught.value) is kind
    if kind is not disk.TooLarge:
        with pytest.raises(kind):
            disk.head(root, path, 1)


@pytest.mark.usefixtures("handles")
def test_what_is_read(root: Path) -> None:
    assert disk.read(root, "a/b/file", LIMIT) == b"x" * LIMIT
    assert disk.read(root, "./a/empty", 0) == b""
    assert disk.head(root, "a/b/file", 3) == b"xxx"
    assert disk.head(root, "giant", 3) == b"\0\0\0"
    assert disk.digest(root, "a/empty", 0).startswith("e3b0c442")
    assert disk.is_file(root, "a/b/file")
    assert not any(disk.is_file(root, path) for path in ("a", "missing", "link", "pipe", "other"))
    with pytest.raises(disk.TooLarge) as caught:
        disk.read(root, "a/b/file", LIMIT - 1)
    assert (caught.value.size, caught.value.limit) == (LIMIT, LIMIT - 1)


@pytest.mark.usefixtures("handles")
def test_what_a_folder_holds(root: Path) -> None:
    kinds = {entry.name: entry.kind.value for entry in disk.listing(root)}
    assert kinds == {
        "a": "folder", "other": "folder", "worktree": "folder", "link": "link", "folder-link": "link", "dangling": "link",
        "round": "link", "pipe": "other", "giant": "file",
    }  # fmt: skip
    for path in ("folder-link", "other", "pipe", "missing"):
        with pytest.raises(OSError):  # noqa: PT011  # which one is tested above
            disk.listing(root, path)


def test_what_the_user_names_may_be_a_link(root: Path) -> None:
    assert disk.read_given(root / "link", LIMIT) == SECRET
    for path, kind in [
        (root / "pipe", disk.NotRegular),
        (Path("/dev/zero"), disk.NotRegular),
        (root, IsADirectoryError),
    ]:
        with pytest.raises(kind):
            disk.read_given(path, LIMIT)
    with pytest.raises(disk.TooLarge):
        disk.read_given(root / "giant", LIMIT)


def _become(path: Path, make: Callable[[Path], object]) -> None:
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    make(path)


def _link_to(target: Path) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


@pytest.mark.parametrize("place", ["a", "a/b", "a/b/file"])
@pytest.mark.parametrize("what", ["link", "pipe"])
def test_what_takes_a_files_place_between_looking_and_opening_is_not_read(
    root: Path, monkeypatch: pytest.MonkeyPatch, place: str, what: str
) -> None:
    """A link, or a pipe: as if somebody had waited for the moment."""
    outside = root.parent / ("outside/file" if place.endswith("file") else "outside")
    (root.parent / "outside/b").mkdir()
    (root.parent / "outside/b/file").write_bytes(SECRET)
    look, done = disk._look, []

    def looked(folder: int | Path, name: str) -> os.stat_result:
        found = look(folder, name)
        if name == place.rpartition("/")[2] and not done:
            done.append(name)
            _become(root / place, _link_to(outside) if what == "link" else os.mkfifo)
        return found

    monkeypatch.setattr(disk, "_look", looked)
    if place == "a/b/file":
        with pytest.raises(OSError):  # noqa: PT011  # whichever the system gives
            disk.read(root, "a/b/file", LIMIT)
        assert done
    else:  # a folder is opened before anything looks at it, and stays the one that it was
        assert disk.read(root, "a/b/file", LIMIT) == b"x" * LIMIT


def test_a_file_that_grows_while_it_is_read_is_too_large(root: Path) -> None:
    with disk.opened(root, "a/b/file", LIMIT) as stream:
        with (root / "a/b/file").open("ab") as more:
            more.write(b"more")
        with pytest.raises(disk.TooLarge):
            disk._all(stream, "a/b/file", LIMIT)


def test_every_handle_is_closed(root: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path, _ in REFUSED:
        with pytest.raises(OSError):  # noqa: PT011  # tested above
            disk.read(root, path, LIMIT)
        with pytest.raises(OSError):  # noqa: PT011
            disk.listing(root, path) and disk.read(root, "missing", 0)
    disk.read(root, "a/b/file", LIMIT)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


# --- what cannot be read is never an absence -------------------------------------------------------------------------


@contextmanager
def somebody_else() -> Iterator[None]:
    """Be held back by permissions, as everybody but root is."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def published() -> Iterator[Path]:
    """A published repository without git, and its site, that belong to somebody who is not root."""
    with tempfile.TemporaryDirectory() as folder:
        root = published_repository(Path(folder) / "r")
        shutil.rmtree(root / ".git")
        (root / "templates/look").mkdir(parents=True)
        (root / "templates/look/README.txt").write_text("own")
        (root / "reviews/2026-03/files").mkdir()
        run(root, "build", "--no-pdf", "--no-search", "--no-audit")
        if os.geteuid() == 0:
            for path in (Path(folder), root, *root.rglob("*")):
                os.chown(path, 65534, 65534)
        yield root
        for path in (root, *root.rglob("*")):
            path.chmod(0o755)


UNLISTED = [
    "reviews",
    "reviews/2026-03",
    "reviews/2026-03/files",
    "rules",
    "rules/front-desk",
    "templates",
    "templates/look",
]


@pytest.mark.parametrize(
    ("folder", "mode"), [*((folder, 0) for folder in UNLISTED), ("reviews/2026-03", 0o111), ("reviews/2026-03", 0o444)]
)
def test_a_folder_that_cannot_be_listed_stops_everything(published: Path, folder: str, mode: int) -> None:
    """Not even by half: without its `r` it cannot be listed, and without its `x` nothing in it can be read."""
    site = sorted((published / "site").rglob("*"))
    (published / folder).chmod(mode)
    with somebody_else():
        told = run(published, "check", code=1)
        assert f"{folder}:1:1: error[KPI130] this folder cannot be listed" in told.stdout
        assert "Permission denied" in told.stdout
        built = run(published, "build", "--no-pdf", "--no-search", "--no-audit", code=1)
        assert "KPI130" in built.stderr
        if folder.startswith("reviews"):
            step = run(published, "withdraw", published / FILE, "--reason", "x", "--by", "y", "--yes", code=1)
            assert "KPI130" in codes(step.stderr)
    assert sorted((published / "site").rglob("*")) == site


@pytest.mark.parametrize("file", [FILE, "reviews/people.csv", "rules/front-desk/2026-01.yaml", "kpigen.toml"])
def test_a_file_without_permission_is_an_error(published: Path, file: str) -> None:
    (published / file).touch()
    (published / file).chmod(0)
    with somebody_else():
        assert f"{file}:1:1: error[KPI117]" in run(published, "check", code=1).stdout
        assert "KPI117" in run(published, "build", "--no-pdf", "--no-search", "--no-audit", code=1).stderr


def test_a_template_without_permission_stops_a_build(published: Path) -> None:
    """No template of kpigen's own is taken in its place."""
    site = sorted((published / "site").rglob("*"))
    for name in ("report.html", "look/tokens.css", "assets/kpigen.css"):
        own = published / "templates" / name
        own.parent.mkdir(exist_ok=True)
        own.write_text("own")
        own.chmod(0)
        with somebody_else():
            told = run(published, "build", "--no-pdf", "--no-search", "--no-audit", code=1).stderr
        assert codes(told) == ["KPI706"]
        assert "Permission denied" in told
        own.unlink()
    assert sorted((published / "site").rglob("*")) == site


@pytest.mark.parametrize("tree", [WorkTree, RememberingTree])
@pytest.mark.parametrize("code", [errno.EIO, errno.EACCES, errno.ESTALE, errno.EMFILE])
def test_a_disk_that_fails_is_told(
    published: Path, monkeypatch: pytest.MonkeyPatch, tree: type[WorkTree], code: int
) -> None:
    listing = disk.listing

    def failing(root: Path, path: str = ".") -> list[disk.FolderEntry]:
        if path == "reviews/2026-03":
            raise OSError(code, os.strerror(code), path)
        return listing(root, path)

    monkeypatch.setattr(disk, "listing", failing)
    project = load(tree(published))
    assert project.reviews == ()
    assert "reviews/2026-03:1:1 KPI130" in places(check(project)[1])
    assert project.is_hidden(FILE), "what is behind it is unknown, not gone"


def test_what_is_no_regular_file_is_told_with_its_place(published: Path) -> None:
    os.mkfifo(published / "reviews/2026-03/files/pipe.csv")
    os.mkfifo(published / "templates/look/pipe.css")
    os.mkfifo(published / "reviews/2026-03/.hidden")
    found = check(load(WorkTree(published)))[1]
    assert [place for place in places(found) if "KPI131" in place] == [
        "reviews/2026-03/files/pipe.csv:1:1 KPI131",
        "templates/look/pipe.css:1:1 KPI131",
    ]
