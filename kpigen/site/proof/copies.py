"""The copy of a review that may leave the repository: it can be scored and verified, and holds nothing confidential.

For confidential inputs it holds what readers see (count and exact mean) and the digest of their salted lists; for evidence
files their digest. It omits the salt of the lists, what they took by `auto`, and the file's YAML comments. `files.review`
reads it back (`read_copy`); content digest and seal are then those of the original review, and its copy is the same again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from kpigen.document.edit import inline
from kpigen.model.forms import Form, Indicator, Input, InputType
from kpigen.model.reviews import Amendment, Auto, Evidence, InputValue, Metrics, Objection, Review
from kpigen.numbers.formula import Numbers
from kpigen.numbers.quantities import exact
from kpigen.repository.records import Record
from kpigen.scoring.content import shown_in_content, taken_in_content

_HEADING = "# A copy for checking, written by kpigen from the review: confidential lists are left out."

#: A field as written: a text, list or mapping. Empty ones are omitted.
_Written: TypeAlias = object


def write_copy(record: Record) -> bytes:
    """Return the copy of a submitted or published review as the bytes of a review file."""
    review = record.review
    lines = ["---", _HEADING]
    for key, value in _fields(record).items():
        if isinstance(value, Mapping) and key not in ("employee", "submitted"):
            lines += [f"{key}:", *(f"  {name}: {inline(item)}" for name, item in value.items())]
        elif isinstance(value, list):
            lines += [f"{key}:", *(f"  - {inline(item)}" for item in value)]
        else:
            lines.append(f"{key}: {inline(value)}")
    return ("\n".join([*lines, "---", "", review.body]).rstrip("\n") + "\n").encode()


def _fields(record: Record) -> dict[str, _Written]:
    review, form = record.review, record.form
    employee, own = review.employee, review.self_assessment
    fields: dict[str, _Written] = {
        "employee": _kept({key: getattr(employee, key) for key in ("id", "name", "department", "position", "manager")}),
        "period": str(review.period),
        "form": f"{review.form}@{review.pinned}" if review.pinned else review.form,
        "status": review.status.value,
        "submitted": {"on": review.submitted.on} if review.submitted else {},
        "published": _published(review),
        "names": dict(review.names),
        "metrics": _metrics(record),
        "taken": taken_in_content(form, review.metrics, record.taken),
        "not_applicable": dict(review.not_applicable),
        "bonus": {id_: str(count) for id_, count in review.bonus.items()},
        "comments": dict(review.comments),
        "evidence": {id_: [_evidence(item) for item in items] for id_, items in review.evidence.items()},
        "self_assessment": _kept({"metrics": _open(form, own.metrics), "comment": own.comment}) if own else {},
        "feedback": dict(review.feedback),
        "confirmations": [
            {"role": item.role, "name": item.name, "date": item.date, "of": item.of} for item in review.confirmations
        ],
        "objections": [_objection(item) for item in review.objections],
        "amendments": [_amendment(item) for item in review.amendments],
    }
    return _kept(fields) | ({"self_assessment": {}} if own and not fields["self_assessment"] else {})


def _kept(fields: Mapping[str, _Written]) -> dict[str, _Written]:
    return {key: value for key, value in fields.items() if value not in (None, "", {}, [])}


def _published(review: Review) -> dict[str, _Written]:
    block = review.published
    if block is None:
        return {}
    counts = {name: str(getattr(block, name)) for name in ("confirmations", "objections", "amendments")}
    texts = {key: value for key in ("on", "rules", "total", "grade", "engine") if (value := getattr(block, key))}
    evidence = {"evidence": [item._asdict() for item in block.evidence]} if block.evidence else {}
    return {**texts, **evidence, "entries": counts, "salt": block.salt, "seal": block.seal}


def _metrics(record: Record) -> dict[str, _Written]:
    review = record.review
    salt = review.submitted.salt if review.submitted else ""
    written = _open(record.form, review.metrics)
    for indicator in record.form.indicators:
        values = review.metrics.get(indicator.id, {})
        shown = shown_in_content(indicator, values, salt, record.taken, review.withheld.get(indicator.id, ""))
        if shown and indicator.shown_as:
            inputs = written.get(indicator.id)
            written[indicator.id] = {**(inputs if isinstance(inputs, Mapping) else {}), indicator.shown_as.id: shown}
    return {id_: written[id_] for id_ in review.metrics if id_ in written}


def _open(form: Form, metrics: Metrics) -> dict[str, _Written]:
    """Return metrics as written, without confidential inputs."""
    written: dict[str, _Written] = {}
    for id_, values in metrics.items():
        indicator = form.indicator(id_)
        assert indicator is not None
        inputs = {
            item.id: _value(item, values[item.id])
            for item in indicator.inputs
            if item.id in values and not item.confidential
        }
        if inputs:
            written[id_] = next(iter(inputs.values())) if _is_bare(indicator) else inputs
    return written


def _is_bare(indicator: Indicator) -> bool:
    """Return True if a metric is written without the id of its only input."""
    return len(indicator.inputs) == 1


def _value(item: Input, value: InputValue) -> _Written:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, str | Auto):
        return value if isinstance(value, str) else "auto"
    if isinstance(value, Numbers):
        return [exact(number) for number in value.items or ()]
    if isinstance(value, tuple):
        return [{field.id: _value(field, row[field.id]) for field in item.fields if field.id in row} for row in value]
    if item.type is InputType.PERCENT:
        return f"{exact(value * 100)}%"
    return f"{exact(value)}s" if item.type is InputType.DURATION else exact(value)


def _evidence(item: Evidence) -> _Written:
    return item.name if item.is_link else {"file": item.name, "sha256": item.digest}


def _objection(item: Objection) -> dict[str, _Written]:
    texts = {key: getattr(item, key) for key in ("role", "date", "of", "text", "resolution", "resolved")}
    return _kept(texts)


def _amendment(item: Amendment) -> dict[str, _Written]:
    changes = [{"field": field, "old": old, "new": new} for field, old, new in item.changes]
    texts = {key: getattr(item, key) for key in ("date", "by", "reason", "total", "grade", "seal")}
    return _kept({**texts, "changes": changes})
