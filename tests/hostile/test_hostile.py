"""Hostile inputs: each gives what it must, within its seconds, without a traceback.

The cases stand in the modules beside this one, by what is attacked. A new case goes into the list `CASES` of its module.
"""

from __future__ import annotations

import importlib
import pkgutil
import shutil
from pathlib import Path

import pytest

import tests.hostile
from tests.helpers.sample import make_small
from tests.hostile.case import Hostile, run_case

MODULES = sorted(
    item.name
    for item in pkgutil.iter_modules(tests.hostile.__path__)
    if item.name != "case" and not item.name.startswith("test_")
)
CASES = [
    pytest.param(case, id=f"{module}-{case.name}")
    for module in MODULES
    for case in importlib.import_module(f"tests.hostile.{module}").CASES
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one form, one submitted review and one draft; each case gets a copy."""
    return make_small(tmp_path_factory.mktemp("hostile") / "small")


@pytest.mark.parametrize("case", CASES)
def test_hostile_input(case: Hostile, prepared: Path, tmp_path: Path) -> None:
    root = tmp_path / "small"
    shutil.copytree(prepared, root, symlinks=True)
    run_case(case, root)
