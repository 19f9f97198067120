"""The scoring methods, one file each. A form names one by `score: {method: …}`; nothing here knows a form.

`base` defines what a method is, `reading` reads one from a rule file, and every other module is one method.
"""

from __future__ import annotations

from kpigen.scoring.methods.bands import Bands
from kpigen.scoring.methods.base import Method, Texts
from kpigen.scoring.methods.curve import Curve
from kpigen.scoring.methods.deductions import Deductions
from kpigen.scoring.methods.formula import Formula
from kpigen.scoring.methods.levels import Levels
from kpigen.scoring.methods.parts import Parts
from kpigen.scoring.methods.ratings import Ratings
from kpigen.scoring.methods.ratio import Ratio
from kpigen.scoring.methods.reference import Reference
from kpigen.scoring.methods.value import Value
from kpigen.scoring.methods.weighted_list import WeightedList

#: All methods by name, in the order in which they are listed for readers.
METHODS: dict[str, type[Method]] = {
    method.name: method
    for method in (Value, Ratio, Curve, Bands, Reference, Deductions, Levels, Ratings, WeightedList, Parts, Formula)
}

#: The texts of all methods: sentences by kind of step, names by key in the rule file, names by kind of mark; and the keys
#: that hold no numbers.
SENTENCES: Texts = {kind: text for method in METHODS.values() for kind, text in method.sentences.items()}
NUMBER_NAMES: Texts = {key: text for method in METHODS.values() for key, text in method.number_names.items()}
MARK_NAMES: Texts = {kind: text for method in METHODS.values() for kind, text in method.mark_names.items()}
WORD_KEYS = frozenset(key for method in METHODS.values() for key in method.word_keys)
