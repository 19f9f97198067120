"""Fixtures for the tests of the site."""

from __future__ import annotations

import pytest

from tests.helpers.sample import Sample


@pytest.fixture(scope="session")
def people(sample: Sample) -> dict[str, str]:
    """Names by id."""
    return {line["id"]: line["name"] for line in sample.roster}
