"""The golden reviews and their results."""

from __future__ import annotations

import json
from typing import Any

from tests.helpers.forms import (
    ROOT,
    TESTS,
)

GOLDEN = TESTS / "golden"
EXPECTED: dict[str, Any] = json.loads((GOLDEN / "expected.json").read_text("utf-8"))
GOOD = "tests/golden/front-desk-01.md"
RULES = ROOT / "rules"
