"""Writing what the steps of reviews change: nothing is told before it is on the disk, and one failure stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import click

from kpigen.base.files import write_atomically
from kpigen.base.sources import WorkTree
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.terms import why
from kpigen.diagnostics.values import Value, phrase
from kpigen.repository.lifecycle.transitions import ReviewEdit


@dataclass(frozen=True)
class Planned:
    """An edit, and the bytes of the file that it was planned for."""

    edit: ReviewEdit
    before: bytes


def write_each(tree: WorkTree, planned: Iterable[Planned], tell: Callable[[ReviewEdit], None]) -> list[Diagnostic]:
    """Write edits one after the other, and tell of each once it is written. Return a finding for each that is not.

    A file that has changed since the edit was planned is left alone, and so is a review that takes the total of one that
    could not be written. If nobody listens any more, everything is written all the same; the failure is raised at the end.
    """
    found: list[Diagnostic] = []
    missing: dict[str, str] = {}
    deaf: OSError | None = None
    for item in planned:
        reason = _takes(item.edit, missing) or _written(tree, item)
        if reason is not None:
            missing |= {block.seal: item.edit.review.employee.id} if (block := item.edit.review.published) else {}
            found.append(catalogue.NOT_WRITTEN.at(Span(item.edit.path), reason=reason))
        elif deaf is None:
            try:
                tell(item.edit)
            except OSError as error:
                deaf = error
    if deaf is not None:
        raise deaf
    return found


def _written(tree: WorkTree, item: Planned) -> Value | None:
    """Write one edit. Return the reason if that is not possible."""
    try:
        if tree.read(item.edit.path) != item.before:
            return phrase("it has changed in the meantime")
        write_atomically(tree.root, item.edit.path, item.edit.data)
    except OSError as error:
        return why(error)
    return None


def _takes(edit: ReviewEdit, missing: Mapping[str, str]) -> Value | None:
    """Return the reason if a review takes the total of one that was not written; `missing` are the employees by seal."""
    block = edit.review.published
    taken = [missing[item.seal] for item in block.taken if item.seal in missing] if block else []
    return (
        phrase("it takes the total of {employee}, whose review was not written", employee=taken[0]) if taken else None
    )


def echo(line: str) -> None:
    """Print a line of a result, with the colours that it has."""
    click.echo(line, color=True)
