"""The arguments of `kpigen new` in tests: a roster, and a period for each form."""

from __future__ import annotations

from tests.helpers.forms import (
    NINE,
)

ROSTER = """\
id,name,login,email,department,position,manager,form,from,to
T-001,员工甲,,,客服部,客服主管,M-001,,2024-01-01,2026-03-31
T-001,员工甲,,,电商部,电商主管,M-002,,2026-04-01,
T-002,"Lee, ""Nan"" #2",,,"客服: 一部",主管,,,,
M-001,经理乙,,,客服部,经理,,,,
M-002,经理丙,,,电商部,经理,,,,
"""
CYCLES = {form: ("2026-Q3" if form in ("cs-360", "cs-graded") else "2026-05") for form in NINE}
