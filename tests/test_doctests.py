"""The examples in the docstrings of kpigen are correct: each module that has some runs as a doctest."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import kpigen

ROOT = Path(kpigen.__file__).parent
MODULES = [
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    for path in sorted(ROOT.rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_correct(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted
    assert not result.failed
