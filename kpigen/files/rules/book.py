"""All forms and their versions, and which one is in force when."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from kpigen.base.periods import Period
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.model.forms import Form, FormKey
from kpigen.model.reviews import Review


class Started(Protocol):
    """A rule version, or what is kept of one."""

    @property
    def starts(self) -> int:
        """Its first month."""


_Version = TypeVar("_Version", bound=Started)


def version_that_scores(
    by_key: Callable[[str], _Version | None],
    in_force: Callable[[], _Version | None],
    form: str,
    pinned: str | None,
    published: str | None,
) -> _Version | None:
    """Return the version that a review of a form is scored by: published by, else pinned, else in force; None for none.

    `pinned` is the version that the review names (`2026-01`), `published` the key of the one that it was published by
    (`front-desk@2026-01`), which must be one of the same form; None where it says neither. `by_key` looks up a version,
    `in_force` gives the one of the review's period.
    """
    if published is not None:
        return by_key(published) if FormKey.of(published).form == form else None
    if pinned is not None:
        return by_key(str(FormKey(form, pinned)))
    return in_force()


def version_in_force(versions: Sequence[_Version], month: int) -> _Version | None:
    """Return the version in force: of versions in order, the last that has started in a month; None before the first."""
    return next((item for item in reversed(versions) if item.starts <= month), None)


@dataclass(frozen=True)
class Rulebook:
    """Every readable version of every form, in order. `broken` names forms with a file that could not be read."""

    forms: tuple[Form, ...] = ()
    broken: frozenset[str] = frozenset()
    _by_id: dict[str, tuple[Form, ...]] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """The forms' ids."""
        return tuple(self._by_id)

    def versions(self, form: str) -> tuple[Form, ...]:
        """Return the versions of a form, oldest first."""
        return self._by_id.get(form, ())

    def version(self, form: str, version: str) -> Form | None:
        """Return one version of a form."""
        return next((item for item in self.versions(form) if item.version == version), None)

    def by_key(self, key: str) -> Form | None:
        """Return the version that a key such as `front-desk@2026-01` names."""
        return self.version(*FormKey.of(key))

    def in_force(self, form: str, period: Period) -> Form | None:
        """Return the version in force: the latest whose first month is not after the period's, of those the last correction."""
        return version_in_force(self.versions(form), period.first_month)

    def scoring(self, review: Review) -> Form | None:
        """Return the version that a review is scored by, or None where there is none."""
        return version_that_scores(
            self.by_key,
            lambda: self.in_force(review.form, review.period),
            review.form,
            review.pinned,
            review.published.rules if review.published else None,
        )


def make_rulebook(forms: Iterable[Form], broken: Iterable[str] = ()) -> tuple[Rulebook, list[Diagnostic]]:
    """Put forms together; reports two versions of a form with one start and correction number."""
    ordered = sorted(forms, key=lambda form: (form.id, form.starts, form.correction, form.version))
    found = [
        catalogue.DUPLICATE_VERSION.at(Span(later.path), other=earlier.path)
        for earlier, later in itertools.pairwise(ordered)
        if (earlier.id, earlier.starts, earlier.correction) == (later.id, later.starts, later.correction)
    ]
    by_id: dict[str, tuple[Form, ...]] = {}
    for form in ordered:
        by_id[form.id] = (*by_id.get(form.id, ()), form)
    return Rulebook(tuple(ordered), frozenset(broken), by_id), found
