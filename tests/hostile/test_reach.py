"""What a build reaches: watched by strace, it opens no socket to anybody and no file but the repository's and the system's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.forms import ROOT
from tests.helpers.git import commit, git
from tests.helpers.sample import make_small

STRACE = shutil.which("strace")
#: Where programs, libraries, fonts, their settings and caches lie, and what the system tells of itself.
SYSTEM = ("/usr/", "/lib", "/bin/", "/sbin/", "/etc/", "/proc/", "/sys/", "/dev/", "/var/cache/fontconfig", "/var/lib/")
#: The names by which a build may write outside the repository: nothing, the terminal, and what programs share in memory.
SINKS = ("/dev/null", "/dev/tty", "/dev/shm/")
_OPENED = re.compile(r'(?:open|openat|creat)\((?:[^,"]*, )?"([^"]+)", ([A-Z_|]+).*\) = \d')
_CHANGED = re.compile(
    r"(?:rename|renameat2?|unlink|unlinkat|mkdir|mkdirat|rmdir|link|linkat|symlink|symlinkat|chmod)\(.*\) = 0"
)
_QUOTED = re.compile(r'"(/[^"]*)"')
_NETWORK = re.compile(r"\b(socket|connect|bind|listen|accept4?|sendto|sendmsg)\((.*)")


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_a_build_opens_no_socket_and_no_file_of_others(tmp_path: Path) -> None:
    assert STRACE is not None
    root, home, log = make_small(tmp_path / "small"), tmp_path / "home", tmp_path / "calls.txt"
    home.mkdir()
    git(root, "init", "-q", "-b", "main")
    commit(root, "all")
    command = [STRACE, "-f", "-qq", "-s", "4096", "-e", "trace=%file,%network", "-o", str(log)]
    done = subprocess.run(
        [*command, sys.executable, "-m", "kpigen", "build"],
        cwd=root,
        env={
            **os.environ,
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "TMPDIR": str(home),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in done.stderr and not log.read_text("utf-8"):
        pytest.skip("this machine does not let strace watch")
    assert done.returncode == 0, done.stderr
    calls = log.read_text("utf-8", "replace").splitlines()
    assert sum(str(root / "site") in call for call in calls) > 20, "this is how it looks"

    own = (str(root) + "/", str(home) + "/", str(root), str(home))
    program = (sys.prefix, sys.base_prefix, str(ROOT), str(Path(sys.prefix).resolve()))
    opened = [match.groups() for call in calls if (match := _OPENED.search(call))]
    read = {path for path, _ in opened if path.startswith("/")}
    assert sorted(path for path in read if not path.startswith((*own, *SYSTEM, *program))) == []
    written = {path for path, how in opened if path.startswith("/") and re.search("WRONLY|RDWR|CREAT|TRUNC", how)}
    for call in calls:
        if _CHANGED.search(call):
            written.update(_QUOTED.findall(call))
    assert sorted(path for path in written if not path.startswith((*own, *SINKS))) == []

    reached = [match[2] for call in calls if (match := _NETWORK.search(call))]
    assert [call for call in reached if "AF_INET" in call or "AF_NETLINK" in call or "sun_path" in call] == []
