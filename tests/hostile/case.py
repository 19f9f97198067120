"""What a hostile input is: how it comes to be, the command that meets it, and what that command must give."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

#: No command may need more memory than this for a small repository with one bad file in it.
MEMORY = 1_500_000_000
#: How many times its seconds of processor time a command may take by the clock: machines are shared.
PATIENCE = 12


@dataclass(frozen=True)
class Hostile:
    """One hostile input.

    `arrange` changes a small repository, whose root it is given. The command is then run there, as its own process. It must
    end with `code`, say `says` and not `silent` (on either stream), and take at most `seconds` of processor time. A traceback
    is always wrong. `after` looks at what the command left, and asserts.
    """

    name: str
    arrange: Callable[[Path], None]
    command: tuple[str, ...]
    code: int
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    seconds: float = 2.0
    after: Callable[[Path], None] | None = None

    def __str__(self) -> str:
        return self.name


def run_case(case: Hostile, root: Path) -> None:
    """Arrange a case in a fresh small repository, run its command, and assert what it must give."""
    case.arrange(root)
    before = _children()
    process = subprocess.Popen(
        [sys.executable, "-m", "kpigen", *case.command],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=_limit,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=case.seconds * PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise AssertionError(f"{case}: still running after {case.seconds * PATIENCE} s") from None
    taken, text = _children() - before, output.decode("utf-8", "replace")
    assert "Traceback" not in text, f"{case}: {text[-2000:]}"
    assert process.returncode == case.code, f"{case}: ended with {process.returncode}: {text[-2000:]}"
    for words in case.says:
        assert words in text, f"{case}: does not say {words!r}: {text[-2000:]}"
    for words in case.silent:
        assert words not in text, f"{case}: says {words!r}: {text[-2000:]}"
    assert taken <= case.seconds, f"{case}: took {taken:.1f} s of processor time, more than {case.seconds}"
    if case.after is not None:
        case.after(root)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
