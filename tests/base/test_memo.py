"""A memo is taken only from this user: whoever could write one otherwise could rewrite the history that is shown."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kpigen.base.cache import cache_folder, own_secret
from kpigen.base.memo import Memo, load_memo, save_memo


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def saved(path: Path) -> Path:
    memo = Memo()
    memo.put("total", "74.00")
    save_memo(path, memo)
    return path


def test_a_memo_is_read_again_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "git/memo")
    assert load_memo(path).known == {"total": "74.00"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((cache_folder() / "secret").stat().st_mode) == 0o600


def _body(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"74.00", b"99.00"))


def _by_another_user(_: Path) -> None:
    (cache_folder() / "secret").write_bytes(os.urandom(32))


def _half_a_secret(_: Path) -> None:
    (cache_folder() / "secret").write_bytes(b"half")


def _no_secret(_: Path) -> None:
    (cache_folder() / "secret").unlink()


def _a_secret_that_others_may_write(_: Path) -> None:
    (cache_folder() / "secret").chmod(0o666)


def _link(path: Path) -> None:
    path.rename(path.with_name("other"))
    path.symlink_to("other")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _sparse(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.truncate(1 << 40)


def _nested(path: Path) -> None:
    head, _, _ = path.read_bytes().partition(b"\n")
    path.write_bytes(head + b"\n" + b"[" * 100_000)


PLANTED = [
    _body, _by_another_user, _half_a_secret, _no_secret, _a_secret_that_others_may_write, _link, _pipe, _sparse, _nested,
]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_a_memo_that_this_user_has_not_written_is_not_used(tmp_path: Path, plant: Callable[[Path], None]) -> None:
    path = saved(tmp_path / "memo")
    plant(path)
    assert load_memo(path).known == {}
    saved(path)
    assert load_memo(path).known == {"total": "74.00"}, "and it is written anew"


def test_without_a_place_for_a_secret_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in the way").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "in the way"))
    assert own_secret() is None
    assert not saved(tmp_path / "memo").exists()
    assert load_memo(tmp_path / "memo").known == {}
