"""Where the names and numbers of an indicator come from: what it says of that itself, and what its form says for all."""

from __future__ import annotations

from collections.abc import Mapping

from kpigen.model.forms import Indicator, Origin
from kpigen.scoring.methods.base import method_of

_KEYS = ("name", "weight", "measure", "score", "when_zero", "inputs", "evidence")


def origins_for(indicator: Indicator, form: Mapping[str, Origin]) -> dict[str, Origin]:
    """Return the origins that hold for an indicator by what they are of, in the order in which they are told.

    `form` has those that the form states for all indicators; the indicator's own come before them.
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
    """Whether an origin of the form holds for an indicator: it has the number, and says nothing nearer itself."""
    first, _, rest = key.partition(".")
    if rest and first in own:
        return False
    return first != "score" or not method_of(indicator).leaves_out(rest)
