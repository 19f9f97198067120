"""The catalogue of problems: code, severity, title, message and hint of every kind of finding.

Each hundred of codes has a module. A code keeps its meaning for good. `docs/diagnostics.md` is made from this catalogue,
and `tests/cases/` has a small bad file for each code.
"""

from __future__ import annotations

from kpigen.diagnostics.catalogue import building, fields, files, proof, reviews, roster, rules, settings, status
from kpigen.diagnostics.catalogue.building import *  # noqa: F403
from kpigen.diagnostics.catalogue.fields import *  # noqa: F403
from kpigen.diagnostics.catalogue.files import *  # noqa: F403
from kpigen.diagnostics.catalogue.proof import *  # noqa: F403
from kpigen.diagnostics.catalogue.reviews import *  # noqa: F403
from kpigen.diagnostics.catalogue.roster import *  # noqa: F403
from kpigen.diagnostics.catalogue.rules import *  # noqa: F403
from kpigen.diagnostics.catalogue.settings import *  # noqa: F403
from kpigen.diagnostics.catalogue.status import *  # noqa: F403
from kpigen.diagnostics.diagnostic import Kind

_MODULES = (files, fields, reviews, roster, rules, status, building, settings, proof)
_KINDS = [kind for module in _MODULES for kind in vars(module).values() if isinstance(kind, Kind)]

#: Every kind of problem by its code.
ALL = {kind.code: kind for kind in _KINDS}
assert len(ALL) == len(_KINDS), "two kinds have one code"
