"""All forms and their versions, and which one is in force when."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from kpigen.base.periods import Period
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.model.forms import Form


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
        form, _, version = key.partition("@")
        return self.version(form, version)

    def in_force(self, form: str, period: Period) -> Form | None:
        """Return the version in force: the latest whose first month is not after the period's, of those the last correction."""
        started = [item for item in self.versions(form) if item.starts <= period.first_month]
        return started[-1] if started else None


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
