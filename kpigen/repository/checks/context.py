"""What a check sees."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.repository.project import Project
from kpigen.repository.records import Record


@dataclass(frozen=True)
class Context:
    """A project with its records, and the day that it is looked at.

    `today` is None where the answer must be the same on every day: for the site, for a PDF, for a step of a review. A check
    that asks for the day gives nothing then.
    """

    project: Project
    records: tuple[Record, ...]
    today: datetime.date | None = None


#: Gives what it finds.
Check = Callable[[Context], Iterator[Diagnostic]]
