"""A site is never half done: what a build writes, what it leaves alone, and what the next one makes of a killed one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from kpigen.base.digests import file_digest
from kpigen.base.files import TEMPORARY, open_folder
from kpigen.site.output.artifacts import Artifact
from kpigen.site.output.books import SITE, owned_files
from kpigen.site.output.writer import Written, write_site

JOURNAL, LOCK, MANIFEST = SITE.journal, SITE.lock, SITE.manifest

ROOT = Path(__file__).parents[3]

OLD = {
    "index.html": b"welcome",
    "people/A/2026-01/x.html": b"old report",
    "people/A/2026-01/x.json": b"{}",
    "people/B/2026-01/x.html": b"stale report",
    "hr/index.html": b"office",
}
NEW = {
    "index.html": b"welcome",
    "people/A/2026-01/x.html": b"new report",
    "people/A/2026-01/x.json": b"{}",
    "people/A/2026-02/x.html": b"another month",
    "hr/index.html": b"more office",
}
GONE = {"people/B/2026-01/x.html"}


def artifacts(files: dict[str, bytes]) -> list[Artifact]:
    return [
        Artifact(path, path.rpartition("/")[0], frozenset({"hr"}), lambda data=data: data)
        for path, data in files.items()
    ]


def build(out: Path, files: dict[str, bytes] | Iterable[Artifact]) -> tuple[Written | None, list[str]]:
    """Write a site; gives the outcome and the codes of what was found."""
    outcome, found = write_site(out, artifacts(files) if isinstance(files, dict) else files)
    return outcome, [item.code for item in found]


def tree(out: Path) -> dict[str, bytes | str]:
    """Everything below a folder: files with their bytes, links with where they lead, empty folders."""
    found: dict[str, bytes | str] = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_fifo():
            found[name] = "a pipe"
        elif path.is_file():
            found[name] = path.read_bytes() if path.stat().st_size < 1 << 20 else "endless"
        elif not any(path.iterdir()):
            found[f"{name}/"] = "empty"
    return found


def holds_exactly(out: Path, files: dict[str, bytes], **foreign: bytes | str) -> bool:
    """Return True if a folder holds these files, their manifest, and nothing else: no journal, lock, temporary file or empty folder."""
    manifest = (
        json.dumps(
            {"schema": 1, "files": {path: file_digest(files[path]) for path in sorted(files)}},
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )
    assert tree(out) == {**files, MANIFEST: manifest.encode(), **foreign}
    return True


def stamps(out: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(out).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in out.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with the old site in it."""
    folder = tmp_path / "site"
    assert build(folder, OLD) == (Written(5, 0, 0), [])
    return folder


# --- what is written and what goes -----------------------------------------------------------------------------------


def test_first_build_writes_everything_and_its_manifest(tmp_path: Path) -> None:
    assert build(tmp_path / "a/b/site", OLD) == (Written(5, 0, 0), [])
    assert holds_exactly(tmp_path / "a/b/site", OLD)


def test_second_build_touches_nothing(out: Path) -> None:
    for path in out.rglob("*"):
        os.utime(path, (1, 1))
    before = stamps(out)
    assert build(out, OLD) == (Written(0, 5, 0), [])
    assert stamps(out) == before, "neither times nor inodes change, the manifest's included"


def test_only_changed_bytes_are_written_and_stale_files_go_with_their_folders(out: Path) -> None:
    before = stamps(out)
    assert build(out, NEW) == (Written(3, 2, 1), [])
    after = stamps(out)
    assert holds_exactly(out, NEW)
    assert {path for path in before if before[path] == after.get(path)} == {"index.html", "people/A/2026-01/x.json"}
    assert not (out / "people/B").exists()


def test_a_folder_is_kept_for_the_foreign_file_in_it(out: Path) -> None:
    (out / "people/B/note.txt").write_bytes(b"mine")
    (out / "CNAME").write_bytes(b"kpi.example.com")
    assert build(out, NEW) == (Written(3, 2, 1), [])
    assert holds_exactly(out, NEW, **{"people/B/note.txt": b"mine", "CNAME": b"kpi.example.com"})


def test_a_file_that_was_deleted_by_hand_comes_back(out: Path) -> None:
    (out / "index.html").unlink()
    assert build(out, OLD) == (Written(1, 4, 0), [])
    assert holds_exactly(out, OLD)


def test_an_own_file_that_was_edited_by_hand_is_mended(out: Path) -> None:
    (out / "index.html").write_bytes(b"edited")
    assert build(out, OLD) == (Written(1, 4, 0), [])
    assert holds_exactly(out, OLD)


def test_a_site_without_its_manifest_is_taken_over_where_it_is_equal(out: Path) -> None:
    (out / MANIFEST).unlink()
    assert build(out, OLD) == (Written(0, 5, 0), [])
    assert holds_exactly(out, OLD)


@pytest.mark.parametrize("name", ["回访记录" * 20 + ".csv", "x" * 250], ids=["80 characters", "250 bytes"])
def test_a_file_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path, name: str) -> None:
    files = {f"people/A/2026-01/{name}": b"1"}
    assert build(tmp_path / "site", files) == (Written(1, 0, 0), [])
    assert holds_exactly(tmp_path / "site", files)


# --- what is in the way ----------------------------------------------------------------------------------------------


def _file(out: Path) -> None:
    (out / "people/A/2026-02").mkdir()
    (out / "people/A/2026-02/x.html").write_bytes(b"mine")


def _folder(out: Path) -> None:
    (out / "people/A/2026-02/x.html").mkdir(parents=True)


def _link(out: Path) -> None:
    (out / "people/A/2026-02").mkdir()
    (out / "people/A/2026-02/x.html").symlink_to("/nowhere")


def _file_for_folder(out: Path) -> None:
    (out / "people/A/2026-02").write_bytes(b"mine")


def _link_for_folder(out: Path) -> None:
    (out.parent / "elsewhere").mkdir()
    (out / "people/A/2026-02").symlink_to(out.parent / "elsewhere")


def _dead_link_for_folder(out: Path) -> None:
    (out / "people/A/2026-02").symlink_to("/nowhere")


def _folder_for_own_file(out: Path) -> None:
    (out / "hr/index.html").unlink()
    (out / "hr/index.html").mkdir()


def _pipe(out: Path) -> None:
    (out / "people/A/2026-02").mkdir()
    os.mkfifo(out / "people/A/2026-02/x.html")


def _endless(out: Path) -> None:
    _file(out)
    os.truncate(out / "people/A/2026-02/x.html", 1 << 42)


FOREIGN = [
    _file, _folder, _link, _file_for_folder, _link_for_folder, _dead_link_for_folder, _folder_for_own_file, _pipe, _endless,
]  # fmt: skip


@pytest.mark.parametrize("put", FOREIGN, ids=lambda put: put.__name__.strip("_"))
def test_what_is_foreign_and_in_the_way_stops_everything(out: Path, put: Callable[[Path], None]) -> None:
    put(out)
    before, times = tree(out.parent), stamps(out)
    assert build(out, NEW) == (None, ["KPI701"])
    assert tree(out.parent) == before, "nothing is written, nothing deleted, and no temporary file stays"
    assert stamps(out) == times


def test_a_foreign_file_with_the_very_bytes_is_no_obstacle(out: Path) -> None:
    _file(out)
    (out / "people/A/2026-02/x.html").write_bytes(NEW["people/A/2026-02/x.html"])
    assert build(out, NEW) == (Written(2, 3, 1), [])
    assert holds_exactly(out, NEW)


def test_every_obstacle_is_named_at_once(tmp_path: Path) -> None:
    for name in ("index.html", "hr/index.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
    outcome, found = write_site(tmp_path, artifacts(NEW))
    assert outcome is None
    assert [dict(item.args)["path"] for item in found] == ["index.html", "hr/index.html"]
    assert tree(tmp_path) == {"index.html": b"mine", "hr/index.html": b"mine"}


SPECIAL: dict[str, Callable[[Path], object]] = {
    "link": lambda path: path.symlink_to("../../precious"),
    "dead link": lambda path: path.symlink_to("../../nowhere"),
    "pipe": os.mkfifo,
    "endless": lambda path: path.write_bytes(b"") or os.truncate(path, 1 << 42),
}


@pytest.mark.parametrize("what", SPECIAL)
@pytest.mark.parametrize("path", ["hr/index.html", MANIFEST, JOURNAL])
def test_what_stands_in_place_of_an_own_file_is_neither_read_nor_followed(out: Path, path: str, what: str) -> None:
    (out.parent / "precious").write_bytes(b"mine")
    (out / path).unlink(missing_ok=True)
    SPECIAL[what](out / path)
    outcome, codes = build(out, OLD)
    assert outcome == Written(int(path not in (MANIFEST, JOURNAL)), 5 - int(path not in (MANIFEST, JOURNAL)), 0)
    assert codes == (["KPI707"] if path == JOURNAL else [])
    assert holds_exactly(out, OLD)
    assert sorted(item.name for item in out.parent.iterdir()) == ["precious", "site"]
    assert (out.parent / "precious").read_bytes() == b"mine"


@pytest.mark.parametrize("what", [*SPECIAL, "folder"])
def test_a_lock_that_is_no_file_stops_the_build(out: Path, what: str) -> None:
    {**SPECIAL, "folder": Path.mkdir}[what](out / LOCK)
    if what == "endless":  # it is a file, whatever its size
        assert build(out, OLD) == (Written(0, 5, 0), [])
        return
    assert build(out, NEW) == (None, ["KPI704"])
    assert (out / LOCK).lstat()
    assert sorted(item.name for item in out.parent.iterdir()) == ["site"]


def test_an_error_in_the_middle_says_what_holds_and_the_next_build_completes_it(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def broken(source: str, target: str, **options: int) -> None:
        if target == "x.html":
            raise OSError(5, "Input/output error")
        replace(source, target, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", broken)
        outcome, found = write_site(out, artifacts(NEW))
    assert (outcome, [item.code for item in found]) == (None, ["KPI709"])
    assert "people/A/2026-01/x.html" in found[0].message
    assert build(out, NEW) == (Written(0, 5, 0), ["KPI707"])
    assert holds_exactly(out, NEW)


def test_a_link_in_place_of_an_own_file_is_replaced_and_not_followed(out: Path) -> None:
    (out.parent / "precious").write_bytes(b"mine")
    (out / "hr/index.html").unlink()
    (out / "hr/index.html").symlink_to(out.parent / "precious")
    assert build(out, NEW) == (Written(3, 2, 1), [])
    assert holds_exactly(out, NEW)
    assert (out.parent / "precious").read_bytes() == b"mine"


# --- builds that fail ------------------------------------------------------------------------------------------------


class Broken(Exception):  # noqa: N818
    pass


def failing(files: dict[str, bytes], after: int, error: BaseException) -> Iterator[Artifact]:
    """The artifacts of some files, of which one cannot be made."""

    def fail() -> bytes:
        raise error

    yield from artifacts(files)[:after]
    yield Artifact("people/C/2026-01/x.html", "people/C/2026-01/", frozenset(), fail)


@pytest.mark.parametrize(
    "error", [Broken("template"), KeyboardInterrupt(), SystemExit(1)], ids=lambda error: type(error).__name__
)
def test_what_raises_while_making_leaves_the_folder_as_it_was(out: Path, error: BaseException) -> None:
    before, times = tree(out), stamps(out)
    with pytest.raises(type(error)):
        build(out, failing(NEW, 5, error))
    assert (tree(out), stamps(out)) == (before, times)
    assert build(out, NEW) == (Written(3, 2, 1), []), "nothing was interrupted, so nothing is said about it"


def test_a_first_build_that_fails_leaves_no_folder_behind(tmp_path: Path) -> None:
    with pytest.raises(Broken):
        build(tmp_path / "site", failing(NEW, 5, Broken()))
    assert tree(tmp_path) == {}
    (tmp_path / "site").mkdir()
    with pytest.raises(Broken):
        build(tmp_path / "site", failing(NEW, 5, Broken()))
    assert tree(tmp_path) == {"site/": "empty"}, "a folder that was there stays"


def test_a_source_that_cannot_be_read_is_an_error_and_leaves_the_folder_as_it_was(out: Path) -> None:
    before = tree(out)
    missing = OSError(2, "No such file or directory", "reviews/2026-01/files/x.csv")
    outcome, found = write_site(out, failing(NEW, 5, missing))
    assert (outcome, [item.code for item in found]) == (None, ["KPI704"])
    assert "reviews/2026-01/files/x.csv" in found[0].message
    assert tree(out) == before


def _a_file(base: Path) -> Path:
    (base / "site").write_bytes(b"mine")
    return base / "site"


def _below_a_file(base: Path) -> Path:
    return _a_file(base) / "deep"


def _hr_is_a_file(base: Path) -> Path:
    (base / "site").mkdir()
    (base / "site/hr").write_bytes(b"mine")
    return base / "site"


def _too_long(base: Path) -> Path:
    return base / ("x" * 300)


@pytest.mark.parametrize(
    "make", [_a_file, _below_a_file, _hr_is_a_file, _too_long], ids=lambda make: make.__name__.strip("_")
)
def test_a_folder_that_cannot_be_written_is_an_error_with_its_reason(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    out = make(tmp_path)
    before = tree(tmp_path)
    outcome, found = write_site(out, artifacts(NEW))
    assert (outcome, [item.code for item in found]) == (None, ["KPI704"])
    assert any(reason in found[0].message for reason in ("Not a directory", "File exists", "File name too long"))
    assert tree(tmp_path) == before


def test_a_full_disk_in_the_middle_is_an_error_and_leaves_the_folder_as_it_was(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if data == NEW["hr/index.html"]:
            write(descriptor, data[:3])
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    before = tree(out)
    monkeypatch.setattr(os, "write", full)
    outcome, found = write_site(out, artifacts(NEW))
    assert (outcome, [item.code for item in found]) == (None, ["KPI704"])
    assert "No space left on device" in found[0].message
    assert tree(out) == before


# --- builds that are killed ------------------------------------------------------------------------------------------

# A process of its own that builds NEW and dies without a word (SIGKILL) before its n-th step that changes anything on disk.
DRIVER = """
import os, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from kpigen.site.output import writer
from tests.site.output.test_writer import NEW, artifacts

os.fsync = lambda descriptor: None  # a process that is killed loses nothing that it has written
os.sync = lambda: None

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def steps(out, last):
    count = 0
    def counted(name, function):
        def step(*args, **options):
            nonlocal count
            if not str(args[0]).startswith(("/dev", "/proc")):
                count += 1
                if count == last:
                    print(name, flush=True)
                    die()
            return function(*args, **options)
        return step
    for name in ("replace", "unlink", "rmdir", "mkdir", "symlink"):
        setattr(os, name, counted(name, getattr(os, name)))
    write = os.write
    def write_half(descriptor, data):
        nonlocal count
        count += 1
        if count == last:
            write(descriptor, data[: len(data) // 2])
            print("write", flush=True)
            die()
        return write(descriptor, data)
    os.write = write_half
    writer.write_site(out, artifacts(NEW))

def each_step(base, prepare):
    # Prepare a folder for each step, and let a fork of this process die before it; until one comes to its end.
    for number in range(1, 400):
        place = base / str(number)
        prepare(place)
        child = os.fork()
        if not child:
            steps(place, number)
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            break
    print("end")
"""


def run_driver(code: str) -> subprocess.CompletedProcess[str]:
    driver = DRIVER.replace("{root!r}", repr(str(ROOT))) + code
    return subprocess.run([sys.executable, "-c", driver], capture_output=True, encoding="utf-8", check=False, cwd=ROOT)


POINTS = {
    "while making": """
def kill():
    die()
files = artifacts(NEW)
files.insert(4, type(files[0])("zzz.html", "", frozenset(), kill))
""",
    "when everything is staged": """
writer.write_journal = lambda *args: die()
files = artifacts(NEW)
""",
    "after the journal is committed": """
writer._carry_out = lambda *args: die()
files = artifacts(NEW)
""",
    "between two renames": """
real, done = os.replace, []
def replace(source, target, **options):
    if Path(target).name == "x.html":
        done.append(target)
        if len(done) == 2:
            die()
    return real(source, target, **options)
os.replace = replace
files = artifacts(NEW)
""",
    "before the stale files go": """
unlink = os.unlink
os.unlink = lambda path, **options: die() if str(path).endswith("x.html") else unlink(path, **options)
files = artifacts(NEW)
""",
    "before the manifest": """
writer.write_manifest = lambda *args: die()
files = artifacts(NEW)
""",
}
UNDONE = ("while making", "when everything is staged")


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_build_is_undone_or_completed_by_the_next(out: Path, point: str) -> None:
    (out / "note.txt").write_bytes(b"mine")
    killed = run_driver(POINTS[point] + f"\nwriter.write_site(Path({str(out)!r}), files)\n")
    assert killed.returncode == -9, killed.stderr
    assert (out / JOURNAL).exists()
    held = {path.rpartition("/")[0] for path in NEW}
    for temporary in out.rglob(f"{TEMPORARY}*"):
        assert temporary.parent.relative_to(out).as_posix() in held, (
            "a temporary file lies in the guarded folder of its target"
        )
    if point in UNDONE:
        assert all((out / path).read_bytes() == data for path, data in OLD.items()), (
            "until the journal is committed the old site stands"
        )
    outcome, found = write_site(out, artifacts(NEW))
    assert outcome is not None
    assert [item.code for item in found] == ["KPI707"]
    assert found[0].hint == f"it has been {'undone' if point in UNDONE else 'completed'}"
    assert outcome.written + outcome.unchanged == len(NEW)
    assert outcome.written == (3 if point in UNDONE else 0)
    assert holds_exactly(out, NEW, **{"note.txt": b"mine"})
    assert build(out, NEW) == (Written(0, 5, 0), []), "it is said once"


@pytest.fixture(scope="module")
def killed_anywhere(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """Sites whose build was killed before its first, second, … step that changes anything; forks of one process."""
    base = tmp_path_factory.mktemp("killed")
    result = run_driver(f"""
base = Path({str(base)!r})
from tests.site.output.test_writer import OLD
def prepare(out):
    writer.write_site(out, artifacts(OLD))
    (out / "note.txt").write_bytes(b"mine")
each_step(base, prepare)
""")
    assert result.returncode == 0, result.stderr
    names = result.stdout.split()
    assert names.pop() == "end"
    assert {"replace", "unlink", "rmdir", "mkdir", "write"} <= set(names), "every kind of step was cut"
    return [(base / str(number), name) for number, name in enumerate(names, 1)]


def test_wherever_a_build_is_killed_nothing_is_half_and_the_next_one_leaves_exactly_the_new_files(
    killed_anywhere: list[tuple[Path, str]],
) -> None:
    told = set()
    for out, name in killed_anywhere:
        for path, data in tree(out).items():
            own = not path.endswith(("/", "note.txt", MANIFEST)) and ".kpigen-" not in path
            assert not own or data in (OLD.get(path), NEW.get(path)), (out, name, path)
        outcome, found = write_site(out, artifacts(NEW))
        assert outcome is not None, (out, name)
        codes = [item.code for item in found]
        told.update(codes)
        assert codes in ([], ["KPI707"]), (out, name)
        assert holds_exactly(out, NEW, **{"note.txt": b"mine"}), (out, name)
    assert len(killed_anywhere) > 25
    assert told == {"KPI707"}


def test_a_killed_build_is_settled_even_when_the_next_one_fails(out: Path) -> None:
    assert (
        run_driver(POINTS["between two renames"] + f"\nwriter.write_site(Path({str(out)!r}), files)\n").returncode == -9
    )
    with pytest.raises(Broken):
        build(out, failing(OLD, 5, Broken()))
    assert holds_exactly(out, NEW)


# --- two builds at once ----------------------------------------------------------------------------------------------


def test_two_builds_at_once_do_not_mix(out: Path) -> None:
    driver = (
        DRIVER.replace("{root!r}", repr(str(ROOT)))
        + f"""
def wait():
    print("making", flush=True)
    sys.stdin.readline()
    return b"waited"
files = artifacts(NEW)
files.insert(2, type(files[0])("slow.html", "", frozenset(), wait))
outcome, found = writer.write_site(Path({str(out)!r}), files)
print(outcome.written, len(found), flush=True)
"""
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", driver], stdin=pipe, stdout=pipe, encoding="utf-8", cwd=ROOT) as first:
        assert first.stdin is not None
        assert first.stdout is not None
        assert first.stdout.readline() == "making\n"
        before = tree(out)
        outcome, found = write_site(out, artifacts({"index.html": b"from the second"}))
        assert (outcome, [item.code for item in found]) == (None, ["KPI702"])
        assert tree(out) == before, "the second leaves the first's files alone"
        first.stdin.write("\n")
        first.stdin.close()
        assert first.stdout.readline() == "4 0\n"
    assert first.returncode == 0
    assert holds_exactly(out, {**NEW, "slow.html": b"waited"})
    assert build(out, NEW) == (Written(0, 5, 1), []), "the folder is free again"


def test_a_build_within_a_build_is_told_so(out: Path) -> None:
    inner: list[tuple[Written | None, list[str]]] = []

    def make() -> bytes:
        inner.append(build(out, OLD))
        return b"outer"

    assert build(out, [*artifacts(NEW), Artifact("outer.html", "", frozenset(), make)]) == (Written(4, 2, 1), [])
    assert inner == [(None, ["KPI702"])]
    assert holds_exactly(out, {**NEW, "outer.html": b"outer"})


def test_a_lock_file_that_was_left_over_does_not_block(out: Path) -> None:
    (out / LOCK).write_bytes(b"")
    assert build(out, NEW) == (Written(3, 2, 1), [])
    assert holds_exactly(out, NEW)


def test_a_lock_that_is_a_link_is_not_followed(out: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (out / LOCK).symlink_to(elsewhere)
    assert build(out, NEW) == (None, ["KPI704"])
    assert not elsewhere.exists()


# --- manifests and journals that lie ---------------------------------------------------------------------------------


def evil_paths(base: Path) -> list[str]:
    name = "precious.txt"
    outside = [f"../{name}", str(base / name), f"people/../../{name}"]
    return [*outside, f"linked/{name}", f"people/A/linked/{name}", "", ".", ".."]


@pytest.mark.parametrize(
    "path",
    [
        "a\0b",
        "a\nb",
        "a//b",
        "./a",
        "a/.",
        r"C:\x",
        "C:/x",
        "C:x",
        r"\x",
        r"\\server\share\x",
        r"people\..\..\x",
        r"people/..\x",
        "/x",
        "../x",
    ],
)
def test_a_path_that_leads_out_of_the_site_on_any_system_is_none_of_its_files(out: Path, path: str) -> None:
    (out / MANIFEST).write_text(json.dumps({"schema": 1, "files": {path: "0" * 64, "a/b: c.csv": "0" * 64}}), "utf-8")
    with open_folder(out) as site:
        assert owned_files(site) == {"a/b: c.csv": "0" * 64}


@pytest.fixture
def precious(out: Path) -> Path:
    """A file outside the site, reachable from inside by links."""
    base = out.parent
    (base / "precious.txt").write_bytes(b"mine")
    (out / "linked").symlink_to(base)
    (out / "people/A/linked").symlink_to(base)
    return base / "precious.txt"


def test_a_manifest_with_evil_paths_deletes_nothing_outside(out: Path, precious: Path) -> None:
    files = dict.fromkeys(evil_paths(out.parent), "0" * 64)
    (out / MANIFEST).write_text(json.dumps({"schema": 1, "files": files | dict.fromkeys(OLD, "0" * 64)}), "utf-8")
    outcome, codes = build(out, NEW)
    assert (outcome, codes) == (Written(3, 2, 1), [])
    assert precious.read_bytes() == b"mine"
    assert (out / "linked").is_symlink(), "what kpigen has not written stays"
    assert tree(out)["index.html"] == b"welcome"


NAME = f"{TEMPORARY}{'0' * 16}"  # as a temporary file may be called


@pytest.mark.parametrize("key", ["gone", "written", "taken"])
def test_a_journal_with_evil_paths_changes_nothing_outside(out: Path, precious: Path, key: str) -> None:
    (out.parent / NAME).write_bytes(b"evil")
    (out / NAME).write_bytes(b"evil")
    evil, digest = evil_paths(out.parent), file_digest(b"evil")
    steps = {
        "gone": [[path, "", ""] for path in evil],
        "written": [[path, NAME, digest] for path in evil],
        "taken": [
            [path, new, digest]
            for path in ("index.html", "linked/x", "../x", "people/A/linked/x")
            for new in (
                f"../{NAME}",
                str(out.parent / NAME),
                f"linked/{NAME}",
                f"people/A/linked/{NAME}",
                "hr/index.html",
            )
        ],
    }[key]
    journal = {"state": "commit", "steps": steps, "manifest": dict.fromkeys(OLD, "0" * 64)}
    (out / JOURNAL).write_text(json.dumps(journal), "utf-8")
    outcome, codes = build(out, NEW)
    assert outcome is not None
    assert (outcome.written, codes) == (3, ["KPI707"])
    assert precious.read_bytes() == b"mine"
    assert (out.parent / NAME).read_bytes() == b"evil"


def test_a_journal_that_lies_does_not_touch_what_is_not_kpigens(out: Path) -> None:
    (out / "note.txt").write_bytes(b"mine")
    for step in (["note.txt", "", ""], ["note.txt", NAME, file_digest(b"evil")]):
        (out / NAME).write_bytes(b"evil")
        (out / JOURNAL).write_text(json.dumps({"state": "commit", "steps": [step], "manifest": {}}), "utf-8")
        assert build(out, OLD) == (Written(0, 5, 0), ["KPI707"])
        assert holds_exactly(out, OLD, **{"note.txt": b"mine"})


def test_bytes_of_a_journal_that_did_not_reach_the_disk_whole_are_not_taken(out: Path) -> None:
    (out / NAME).write_bytes(b"hal")
    steps = [["index.html", NAME, file_digest(b"half")]]
    (out / JOURNAL).write_text(json.dumps({"state": "commit", "steps": steps, "manifest": {}}), "utf-8")
    with pytest.raises(Broken):
        build(out, failing({}, 0, Broken()))
    assert tree(out)["index.html"] == b"welcome"
    assert not (out / NAME).exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"files": []}',
        '{"files": {"index.html": 1}}',
        "\x00\xff",
        "<<<<<<< HEAD\n{}",
        "[" * 100_000,
        '{"files": ' + "[" * 5_000,
        '{"files": {"\\ud800": "0"}}',
        '{"files": {"a\\u0000b": "0", ".": "0", "": "0"}}',
    ],
)
def test_a_damaged_manifest_makes_no_file_kpigens_own(out: Path, text: str) -> None:
    (out / MANIFEST).write_text(text, "utf-8")
    before = tree(out)
    assert build(out, NEW) == (None, ["KPI701", "KPI701"]), "the two that would change are now in the way"
    assert tree(out) == before
    assert build(out, OLD) == (Written(0, 5, 0), []), "where everything is equal, the manifest is written anew"
    assert holds_exactly(out, OLD)


DAMAGED = [
    "",
    "{",
    "[]",
    "null",
    "{}",
    '{"state": "commit"}',
    '{"state": "commit", "steps": 3, "manifest": {}}',
    '{"state": 7}',
    '{"state": "commit", "steps": [1], "manifest": []}',
    '{"state": "commit", "steps": {}, "manifest": {"a": 1}}',
    '{"a": ' + "[" * 100_000,
    '{"state": "commit", "steps": [], "manifest": ' + '{"a":' * 500 + "1" + "}" * 501,
    "[" * 100_000,
]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_journal_is_undone(out: Path, text: str) -> None:
    (out / JOURNAL).write_text(text, "utf-8")
    (out / "people/C").mkdir()
    (out / f"people/C/{NAME}").write_bytes(b"half")
    before = {path: data for path, data in tree(out).items() if path in OLD}
    assert before == OLD
    outcome, codes = build(out, OLD)
    assert outcome == Written(0, 5, 0)
    assert codes == ["KPI707"], "an interrupted build is told"
    assert holds_exactly(out, OLD)
