"""Which version scores a review: published by, else pinned, else in force."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kpigen.files.rules.book import version_in_force, version_that_scores


@dataclass(frozen=True)
class Version:
    key: str
    starts: int


VERSIONS = [Version("a@2026-01", 24312), Version("a@2026-01.2", 24312), Version("a@2026-07", 24318)]


@pytest.mark.parametrize(
    ("month", "key"), [(24311, None), (24312, "a@2026-01.2"), (24317, "a@2026-01.2"), (24318, "a@2026-07")]
)
def test_in_force_is_the_last_that_has_started(month: int, key: str | None) -> None:
    found = version_in_force(VERSIONS, month)
    assert (found.key if found else None) == key


@pytest.mark.parametrize(
    ("pinned", "published", "key"),
    [
        (None, None, "a@2026-07"),
        ("2026-01", None, "a@2026-01"),
        ("2026-01", "a@2026-01.2", "a@2026-01.2"),  # what it was published by goes before what it names
        ("2025-01", None, None),
        ("", None, None),  # `form: a@` names no version, so that none in force steps in
        (None, "a@2025-01", None),
        (None, "b@2026-01", None),
    ],
)
def test_published_by_goes_before_pinned_and_that_before_in_force(
    pinned: str | None, published: str | None, key: str | None
) -> None:
    by_key = {version.key: version for version in (*VERSIONS, Version("b@2026-01", 24312))}
    found = version_that_scores(by_key.get, lambda: VERSIONS[-1], "a", pinned, published)
    assert (found.key if found else None) == key
