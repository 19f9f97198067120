"""Loading a repository never raises, whatever its files hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.base.sources import MemoryTree
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from tests.helpers.forms import TESTS
from tests.helpers.tiny import (
    LONG_DRAFT,
    ROSTER,
    publish,
    rules_files,
    tiny,
)

WORDS = "&a *a ! [ ] { } \" ' % , \\ \\0 ： 1,000 auto ~ ９６％ 0 -1 1e9 99999999999999999 yes @ full 100% 30s measure () **"
MARKS = [
    "---\n",
    "...\n",
    "!!x ",
    ": ",
    ":\n",
    "- ",
    " #",
    "\t",
    "\r",
    "\r\n",
    "\n",
    "|\n",
    ">-\n",
    "? ",
    "\ufeff",
    "\u2028",
    "\0",
    "  ",
]
PHRASES = ["<<: ", "published: {}\n", " / 0", " and ", "confidential: yes, ", "optional: yes, "]
TOKENS = [*WORDS.split(), *MARKS, *PHRASES]
PIECES = st.one_of(st.sampled_from([token.encode() for token in TOKENS]), st.binary(max_size=3))
PLACE = st.floats(0, 1, exclude_max=True)


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """A file of which bytes, words or lines were deleted, inserted, replaced, moved or indented."""
    data = original
    for kind in draw(
        st.lists(st.sampled_from(["cut", "put", "over", "line", "copy", "indent", "word"]), min_size=1, max_size=4)
    ):
        start, other = (int(draw(PLACE) * (len(data) + 1)) for _ in range(2))
        lines = data.split(b"\n")
        line, target = (data.count(b"\n", 0, place) for place in (start, other))
        if kind in ("cut", "over"):
            data = data[:start] + (draw(PIECES) if kind == "over" else b"") + data[start + draw(st.integers(1, 30)) :]
        elif kind == "put":
            data = data[:start] + draw(PIECES) + data[start:]
        elif kind == "word":
            words = data.split(b" ")
            words[start % len(words)] = words[other % len(words)]
            data = b" ".join(words)
        else:
            moved = b"  " * (kind == "indent") + lines[line]
            if kind == "copy":
                lines.insert(target, moved)
            else:
                lines[line : line + 1] = [] if kind == "line" else [moved]
            data = b"\n".join(lines)
    return data


def unharmed(files: dict[str, bytes]) -> None:
    """Loading and checking give findings, never an exception; a review without an error is there."""
    project = load(MemoryTree(files))
    found = check(project)[1]
    for item in found:
        assert item.message
        assert item.span.line >= 1 <= item.span.column
    if not any(item.is_error for item in found):
        assert {review.path for review in project.reviews} == {path for path in files if path.endswith(".md")}
        assert {form.path for form in project.rules.forms} == {path for path in files if path.startswith("rules/")}


GOLDEN = sorted((TESTS / "golden").glob("*-01.md"))
SEALED = {
    path: data if isinstance(data, bytes) else data.encode()
    for path, data in publish(tiny(review=LONG_DRAFT), confirmed=True).items()
}
SETTINGS = """\
organisation = {zh = "甲", en = "A"}
languages = ["zh", "en"]
hr = ["lin", {login = "he", departments = ["客服部"]}]
auditors = ["q"]
"""


def sample(golden: Path) -> dict[str, bytes]:
    """A review of one of the forms, with its rules."""
    form = golden.name.rpartition("-")[0]
    rules = {path: data for path, data in rules_files().items() if path.startswith(f"rules/{form}/")}
    return {**rules, f"reviews/2026-06/X.{form}.md": golden.read_bytes()}


SAMPLES = [sample(golden) for golden in GOLDEN if any(path.startswith("rules/") for path in sample(golden))]


def damaged(files: dict[str, bytes], choose: Callable[[str], bool]) -> st.SearchStrategy[dict[str, bytes]]:
    path = next(path for path in files if choose(path))
    return mutated(files[path]).map(lambda data: {**files, path: data})


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([SEALED, SEALED, *SAMPLES]).flatmap(lambda files: damaged(files, lambda path: path.endswith(".md")))
)
def test_no_review_raises(files: dict[str, bytes]) -> None:
    unharmed(files)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([SEALED, *SAMPLES]).flatmap(lambda files: damaged(files, lambda path: path.startswith("rules/")))
)
def test_no_rule_file_raises(files: dict[str, bytes]) -> None:
    unharmed(files)


@settings(max_examples=300, deadline=None)
@given(mutated((TESTS.parent / ROSTER).read_bytes()))
def test_no_roster_raises(data: bytes) -> None:
    unharmed({**SEALED, ROSTER: data})


@settings(max_examples=300, deadline=None)
@given(mutated(SETTINGS.encode()))
def test_no_settings_raise(data: bytes) -> None:
    unharmed({**SEALED, "kpigen.toml": data})
    unharmed({**SEALED, "pyproject.toml": b"[tool.kpigen]\n" + data})
