"""What the history keeps about files so that they are not read again: rule versions, reviews, changes between two reviews."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kpigen.base.digests import Json
from kpigen.base.periods import parse_period
from kpigen.files.rules.form import version_of
from kpigen.model.forms import Form, FormKey
from kpigen.model.reviews import FieldChange, Identity, Review, Status
from kpigen.numbers.notation import Notation
from kpigen.repository.diff.compare import ReviewChange, Said, Score, Split, kind_between
from kpigen.scoring.taken import own_inputs, uses_team


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """The facts about a rule version that decide which reviews it scores, and how.

    `key` is its name, such as `front-desk@2026-01`. `mark` covers everything that reading and scoring depend on: two
    versions with the same mark score alike, and their totals are written alike.
    """

    form: str
    version: str
    path: str
    oid: str
    digest: str
    wording: str
    key: str
    mark: str
    order: tuple[int, int]

    @property
    def starts(self) -> int:
        """The first month of the version."""
        return self.order[0]

    @property
    def said(self) -> Said:
        """What it says, as compared by `rule_kind`."""
        return Said(self.digest, self.wording)


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """The facts about a review that decide which other files it depends on.

    `rules` and `pinned` name its rule version if it is published or pinned. `team` tells whether it now takes its team's
    totals, `own` the forms of which it now takes the employee's own. `counts` is what the `auto` of others takes from it:
    manager (may be empty), period, employee, total, seal.
    """

    identity: Identity
    month: int
    rules: str
    pinned: str
    status: str
    team: bool
    own: tuple[str, ...]
    counts: tuple[str, ...]
    evidence: tuple[str, ...]

    def takes_from(self, other: ReviewFacts) -> bool:
        """Return whether it takes what another review counts, or may do so: a shorter period within its own counts."""
        if not other.counts:
            return False
        if self.team and other.counts[:2] == (self.identity.employee, self.identity.period):
            return True
        return (
            other.identity.form in self.own
            and other.identity.employee == self.identity.employee
            and _lies_within(other.identity.period, self.identity.period)
        )


def known_of_rule(form: Form | None) -> Json:
    """Return the facts to store about a rule file, or None if it is unreadable."""
    if form is None:
        return None
    cycles = [cycle.value for cycle in form.cycles]
    return [form.id, form.version, form.digest, form.wording, cycles, _known_notation(form.notation)]


def rule_facts(path: str, oid: str, known: Json) -> RuleFacts | None:
    """Return the stored facts about a rule file, or None if it is unreadable."""
    order = version_of(path)
    if known is None or order is None:
        return None
    id_, version, digest, wording, cycles, notation = known
    key = str(FormKey(id_, version))
    return RuleFacts(
        form=id_,
        version=version,
        path=path,
        oid=oid,
        digest=digest,
        wording=wording,
        key=key,
        mark=f"{key} {digest[:24]} {','.join(cycles)} {','.join(map(str, notation))}",
        order=order,
    )


def known_of_review(review: Review) -> tuple[Json, Json]:
    """Return the facts to store about a review: those that do not depend on its rules, and those that do."""
    published, manager = review.published, review.employee.manager or ""
    head = [*review.identity, published.rules if published else "", review.pinned or "", review.period.first_month]
    counts = (
        [manager, str(review.period), review.employee.id, published.total, published.seal]
        if review.status is Status.PUBLISHED and published
        else []
    )
    names = dict.fromkeys(item.name for items in review.evidence.values() for item in items if not item.is_link)
    takes = review.metrics if published is None else {}
    own = sorted({rule.form or review.form for _, rule in own_inputs(takes)})
    return head, [review.status.value, int(uses_team(takes)), own, counts, list(names)]


def review_facts(head: Json, rest: Json) -> ReviewFacts:
    """Return the stored facts about a review."""
    employee, period, form, rules, pinned, month = head
    status, team, own, counts, evidence = rest
    return ReviewFacts(
        identity=Identity(employee, period, form),
        month=month,
        rules=rules,
        pinned=pinned,
        status=status,
        team=bool(team),
        own=tuple(own),
        counts=tuple(counts),
        evidence=tuple(evidence),
    )


def _lies_within(inner: str, outer: str) -> bool:
    """Return whether a period is shorter than another one, and lies within it."""
    one, other = parse_period(inner), parse_period(outer)
    return one is not None and other is not None and one.length < other.length and one in other.within(one.cycle)


def known_of_change(change: ReviewChange) -> Json:
    """Return the data to store about a change: everything except paths and identity."""
    split = change.split
    return [
        change.name,
        change.status,
        [list(field) for field in change.fields],
        *map(_known_score, (change.before, change.after)),
        None if split is None else [_text(split.data), _text(split.rules), split.between, split.grade],
    ]


def change_of(known: Json, whose: Identity, old_path: str, path: str) -> ReviewChange | None:
    """Return a stored change with these paths, as `ReviewChange.between` does."""
    name, status, fields, before, after, split = known
    kind = kind_between(old_path, path, bool(fields) or before != after or split is not None)
    if not kind:
        return None
    return ReviewChange(
        kind=kind,
        path=path or old_path,
        old_path=old_path if path and old_path != path else "",
        employee=whose.employee,
        name=name,
        period=whose.period,
        form=whose.form,
        fields=tuple(FieldChange(*field) for field in fields),
        before=_score(before),
        after=_score(after),
        split=None if split is None else Split(_number(split[0]), _number(split[1]), *split[2:]),
        status=status,
    )


def _known_score(score: Score | None) -> Json:
    return None if score is None else [_text(score.total), score.grade, _known_notation(score.notation)]


def _score(known: Json) -> Score | None:
    if known is None:
        return None
    total, grade, (decimals, signed) = known
    return Score(_number(total), grade, Notation(decimals, bool(signed)))


def _known_notation(notation: Notation) -> Json:
    return [notation.decimals, int(notation.signed)]


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Fraction | None:
    if text is None:
        return None
    over, _, under = text.partition("/")
    return Fraction(int(over), int(under or 1))
