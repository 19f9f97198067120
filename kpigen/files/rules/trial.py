"""Reads numbers to try a form with, while it is being written: metrics as in a review, from a file or from what was typed."""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.values import phrase
from kpigen.document import text as text_file
from kpigen.document.nodes import MappingNode, Node, parse
from kpigen.document.reader import Reader
from kpigen.files.rules.examples import Given, given_by
from kpigen.model.forms import Example, Form

_KEYS = ("metrics", "bonus", "not_applicable", "employee", "total", "grade", "results")


def read_trial(path: str, data: bytes, form: Form) -> tuple[Given | None, list[Diagnostic]]:
    """Return what a form is tried with, or None, and the findings.

    The text is YAML: the metrics alone, by indicator, or an example of a rule file (`metrics`, and what else one has).
    """
    source, found = text_file.decode(path, data)
    if source is None:
        return None, found
    root, problems = parse(source)
    reader = Reader(source)
    reader.found += [*found, *problems]
    if not isinstance(root, MappingNode):
        if root is not None:
            reader.shape(root, "metrics", phrase("a mapping"))
        return None, reader.found
    whole = root.get("metrics") is not None and form.indicator("metrics") is None
    values: dict[str, Node] = reader.mapping(root, phrase("an example"), _KEYS) if whole else {"metrics": root}
    example = Example(
        reader.span(root),
        metrics=values["metrics"],
        bonus=values.get("bonus"),
        not_applicable=values.get("not_applicable"),
        employee=values.get("employee"),
    )
    given = given_by(reader, form, example)
    return given, reader.found
