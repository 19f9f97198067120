"""The git commands about history and the parsers of their output: commits with changed files, and signatures.

The output does not depend on the user's git configuration: every setting for colours, dates, renames, signatures or paths
is overridden. Names of files, people and commits are untrusted: they are reduced to one line without control characters
or characters that change the text direction.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from kpigen.base.digests import short
from kpigen.i18n.messages import mark

#: The `git log` command; add a revision, `--` and paths. Lists every commit, parents first, merges against their first parent.
LOG = (
    "log",
    "--reverse",
    "--date-order",
    "--full-history",
    "--sparse",
    "--raw",
    "-z",
    "--diff-merges=first-parent",
    "--no-renames",
    "--no-abbrev",
    "--no-color",
    "--no-relative",
    "--no-ext-diff",
    "--no-textconv",
    "--no-notes",
    "--no-decorate",
    "--no-mailmap",
    "--no-show-signature",
    "--encoding=UTF-8",
    "--format=%H%x00%P%x00%an%x00%ae%x00%aI%x00%cI%x00%s",
)
#: Lists all commits with their parents; add a revision.
CHILDREN = ("rev-list", "--parents")
#: The `git log` command that verifies the signatures of the commits given on standard input.
SIGNATURES = (
    "log",
    "--no-walk=unsorted",
    "--stdin",
    "-z",
    "--no-color",
    "--no-notes",
    "--no-decorate",
    "--no-show-signature",
    "--no-patch",
    "--encoding=UTF-8",
    "--format=%H%x00%G?%x00%GS%x00%GK",
)
_FIELDS, _SIGNATURE_FIELDS = 7, 4
_GONE = "000000"
LINK, SUBMODULE = "120000", "160000"

# Control characters, and those that change the direction of a text.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


class TreeEntry(NamedTuple):
    """The mode and blob id of a file in git. Both are empty if the file is gone."""

    mode: str
    oid: str


class BlobPlace(NamedTuple):
    """A commit and the path of a file in it."""

    commit: str
    path: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that a commit changes, with its new mode and blob id. Both are empty if the commit deletes it."""

    path: str
    mode: str
    oid: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with its author and its changes against the first parent. `date` is the author's, `committed` the committer's."""

    id: str
    parents: tuple[str, ...]
    author: str
    email: str
    date: str
    committed: str
    subject: str
    files: tuple[FileChange, ...] = ()

    @property
    def short(self) -> str:
        """The abbreviated id."""
        return short(self.id)


@dataclass(frozen=True, slots=True)
class Signature:
    """The result of verifying a commit's signature: one of `STATES`, with signer and key if git knows them."""

    state: str
    by: str = ""
    key: str = ""


#: git's letters for the state of a signature. git also says `N` (none) if it has no list of allowed signers.
_LETTERS = {
    "G": "verified",
    "U": "untrusted",
    "B": "bad",
    "X": "expired",
    "Y": "expired",
    "R": "revoked",
    "E": "unchecked",
    "N": "unchecked",
}
#: The states of a signature in words.
STATES = {
    "verified": mark("Signature verified"),
    "untrusted": mark("Signature good, but the key is not trusted"),
    "bad": mark("Signature BAD: it does not fit the commit"),
    "expired": mark("Signature good, but it or its key has expired"),
    "revoked": mark("Signature good, but its key has been revoked"),
    "unchecked": mark("Signature cannot be checked: the key or the list of allowed signers is missing"),
    "none": mark("Not signed"),
}


def read_log(chunks: Iterable[bytes], prefix: str) -> Iterator[Commit]:
    """Yield the commits from the output of `LOG` as it arrives.

    `prefix`, the folder of the reviews inside the git repository, is removed from paths.
    """
    parts = _parts(chunks)
    part = next(parts, None)
    while part is not None:
        fields = [field.decode("utf-8", "replace") for field in (part, *islice(parts, _FIELDS - 1))]
        files = []
        while (part := next(parts, None)) is not None and part.lstrip(b"\n").startswith(b":"):
            _, mode, _, oid, _ = part.lstrip(b"\n").decode("ascii", "replace").split(" ", 4)
            path = next(parts).decode("utf-8", "replace").removeprefix(prefix)
            files.append(FileChange(path, "", "") if mode == _GONE else FileChange(path, mode, oid))
        id_, parents, author, email, date, committed, subject = fields
        who = (one_line(author), one_line(email))
        yield Commit(id_, tuple(parents.split()), *who, date, committed, one_line(subject), tuple(files))


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the parts between NUL bytes."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest:
        yield rest


def read_children(data: bytes) -> Counter[str]:
    """Return the number of children of each commit, from the output of `CHILDREN`."""
    return Counter(parent for line in data.decode("ascii").splitlines() for parent in set(line.split()[1:]))


def read_signatures(data: bytes) -> dict[str, Signature]:
    """Return the signatures by commit, from the output of `SIGNATURES`."""
    parts = [part.decode("utf-8", "replace") for part in data.split(b"\0")]
    found = {}
    for at in range(0, len(parts) - _SIGNATURE_FIELDS + 1, _SIGNATURE_FIELDS):
        id_, letter, by, key = parts[at : at + _SIGNATURE_FIELDS]
        found[id_.strip()] = Signature(_LETTERS.get(letter, "unchecked"), one_line(by), one_line(key))
    return found


def one_line(text: str) -> str:
    r"""Return a text on one line, without invisible control characters.

    >>> one_line("Correct\n\x1b[31m numbers")
    'Correct [31m numbers'
    """
    return " ".join((text if text.isprintable() else _UNSEEN.sub(" ", text)).split())
