"""A share of processor time: what takes longer is stopped, in whatever thread it runs.

A signal would reach the main thread only, and only on POSIX. So a thread of its own watches the others, and raises an exception
in one that is over its share. It gets there between two steps of Python; what a library computes in one step is not stopped
but by the size of what it is given (`site.render.sandbox`).
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: After how many seconds the time is looked at, and the exception raised anew if something has swallowed it.
_PAUSE, _AGAIN = 0.1, 0.5


class OutOfShare(BaseException):
    """Raised inside what takes longer than its share. No `except Exception` of a library keeps it."""


@dataclass(eq=False)
class _Turn:
    """A thread and what it may use: until `end` by its `clock`."""

    thread: int
    clock: Callable[[], float]
    end: float
    is_raising: bool = False
    was_raised: bool = False


_turns: dict[_Turn, None] = {}
_begun = threading.Event()
_watcher: threading.Thread | None = None


@contextmanager
def share(seconds: float) -> Iterator[None]:
    """Raise OutOfShare inside if that takes more than so many seconds.

    They are of the thread's own processor time, where the system tells it (Linux), otherwise by the clock.
    """
    clock = _clock()
    turn = _Turn(threading.get_ident(), clock, clock() + seconds)
    _turns[turn] = None
    _watch()
    try:
        yield
    finally:
        try:
            _leave(turn)
        except OutOfShare:
            _leave(turn)
            raise


def _clock() -> Callable[[], float]:
    """Return the clock of the processor time of this thread, for any thread to read."""
    of_thread, read = getattr(time, "pthread_getcpuclockid", None), getattr(time, "clock_gettime", None)
    if of_thread is None or read is None:  # Windows, macOS
        return time.monotonic
    number = of_thread(threading.get_ident())
    return lambda: float(read(number))


def _leave(turn: _Turn) -> None:
    """End a turn. What was raised in its last moment, and has not arrived, is taken back."""
    _turns.pop(turn, None)
    while turn.is_raising:
        time.sleep(0.001)
    if turn.was_raised:
        _raise_in(turn.thread, None)


def _watch() -> None:
    """See to it that the watcher runs: also in a process that was forked from one where it did."""
    global _watcher  # one for the process
    if _watcher is None or not _watcher.is_alive():
        _watcher = threading.Thread(target=_watch_all, name="share", daemon=True)
        _watcher.start()
    _begun.set()


def _watch_all() -> None:
    while True:
        _begun.wait()
        _begun.clear()
        while turns := list(_turns):
            for turn in filter(_is_over, turns):
                turn.end += _AGAIN
                turn.is_raising = True
                if turn in _turns:  # it may have ended just now; from here on it waits
                    turn.was_raised = True
                    _raise_in(turn.thread, OutOfShare)
                turn.is_raising = False
            time.sleep(_PAUSE)


def _is_over(turn: _Turn) -> bool:
    try:
        return turn.clock() > turn.end
    except OSError:  # the thread has ended
        return False


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Have Python raise an exception in a thread at its next step; None takes back what it has not raised yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), None if error is None else ctypes.py_object(error)
    )
