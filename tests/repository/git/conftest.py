"""Fixtures for the tests of git."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.history import drafts_repository, sign_with_ssh


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return drafts_repository(tmp_path / "r")


@pytest.fixture
def signing(root: Path, tmp_path: Path) -> Path:
    return sign_with_ssh(root, tmp_path)
