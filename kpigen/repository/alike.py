"""Files and folders that some systems take for one: names that differ only in capital letters or composed characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from kpigen.base.names import folded
from kpigen.base.places import REVIEWS, is_review_path
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten


def alike(paths: Iterable[str]) -> Iterator[Diagnostic]:
    """Report folders, reviews, rule files and templates that would overwrite each other, once for each pair.

    Ids of people and evidence have checks of their own.
    """
    first: dict[str, str] = {}
    told: set[str] = set()
    for path in paths:
        for place in (path, *map(str, PurePosixPath(path).parents)):
            is_file = place == path
            if place == "." or place in told or (is_file and _has_own_check(path)):
                continue
            other = first.setdefault(_key(place, is_file), place)
            if other.rpartition("/")[2] != place.rpartition("/")[2]:
                told.add(place)
                yield catalogue.NAMES_ALIKE.at(
                    Span(path, line=1 if is_file else 0), name=shorten(place), other=shorten(other)
                )


def _has_own_check(path: str) -> bool:
    return path.startswith(f"{REVIEWS}/") and not is_review_path(path)


def _key(place: str, is_file: bool) -> str:
    """Return what two places have in common that are one on some systems. The id in a review's name counts as it is written."""
    if not is_file or not is_review_path(place) or not place.startswith(f"{REVIEWS}/"):
        return folded(place)
    folder, _, name = place.rpartition("/")
    employee, dot, rest = name.partition(".")
    return f"{folded(folder)}/{employee}{dot}{folded(rest)}"
