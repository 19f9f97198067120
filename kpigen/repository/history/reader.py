"""Reads rule versions and reviews for the history by blob id, each at most once.

Most commits change one file, and most of the rest was read for the commit before. Results are cached in a memo by blob id
and everything else that they depend on. With a memo from an earlier run, hardly anything is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import Generic, Protocol, TypeVar

from kpigen.base.digests import file_digest
from kpigen.base.disk import MAX_EVIDENCE
from kpigen.base.memo import MISSING, Memo, key_of
from kpigen.base.sources import MemoryTree
from kpigen.files.config import Config, load_config
from kpigen.files.review import read_review
from kpigen.files.roster import Roster
from kpigen.files.rules.book import Rulebook, make_rulebook, version_in_force, version_that_scores
from kpigen.files.rules.form import read_form
from kpigen.model.forms import Form
from kpigen.model.reviews import Evidence, Review
from kpigen.repository.diff import compare as diff
from kpigen.repository.diff.compare import RepositoryState, ReviewChange, ReviewSide
from kpigen.repository.history.facts import (
    ReviewFacts,
    RuleFacts,
    change_of,
    known_of_change,
    known_of_review,
    known_of_rule,
    review_facts,
    rule_facts,
)
from kpigen.repository.project import Project
from kpigen.repository.records import make_record

_KEPT = 6_000
_V = TypeVar("_V")


class Blobs(Protocol):
    """A source of blobs."""

    def read(self, oid: str) -> bytes:
        """Return the bytes of a blob. Raises an error if it is not there: nothing can be said without it."""

    def ahead(self, oids: Iterable[str]) -> None:
        """Fetch blobs that will be needed soon, all at once."""


class Rules:
    """The rule versions of one state."""

    def __init__(self, reader: HistoryReader, files: Mapping[str, str], settings: Mapping[str, str]) -> None:
        """Use these rule files and settings: blob ids by path."""
        self._reader, self.files, self.settings = reader, files, settings
        self.languages = reader.languages(settings)
        found = {path: reader.rule(path, oid, self.languages) for path, oid in sorted(files.items())}
        self.unread = frozenset(path for path, facts in found.items() if facts is None)
        known = (facts for facts in found.values() if facts)
        self._facts = sorted(known, key=lambda facts: (facts.form, facts.order, facts.version))
        self.by_key = {facts.key: facts for facts in reversed(self._facts)}
        self.mark = key_of(self.languages, tuple(sorted(files.items())))

    @cached_property
    def by_form(self) -> dict[str, list[RuleFacts]]:
        """The versions of each form, oldest first."""
        forms: dict[str, list[RuleFacts]] = {}
        for facts in self._facts:
            forms.setdefault(facts.form, []).append(facts)
        return forms

    @cached_property
    def book(self) -> Rulebook:
        """The versions as forms, with all details."""
        forms = [self._reader.form(path, oid, self.languages) for path, oid in sorted(self.files.items())]
        return make_rulebook(
            [form for form in forms if form], [PurePosixPath(path).parent.name for path in self.unread]
        )[0]

    def of(self, review: ReviewFacts) -> RuleFacts | None:
        """Return the version that scores a review, or None."""
        return self.select(review.identity.form, review.rules, review.pinned, review.month)

    def select(self, form: str, published: str, pinned: str, month: int) -> RuleFacts | None:
        """Return the version that scores a review of a form, or None.

        `published` and `pinned` are empty if the review is not published or pins no version.
        """
        return version_that_scores(
            self.by_key.get,
            lambda: version_in_force(self.by_form.get(form, ()), month),
            form,
            pinned or None,
            published or None,
        )


@dataclass(frozen=True, slots=True)
class Ref:
    """A review in one state: file, rules, evidence (name → blob id, empty if missing), and the reviews whose totals it takes."""

    path: str
    oid: str
    facts: ReviewFacts
    rule: RuleFacts
    rules: Rules
    evidence: tuple[tuple[str, str], ...] = ()
    sources: tuple[Ref, ...] = ()

    @property
    def meaning(self) -> tuple[object, ...]:
        """Everything that the record depends on."""
        return self.oid, self.rule.mark, self.evidence, tuple(source.facts.counts for source in self.sources)


class HistoryReader:
    """Reads whatever is not in the memo."""

    def __init__(self, blobs: Blobs, memo: Memo) -> None:
        """Use this source of blobs and this memo."""
        self._blobs, self._memo = blobs, memo
        self._forms: dict[tuple[str, str, tuple[str, ...]], Form | None] = {}
        self._reviews = _Latest[Review]()
        self._sides = _Latest[ReviewSide]()

    def ahead(self, oids: Iterable[str]) -> None:
        """Fetch the reviews that are not in the memo yet."""
        self._blobs.ahead(oid for oid in dict.fromkeys(oids) if f"head {oid}" not in self._memo.known)

    # --- settings and rules ---

    def languages(self, settings: Mapping[str, str]) -> tuple[str, ...]:
        """Return the languages in the settings."""
        key = f"settings {key_of(tuple(sorted(settings.items())))}"
        known = self._memo.get(key)
        if known is MISSING:
            config, _ = load_config(MemoryTree({path: self._blobs.read(oid) for path, oid in settings.items()}))
            known = list(config.languages)
            self._memo.put(key, known)
        return tuple(known)

    def rule(self, path: str, oid: str, languages: tuple[str, ...]) -> RuleFacts | None:
        """Return the facts about a rule file, or None if it is unreadable."""
        key = f"rule {key_of(path, oid, languages)}"
        known = self._memo.get(key)
        if known is MISSING:
            form = self.form(path, oid, languages)
            known = known_of_rule(form)
            self._memo.put(key, known)
        return rule_facts(path, oid, known)

    def form(self, path: str, oid: str, languages: tuple[str, ...]) -> Form | None:
        """Return the form in a rule file, or None if it is unreadable."""
        key = (path, oid, languages)
        if key not in self._forms:
            self._forms[key] = read_form(path, self.bytes_of(oid), languages)[0]
        return self._forms[key]

    # --- reviews ---

    def facts(self, path: str, oid: str, rules: Rules) -> ReviewFacts | None:
        """Return the facts about a review, or None if it is unreadable with these rules."""
        head = self._memo.get(f"head {oid}")
        if head is not MISSING:
            rule = rules.select(*head[2:])
            if rule is None:
                return None
            known = self._memo.get(f"facts {oid} {rule.mark}")
            if known is not MISSING:
                return review_facts(head, known)
        elif self._memo.get(f"unread {oid} {rules.mark}") is not MISSING:
            return None
        review = self._read(path, oid, rules)
        if review is None:
            self._memo.put(f"unread {oid} {rules.mark}", 0)
            return None
        head, rest = known_of_review(review)
        facts = review_facts(head, rest)
        rule = rules.of(facts)
        assert rule is not None  # a review cannot be read without a rule version
        self._memo.put(f"head {oid}", head)
        self._memo.put(f"facts {oid} {rule.mark}", rest)
        self._reviews.keep((oid, rule.mark), review)
        return facts

    def change(self, old: Ref | None, new: Ref | None) -> ReviewChange | None:
        """Return the change of a review between two states, or None if nothing changed."""
        if old and new and old.path == new.path and old.meaning == new.meaning:
            return None
        crossed = (old.rules.of(new.facts), new.rules.of(old.facts)) if old and new else ()
        key = f"change {key_of(old and old.meaning, new and new.meaning, [rule and rule.mark for rule in crossed])}"
        known = self._memo.get(key)
        if known is MISSING:
            known = known_of_change(self._compared(old, new))
            self._memo.put(key, known)
        shown = new or old
        assert shown is not None
        return change_of(known, shown.facts.identity, old.path if old else "", new.path if new else "")

    def _compared(self, old: Ref | None, new: Ref | None) -> ReviewChange:
        before, after = (self._side(ref) if ref else None for ref in (old, new))
        split = None
        if old and new and before and after:
            split = diff.split_of(self._state(old), self._state(new), before.record, after.record)
        return diff.compared(before, after, split)

    def _state(self, ref: Ref) -> RepositoryState:
        return RepositoryState(_Files(self, ref), self._project(ref), ())

    def _side(self, ref: Ref) -> ReviewSide:
        key = (ref.path, *ref.meaning)
        side = self._sides.get(key)
        if side is None:
            project, review = self._project(ref), self._review(ref)
            record = make_record(project, review, project.totals.taken_by(review), [])
            side = diff.side_of(record)
            assert side is not None  # its facts name the rule version
            self._sides.keep(key, side)
        return side

    def _project(self, ref: Ref) -> Project:
        """Return a project with only this review, and those whose totals it takes."""
        reviews = (self._review(ref), *(self._review(source) for source in ref.sources))
        return Project(Config(), Roster(), ref.rules.book, reviews, ())

    def _review(self, ref: Ref) -> Review:
        """Return a review with the evidence of its state."""
        review = self._reviews.get((ref.oid, ref.rule.mark))
        if review is None:
            review = self._read(ref.path, ref.oid, ref.rules)
            assert review is not None  # it has facts, so it is readable
            self._reviews.keep((ref.oid, ref.rule.mark), review)
        if not review.evidence:
            return review if review.path == ref.path else replace(review, path=ref.path)
        evidence: dict[str, tuple[Evidence, ...]] = {}
        files = _Files(self, ref)
        for id_, items in review.evidence.items():
            placed = [item if item.is_link else replace(item, path=files.place(item.name)) for item in items]
            digests = [(item, "" if item.is_link else files.digest(item.path)) for item in placed]
            kept = tuple(replace(item, digest=digest) for item, digest in digests if digest is not None)
            evidence |= {id_: kept} if kept else {}
        return replace(review, path=ref.path, evidence=evidence)

    def _read(self, path: str, oid: str, rules: Rules) -> Review | None:
        """Return a review, read as if all its evidence files existed."""
        return read_review(path, self.bytes_of(oid), rules.book, lambda _: "-")[0]

    def bytes_of(self, oid: str) -> bytes:
        """Return the bytes of a blob."""
        return self._blobs.read(oid)

    def digest_of(self, oid: str) -> str:
        """Return the SHA-256 of a blob."""
        known = self._memo.get(f"file {oid}")
        if known is MISSING:
            known = file_digest(self.bytes_of(oid))
            self._memo.put(f"file {oid}", known)
        return str(known)


class _Files(MemoryTree):
    """A review and its evidence as files that are read on demand."""

    def __init__(self, reader: HistoryReader, ref: Ref) -> None:
        super().__init__({})
        self._reader, self._ref = reader, ref
        self._evidence = {self.place(name): oid for name, oid in ref.evidence}

    def place(self, name: str) -> str:
        """Return the path of an evidence file."""
        return str(PurePosixPath(self._ref.path).parent / name)

    def read(self, path: str, limit: int = MAX_EVIDENCE) -> bytes:
        """Return the bytes of the review."""
        return self._reader.bytes_of(self._ref.oid) if path == self._ref.path else super().read(path, limit)

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of an evidence file, or None if it does not exist."""
        oid = self._evidence.get(path)
        return self._reader.digest_of(oid) if oid else None


class _Latest(Generic[_V]):
    """A cache that keeps only the latest values."""

    def __init__(self) -> None:
        self._values: dict[tuple[object, ...], _V] = {}

    def get(self, key: tuple[object, ...]) -> _V | None:
        return self._values.get(key)

    def keep(self, key: tuple[object, ...], value: _V) -> None:
        self._values[key] = value
        if len(self._values) > _KEPT:
            del self._values[next(iter(self._values))]
