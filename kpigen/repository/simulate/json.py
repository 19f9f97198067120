"""A simulation as JSON, for programs."""

from __future__ import annotations

import json
from typing import Any

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.i18n.messages import messages
from kpigen.model.reviews import Review
from kpigen.model.scores import Scorecard
from kpigen.repository.simulate.effect import Effect, Reason
from kpigen.repository.simulate.run import Simulation
from kpigen.repository.simulate.text import reason_in_words


def as_json(simulation: Simulation) -> str:
    """Return a simulation as JSON with every review. Points are strings."""
    data = {
        "schema": 1,
        "forms": [_effect_json(effect) for effect in simulation.effects],
        "unaffected": [{"form": form, "reviews": count} for form, count in simulation.unaffected],
        "broken": [
            {"form": form, "reviews": count, "errors": [_error_json(item) for item in errors]}
            for form, count, errors in simulation.broken
        ],
        "not_scored": list(simulation.not_scored),
        "incomplete_drafts": simulation.incomplete,
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _effect_json(effect: Effect) -> dict[str, Any]:
    means = effect.notation.of_means
    return {
        "form": effect.form,
        "scored_both_ways": len(effect.tried),
        "totals_changed": effect.totals_changed,
        "unaffected": effect.unaffected,
        "versions": [{"old": old, "new": new, "reviews": count} for old, new, count in effect.versions],
        "mean": None
        if effect.mean_before is None or effect.mean_after is None
        else {"before": means.bare(effect.mean_before), "after": means.bare(effect.mean_after)},
        "grades": [{"grade": grade, "before": old, "after": new} for grade, old, new in effect.grades],
        "grade_changes": [{"from": old, "to": new, "reviews": count} for old, new, count in effect.moves],
        "indicators": [
            {"id": item.indicator, "kind": item.kind or None, "mean_change": means.bare(item.mean)}
            for item in effect.shifts
        ],
        "reviews": [
            {
                **_review_json(item.review),
                "old": _card_json(item.before),
                "new": _card_json(item.after),
                "difference": item.notation.bare(item.difference),
            }
            for item in effect.tried
        ],
        "unscored": [
            {
                **_review_json(item.review),
                "old": _card_json(item.before),
                "new": {"rules": item.version},
                "reasons": [_reason_json(reason) for reason in item.reasons],
            }
            for item in effect.unscored
        ],
    }


def _error_json(item: Diagnostic) -> dict[str, str | int | None]:
    return {"path": item.span.path, "line": item.span.line, "column": item.span.column, **_reason_json(item)}


def _reason_json(reason: Reason) -> dict[str, str | None]:
    code = reason.code if isinstance(reason, Diagnostic) else None
    return {"code": code, "text": reason_in_words(reason, messages(ORIGINAL))}


def _review_json(review: Review) -> dict[str, str]:
    return {
        "path": review.path,
        "employee": review.employee.id,
        "name": review.employee.name,
        "period": str(review.period),
        "status": review.status.value,
    }


def _card_json(card: Scorecard) -> dict[str, str | None]:
    return {
        "rules": card.form.key,
        "total": None if card.total is None else card.form.printed(card.total),
        "grade": card.grade,
    }
