"""What history has to know of files without reading them again: of a rule version, of a review, of a change between two."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kpigen.base.digests import Json
from kpigen.files.rules.form import version_of
from kpigen.model.forms import Form, FormKey
from kpigen.model.reviews import FieldChange, Identity, Review, Status
from kpigen.repository.diff.compare import ReviewChange, Score, Split, kind_between
from kpigen.scoring.team import uses_auto


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What of a rule version decides which reviews it scores, and how.

    `key` is its name, such as `front-desk@2026-01`; `mark` stands for everything of it that reading and scoring depend on,
    so that two with one mark score alike.
    """

    form: str
    version: str
    path: str
    oid: str
    digest: str
    key: str
    mark: str
    order: tuple[int, int]

    @property
    def starts(self) -> int:
        """Its first month."""
        return self.order[0]

    @property
    def file(self) -> tuple[str, object]:
        """What it says and how, as `diff.rule_kind` compares it."""
        return self.digest, self.oid


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What of a review decides which other files it has to do with.

    `rules` and `pinned` name its rule version where it was published or says so; `auto` is whether it takes its team's
    totals now; `counts` is what its own manager's `auto` takes of it: manager, period, employee, total, seal.
    """

    identity: Identity
    month: int
    rules: str
    pinned: str
    status: str
    auto: bool
    counts: tuple[str, ...]
    evidence: tuple[str, ...]


def known_of_rule(form: Form | None) -> Json:
    """Return what is kept of a rule file; None where it gives no form."""
    return [form.id, form.version, form.digest, [cycle.value for cycle in form.cycles]] if form else None


def rule_facts(path: str, oid: str, known: Json) -> RuleFacts | None:
    """Return what is kept of a rule file as facts."""
    order = version_of(path)
    if known is None or order is None:
        return None
    id_, version, digest, cycles = known
    key = str(FormKey(id_, version))
    return RuleFacts(
        form=id_,
        version=version,
        path=path,
        oid=oid,
        digest=digest,
        key=key,
        mark=f"{key} {digest[:24]} {','.join(cycles)}",
        order=order,
    )


def known_of_review(review: Review) -> tuple[Json, Json]:
    """Return what is kept of a review: what does not depend on its rules, and what does."""
    published, manager = review.published, review.employee.manager
    head = [*review.identity, published.rules if published else "", review.pinned or "", review.period.first_month]
    counts = (
        [manager, str(review.period), review.employee.id, published.total, published.seal]
        if review.status is Status.PUBLISHED and published and manager
        else []
    )
    names = dict.fromkeys(item.name for items in review.evidence.values() for item in items if not item.is_link)
    return head, [review.status.value, int(uses_auto(review.metrics) and published is None), counts, list(names)]


def review_facts(head: Json, rest: Json) -> ReviewFacts:
    """Return what is kept of a review as facts."""
    employee, period, form, rules, pinned, month = head
    status, auto, counts, evidence = rest
    return ReviewFacts(
        identity=Identity(employee, period, form),
        month=month,
        rules=rules,
        pinned=pinned,
        status=status,
        auto=bool(auto),
        counts=tuple(counts),
        evidence=tuple(evidence),
    )


def known_of_change(change: ReviewChange) -> Json:
    """Return what is kept of a change: all but where its files lie and whose it is."""
    split = change.split
    return [
        change.name,
        change.status,
        [list(field) for field in change.fields],
        *(None if score is None else [_text(score.total), score.grade] for score in (change.before, change.after)),
        None if split is None else [_text(split.data), _text(split.rules), split.between],
    ]


def change_of(known: Json, whose: Identity, old_path: str, path: str) -> ReviewChange | None:
    """Return what is kept of a change as one between files at these paths, as `ReviewChange.between` does."""
    name, status, fields, before, after, split = known
    kind = kind_between(old_path, path, bool(fields) or before != after)
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
        before=None if before is None else Score(_number(before[0]), before[1]),
        after=None if after is None else Score(_number(after[0]), after[1]),
        split=None if split is None else Split(_number(split[0]), _number(split[1]), split[2]),
        status=status,
    )


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Fraction | None:
    if text is None:
        return None
    over, _, under = text.partition("/")
    return Fraction(int(over), int(under or 1))
