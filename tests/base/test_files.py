"""Files are read and written without following a link below a folder, whatever stands where they are to be."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kpigen.base import files
from kpigen.base.files import Folder, is_own, is_temporary, open_folder, temporary_name, write_atomically, write_new


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder, and beside it one that nobody may get to, with a file in it."""
    (tmp_path / "inside/deep").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/precious").write_bytes(b"mine")
    return tmp_path / "inside"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def outside(base: Path) -> dict[str, bytes]:
    folder = base.parent / "outside"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


WRITES: dict[str, Callable[[Folder, str], object]] = {
    "create": lambda folder, path: folder.create(path, b"evil"),
    "create beside": lambda folder, path: folder.create_beside(path, b"evil"),
    "replace with": lambda folder, path: folder.replace_with(path, b"evil"),
    "remove": lambda folder, path: folder.remove(path),
    "link": lambda folder, path: folder.link(path, "/"),
    "make": lambda folder, path: folder.make(f"{path}/x"),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("path", ["link/precious", "deep/link/precious", "link/new/precious", "dead/precious"])
def test_nothing_is_written_behind_a_link(base: Path, write: str, path: str) -> None:
    (base / "link").symlink_to("../outside")
    (base / "deep/link").symlink_to(base.parent / "outside")
    (base / "dead").symlink_to(base.parent / "nowhere")
    with open_folder(base) as folder, pytest.raises(OSError, match="it is a link, which is not followed"):
        WRITES[write](folder, path)
    assert outside(base) == {"precious": b"mine"}
    assert not (base.parent / "nowhere").exists()
    assert names(base) == ["dead", "deep", "link"]


def test_nothing_is_read_behind_a_link(base: Path) -> None:
    (base / "link").symlink_to("../outside")
    (base / "file").symlink_to("../outside/precious")
    with open_folder(base) as folder:
        for path in ("link/precious", "file", "link", "nowhere", "file/x"):
            assert folder.read(path) is None
            assert not folder.has(path, b"mine")
        assert stat.S_ISLNK(folder.mode("file") or 0)
        assert folder.mode("link/precious") is None


def test_a_link_that_is_put_in_the_place_of_a_folder_while_it_is_used_leads_nowhere(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def late(path: str, flags: int, *rest: int, dir_fd: int | None = None) -> int:
        if is_temporary(Path(path).name) and not (base / "deep").is_symlink():
            (base / "deep").rename(base / "gone")
            (base / "deep").symlink_to("../outside")
        return real(path, flags, *rest, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", late)
    with open_folder(base) as folder, pytest.raises(OSError, match="it is a link"):
        folder.replace_with("deep/page", b"new")
    assert outside(base) == {"precious": b"mine"}


@pytest.mark.parametrize("make", [
    lambda path: path.write_bytes(b"old"), lambda path: path.mkdir(), lambda path: os.mkfifo(path),
    lambda path: path.symlink_to("../outside/precious"), lambda path: path.symlink_to("../outside/new"),
], ids=["file", "folder", "pipe", "link", "dead link"])  # fmt: skip
def test_a_new_file_takes_the_place_of_nothing(base: Path, make: Callable[[Path], object]) -> None:
    make(base / "x")
    before = (base / "x").lstat()
    with pytest.raises(FileExistsError):
        write_new(base, "x", b"new")
    assert (base / "x").lstat() == before
    assert outside(base) == {"precious": b"mine"}


def test_the_name_of_a_temporary_file_cannot_be_foretold_and_one_that_is_there_is_not_used(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len({temporary_name() for _ in range(100)}) == 100
    assert all(is_temporary(temporary_name()) for _ in range(100))
    (base / ".kpigen-new-0000000000000000").symlink_to("../outside/precious")
    monkeypatch.setattr(files, "temporary_name", lambda: ".kpigen-new-0000000000000000")
    with pytest.raises(FileExistsError):
        write_atomically(base, "x", b"evil")
    assert outside(base) == {"precious": b"mine"}


def test_a_link_that_is_replaced_is_not_followed(base: Path) -> None:
    (base / "x").symlink_to("../outside/precious")
    write_atomically(base, "x", b"new")
    assert (base / "x").read_bytes() == b"new"
    assert not (base / "x").is_symlink()
    assert outside(base) == {"precious": b"mine"}


def test_a_replaced_file_keeps_its_rights_and_a_new_one_has_the_usual_ones(base: Path) -> None:
    (base / "x").write_bytes(b"old")
    (base / "x").chmod(0o640)
    before = os.umask(0o027)
    try:
        for path, rights in (("x", None), ("y", None), ("z", 0o604)):
            write_atomically(base, path, b"new", rights)
    finally:
        os.umask(before)
    assert [stat.S_IMODE((base / name).stat().st_mode) for name in "xyz"] == [0o640, 0o640, 0o604]
    assert names(base) == ["deep", "x", "y", "z"]


def test_a_file_that_cannot_be_written_whole_is_gone(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (base / "x").write_bytes(b"old")
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        write(descriptor, data[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    for writes in (write_atomically, write_new):
        with pytest.raises(OSError, match=r"No space left on device: '.*inside/(x|y)'"):
            writes(base, "x" if writes is write_atomically else "y", b"new")
    assert (base / "x").read_bytes() == b"old"
    assert names(base) == ["deep", "x"]


def test_what_is_no_regular_file_is_not_opened_and_what_is_too_large_is_not_read(base: Path) -> None:
    os.mkfifo(base / "pipe")
    with (base / "sparse").open("wb") as stream:
        stream.truncate(1 << 40)
    with open_folder(base) as folder:
        assert [folder.read(name, 100) for name in ("pipe", "deep", "sparse")] == [None, None, None]
        assert not folder.has("sparse", b"x")


def test_the_way_to_a_folder_may_be_a_link_but_not_below_the_repository(base: Path) -> None:
    (base / "site").symlink_to("../outside")
    with open_folder(base / "site") as folder:
        assert folder.read("precious") == b"mine"
    with pytest.raises(OSError, match="it is a link"), open_folder(base / "site", base, make=True):
        pass
    with pytest.raises(OSError, match="it is a link"), open_folder(base / "site/new", base, make=True):
        pass
    (base.parent / "way").symlink_to("inside")
    with pytest.raises(OSError, match="it is a link"), open_folder(base.parent / "way/site", base, make=True):
        pass
    with open_folder(base.parent / "way/a/b", base, make=True) as folder:
        folder.create("x", b"1")
    assert (base / "a/b/x").read_bytes() == b"1"
    assert outside(base) == {"precious": b"mine"}


def test_leftovers_are_found_by_their_names_and_not_behind_links(base: Path) -> None:
    own = [".kpigen-new-0123456789abcdef", "deep/.kpigen-new-0123456789abcdef"]
    for name in (*own, ".kpigen-new-x", "deep/.kpigen-new-0123456789abcdefx"):
        (base / name).write_bytes(b"half")
    (base.parent / "outside" / Path(own[0]).name).write_bytes(b"not ours")
    (base / "link").symlink_to("../outside")
    (base / "deep/.kpigen-new-1111111111111111").symlink_to("../../outside")
    with open_folder(base) as folder:
        assert folder.leftovers() == [*own, "deep/.kpigen-new-1111111111111111"]
        assert folder.leftovers("deep") == [own[1], "deep/.kpigen-new-1111111111111111"]


def test_own_is_what_is_ours_and_others_cannot_have_written(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = base / "x"
    file.write_bytes(b"1")
    file.chmod(0o664)
    (base / "link").symlink_to("x")
    assert is_own(file)
    assert not is_own(base / "link")
    assert not is_own(base / "deep")
    assert not is_own(base / "nothing")
    file.chmod(0o666)
    assert not is_own(file), "anybody may have written it"
    file.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(file, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert not is_own(file)
