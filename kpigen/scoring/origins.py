"""The origins of an indicator's names and numbers: its own, and those that its form states for all indicators."""

from __future__ import annotations

from collections.abc import Mapping

from kpigen.model.forms import Indicator, Origin
from kpigen.scoring.methods.base import method_of

_KEYS = ("name", "weight", "measure", "score", "when_zero", "inputs", "evidence")


def origins_for(indicator: Indicator, form: Mapping[str, Origin]) -> dict[str, Origin]:
    """Return the origins that apply to an indicator by key (`weight`, `score.cap`), in the order in which they are shown.

    `form` has the origins that the form states for all indicators. The indicator's own origins override them.
    """
    own = indicator.origins
    inherited = {
        key: origin for key, origin in form.items() if _applies(key, own, indicator) and key.split(".")[0] in _KEYS
    }
    merged = {**inherited, **own}
    if not (indicator.record or indicator.provider):
        merged.pop("evidence", None)
    if not indicator.when_zero:
        merged.pop("when_zero", None)
    order = {key: position for position, key in enumerate(_KEYS)}
    return dict(sorted(merged.items(), key=lambda pair: (order.get(pair[0].split(".")[0], 99), pair[0])))


def _applies(key: str, own: Mapping[str, Origin], indicator: Indicator) -> bool:
    """Return True if an origin of the form applies: the indicator has that number, and no origin of its own for it."""
    first, _, rest = key.partition(".")
    if rest and first in own:
        return False
    return first != "score" or not method_of(indicator).leaves_out(rest)
