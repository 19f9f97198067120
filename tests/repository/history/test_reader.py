"""What is kept of a history: it gives the same, and damage costs only time."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

from kpigen.base.memo import Memo, load_memo, save_memo
from kpigen.repository.git.repository import GitRepository
from kpigen.repository.history.entries import read_history
from kpigen.repository.history.reader import HistoryReader
from tests.helpers.forms import run
from tests.helpers.history import commit, entries_of, git, set_calls
from tests.helpers.repositories import FILE


def memo_file(root: Path) -> Path:
    (file,) = (root / ".git/kpigen").iterdir()
    return file


def test_what_is_kept_gives_the_same_and_damage_costs_only_time(root: Path) -> None:
    set_calls(root, 600)
    commit(root)
    first = run(root, "log").stdout
    whole = memo_file(root).read_bytes()
    assert run(root, "log").stdout == first
    assert git(root, "status", "--porcelain") == ""
    head, _, body = whole.partition(b"\n")
    for damaged in (
        b"",
        whole[:-40],
        body,
        head + b"\n" + body.replace(b"90", b"99"),
        head.replace(b"1", b"2") + b"\n" + body,
    ):
        memo_file(root).write_bytes(damaged)
        assert run(root, "log").stdout == first
        assert memo_file(root).read_bytes() == whole, "written anew"
    memo_file(root).unlink()
    memo_file_folder = root / ".git/kpigen"
    memo_file_folder.rmdir()
    memo_file_folder.write_text("a file in its place")
    assert run(root, "log").stdout == first


def test_what_is_missing_for_a_while_is_said_and_not_kept(root: Path) -> None:
    whole = run(root, "log").stdout
    shutil.rmtree(root / ".git/kpigen")
    oid = git(root, "rev-parse", f"HEAD:{FILE}")
    blob = root / ".git/objects" / oid[:2] / oid[2:]
    blob.rename(root / "blob")
    for _ in range(2):
        result = run(root, "log", code=2)
        assert "some of the objects are not here" in result.stderr
        assert result.stdout == ""
    (root / "blob").rename(blob)
    assert run(root, "log").stdout == whole


def test_the_memo_does_not_grow_without_bound(tmp_path: Path) -> None:
    memo = Memo({f"old {number}": number for number in range(20_000)})
    for number in range(100):
        assert memo.get(f"old {number}") == number
    memo.put("new", 1)
    save_memo(tmp_path / "memo", memo)
    kept = load_memo(tmp_path / "memo").known
    assert len(kept) == 2 * 101 + 2_000
    assert {"new", *(f"old {number}" for number in range(100))} <= kept.keys()


def test_a_second_reading_reads_no_blob(root: Path) -> None:
    for number in range(594, 600):
        set_calls(root, number)
        commit(root)
    run(root, "log")
    with closing(GitRepository(root)) as repository:
        commits, children = repository.log("HEAD", ("",)), repository.children("HEAD")

        class Nothing:
            def ahead(self, oids: object) -> None:
                assert list(oids) == []  # type: ignore[call-overload]

            def read(self, oid: str) -> bytes:
                raise AssertionError(oid)

        memo = Memo(json.loads(memo_file(root).read_bytes().partition(b"\n")[2]))
        assert read_history(commits, children, HistoryReader(Nothing(), memo))[0] == entries_of(root)
