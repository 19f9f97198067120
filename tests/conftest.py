"""Fixtures that all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kpigen.repository import project
from tests.helpers.chromium import CHROMIUM, MISSING, launched
from tests.helpers.forms import run
from tests.helpers.sample import Sample, make_sample, make_small

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Tests read what commands say in English, whatever the language of the machine; those about languages set their own.
for _name in ("LC_ALL", "LC_MESSAGES"):
    os.environ.pop(_name, None)
os.environ |= {"LANG": "C.UTF-8", "KPIGEN_LANGUAGE": "en"}

if "MUTANT_UNDER_TEST" in os.environ:  # `make mutation`: each call takes two more frames there
    sys.setrecursionlimit(3 * sys.getrecursionlimit())


@pytest.fixture(autouse=True, scope="session")
def _rules_are_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(project, "read_form", lru_cache(maxsize=64)(project.read_form))
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of all tests."""
    if CHROMIUM is None:
        pytest.skip(MISSING)
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    root = tmp_path_factory.mktemp("sample")
    make_sample(root)
    run(root, "build", "--no-pdf", "--out", root / "site")
    return Sample(root, root / "site")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A repository with one form, one submitted review and one draft."""
    return make_small(tmp_path / "small")
