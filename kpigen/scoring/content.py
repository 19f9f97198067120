"""The canonical form of a review's content, its digest, and the seal. The specification is docs/canonical-form.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from kpigen.base.digests import Json, digest, short
from kpigen.model.forms import Form, Indicator, Input
from kpigen.model.reviews import (
    Amendment,
    Auto,
    Confirmation,
    Evidence,
    InputValue,
    Metrics,
    Objection,
    Published,
    Review,
    Row,
    SealedFile,
    Taken,
)
from kpigen.numbers.formula import Numbers
from kpigen.numbers.notation import total_text
from kpigen.numbers.quantities import exact
from kpigen.scoring.score import shown_of
from kpigen.scoring.taken import of_team, own_inputs, taken_for, values_taken

SEAL_PREFIX = "k1:sha256:"

#: An `auto` input in a content.
AUTO = "auto"


def content(review: Review, form: Form, taken: Iterable[Taken] = ()) -> dict[str, Json]:
    """Return a review's content as nested mappings, lists and texts. `taken` are the totals that its `auto` inputs took.

    Absent and empty fields, bonus counts of 0 and values equal to their default are left out. A confidential input is
    replaced by what is shown of it and a digest of its lists, salted with `submitted.salt`. What the other inputs took stands
    under `taken`.
    """
    taken = tuple(taken)
    salt = review.submitted.salt if review.submitted else ""
    employee = review.employee
    self_assessment = review.self_assessment
    data: dict[str, Json] = {
        "kpigen": "content/1",
        "employee": _kept(
            {
                "id": employee.id,
                "name": employee.name,
                "department": employee.department,
                "position": employee.position,
                "manager": employee.manager,
            }
        ),
        "period": str(review.period),
        "form": review.form,
        "rules": form.digest,
        "metrics": _metrics(form, review.metrics, salt, taken, review.withheld),
        "names": dict(review.names),
        "taken": taken_in_content(form, review.metrics, taken),
        "not_applicable": dict(review.not_applicable),
        "bonus": {id_: str(given) for id_, given in review.bonus.items() if given},
        "comments": dict(review.comments),
        "evidence": {id_: [_evidence(item) for item in items] for id_, items in review.evidence.items()},
        "self_assessment": _kept(
            {
                "metrics": _metrics(form, self_assessment.metrics, salt, (), {}),
                "comment": self_assessment.comment,
            }
        )
        if self_assessment
        else {},
        "feedback": dict(review.feedback),
        "body": review.body,
    }
    return _kept(data)


def content_digest(review: Review, form: Form, taken: Iterable[Taken] = ()) -> str:
    """Return the digest of a review's content: 64 hex digits."""
    return digest(content(review, form, taken))


def content_number(content_digest_: str) -> str:
    """Return the content number that a report prints: the digest's first 12 hex digits."""
    return short(content_digest_)


def seal(
    content_digest_: str,
    published: Published,
    confirmations: Iterable[Confirmation],
    objections: Iterable[Objection],
    amendments: Iterable[Amendment],
) -> str:
    """Return the seal over a content, the `published` block and the entries that `published.entries` counts.

    Of the block, `seal` itself is left out, and `taken`, because the content already covers it."""
    data = {
        "kpigen": "seal/1",
        "content": content_digest_,
        "published": {
            "on": published.on,
            "rules": published.rules,
            "total": total_text(Fraction(published.total)),
            "grade": published.grade,
            "engine": published.engine,
            "salt": published.salt,
            "entries": {
                "confirmations": str(published.confirmations),
                "objections": str(published.objections),
                "amendments": str(published.amendments),
            },
            **({"evidence": [item._asdict() for item in published.evidence]} if published.evidence else {}),
        },
        "confirmations": [
            {"role": item.role, "name": item.name, "date": item.date, "of": item.of}
            for item in list(confirmations)[: published.confirmations]
        ],
        "objections": [
            _kept(
                {
                    "role": item.role,
                    "date": item.date,
                    "of": item.of,
                    "text": item.text,
                    "resolution": item.resolution,
                    "resolved": item.resolved,
                }
            )
            for item in list(objections)[: published.objections]
        ],
        "amendments": [_amendment(item) for item in list(amendments)[: published.amendments]],
    }
    return SEAL_PREFIX + digest(data)


def seal_of(review: Review, content_digest_: str) -> str:
    """Return the seal that a published review should carry."""
    assert review.published is not None
    return seal(content_digest_, review.published, review.confirmations, review.objections, review.amendments)


def sealed_files(review: Review) -> tuple[SealedFile, ...]:
    """Return the evidence files of a review as its content has them, by name."""
    files = {item.name: item.digest for items in review.evidence.values() for item in items if not item.is_link}
    return tuple(SealedFile(*item) for item in sorted(files.items()))


def files_in(content_: Mapping[str, Json]) -> tuple[SealedFile, ...]:
    """Return the evidence files that a content has, by name: the same as `sealed_files` of its review."""
    evidence = content_.get("evidence", {}).values()
    files = {item["file"]: item["sha256"] for items in evidence for item in items if "file" in item}
    return tuple(SealedFile(*item) for item in sorted(files.items()))


def with_files(review: Review, digests: Mapping[str, str]) -> Review:
    """Return a review as if its evidence files had these digests, by name; those of other files stay."""
    evidence = {
        id_: tuple(
            item if item.is_link else replace(item, digest=digests.get(item.name, item.digest)) for item in items
        )
        for id_, items in review.evidence.items()
    }
    return replace(review, evidence=evidence)


def _amendment(item: Amendment) -> dict[str, Json]:
    changes = [change._asdict() for change in item.changes]
    return _kept(
        {
            "date": item.date,
            "by": item.by,
            "reason": item.reason,
            "changes": changes,
            "total": item.total,
            "grade": item.grade,
            "seal": item.seal,
        }
    )


def _kept(data: Mapping[str, Json]) -> dict[str, Json]:
    """Return the mapping without absent and empty values."""
    return {key: value for key, value in data.items() if value not in (None, "", {}, [], ())}


def _evidence(item: Evidence) -> dict[str, str]:
    return {"link": item.name} if item.is_link else {"file": item.name, "sha256": item.digest}


def _metrics(
    form: Form, metrics: Metrics, salt: str, taken: tuple[Taken, ...], withheld: Mapping[str, str]
) -> dict[str, Json]:
    data = {}
    for id_, values in metrics.items():
        indicator = form.indicator(id_)
        assert indicator is not None
        data[id_] = _indicator(indicator, values, salt, taken, withheld.get(id_, ""))
    return _kept(data)


def shown_in_content(
    indicator: Indicator, values: Mapping[str, InputValue], salt: str, taken: tuple[Taken, ...], withheld: str = ""
) -> dict[str, str]:
    """Return what the content says of an indicator's confidential inputs: count, mean, and the digest of the salted lists.

    The result is empty if no input has a value. Count and mean are left out while some inputs are missing. For a review that
    was read from a copy, `withheld` is the digest of the lists.
    """
    given = values.get(indicator.shown_as.id) if indicator.shown_as else None
    if withheld and isinstance(given, Numbers):
        return {"count": str(given.count), "mean": exact(given.mean), "digest": withheld}
    lists: dict[str, Json] = {
        item.id: _value(item, values[item.id]) for item in indicator.confidential if item.id in values
    }
    if not lists:
        return {}
    if any(isinstance(values.get(item.id), Auto) for item in indicator.confidential):
        lists["taken"] = list(_taken_by_lists(indicator, values, taken))
    shown = shown_of(indicator, values_taken(indicator, values, taken))
    return {
        **({"count": str(shown.count), "mean": exact(shown.mean)} if shown else {}),
        "digest": digest({"kpigen": "confidential/1", "salt": salt, "lists": lists}),
    }


def _taken_by_lists(
    indicator: Indicator, values: Mapping[str, InputValue], taken: tuple[Taken, ...]
) -> Iterator[dict[str, str]]:
    """Yield what the confidential inputs of an indicator took: from the team, then the employee's own totals by input."""
    autos = {item.id: value for item in indicator.confidential if isinstance(value := values.get(item.id), Auto)}
    if any(not value.rule.is_own for value in autos.values()):
        for one in of_team(taken):
            yield {"employee": one.employee, "total": total_text(Fraction(one.total)), "seal": one.seal}
    for id_ in sorted(autos):
        yield from ({"input": id_, **_own(one)} for one in taken_for(f"{indicator.id}.{id_}", taken))


def taken_in_content(form: Form, metrics: Metrics, taken: tuple[Taken, ...]) -> dict[str, dict[str, Json]]:
    """Return what the content says of the totals that inputs took by `auto`: by indicator and input, without confidential ones."""
    data: dict[str, dict[str, Json]] = {}
    for name, _ in own_inputs(metrics):
        id_, _, input_id = name.partition(".")
        indicator = form.indicator(id_)
        item = indicator.input(input_id) if indicator else None
        entries = [_own(one) for one in taken_for(name, taken)]
        if item and entries and not item.confidential:
            data.setdefault(id_, {})[input_id] = entries
    return data


def _own(one: Taken) -> dict[str, str]:
    """Return one of the employee's own totals as the content has it; the period comes first and names it."""
    return {"period": one.period, "points" if one.is_points else "total": one.total, "seal": one.seal}


def _indicator(
    indicator: Indicator, values: Mapping[str, InputValue], salt: str, taken: tuple[Taken, ...], withheld: str
) -> dict[str, Json]:
    hidden = {item.id for item in indicator.confidential}
    data: dict[str, Json] = {}
    for item in indicator.inputs:
        value = values.get(item.id)
        if value is not None and item.id not in hidden and value != item.default:
            data[item.id] = _value(item, value)
    if indicator.shown_as and (shown := shown_in_content(indicator, values, salt, taken, withheld)):
        data[indicator.shown_as.id] = shown
    return data


def _value(item: Input, value: InputValue) -> Json:
    if isinstance(value, Auto):
        return AUTO
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return exact(value)
    if isinstance(value, Numbers):
        return [exact(number) for number in value.items or ()]
    if isinstance(value, tuple):
        return [_row(item, row) for row in value]
    return value


def _row(item: Input, row: Row) -> dict[str, Json]:
    return {
        field.id: _value(field, row[field.id])
        for field in item.fields
        if field.id in row and row[field.id] != field.default
    }
