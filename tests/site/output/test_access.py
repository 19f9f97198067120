"""While a site changes, nobody reads what not both the old and the new access list let them read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpigen.site.output.access import in_between
from kpigen.site.output.writer import write_site
from tests.site.output.test_writer import artifacts, run_driver

ACCESS = "hr/access.json"


def may_read(access: dict[str, Any], login: str, path: str) -> bool:
    """Decide about a request as docs/site.md says."""
    listed = {entry["path"]: set(entry["readers"]) for entry in access["folders"] if path.startswith(entry["path"])}
    readers = listed[max(listed, key=len)] if listed else set()
    return "everyone" in readers or bool(readers & set(access["logins"].get(login, ())))


def listed(folders: dict[str, list[str]], logins: dict[str, list[str]]) -> dict[str, Any]:
    entries = [{"path": path, "readers": readers} for path, readers in folders.items()]
    return {"schema": 1, "folders": entries, "logins": logins}


def encoded(access: dict[str, Any]) -> bytes:
    return json.dumps(access).encode()


# --- the list itself -------------------------------------------------------------------------------------------------

PATHS = ["", "people/", "people/A/", "people/A/2026-01/", "people/B/", "hr/"]
FILES = [f"{path}x" for path in PATHS] + ["people/C/x", "people/A/2026-02/x"]
TOKENS = ["employee:A", "employee:B", "manager:M", "hr"]
LOGINS = ["a", "b", "m"]
_LISTS = st.builds(
    listed,
    st.dictionaries(st.sampled_from(PATHS), st.lists(st.sampled_from([*TOKENS, "everyone"]), max_size=3, unique=True)),
    st.dictionaries(st.sampled_from(LOGINS), st.lists(st.sampled_from(TOKENS), max_size=2, unique=True)),
)


@given(_LISTS, _LISTS)
def test_nobody_reads_more_than_both_lists_allow(old: dict[str, Any], new: dict[str, Any]) -> None:
    data = in_between(encoded(old), encoded(new))
    between = old if data is None else json.loads(data)
    for login in (*LOGINS, "stranger"):
        for path in FILES:
            allowed = may_read(between, login, path)
            assert not allowed or (may_read(old, login, path) and may_read(new, login, path)), (login, path)


@given(_LISTS)
def test_the_same_list_again_closes_nothing(access: dict[str, Any]) -> None:
    assert in_between(encoded(access), encoded(access)) is None


def test_what_is_only_added_closes_nothing() -> None:
    old = listed({"": ["everyone"], "people/": [], "people/A/": ["employee:A"]}, {"a": ["employee:A"]})
    folders = {"": ["everyone"], "people/": [], "people/A/": ["employee:A", "hr"], "people/B/": ["employee:B"]}
    new = listed(folders, {"a": ["employee:A"], "b": ["employee:B"]})
    assert in_between(encoded(old), encoded(new)) is None


@pytest.mark.parametrize(
    "data",
    [
        None, b"", b"{", b"[]", b"null", b"3", b'{"folders": 3, "logins": {}}', b'{"folders": [3], "logins": {}}', b"\xff",
        b'{"folders": [{"path": 1, "readers": ["x"]}], "logins": {}}', b'{"folders": [], "logins": {"a": [["b"]]}}',
        b'{"folders": [{"path": "\\ud800", "readers": []}], "logins": {}}', b"[" * 100_000, b'{"folders": [], "logins": []}',
    ],
)  # fmt: skip
def test_without_an_old_list_that_can_be_read_everything_is_closed(data: bytes | None) -> None:
    new = listed({"": ["everyone"], "people/A/": ["employee:A"]}, {"a": ["employee:A"]})
    between = json.loads(in_between(data, encoded(new)) or b"")
    assert not any(may_read(between, login, path) for login in LOGINS for path in FILES)


# --- the list and the files, wherever a build is killed --------------------------------------------------------------

OLD_ACCESS = listed(
    {
        "": ["everyone"], "people/": [], "hr/": ["hr"], "people/B/": ["employee:B", "hr"],
        "people/A/": ["employee:A", "hr"], "people/A/2026-01/": ["employee:A", "manager:1", "hr"],
    },
    {"a": ["employee:A"], "b": ["employee:B"], "m1": ["manager:1"], "hr1": ["hr"]},
)  # fmt: skip
#: A's report has another manager, B is gone and has left the login to C, D is new, and HR is somebody else.
NEW_ACCESS = listed(
    {
        "": ["everyone"], "people/": [], "hr/": ["hr"], "people/C/": ["employee:C", "hr"], "people/D/": ["employee:D", "hr"],
        "people/A/": ["employee:A", "hr"], "people/A/2026-01/": ["employee:A", "manager:2", "hr"],
    },
    {"a": ["employee:A"], "b": ["employee:C"], "d": ["employee:D"], "m1": ["manager:1"], "m2": ["manager:2"], "hr2": ["hr"]},
)  # fmt: skip
BEFORE = {
    "index.html": b"old", "people/A/index.html": b"old", "people/A/2026-01/x.html": b"old", "people/A/2026-01/x.pdf": b"old",
    "people/B/index.html": b"old", "hr/index.html": b"old", ACCESS: encoded(OLD_ACCESS),
}  # fmt: skip
AFTER = {
    "index.html": b"new", "people/A/index.html": b"new", "people/A/2026-01/x.html": b"new", "people/C/index.html": b"new",
    "people/D/index.html": b"new", "hr/index.html": b"new", ACCESS: encoded(NEW_ACCESS),
}  # fmt: skip


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Sites whose build was killed before each step that changes anything."""
    base = tmp_path_factory.mktemp("killed")
    result = run_driver(f"""
base = Path({str(base)!r})
from tests.site.output.test_access import AFTER, BEFORE
NEW = AFTER
each_step(base, lambda out: writer.write_site(out, artifacts(BEFORE)))
""")
    assert result.returncode == 0, result.stderr
    assert result.stdout.split()[-1] == "end"
    return [base / str(number) for number in range(1, len(result.stdout.split()) + 1)]


def test_wherever_a_build_is_killed_nobody_reads_what_they_must_not(
    killed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)  # the power does not fail here
    lists = {b"old": OLD_ACCESS, b"new": NEW_ACCESS}
    logins = {*OLD_ACCESS["logins"], *NEW_ACCESS["logins"], "stranger"}
    seen = set()
    for out in killed:
        access = json.loads((out / ACCESS).read_bytes())
        seen.add((out / ACCESS).read_bytes())
        for path in {*BEFORE, *AFTER} - {ACCESS}:
            if not (out / path).exists():
                continue
            whose = lists[(out / path).read_bytes()]
            for login in logins:
                assert not may_read(access, login, path) or may_read(whose, login, path), (out.name, path, login)
        if (out / "people/D/index.html").exists():
            assert not (out / "people/A/2026-01/x.pdf").exists(), "what goes goes before what comes"
    assert len(seen) == 3, "the old list, the one between, the new one"
    assert len(killed) > 40
    for out in killed:
        assert write_site(out, artifacts(AFTER))[0] is not None
        found = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        assert {path: data for path, data in found.items() if path != "hr/manifest.json"} == AFTER
