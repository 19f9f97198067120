"""All forms with their versions, and which version is in force when."""

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
    """A rule version, or the cached facts about one."""

    @property
    def starts(self) -> int:
        """The first month of the version."""


_Version = TypeVar("_Version", bound=Started)


def version_that_scores(
    by_key: Callable[[str], _Version | None],
    in_force: Callable[[], _Version | None],
    form: str,
    pinned: str | None,
    published: str | None,
) -> _Version | None:
    """Return the version that scores a review, or None if there is none.

    The version that the review was published by comes first, then the pinned one, then the one in force. `pinned` is a
    version such as `2026-01`. `published` is a key such as `front-desk@2026-01` and must belong to the same form. Both are
    None if the review has none. `by_key` looks up a version; `in_force` returns the one for the review's period.
    """
    if published is not None:
        return by_key(published) if FormKey.of(published).form == form else None
    if pinned is not None:
        return by_key(str(FormKey(form, pinned)))
    return in_force()


def version_in_force(versions: Sequence[_Version], month: int) -> _Version | None:
    """Return the version in force in a month, or None if all versions start later. `versions` must be in order."""
    return next((item for item in reversed(versions) if item.starts <= month), None)


@dataclass(frozen=True)
class Rulebook:
    """Every readable version of every form, in order. `broken` lists the forms with an unreadable file."""

    forms: tuple[Form, ...] = ()
    broken: frozenset[str] = frozenset()
    _by_id: dict[str, tuple[Form, ...]] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all forms."""
        return tuple(self._by_id)

    def versions(self, form: str) -> tuple[Form, ...]:
        """Return all versions of a form, oldest first."""
        return self._by_id.get(form, ())

    def version(self, form: str, version: str) -> Form | None:
        """Return one version of a form, or None."""
        return next((item for item in self.versions(form) if item.version == version), None)

    def by_key(self, key: str) -> Form | None:
        """Return the version with a key such as `front-desk@2026-01`, or None."""
        return self.version(*FormKey.of(key))

    def in_force(self, form: str, period: Period) -> Form | None:
        """Return the version in force in a period, or None.

        It is the latest version that starts no later than the period's first month, with its last correction.
        """
        return version_in_force(self.versions(form), period.first_month)

    def scoring(self, review: Review) -> Form | None:
        """Return the version that scores a review, or None if there is none."""
        return version_that_scores(
            self.by_key,
            lambda: self.in_force(review.form, review.period),
            review.form,
            review.pinned,
            review.published.rules if review.published else None,
        )


def make_rulebook(forms: Iterable[Form], broken: Iterable[str] = ()) -> tuple[Rulebook, list[Diagnostic]]:
    """Return a rulebook and the findings. Versions of a form with the same start and correction number are reported."""
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
