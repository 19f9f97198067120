"""Signatures of commits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.helpers.forms import run
from tests.helpers.history import allow, commit, fingerprint, git, log, set_calls
from tests.helpers.repositories import FILE, publish


def test_signatures_of_commits_that_change_what_is_published(root: Path, signing: Path) -> None:
    set_calls(root, 594)
    commit(root, "a draft")
    publish(root, FILE)
    published = commit(root, "publish")
    git(root, "config", "commit.gpgSign", "false")
    set_calls(root, 595)
    run(root, "amend", root / FILE, "--reason", "补录", "--by", "林", "--date", "2026-04-09", "--yes")
    amended = commit(root, "amend")
    run(root, "withdraw", root / FILE, "--reason", "误发", "--by", "林", "--date", "2026-04-10", "--yes")
    withdrawn = commit(root, "withdraw")
    allow(root, signing)
    states = {entry["commit"]: entry["signature"] for entry in log(root)}
    assert states.pop(published) == {"state": "verified", "by": "lin@example.com", "key": fingerprint(signing)}
    unsigned = {"state": "none", "by": None, "key": None}
    assert (states.pop(amended), states.pop(withdrawn)) == (unsigned, unsigned)
    assert set(states.values()) == {None}, "drafts and rules are not asked about"
    text = run(root, "log").stdout
    assert f"Signature verified (lin@example.com, key {fingerprint(signing)})" in text
    assert text.count("Not signed") == 2


def test_signatures_that_do_not_verify(root: Path, signing: Path, tmp_path: Path) -> None:
    publish(root, FILE)
    commit(root, "publish")

    def state() -> str:
        return log(root)[0]["signature"]["state"]

    assert state() == "unchecked", "signed, but there is no list of signers"
    allow(root, signing)
    assert state() == "verified"
    allow(root, signing, 'valid-before="20200101"')
    assert state() == "untrusted", "nobody was allowed to sign with this key then"
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
    allow(root, other)
    assert state() == "untrusted"
    allow(root, signing)
    signed = git(root, "cat-file", "commit", "HEAD")
    forged = subprocess.run(
        ["git", "-C", str(root), "hash-object", "-t", "commit", "-w", "--stdin"],
        input=signed.replace("林一诺", "徐静怡") + "\n",
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    git(root, "reset", "-q", "--hard", forged)
    assert state() == "bad"
    assert log(root)[0]["author"] == "徐静怡"
    assert "BAD" in run(root, "log", "-n", "1").stdout


def test_signatures_of_gpg(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    make = [
        "gpg",
        "--batch",
        "--quiet",
        "--passphrase",
        "",
        "--quick-generate-key",
        "Lin <lin@example.com>",
        "ed25519",
        "sign",
    ]
    subprocess.run(make, check=True, capture_output=True)
    try:
        git(root, "config", "user.signingKey", "lin@example.com")
        publish(root, FILE)
        commit(root, "publish", "-S")
        found = log(root)[0]["signature"]
        assert (found["state"], found["by"]) == ("verified", "Lin <lin@example.com>")
        monkeypatch.setenv("GNUPGHOME", str(tmp_path / "nothing"))
        assert log(root)[0]["signature"]["state"] == "unchecked", "the key is not here"
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
