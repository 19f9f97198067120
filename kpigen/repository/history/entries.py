"""The history of a repository: what each commit changed in meaning, and its effect on scores.

The state after a commit follows from the state after its first parent and the changed files, so it is updated from commit
to commit. Each review is scored with the rules, evidence and team of its own side of the comparison. Reviews are matched
by employee, period and form, never by path.

A merge shows only its own decisions: anything that differs from every parent, and anything that it takes from one parent
although another parent had changed it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress, islice
from operator import is_not

from kpigen.model.reviews import Status
from kpigen.repository.diff.compare import Changes, ReviewChange, RuleChange, order_of, rule_kind
from kpigen.repository.git.log import Commit
from kpigen.repository.history.facts import RuleFacts
from kpigen.repository.history.reader import HistoryReader, Ref
from kpigen.repository.history.state import REVIEW, HistoryState, Moment, ReviewFile, includes, kind_of

_AHEAD = 100


@dataclass(frozen=True)
class Entry:
    """A commit that changed something in meaning.

    For a merge, `against` names the parent that each changed review is compared with; otherwise it is empty.
    `changes.unread` lists files that are unreadable after this commit. Their changes appear once they are readable again.
    """

    commit: Commit
    changes: Changes
    against: tuple[str, ...] = ()

    @property
    def touches_published(self) -> bool:
        """Whether the commit publishes, amends or withdraws a review, or changes a published one in another way."""
        return any(_touches_published(change) for change in self.changes.reviews)


def _touches_published(change: ReviewChange) -> bool:
    released = [status.value for status in Status if status.is_released]
    return change.status in released or any(field == "status" and old in released for field, old, _ in change.fields)


def read_history(
    commits: Iterable[Commit], children: Mapping[str, int], reader: HistoryReader
) -> tuple[tuple[Entry, ...], Commit | None]:
    """Return the entries of a history, newest first, and its last commit (None if there are no commits).

    Commits must come parents first, without gaps. `children` counts the direct children of each commit, so that its state
    can be dropped as soon as it is no longer needed.
    """
    waiting = dict(children)
    states: dict[str, HistoryState] = {}
    entries = []
    commit = None
    for chunk in _chunks(commits):
        reader.ahead(file.oid for commit in chunk for file in commit.files if file.oid and kind_of(file.path) == REVIEW)
        for commit in chunk:
            ids = tuple(dict.fromkeys(commit.parents))
            parents = [states[parent] for parent in ids] or [HistoryState.empty(reader)]
            for parent in ids:
                waiting[parent] -= 1
                if not waiting[parent]:
                    del states[parent]
            is_kept = bool(ids) and ids[0] in states
            entry, states[commit.id] = _step(commit, parents, parents[0].copy() if is_kept else parents[0], reader)
            if entry.changes:
                entries.append(entry)
    return tuple(reversed(entries)), commit


def _chunks(commits: Iterable[Commit]) -> Iterator[list[Commit]]:
    left = iter(commits)
    while chunk := list(islice(left, _AHEAD)):
        yield chunk


def _step(
    commit: Commit, parents: list[HistoryState], state: HistoryState, reader: HistoryReader
) -> tuple[Entry, HistoryState]:
    """Return the changes of a commit and the state after it. `state`, the first parent's, is modified."""
    plan = state.plan(commit.files)
    others = parents[1:]
    touched = plan.touched.union(file.identity for other in others for file in _ahead_of(other, state))
    befores = [{file: ref for key in touched for file, ref in state.befores(key, plan).items()}]
    befores += [{file: ref for key in touched for file, ref in other.refs(key).items()} for other in others]
    rules = {key: (state.rule(key), *(other.rule(key) for other in others)) for key in plan.rule_keys}
    scored = {key: state.scored_by(key) for key in plan.rule_keys}
    unread = [path for path in plan.unread if all(other.files.get(path) != plan.files.get(path) for other in others)]
    state.follow(plan)
    ids = tuple(dict.fromkeys(commit.parents))
    changes, against = [], []
    afters = {file: ref for key in touched for file, ref in state.refs(key).items()}
    review_files = {ReviewFile(key, "") for key in touched}.union(afters, *befores)
    for file in sorted(review_files, key=lambda file: (*order_of(file.identity), file.path)):
        after = afters.get(file)
        if after is None and state.lost_ref(file):
            continue  # unreadable now; its changes appear once it is readable again
        first, *rest = (held.get(file) for held in befores)
        before = (first, *(ref or other.lost_ref(file) for ref, other in zip(rest, others, strict=True)))
        versions = (state.versions.get(file), *(other.versions.get(file) for other in others))
        change, parent, state.versions[file] = _decide(before, after, versions, reader)
        if change is not None:
            changes.append(change)
            against += [ids[parent]] if others else []
    rule_changes = tuple(_rule_changes(rules, scored, state))
    return Entry(commit, Changes(rule_changes, tuple(changes), tuple(sorted(unread))), tuple(against)), state


def _ahead_of(other: HistoryState, state: HistoryState) -> set[ReviewFile]:
    """Return the reviews that changed on the other parent's side since the two parents diverged."""
    mine, theirs = state.versions, other.versions
    differing = compress(theirs, map(is_not, theirs.values(), map(mine.get, theirs)))  # few of thousands
    return {key for key in differing if not includes(mine.get(key), theirs[key])}


def _decide(
    befores: Sequence[Ref | None], after: Ref | None, versions: Sequence[Moment | None], reader: HistoryReader
) -> tuple[ReviewChange | None, int, Moment | None]:
    """Return a review's change in a commit, the index of the parent it is compared with, and the review's new moment."""
    changes = [reader.change(before, after) if before or after else None for before in befores]
    if len(befores) == 1:
        return changes[0], 0, Moment(versions[0]) if changes[0] else versions[0]
    same = [place for place, change in enumerate(changes) if change is None]
    for place in same:
        if all(includes(versions[place], version) for version in versions):
            return None, 0, versions[place]
    version = Moment(*versions)
    if not same:
        return *_made(befores, changes), version
    for place, change in enumerate(changes):
        if change and not any(includes(versions[one], versions[place]) for one in same):
            return change, place, version  # the merge dropped this parent's version
    return None, 0, version


def _made(befores: Sequence[Ref | None], changes: Sequence[ReviewChange | None]) -> tuple[ReviewChange | None, int]:
    """Return the changes that a merge made itself: fields, score or path that differ from every parent.

    The comparison is with the first parent that has the review; its index is returned too.
    """
    had = [place for place, before in enumerate(befores) if before] or [0]
    others = [change for place in had if (change := changes[place])]
    first = others[0]
    if first.kind in ("added", "removed"):
        return first, had[0]
    fields = tuple(
        item for item in first.fields if all(item[0] in {one[0] for one in other.fields} for other in others)
    )
    is_new = fields or all(other.before != other.after for other in others) or all(other.old_path for other in others)
    return (replace(first, fields=fields) if is_new else None), had[0]


def _rule_changes(
    befores: dict[str, tuple[RuleFacts | None, ...]], scored: dict[str, tuple[str, ...]], state: HistoryState
) -> Iterator[RuleChange]:
    """Yield the rule versions that differ from every parent."""
    for key, parents in sorted(befores.items()):
        after = state.rules.by_key.get(key)
        now = after.said if after else None
        kinds = [rule_kind(before.said if before else None, now) for before in parents]
        shown = after or next((before for before in parents if before), None)
        if all(kinds) and shown and key not in state.lost_rules:
            kind = next((kind for kind, before in zip(kinds, parents, strict=True) if before), kinds[0])
            yield RuleChange(kind, key, shown.path, state.scored_by(key) if after else scored[key])
