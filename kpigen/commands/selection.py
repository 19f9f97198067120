"""What somebody names on the command line, and the reviews that it stands for: a file, a folder, an employee's id or name.

Reviews are only ever chosen if there is no doubt which are meant. Otherwise there is a finding that lists the candidates.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import click

from kpigen.base.periods import Period, parse_period
from kpigen.base.places import REVIEWS
from kpigen.base.sources import WorkTree
from kpigen.commands.language import said_here
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, nearest, shorten
from kpigen.diagnostics.terms import STATUS
from kpigen.diagnostics.values import Join, Value, listed, phrase
from kpigen.model.reviews import Review
from kpigen.repository.project import Project, barriers_told

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: How a command names what it takes, in its help.
METAVAR = "FILE|FOLDER|ID|NAME…"

#: At most so many candidates are listed.
_SHOWN = 10


@dataclass(frozen=True)
class Chosen:
    """The reviews that were named, once each, and a finding for each word that names none.

    `by_folder` has the paths of those that nothing but a folder stands for.
    """

    reviews: tuple[Review, ...] = ()
    by_folder: frozenset[str] = frozenset()
    found: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """What a command looks among. `fits` says which reviews are meant first; without doubt the `latest` may be, if asked for."""

    tree: WorkTree
    project: Project
    period: Period | None
    fits: Callable[[Review], bool]
    latest: bool

    def is_meant(self, review: Review) -> bool:
        return self.period in (None, review.period)


def select(
    tree: WorkTree,
    project: Project,
    words: Iterable[str],
    *,
    period: Period | None = None,
    fits: Callable[[Review], bool] = lambda _: True,
    latest: bool = False,
) -> Chosen:
    """Return the reviews that words of the command line name.

    A folder stands for the reviews in it that fit. An id or a name stands for one review of that person: the only one that
    fits, or the only one that there is; with `latest`, the one of the latest period.
    """
    asked = _Asked(tree, project, period, fits, latest)
    named: dict[str, Review] = {}
    inside: dict[str, Review] = {}
    found: list[Diagnostic] = []
    for word in dict.fromkeys(words):
        path = _path(tree, word) if word.strip() else None  # a blank word, as of an empty variable, is no folder
        if path is not None and (tree.root / path).is_dir():
            reviews, problems = _in_folder(asked, word, path)
            inside |= {review.path: review for review in reviews}
        else:
            reviews, problems = _of_word(asked, word, path)
            named |= {review.path: review for review in reviews}
        found += problems
    both = inside | named
    return Chosen(tuple(both.values()), frozenset(inside.keys() - named.keys()), tuple(found))


def period_option(command: _Command) -> _Command:
    """Add the option `--period`, for commands that take ids and names."""
    return click.option(
        "--period",
        callback=read_period,
        metavar="PERIOD",
        help="The period that is meant where a folder, an id or a name is given, such as 2026-03.",
    )(command)


def person_named(project: Project, word: str) -> tuple[str | None, list[Diagnostic]]:
    """Return the id of the one person that an id or a name stands for; otherwise None, and the finding."""
    names = _names(project)
    if word in names:
        return word, []
    ids = sorted(id_ for id_, own in names.items() if word in own)
    if len(ids) == 1:
        return ids[0], []
    if ids:
        people = [" ".join(filter(None, (id_, _department(project, id_)))) for id_ in ids]
        return None, [_ambiguous(word, people, phrase("give the id"))]
    near = nearest_of(word, [*names, *(name for own in names.values() for name in own)])
    return None, [catalogue.NOBODY_NAMED.at(Span(shorten(word), line=0), near=near, word=shorten(word))]


def nearest_of(word: str, known: Iterable[str]) -> str | None:
    """Return the id or name that a word most likely stands for, whatever its capitals."""
    lower = {item.lower().replace("-", "_"): item for item in known}
    near = nearest(word, lower)
    return lower[near] if near else None


def _path(tree: WorkTree, word: str) -> str | None:
    """Return the path in the repository of an existing file or folder, from here or else from the top; otherwise None."""
    for place in (Path(word).absolute(), tree.root / word):
        if _exists(place):
            path = inside_repository(tree, place)
            if path is not None:
                return path
    return None


def _exists(place: Path) -> bool:
    """Return whether there is something at a place; a name that no file system allows is none."""
    try:
        return os.path.lexists(place)
    except (OSError, ValueError):
        return False


def inside_repository(tree: WorkTree, place: Path) -> str | None:
    """Return the path of a place in the repository, however it is reached; None if it is elsewhere."""
    try:
        folder = Path(os.path.realpath(place if place.is_dir() else place.parent)).relative_to(tree.root)
    except ValueError:
        return None
    return (folder if place.is_dir() else folder / place.name).as_posix()


def _in_folder(asked: _Asked, word: str, path: str) -> tuple[list[Review], list[Diagnostic]]:
    project = asked.project
    below = "" if path == "." else f"{path}/"
    inside = [item for item in project.reviews if item.path.startswith(below) and asked.is_meant(item)]
    unread = [one for one in _unread(asked) if one.startswith(below)]
    found = [item for item in project.problems if item.span.path in unread]
    if not inside and not unread:
        found.append(_none_there(asked, word) if asked.period else _elsewhere(asked, word))
    return [item for item in inside if asked.fits(item)], found


def _of_word(asked: _Asked, word: str, path: str | None) -> tuple[list[Review], list[Diagnostic]]:
    """Return the review in a file, or that of a person."""
    project = asked.project
    if path is None and not (word.strip() and _exists(Path(word).absolute())):
        return _of_person(asked, word)
    review = project.review(path) if path else None
    if review is not None:
        return ([review], []) if asked.is_meant(review) else ([], [_none_there(asked, word)])
    if path in project.unread:
        return [], [item for item in project.problems if item.span.path == path]
    return [], [_elsewhere(asked, word)]


def _of_person(asked: _Asked, word: str) -> tuple[list[Review], list[Diagnostic]]:
    """Return the review of an id or a name; it may stand behind a folder, and have the form behind it, as in a file's name."""
    project, pure = asked.project, PurePosixPath(word)
    last = pure.name
    stem = last.removesuffix(".md").rstrip(".")
    folder, is_given = _folder_of(asked.tree, word)
    if folder is None:
        return [], [catalogue.UNREADABLE.at(Span(word), reason=phrase("no such file"))]
    own = [item for item in project.reviews if PurePosixPath(item.path).name.removesuffix(".md") == stem]
    unread = [path for path in _unread(asked) if PurePosixPath(path).name.startswith(f"{stem}.")]
    if not own and not unread:
        if last.endswith(".md"):
            return [], [catalogue.UNREADABLE.at(Span(word), reason=phrase("no such file"))]
        id_, problems = person_named(project, stem if stem in _names(project) else last)
        if id_ is None:
            return [], problems
        own = [item for item in project.reviews if item.employee.id == id_]
        unread = [path for path in _unread(asked) if PurePosixPath(path).name.startswith(f"{id_}.")]
    if is_given or asked.period is None:
        own = [item for item in own if item.path.startswith(folder)]
        unread = [path for path in unread if path.startswith(folder)]
    unknown = [item for item in project.barriers if item.path.startswith(REVIEWS)]
    if unknown:  # what is behind them may be what is meant
        return [], list(barriers_told(unknown))
    if unread:  # so may one of these
        return [], [item for item in project.problems if item.span.path in unread]
    own = [item for item in own if asked.is_meant(item)]
    if not own:
        return [], [_none_there(asked, word, folder)]
    return _the_one(asked, word, own)


def _the_one(asked: _Asked, word: str, own: list[Review]) -> tuple[list[Review], list[Diagnostic]]:
    candidates = [item for item in own if asked.fits(item)] or own
    if asked.latest:
        last = max(item.period.last_month for item in candidates)
        candidates = [item for item in candidates if item.period.last_month == last]
    if len(candidates) == 1:
        return candidates, []
    texts: list[Value] = [
        phrase("{path} ({status})", path=item.path, status=STATUS[item.status.value]) for item in candidates
    ]
    return [], [_ambiguous(word, texts, phrase("give the file, or the period with `--period`"))]


def _folder_of(tree: WorkTree, word: str) -> tuple[str | None, bool]:
    """Return the folder that limits an id or a name, as a prefix of paths, and whether it was given.

    That is the folder before it, otherwise the one where the command runs, if it holds reviews. None: there is no such folder.
    """
    parent = PurePosixPath(word).parent
    if parent.name:
        path = _path(tree, str(parent))
        if path is None or not (tree.root / path).is_dir():
            return None, True
        return ("" if path == "." else f"{path}/"), True
    here = inside_repository(tree, Path.cwd()) or ""
    return (f"{here}/" if here.startswith(f"{REVIEWS}/") else ""), False


def _names(project: Project) -> dict[str, set[str]]:
    """Return the names of everybody, by id: as reviews and the roster have them."""
    names: dict[str, set[str]] = {id_: {line.name for line in lines} for id_, lines in project.roster.by_id.items()}
    for review in project.reviews:
        names.setdefault(review.employee.id, set()).add(review.employee.name)
    return names


def _department(project: Project, id_: str) -> str:
    line = project.roster.latest(id_)
    reviews = [review for review in project.reviews if review.employee.id == id_]
    return line.department if line else reviews[-1].employee.department


def _unread(asked: _Asked) -> Iterator[str]:
    """Yield the files that cannot be read, of the period that is meant."""
    for path in asked.project.unread:
        parts = PurePosixPath(path).parts
        if asked.period is None or len(parts) < 3 or parse_period(parts[1]) in (None, asked.period):
            yield path


def _ambiguous(word: str, candidates: Iterable[Value], advice: Value) -> Diagnostic:
    texts = list(candidates)
    if len(texts) > _SHOWN:
        texts = [*texts[:_SHOWN], phrase("{count} more", count=len(texts) - _SHOWN)]
    return catalogue.SEVERAL_MEANT.at(Span(word, line=0), word=word, candidates=listed(texts, Join.OR), advice=advice)


def _none_there(asked: _Asked, word: str, folder: str = "") -> Diagnostic:
    where: Value = str(asked.period) if asked.period else folder.rstrip("/") or phrase("this repository")
    return catalogue.NO_REVIEW_MEANT.at(Span(word, line=0), word=word, where=where)


def _elsewhere(asked: _Asked, word: str) -> Diagnostic:
    return catalogue.NOT_IN_REPOSITORY.at(Span(word), path=word, root=str(asked.tree.root))


def read_period(_: click.Context, __: click.Parameter, value: str | None) -> Period | None:
    """Check a period on the command line."""
    if value is None:
        return None
    period = parse_period(value)
    if period is None:
        raise click.BadParameter(
            said_here("{text!r} is not a period; write it like 2026-03, 2026-Q1, 2026-H1 or 2026.", text=value)
        )
    return period
