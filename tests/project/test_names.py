"""One word for one thing: no two classes share a name, and the glossary names what is there."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import defaultdict

import pytest

import kpigen
from tests.helpers.forms import ROOT

GLOSSARY = (ROOT / "docs/glossary.md").read_text("utf-8")
MODULES = sorted(module.name for module in pkgutil.walk_packages(kpigen.__path__, "kpigen."))


def test_no_two_classes_share_a_name() -> None:
    found = defaultdict(list)
    for path in sorted((ROOT / "kpigen").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name.strip("_")].append(path.relative_to(ROOT).as_posix())
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def named() -> list[str]:
    """Dotted names in the last column of the glossary, such as `model.forms.Form`."""
    cells = re.findall(r"^\| .* \| ([^|]*) \|$", GLOSSARY, re.MULTILINE)
    return sorted({name for cell in cells for name in re.findall(r"`([a-z_]+(?:\.\w+)+)`", cell)})


@pytest.mark.parametrize("name", named())
def test_what_the_glossary_names_exists(name: str) -> None:
    module = f"kpigen.{name}"
    rest: list[str] = []
    while module not in MODULES:
        module, _, last = module.rpartition(".")
        assert module, name
        rest.insert(0, last)
    thing: object = importlib.import_module(module)
    for part in rest:
        thing = getattr(thing, part)
