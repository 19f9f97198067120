"""The parameters of a method in words, for the rule page."""

from __future__ import annotations

from collections.abc import Mapping

from kpigen.i18n.messages import Messages
from kpigen.model.forms import Indicator
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.wording import Parameter, RuleWording


def parameters(indicator: Indicator, names: Mapping[str, str], words: Messages) -> tuple[Parameter, ...]:
    """Return an indicator's method and its parameters as labels and texts, with durations written for the language."""
    lines = method_of(indicator).described(indicator.measure_unit, RuleWording(names, words.gettext))
    return tuple(Parameter(label, words.durations(text)) for label, text in lines)
