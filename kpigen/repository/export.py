"""A scorecard as JSON and as text. All numbers are strings: points and totals with the form's decimals, others with up to four."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from kpigen.i18n.messages import mark, messages
from kpigen.model.forms import Form, Indicator, Result
from kpigen.model.scores import IndicatorScore, ResultScore, Scorecard, SectionScore, Step
from kpigen.numbers.quantities import plain, show
from kpigen.repository.records import Record
from kpigen.scoring.content import taken_in_content
from kpigen.scoring.explain import explain_on_screen, names_of
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
        **scores_as_json(card, has_confidential=True),
    }


def scores_as_json(card: Scorecard, has_confidential: bool = False) -> dict[str, Any]:
    """Return the total, grade, indicators, bonus, sections and results of a scorecard.

    The grade of a form without grades is an empty text. Sections are there if a formula makes their points or the total, results
    if the form has any; confidential ones only if asked for.
    """
    form, printed = card.form, card.form.printed
    has_formulas = form.total is not None or any(section.total is not None for section in form.sections)
    results = [
        _result(result, score, form)
        for result, score in zip(form.results, card.results, strict=True)
        if has_confidential or not result.confidential
    ]
    return {
        **({"sections": [_section(item, printed) for item in card.sections]} if has_formulas else {}),
        **({"steps": [_step(step) for step in card.steps]} if card.steps else {}),
        **({"results": results} if results else {}),
        "total": None if card.total is None else printed(card.total),
        "grade": card.grade,
        "indicators": [
            _row(indicator, score, printed)
            for indicator, score in zip(card.form.indicators, card.indicators, strict=True)
        ],
        "bonus": [
            {"id": item.id, "points": printed(item.points), **({"level": item.level} if item.level else {})}
            for item in card.bonus
        ],
    }


def _section(score: SectionScore, printed: Callable[[Fraction], str]) -> dict[str, Any]:
    return {
        "id": score.id,
        "points": None if score.points is None else printed(score.points),
        "steps": [_step(step) for step in score.steps],
    }


def _result(result: Result, score: ResultScore, form: Form) -> dict[str, Any]:
    """Return a result: a number with its decimals, `yes` or `no`, or a text (with that of each language if there are several)."""
    texts: dict[str, str] = {}
    if result.cases and isinstance(score.value, int):
        texts = dict(result.cases[score.value].text.by_language)
    return {
        "id": result.id,
        "unit": result.unit.value,
        "value": in_words(result, score, form) or None,
        **({"texts": texts} if len(texts) > 1 else {}),
        "steps": [_step(step) for step in score.steps],
    }


def _row(indicator: Indicator, score: IndicatorScore, printed: Callable[[Fraction], str]) -> dict[str, Any]:
    """Return an indicator. A row without a weight has None for it, and for what it is out of if it has no maximum."""
    out_of = score.out_of if indicator.is_weighted else indicator.most
    return {
        "id": score.id,
        "raw": None if score.raw is None else plain(score.raw),
        "out_of": None if out_of is None else plain(out_of),
        "weight": plain(score.weight) if indicator.is_weighted else None,
        "points": None if score.points is None else printed(score.points),
        "not_applicable": score.not_applicable,
        "steps": [_step(step) for step in score.steps],
    }


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
        **scores_as_json(record.card),
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


def card_as_text(record: Record, language: str, paint: bool = False) -> str:
    """Return the scorecard with its working for a terminal."""
    words = messages(language)
    translate, review, card = words.gettext, record.review, record.card
    written = card.form.notation.written

    def bold(text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if paint else text

    def dim(text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if paint else text

    lines = [
        bold(record.form.title.in_(language)),
        f"{review.employee.name} · {review.employee.id} · {review.employee.department} · {review.period} · {record.form.key}",
        "",
    ]
    for section in record.form.sections:
        if section.name:
            lines.append(bold(section.name.in_(language)))
        for indicator in section.indicators:
            result = card.indicator(indicator.id)
            points = (
                translate(mark("not applicable"))
                if result.not_applicable
                else ""
                if result.unscored
                else translate(mark("open"))
                if result.points is None
                else written(result.points)
            )
            about = f"{indicator.id}, {plain(result.weight)}" if indicator.is_weighted else indicator.id
            lines.append(f"  {bold(points):>{16 if paint else 8}}  {indicator.name.in_(language)}  {dim(about)}")
            names = names_of(indicator, language, translate)
            for step in result.steps:
                line = explain_on_screen(step, names, translate, card.form.notation)
                working = " = ".join(part for part in (line.formula, line.numbers, line.value) if part)
                lines.append(dim(f"            {line.label}" + (f": {working}" if working else "")))
    for item in card.bonus:
        name = next(one.name for one in record.form.bonus if one.id == item.id)
        lines.append(f"  {written(item.points):>8}  {translate(mark('Bonus'))}: {name.in_(language)} × {item.count}")
    for veto, outcome in zip(record.form.vetoes, card.vetoes, strict=True):
        if outcome.holds:
            lines.append(f"  {translate(mark('Veto'))}: {veto.name.in_(language)} → {veto.grade}")
    total = translate(mark("open")) if card.total is None else written(card.total)
    lines += [
        "",
        bold(
            f"{translate(mark('Total'))} {total}"
            + (f"   {translate(mark('Grade'))} {card.grade or translate(mark('open'))}" if card.form.grades else "")
        ),
        "",
    ]
    return "\n".join(lines)
