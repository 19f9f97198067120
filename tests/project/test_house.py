"""`tools/house.py` counts what it says that it counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.helpers.forms import ROOT

FILES = {
    "sample/__init__.py": '"""A package."""\n',
    "sample/shapes.py": '''"""Shapes.

In two paragraphs.
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Shape:
    """A shape."""

    name: str  # as it is shown
    sides: int = 3

    # No field.
    kind = "flat"


class Point(NamedTuple):
    x: int
    y: int
    z: int
''',
    "sample/deep/__init__.py": "",
    "sample/deep/ways.py": """import sample.shapes
from sample import shapes
from . import more
from ..shapes import Shape
import os


def simple():
    def inner(x):
        return x if x else None
    return inner


async def ten_ways(items):
    for item in items:
        if item and item.name and item.sides:
            yield 1
        elif item or not items:
            yield 2
    while items:
        try:
            match items:
                case []:
                    return
        except ValueError:
            yield [x for x in items if x]
""",
    "sample/deep/more.py": "def late():\n    from sample.deep.ways import simple\n    return simple\n",
    "tests/here/test_ways.py": "",
    "tests/test_nothing.py": "",
}


def test_a_small_package_is_counted_as_by_hand(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    command = [sys.executable, str(ROOT / "tools/house.py"), "sample", "--tests", "tests"]
    said = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, encoding="utf-8").stdout
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in said.splitlines()]
    assert rows[:2] == [["", "sample"], ["---", "---"]]
    assert dict(rows[2:]) == {
        "modules / lines": "5 / 54",
        "doors (modules and folders at the top)": "2",
        "module lines median / p90 / max": "3 / 26 / 26",
        "function lines median / p90 / max": "3 / 13 / 13",
        # for, if, two `and`, elif, `or`, while, case, except, `for` and `if` of a comprehension: 11, and 1
        "functions of complexity above 10": "25.0%",
        "record fields p90 / max": "3 / 3",
        "comment / docstring lines per 100 of code": "5.6 / 16.7",
        "imports of own modules a module, median / p90": "0 / 2",
        "a test file of the module's name": "1 of 3",
    }
