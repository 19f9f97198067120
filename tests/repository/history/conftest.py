"""Fixtures for the tests of the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.history import drafts_repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return drafts_repository(tmp_path / "r")
