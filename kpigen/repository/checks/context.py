"""The input of a check."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.repository.checks.seals import Suspect, recorded
from kpigen.repository.project import Project
from kpigen.repository.records import Record


@dataclass(frozen=True)
class Context:
    """A project with its records and today's date.

    `today` is None if the answer must be the same on every day: for the site, a PDF, or a step of a review. Checks that
    depend on the date then yield nothing. `suspect` says what may have been sealed where a seal does not fit.
    """

    project: Project
    records: tuple[Record, ...]
    today: datetime.date | None = None
    suspect: Suspect = recorded


#: Yields the findings of one check.
Check = Callable[[Context], Iterator[Diagnostic]]
