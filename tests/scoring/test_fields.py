"""Contents compared field by field: every entry of a list has a name of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpigen.scoring.fields import field_changes, flatten


@pytest.mark.parametrize(
    "names",
    [
        ("周报", "周报", "周报 (2)"),
        ("周报 (2)", "周报", "周报"),
        ("周报", "周报 (2)", "周报", "周报 (2)"),
        ("周报", "周报", "周报", "周报 (2)", "周报 (3)"),
        ("周报", "周报 (2)", "周报 (2)", "周报", "周报 (2) (2)"),
        ("1", "1", "1 (2)", "1 (2)"),
    ],
)
def test_every_entry_has_a_name_of_its_own(names: tuple[str, ...]) -> None:
    rows = [{"name": name, "done": str(place)} for place, name in enumerate(names)]
    flat = flatten({"metrics": {"x": {"x": rows}}})
    assert sorted(flat.texts.values()) == [str(place) for place in range(len(names))], "none hides another"
    assert len(set(flat.orders["metrics.x.x"])) == len(names)
    for place in range(len(names)):
        other = [{**row, "done": "changed"} if at == place else row for at, row in enumerate(rows)]
        assert len(field_changes({"metrics": {"x": {"x": rows}}}, {"metrics": {"x": {"x": other}}})) == 1


@given(st.lists(st.sampled_from(["周报", "周报 (2)", "周报 (3)", "周报 (2) (2)", "a.b", ""]), max_size=7))
def test_names_that_are_unique_already_stay(names: list[str]) -> None:
    called = flatten({"x": [{"name": name, "done": "1"} for name in names]}).orders.get("x", ())
    assert len(set(called)) == len(names)
    assert all(name in called for name in names)
