"""A scorecard as JSON. All numbers are strings: points and totals with the form's decimals, others with up to four."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from kpigen.model.forms import Form, Indicator, Result
from kpigen.model.scores import BonusScore, IndicatorScore, ResultScore, Scorecard, SectionScore, Step
from kpigen.numbers.quantities import plain, show
from kpigen.repository.records import Record
from kpigen.scoring.content import taken_in_content
from kpigen.scoring.results import in_words

SCHEMA = 1


def card_as_json(record: Record, file: str) -> dict[str, Any]:
    """Return a record's scorecard in the format of `kpigen score --format json`. Open numbers are None."""
    card, review = record.card, record.review
    return {
        "schema": SCHEMA,
        "file": file,
        "employee": review.employee.id,
        "period": str(review.period),
        "form": review.form,
        "rules": record.form.key,
        **_taken(record),
        **_named(scores_as_json(card), record),
        **({"results": [_result(*scored, card.form) for scored in card.scored_results]} if card.form.results else {}),
    }


def scores_as_json(card: Scorecard) -> dict[str, Any]:
    """Return the total, grade, indicators and bonus of a scorecard. The grade of a form without grades is an empty text.

    Sections and the steps of the total are there if one of them has a formula; results, if the form has any: those that are
    confidential stay in hr/.
    """
    form, printed = card.form, card.form.printed
    data: dict[str, Any] = {
        "total": None if card.total is None else printed(card.total),
        "grade": card.grade,
        "indicators": [
            _row(indicator, score, printed)
            for indicator, score in zip(card.form.indicators, card.indicators, strict=True)
        ],
        "bonus": [_bonus(item, printed) for item in card.bonus],
    }
    if card.steps or any(section.total is not None for section in form.sections):
        data["sections"] = [_section(item, printed) for item in card.sections]
        data["steps"] = [_step(step) for step in card.steps]
    if form.results:
        shown = ((result, score) for result, score in card.scored_results if not result.confidential)
        data["results"] = [_result(result, score, form) for result, score in shown]
    return data


def _named(data: dict[str, Any], record: Record) -> dict[str, Any]:
    """Return a scorecard with the titles that were agreed for this person."""
    titles = record.review.names
    rows = [{**row, "name": titles[row["id"]]} if row["id"] in titles else row for row in data["indicators"]]
    return {**data, "indicators": rows}


def _bonus(score: BonusScore, printed: Callable[[Fraction], str]) -> dict[str, Any]:
    data = {"id": score.id, "points": printed(score.points)}
    return {**data, "level": score.level} if score.level else data


def _section(score: SectionScore, printed: Callable[[Fraction], str]) -> dict[str, Any]:
    points = None if score.points is None else printed(score.points)
    return {"id": score.id, "points": points, "steps": [_step(step) for step in score.steps]}


def _result(result: Result, score: ResultScore, form: Form) -> dict[str, Any]:
    value = None if score.value is None else in_words(result, score, form)
    return {"id": result.id, "value": value, "steps": [_step(step) for step in score.steps]}


def _row(indicator: Indicator, score: IndicatorScore, printed: Callable[[Fraction], str]) -> dict[str, Any]:
    """Return an indicator. A row without a weight has None for it, and for what it is out of if it has no maximum."""
    out_of = score.out_of if indicator.is_weighted else indicator.most
    data = {
        "id": score.id,
        "raw": None if score.raw is None else plain(score.raw),
        "out_of": None if out_of is None else plain(out_of),
        "weight": plain(score.weight) if indicator.is_weighted else None,
        "points": None if score.points is None else printed(score.points),
        "not_applicable": score.not_applicable,
        "steps": [_step(step) for step in score.steps],
    }
    return {**data, "unscored": True} if score.unscored else data


def report_as_json(record: Record) -> dict[str, Any]:
    """Return a report as data, as stored beside its page and inside its PDF. Open values are None."""
    review, published = record.review, record.review.published
    employee = review.employee
    data = {
        "schema": SCHEMA,
        "employee": {
            "id": employee.id,
            "name": employee.name,
            "department": employee.department,
            "position": employee.position,
        },
        "period": str(review.period),
        "form": review.form,
        "rules": record.form.key,
        "rules_digest": record.form.digest,
        "status": review.status.value,
        "content": record.digest,
        "date": review.date.isoformat(),
        **_taken(record),
        **_named(scores_as_json(record.card), record),
    }
    return data | ({"seal": published.seal} if published else {})


def _taken(record: Record) -> dict[str, Any]:
    """Return the own totals that inputs took by `auto`, by indicator and input, as the content has them; nothing without any."""
    taken = taken_in_content(record.form, record.review.metrics, record.taken)
    return {"taken": taken} if taken else {}


def json_bytes(data: Any) -> bytes:
    """Return data as JSON bytes for the site and PDFs: keys sorted, one entry per line."""
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _step(step: Step) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": step.kind, "formula": step.formula, "numbers": step.numbers, **dict(step.args)}
    data["value"] = None if step.value is None else show(step.value, step.unit)
    return {key: value for key, value in data.items() if value != ""}
