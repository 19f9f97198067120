"""Loading: turns a tree of files into a typed project with all findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from kpigen.base.disk import MAX_TEXT
from kpigen.base.places import (
    REVIEWS,
    ROSTER,
    RULES,
    TEMPLATES,
    is_readme,
    is_review_path,
    is_rule_path,
    review_path,
)
from kpigen.base.sources import Barrier, Obstacle, Tree
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.terms import foreign, why
from kpigen.diagnostics.values import Value, phrase, phrase_by_count
from kpigen.document.text import unread
from kpigen.files.config import FILES, Config, load_config
from kpigen.files.evidence import check_contents
from kpigen.files.review import read_review
from kpigen.files.roster import Roster, load_roster
from kpigen.files.rules.book import Rulebook, make_rulebook
from kpigen.files.rules.form import read_form
from kpigen.model.forms import Form
from kpigen.model.reviews import Review
from kpigen.repository.alike import alike
from kpigen.repository.scored import card_of
from kpigen.scoring.taken import OwnTotals, with_taken


@dataclass(frozen=True)
class Project:
    """A repository of reviews. `problems` are the findings of loading; `unread` lists unreadable review files.

    `barriers` are the places that were not followed, so that what is behind them is unknown. They are in `problems` too.
    """

    config: Config
    roster: Roster
    rules: Rulebook
    reviews: tuple[Review, ...]
    problems: tuple[Diagnostic, ...]
    unread: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    barriers: tuple[Barrier, ...] = ()

    @cached_property
    def totals(self) -> OwnTotals:
        """The totals of the published reviews, for inputs that take them by `auto`."""
        return OwnTotals(self.reviews, self._points_of)

    def _points_of(self, review: Review, indicator: str) -> str | None:
        """Return the points that a published review printed for an indicator; None if it has none."""
        form = self.rules.scoring(review)
        if form is None or review.published is None or form.indicator(indicator) is None:
            return None
        metrics = with_taken(form, review.metrics, review.published.taken)
        points = card_of(review, form, metrics)[0].indicator(indicator).points
        return None if points is None else form.printed(points)

    def review(self, path: str) -> Review | None:
        """Return the review in a file, or None."""
        return next((review for review in self.reviews if review.path == path), None)

    def is_hidden(self, path: str) -> bool:
        """Return whether a path is behind a barrier."""
        return any(item.hides(path) for item in self.barriers)


class Reading:
    """Reads single files into forms and reviews. The preview replaces it with one that caches (`preview.memory`)."""

    def form(self, path: str, data: bytes, languages: tuple[str, ...]) -> tuple[Form | None, list[Diagnostic]]:
        """Return the form in a rule file, or None, and the findings."""
        return read_form(path, data, languages)

    def review(self, tree: Tree, path: str, rules: Rulebook) -> tuple[Review | None, list[Diagnostic]]:
        """Return the review in a file, or None, and the findings."""
        return load_review(tree, path, rules)


_READING = Reading()


def load(tree: Tree, reading: Reading = _READING) -> Project:
    """Return the project in a tree: settings, roster, rules and reviews."""
    config, found = load_config(tree)
    rules, rule_problems = load_rules(tree, tree.paths(RULES), config.languages, reading)
    data, roster_problems = _read_roster(tree)
    roster, more = load_roster(data, config.roster_encoding)
    barriers = tree.barriers((REVIEWS, RULES, TEMPLATES), FILES)
    found = [*found, *rule_problems, *roster_problems, *more, *barriers_told(barriers)]
    reviews, unread, others = [], [], []
    for path in tree.paths(REVIEWS):
        if not is_review_path(path):
            others.append(path)
        else:
            review, problems = reading.review(tree, path, rules)
            found += problems
            if review is None:
                unread.append(path)
            else:
                reviews.append(review)
    found += [catalogue.HIDDEN_FILE.at(Span(path), what=what) for path, what in _hidden(tree)]
    reviews, more = check_contents(tree, reviews)
    found += more
    found += alike(path for folder in (REVIEWS, RULES, TEMPLATES) for path in tree.paths(folder))
    used = {item.path for review in reviews for items in review.evidence.values() for item in items}
    if not unread and not barriers:
        found += [
            catalogue.STRAY_FILE.at(Span(path))
            for path in others
            if path != ROSTER and path not in used and not is_readme(path)
        ]
    return Project(config, roster, rules, tuple(reviews), tuple(found), tuple(unread), barriers=barriers)


def barriers_told(barriers: Iterable[Barrier]) -> Iterator[Diagnostic]:
    """Yield a finding for each place that is not followed. Files that a sparse checkout leaves out count by folder."""
    kinds = {
        Obstacle.LINK: catalogue.LINK_NOT_FOLLOWED,
        Obstacle.REPOSITORY: catalogue.REPOSITORY_INSIDE,
        Obstacle.NO_FOLDER: catalogue.NOT_A_FOLDER,
        Obstacle.NOT_REGULAR: catalogue.NOT_REGULAR,
    }
    left_out: Counter[str] = Counter()
    for barrier in barriers:
        if barrier.obstacle is Obstacle.LEFT_OUT:
            left_out[PurePosixPath(barrier.path).parent.as_posix()] += 1
        elif barrier.obstacle is Obstacle.NOT_LISTED:
            reason = why(barrier.error) if barrier.error else phrase("unknown")
            yield catalogue.FOLDER_UNREADABLE.at(Span(barrier.path), reason=reason)
        elif barrier.obstacle is Obstacle.NO_INDEX:
            yield catalogue.GIT_UNREADABLE.at(Span(barrier.path), reason=foreign(barrier.said))
        else:
            yield kinds[barrier.obstacle].at(Span(barrier.path))
    for folder, count in sorted(left_out.items()):
        files = phrase_by_count("{count} file", "{count} files", count=count)
        yield catalogue.NOT_CHECKED_OUT.at(Span(folder), files=files)


def _hidden(tree: Tree) -> Iterator[tuple[str, Value]]:
    """Yield hidden files that would be a review or a rule file if they were not hidden, and which of both."""
    kinds = ((REVIEWS, is_review_path, phrase("review")), (RULES, is_rule_path, phrase("rule file")))
    for folder, is_meant, what in kinds:
        for path in tree.hidden(folder):
            seen = "/".join(part.lstrip(".") for part in path.split("/"))
            if is_meant(seen):
                yield path, what


def load_rules(
    tree: Tree, paths: Iterable[str], languages: tuple[str, ...], reading: Reading = _READING
) -> tuple[Rulebook, list[Diagnostic]]:
    """Return the rulebook from these rule files, and the findings."""
    forms, broken, found = [], [], []
    for path in paths:
        if not is_rule_path(path):
            if not is_readme(path):
                found.append(catalogue.STRAY_FILE.at(Span(path)))
            continue
        try:
            data = tree.read(path, MAX_TEXT)
        except OSError as error:
            found.append(unread(Span(path), error))
            continue
        form, problems = reading.form(path, data, languages)
        found += problems
        if form is None:
            broken.append(PurePosixPath(path).parent.name)
        else:
            forms.append(form)
    rules, problems = make_rulebook(forms, broken)
    return rules, found + problems


def load_review(
    tree: Tree, path: str, rules: Rulebook, form: Form | None = None
) -> tuple[Review | None, list[Diagnostic]]:
    """Return a review, or None, and the findings. With `form`, that version is used instead of the review's own."""
    try:
        data = tree.read(path, MAX_TEXT)
    except OSError as error:
        return None, [unread(Span(path), error)]
    return read_review(path, data, rules, tree.digest, form)


def place_of(review: Review) -> str:
    """Return the path where a review should be stored."""
    return review_path(review.employee.id, review.period, review.form)


def _read_roster(tree: Tree) -> tuple[bytes | None, list[Diagnostic]]:
    try:
        return tree.read(ROSTER, MAX_TEXT), []
    except FileNotFoundError:
        return None, []
    except OSError as error:
        return None, [unread(Span(ROSTER), error)]
