"""Git histories of reviews, with a clock, commits, branches and signatures."""

from __future__ import annotations

import json
import re
import subprocess
from contextlib import closing
from pathlib import Path

from kpigen.base.memo import Memo
from kpigen.repository.git.folders import folders_of
from kpigen.repository.git.repository import GitBlobs, GitRepository
from kpigen.repository.history.entries import Entry, read_history
from kpigen.repository.history.reader import HistoryReader
from tests.helpers.forms import make_repository, run
from tests.helpers.git import commit, git
from tests.helpers.repositories import FILE, OTHER, REVIEW

SCORING = ("{of: calls, short_of: 600, points: 1}", "{of: calls, short_of: 598, points: 2}")


def write(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, "utf-8")


def drafts_repository(folder: Path) -> Path:
    """Create a repository with a form and two drafts, 90.00 each, in two commits on main."""
    root = make_repository(folder, ("front-desk",))
    git(root, "init", "-q", "-b", "main")
    commit(root, "rules")
    write(root, FILE, REVIEW.format(id="T-001"))
    write(root, OTHER, REVIEW.format(id="T-002"))
    commit(root, "drafts")
    return root


def log(root: Path, *words: str, code: int = 0) -> list[dict]:
    return json.loads(run(root, "log", "--format", "json", *words, code=code).stdout)["commits"]


def reviews(entry: dict) -> list[tuple[str, str, list[tuple]]]:
    """Return the reviews in an entry: kind, employee, and the changed fields with old and new value."""
    return [
        (item["kind"], item["employee"], [(one["field"], one["old"], one["new"]) for one in item["fields"]])
        for item in entry["reviews"]
    ]


def calls(old: int, new: int) -> list[tuple]:
    return [("metrics.follow_up_calls.calls", str(old), str(new))]


def set_calls(root: Path, new: int, file: str = FILE) -> None:
    text = (root / file).read_text("utf-8")
    (root / file).write_text(re.sub(r"follow_up_calls: \d+", f"follow_up_calls: {new}", text, count=1), "utf-8")


def entries_of(root: Path, memo: Memo | None = None, revision: str = "HEAD") -> tuple[Entry, ...]:
    with closing(GitRepository(root)) as repository:
        commits, children = repository.log(revision, folders_of(repository, revision)), repository.children(revision)
        return read_history(commits, children, HistoryReader(GitBlobs(repository), memo or Memo()))[0]


def branch(root: Path, name: str = "side", start: str = "HEAD") -> None:
    git(root, "checkout", "-q", "-b", name, start)


def merge(root: Path, *branches: str, tree: bool = True) -> None:
    """Merge without committing, so that the result can still be edited."""
    git(root, "merge", "--no-commit", "--no-ff", *branches, check=False)


def sign_with_ssh(root: Path, folder: Path) -> Path:
    """Make the repository sign with a new SSH key and return the key. The list of allowed signers is still empty."""
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lin", "-f", str(key)], check=True)
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key)), ("commit.gpgSign", "true")):
        git(root, "config", name, value)
    return key


def allow(root: Path, key: Path, *options: str) -> None:
    signers = key.with_name("signers")
    words = ["lin@example.com", *options, key.with_suffix(".pub").read_text()]
    signers.write_text(" ".join(words))
    git(root, "config", "gpg.ssh.allowedSignersFile", str(signers))


def fingerprint(key: Path) -> str:
    said = subprocess.run(["ssh-keygen", "-lf", f"{key}.pub"], check=True, capture_output=True, text=True).stdout
    return said.split()[1]
