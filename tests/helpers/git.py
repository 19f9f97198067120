"""Runs git in tests, as a user with a name whose clock advances a minute with each call."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

STAMP = iter(range(1_700_000_000, 1_800_000_000, 60))


def git(root: Path, *arguments: str, check: bool = True, **environment: str) -> str:
    """Run git in a folder and return its output. `environment` is added to the current environment."""
    date = f"{next(STAMP)} +0800"
    command = ["git", "-C", str(root), "-c", "user.name=林一诺", "-c", "user.email=lin@example.com", *arguments]
    env = {**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, **environment}
    return subprocess.run(command, check=check, capture_output=True, encoding="utf-8", env=env).stdout.strip()


def commit(root: Path, subject: str = "change", *options: str, **environment: str) -> str:
    """Commit everything, even without changes, and return the id of the commit."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", subject, *options, **environment)
    return git(root, "rev-parse", "HEAD")
