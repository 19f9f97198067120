"""Fixtures for the tests of a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.lifecycle import repository_of_forms


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository_of_forms(tmp_path)
