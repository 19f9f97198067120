"""A bound for the memory of a process."""

from __future__ import annotations

from contextlib import suppress

#: The most memory for data. The largest site needs a tenth of it.
MEMORY = 4_000_000_000


def bound_memory() -> None:
    """Let this process have `MEMORY` at most, so that what asks for more gets a MemoryError before the machine has none left.

    Where the system has no such limit (Windows, macOS), nothing changes.
    """
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft == resource.RLIM_INFINITY or soft > MEMORY:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, hard))
