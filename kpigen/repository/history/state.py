"""The state of a repository after a commit, as far as the history needs it, and how to derive it from the state before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from kpigen.base.places import REVIEWS, RULES, is_review_path, is_rule_path, review_path
from kpigen.base.sources import is_passed_over
from kpigen.files.config import FILES
from kpigen.model.reviews import Identity
from kpigen.repository.git.log import LINK, FileChange, TreeEntry
from kpigen.repository.git.tree import OBSTACLES
from kpigen.repository.history.facts import ReviewFacts, RuleFacts
from kpigen.repository.history.reader import HistoryReader, Ref, Rules

REVIEW, RULE, SETTINGS, OTHER = "review", "rule", "settings", "other"


@lru_cache(maxsize=100_000)
def kind_of(path: str) -> str:
    """Return the kind of file at a path, with the same rules as loading a project.

    Empty for hidden files, and for files in `rules/` that are not rule files.

    >>> kind_of("rules/front-desk/2026-01.yaml")
    'rule'
    >>> kind_of("reviews/.draft.md")
    ''
    """
    if path in FILES:
        return SETTINGS
    if is_passed_over(path):
        return ""
    if path.startswith(f"{RULES}/"):
        return RULE if is_rule_path(path) else ""
    return REVIEW if path.startswith(f"{REVIEWS}/") and is_review_path(path) else OTHER


def is_file(mode: str) -> bool:
    """Return whether a mode of git is that of a file that is read: no link, no submodule, and not gone."""
    return bool(mode) and mode not in OBSTACLES


def _is_barrier(path: str, mode: str) -> bool:
    """Return whether nothing is read at a path and below: a link, a submodule, or a file that should be a folder."""
    return (mode in OBSTACLES and not is_passed_over(path)) or (path in (REVIEWS, RULES) and bool(mode))


class Moment:
    """A moment at which a review changed. `parents` are the previous moments, so branches can be compared."""

    __slots__ = ("generation", "parents")

    def __init__(self, *parents: Moment | None) -> None:
        """Start after these moments. None means that the review did not exist before."""
        self.parents = tuple(parent for parent in parents if parent is not None)
        self.generation: int = 1 + max((parent.generation for parent in self.parents), default=0)


def includes(version: Moment | None, other: Moment | None) -> bool:
    """Return whether a review at one moment has already passed the other."""
    if other is None or version is other:
        return True
    waiting, seen = [version] if version else [], set()
    while waiting:
        one = waiting.pop()
        if one is other:
            return True
        new = [parent for parent in one.parents if parent.generation >= other.generation and parent not in seen]
        seen.update(new)
        waiting += new
    return False


class ReviewFile(NamedTuple):
    """A file of a review. The path is empty, except for further files of the same review (an error)."""

    identity: Identity
    path: str

    def fits(self, identity: Identity, path: str) -> bool:
        """Return whether a file of a review may be this one."""
        return self.identity == identity and self.path in ("", path)


@dataclass(frozen=True)
class CommitPlan:
    """The effect of a commit on a state: the changed files, their new content, and the affected reviews and rule versions."""

    files: dict[str, TreeEntry]
    reviews: dict[str, ReviewFacts | None]
    gone: frozenset[str]
    rules: Rules
    touched: set[Identity]
    rule_keys: set[str]
    unread: list[str]


@dataclass
class HistoryState:
    """The state after a commit.

    `reviews` has the facts about each review file, or None if it is unreadable. `lost` has the last readable version of
    such a file.
    """

    reader: HistoryReader
    rules: Rules
    files: dict[str, TreeEntry] = field(default_factory=dict)
    reviews: dict[str, ReviewFacts | None] = field(default_factory=dict)
    index: dict[Identity, tuple[str, ...]] = field(default_factory=dict)
    lost: dict[str, Ref] = field(default_factory=dict)
    lost_rules: dict[str, RuleFacts] = field(default_factory=dict)
    evidence: set[str] = field(default_factory=set)
    versions: dict[ReviewFile, Moment | None] = field(default_factory=dict)

    @classmethod
    def empty(cls, reader: HistoryReader) -> HistoryState:
        """Return the state before the first commit."""
        return cls(reader, Rules(reader, {}, {}))

    def copy(self) -> HistoryState:
        """Return an independent copy of the state."""
        return HistoryState(
            self.reader,
            self.rules,
            self.files.copy(),
            self.reviews.copy(),
            self.index.copy(),
            self.lost.copy(),
            self.lost_rules.copy(),
            self.evidence.copy(),
            self.versions.copy(),
        )

    # --- queries ---

    def refs(self, key: Identity) -> dict[ReviewFile, Ref]:
        """Return the files of a review in this state: the one at its expected place first, then by path, as in `diff`."""
        expected = review_path(key.employee, key.period, key.form)
        paths = sorted(self.index.get(key, ()), key=lambda path: path != expected)
        found = {ReviewFile(key, path if place else ""): self._ref_at(path) for place, path in enumerate(paths)}
        return {file: ref for file, ref in found.items() if ref}

    def lost_ref(self, file: ReviewFile) -> Ref | None:
        """Return the last readable version of a review whose file is unreadable now, or None."""
        return next((ref for path, ref in self.lost.items() if file.fits(ref.facts.identity, path)), None)

    def befores(self, key: Identity, plan: CommitPlan) -> dict[ReviewFile, Ref]:
        """Return the files of a review before a plan.

        They are the current versions, or the last readable one if the plan deletes or repairs an unreadable file.
        """
        lost = {
            ReviewFile(key, ""): ref
            for path, ref in self.lost.items()
            if ref.facts.identity == key and self._ends(path, plan)
        }
        return lost | self.refs(key)

    def rule(self, key: str) -> RuleFacts | None:
        """Return a rule version in this state, or its last readable version, or None."""
        return self.rules.by_key.get(key) or self.lost_rules.get(key)

    def scored_by(self, key: str) -> tuple[str, ...]:
        """Return the paths of the reviews that a rule version scores."""
        found = (
            path for path, facts in self.reviews.items() if facts and (rule := self.rules.of(facts)) and rule.key == key
        )
        return tuple(sorted(found))

    def _ref_at(self, path: str) -> Ref | None:
        facts = self.reviews[path]
        rule = self.rules.of(facts) if facts else None
        if facts is None or rule is None:
            return None
        sources = tuple(self._sources(facts)) if facts.team or facts.own else ()
        return Ref(path, self.files[path].oid, facts, rule, self.rules, tuple(self._evidence(path, facts)), sources)

    def _evidence(self, path: str, facts: ReviewFacts) -> Iterator[tuple[str, str]]:
        for name in facts.evidence:
            mode, oid = self.files.get(place_of_evidence(path, name), TreeEntry(LINK, ""))
            yield name, "" if mode in OBSTACLES else oid

    def _sources(self, facts: ReviewFacts) -> list[Ref]:
        """Return the published reviews whose totals a review takes, or may take."""
        paths = [path for path, other in self.reviews.items() if other and facts.takes_from(other)]
        refs = [ref for path in paths if (ref := self._ref_at(path))]
        return sorted(refs, key=lambda ref: (*ref.facts.counts[1:3], ref.facts.counts[4]))

    @staticmethod
    def _ends(path: str, plan: CommitPlan) -> bool:
        return path in plan.gone or plan.reviews.get(path) is not None

    # --- applying a commit ---

    def plan(self, changes: Iterable[FileChange]) -> CommitPlan:
        """Return the effect of a commit's changed files on this state."""
        files, reviews, gone, unread = {}, {}, set(), []
        kinds = set()
        for change in changes:
            kind = kind_of(change.path)
            kinds.add(kind)
            files[change.path] = TreeEntry(change.mode, change.oid)
            if kind == REVIEW and change.path in self.reviews and not is_file(change.mode):
                gone.add(change.path)
        rules = self._rules_with(files) if kinds & {RULE, SETTINGS} else self.rules
        for path, (mode, oid) in files.items():
            if kind_of(path) == REVIEW and is_file(mode):
                reviews[path] = self.reader.facts(path, oid, rules)
        if rules is not self.rules:
            reviews |= self._read_anew(rules, files)
        touched = {facts.identity for facts in self._facts_at((*reviews, *gone))}
        touched |= {facts.identity for facts in reviews.values() if facts}
        touched |= {ref.facts.identity for path, ref in self.lost.items() if path in gone or path in reviews}
        touched |= self._with_evidence(files)
        touched |= self._takers(reviews, gone)
        unread = [
            path for path, facts in reviews.items() if facts is None and (path in files or self.reviews.get(path))
        ]
        unread += [path for path in rules.unread if path in files]
        unread += [path for path, (mode, _) in files.items() if _is_barrier(path, mode)]
        return CommitPlan(files, reviews, frozenset(gone), rules, touched, self._rule_keys(rules), unread)

    def follow(self, plan: CommitPlan) -> None:
        """Apply a plan to this state."""
        for path in (*plan.reviews, *plan.gone):
            self._replace(path, plan.reviews.get(path), path in plan.gone)
        for key in plan.rule_keys:
            facts = self.rule(key)
            self.lost_rules.pop(key, None)
            if facts and key not in plan.rules.by_key and facts.path in plan.rules.unread:
                self.lost_rules[key] = facts
        self.rules = plan.rules
        for path, file in plan.files.items():
            if file.mode:
                self.files[path] = file
            else:
                self.files.pop(path, None)

    def _replace(self, path: str, facts: ReviewFacts | None, gone: bool) -> None:
        """Replace the facts about a review file."""
        old = self.reviews.get(path)
        if old is not None and facts is None and not gone:
            ref = self._ref_at(path)
            if ref is not None:
                self.lost[path] = ref
        elif gone or facts is not None:
            self.lost.pop(path, None)
        if old is not None:
            rest = tuple(one for one in self.index[old.identity] if one != path)
            if rest:
                self.index[old.identity] = rest
            else:
                del self.index[old.identity]
        if gone:
            del self.reviews[path]
            return
        self.reviews[path] = facts
        if facts is not None:
            self.index[facts.identity] = tuple(sorted((*self.index.get(facts.identity, ()), path)))
            self.evidence.update(place_of_evidence(path, name) for name in facts.evidence)

    def _rules_with(self, files: dict[str, TreeEntry]) -> Rules:
        """Return the rules after these changes to rule files and settings."""
        held = {RULE: dict(self.rules.files), SETTINGS: dict(self.rules.settings)}
        for path, (mode, oid) in files.items():
            there = held.get(kind_of(path))
            if there is not None:
                there.pop(path, None)
                if is_file(mode):
                    there[path] = oid
        return Rules(self.reader, held[RULE], held[SETTINGS])

    def _read_anew(self, rules: Rules, files: dict[str, TreeEntry]) -> dict[str, ReviewFacts | None]:
        """Return new facts about the reviews that are scored by other rules now, or were unreadable before."""
        anew = {}
        for path, facts in self.reviews.items():
            if path in files:
                continue
            old, new = (self.rules.of(facts), rules.of(facts)) if facts else (None, None)
            if old is None or new is None or old.mark != new.mark:
                anew[path] = self.reader.facts(path, self.files[path].oid, rules)
        return anew

    def _facts_at(self, paths: Iterable[str]) -> Iterator[ReviewFacts]:
        return (facts for path in paths if (facts := self.reviews.get(path)))

    def _with_evidence(self, files: dict[str, TreeEntry]) -> set[Identity]:
        """Return the reviews whose evidence is among these files."""
        changed = self.evidence & files.keys()
        if not changed:
            return set()
        return {
            facts.identity
            for path, facts in self.reviews.items()
            if facts and any(place_of_evidence(path, name) in changed for name in facts.evidence)
        }

    def _takers(self, reviews: dict[str, ReviewFacts | None], gone: Iterable[str]) -> set[Identity]:
        """Return the reviews that may take totals which these files change."""
        old = {(facts.identity, facts.counts): facts for facts in self._facts_at((*reviews, *gone))}
        new = {(facts.identity, facts.counts): facts for facts in reviews.values() if facts}
        changed = [(old.get(key) or new[key]) for key in old.keys() ^ new.keys() if key[1]]
        if not changed:
            return set()
        takers = [facts for facts in self.reviews.values() if facts and (facts.team or facts.own)]
        return {taker.identity for taker in takers if any(taker.takes_from(one) for one in changed)}

    def _rule_keys(self, rules: Rules) -> set[str]:
        """Return the keys of the rule versions that differ between this state and other rules."""
        if rules is self.rules:
            return set()
        keys = self.rules.by_key.keys() | rules.by_key.keys() | self.lost_rules.keys()
        old, new = ({key: facts.said for key in keys if (facts := get(key))} for get in (self.rule, rules.by_key.get))
        return {key for key in keys if old.get(key) != new.get(key)}


@lru_cache(maxsize=20_000)
def place_of_evidence(path: str, name: str) -> str:
    """Return the path of an evidence file of a review."""
    return str(PurePosixPath(path).parent / name)
