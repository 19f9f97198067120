"""Words on the command line that no name, address or path can be."""

from __future__ import annotations

from pathlib import Path

from tests.hostile.case import Hostile

BYTES = "\udcff\udcfe"  # what Python makes of bytes that are not UTF-8


def _nothing(root: Path) -> None:
    del root


def _host(name: str, host: str) -> Hostile:
    return Hostile(name, _nothing, ("serve", "--port", "0", "--host", host), 1, ("cannot listen on",), seconds=1.5)


CASES = [
    _host("a host of 300 characters", "a" * 300),
    _host("a host of bytes that are not UTF-8", BYTES),
    _host("a host with an empty part", "a..b"),
    Hostile("a port beyond all", _nothing, ("serve", "--port", "99999"), 2, ("99999",)),
    Hostile("a file name of bytes that are not UTF-8", _nothing, ("score", BYTES), 1, ("KPI117",)),
    Hostile("a root of bytes that are not UTF-8", _nothing, ("--root", BYTES, "check"), 2, ("no folder",)),
]
