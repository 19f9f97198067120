"""Reads a rule file: bytes → Form and findings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from kpigen.base.periods import Cycle, parse_period
from kpigen.base.roles import ROLES
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.amount import at_most
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.values import phrase
from kpigen.document import text as text_file
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode, parse
from kpigen.document.reader import Reader
from kpigen.files.rules.bonus import read_bonus
from kpigen.files.rules.examples import check_examples
from kpigen.files.rules.grades import read_grades, read_outcomes
from kpigen.files.rules.indicator import Scope, read_notes, refuse_unused
from kpigen.files.rules.layout import check_columns, read_print
from kpigen.files.rules.origins import FORM_KEYS, check_origins, names_origins, read_origins
from kpigen.files.rules.quota import read_quota
from kpigen.files.rules.results import ResultReader
from kpigen.files.rules.scale import KEYS as SCALE_KEYS
from kpigen.files.rules.scale import read_scale
from kpigen.files.rules.scales import read_scales
from kpigen.files.rules.scoring_part import scoring_part_digest
from kpigen.files.rules.sections import read_sections
from kpigen.files.rules.vetoes import read_tables, read_total, read_vetoes
from kpigen.files.rules.wording import wording_digest
from kpigen.model.forms import Example, Form

_KEYS = (
    "schema",
    "form",
    "title",
    "summary",
    "trade",
    "notes",
    "cycle",
    *SCALE_KEYS,
    "grades",
    "confirmations",
    "requires",
    "advises",
    "outcomes",
    "origin",
    "print",
    "scales",
    "tables",
    "each",
    "sections",
    "indicators",
    "bonus",
    "total",
    "veto",
    "results",
    "quota",
    "not_applicable",
    "examples",
)
_CYCLES = tuple(cycle.value for cycle in Cycle)


def version_of(path: str) -> tuple[int, int] | None:
    """Return the first month and the correction number (1 without one) from a rule file's name.

    None means that the name has another format.

    >>> version_of("rules/front-desk/2026-01.yaml") == (parse_period("2026-01").first_month, 1)
    True
    >>> version_of("rules/front-desk/2026-01.2.yaml")[1]
    2
    >>> version_of("rules/front-desk/new.yaml") is None
    True
    """
    match = re.fullmatch(r"(\d{4}(?:-\w+)?)(?:\.([1-9]\d{0,2}))?", PurePosixPath(path).stem, re.ASCII)
    period = parse_period(match[1]) if match else None
    return (period.first_month, int(match[2] or 1)) if match and period else None


def read_form(path: str, data: bytes, languages: Sequence[str]) -> tuple[Form | None, list[Diagnostic]]:
    """Return the form, or None if it cannot be used for scoring, and the findings."""
    source, found = text_file.decode(path, data)
    if source is None:
        return None, found
    root, found = parse(source)
    reader = Reader(source)
    reader.found += found
    version = version_of(path)
    if version is None:
        reader.found.append(catalogue.VERSION_NAME.at(Span(path), name=PurePosixPath(path).name))
    if not isinstance(root, MappingNode):
        if not found:
            reader.found.append(catalogue.FRONT_MATTER_EMPTY.at(Span(path)))
        return None, at_most(reader.found)
    form = _read(reader, root, path, version or (0, 1), languages)
    if form is not None:
        check_examples(reader, form)
    return (form if version else None), at_most(reader.found)


def _read(
    reader: Reader, root: MappingNode, path: str, version: tuple[int, int], languages: Sequence[str]
) -> Form | None:
    values = reader.mapping(
        root,
        phrase("a rule file"),
        _KEYS,
        required=("schema", "form", "title", "cycle", "confirmations", "print", "examples"),
    )
    schema = reader.scalar(values.get("schema"), "schema")
    if schema is not None and schema.text != "1":
        reader.add(catalogue.UNKNOWN_SCHEMA, schema, value=schema.text[:20])
    id_ = reader.id(values.get("form"), "form")
    folder = PurePosixPath(path).parent.name
    if id_ is not None and id_ != folder:
        reader.add(catalogue.RULE_PLACE, values["form"], form=id_, folder=folder)
    title = reader.local_text(values.get("title"), "title", languages)
    scale = read_scale(reader, values)
    has_origins = names_origins(root)
    origins = read_origins(reader, values.get("origin"), "origin", FORM_KEYS, languages)
    grades = read_grades(reader, values.get("grades"))
    names = [grade.name for grade in grades or ()]
    scales = read_scales(reader, values.get("scales"), languages)
    scope = Scope(scale, scales, languages, (origins,), "total" in values, has_origins)
    sections = read_sections(reader, root, values, scope)
    tables = read_tables(reader, values.get("tables"), languages)
    bonus, cap = read_bonus(reader, values.get("bonus"), scales, languages, has_origins)
    total, used = read_total(reader, values.get("total"), sections, tables, bool(bonus))
    vetoes, also = read_vetoes(reader, values.get("veto"), sections, tables, names, languages, has_origins)
    results = ResultReader(reader, sections, tables, vetoes, scale.decimals, languages)
    found = results.read(values.get("results"))
    if scope.unread:
        reader.found = [item for item in reader.found if not _names_unread(item, scope.unread)]
    if has_origins:
        check_origins(reader, root, ["grades"] if grades else [], (origins,), {}, None)
    layout = reader.mapping(values.get("print"), "print", None)
    usual = [row for section in sections if not section.columns for row in section.indicators]
    if not scope.unread:
        check_columns(reader, layout.get("columns"), "print.columns", usual)
    outcome_text, outcomes = read_outcomes(reader, values.get("outcomes"), names, languages)
    confirmations = [
        reader.one_of(item, "confirmations", ROLES)
        for item in reader.items(values.get("confirmations"), "confirmations")
    ]
    cycles = _read_cycles(reader, values.get("cycle"))
    is_whole = (
        not scope.unread
        and len(vetoes) == _count(values.get("veto"))
        and (bool(bonus) and len(bonus) == _count(_items_of(values["bonus"])) if "bonus" in values else True)
    )
    if is_whole:
        refuse_unused(reader, scope, [section.id for section in sections], used | also | results.used)
    may_leave_out = reader.one_of(values.get("not_applicable"), "not_applicable", ("yes", "no")) != "no"
    summary = reader.local_text(values.get("summary"), "summary", languages)
    notes = read_notes(reader, values.get("notes"), languages)
    requires = _words(reader, values.get("requires"), "requires", ("narrative",))
    advises = _words(reader, values.get("advises"), "advises", ("comments",))
    paper = read_print(reader, values.get("print"), languages)
    examples = _read_examples(reader, values, has_grades=bool(grades))
    quota = None if grades is None else read_quota(reader, values.get("quota"), names)
    trade = reader.local_text(values.get("trade"), "trade", languages)
    if id_ is None or title is None or grades is None or not sections or not cycles or not is_whole:
        return None
    starts, correction = version
    rows = [item for section in sections for item in section.indicators]
    form = Form(
        id=id_,
        version=PurePosixPath(path).stem,
        path=path,
        starts=starts,
        correction=correction,
        title=title,
        summary=summary,
        notes=notes,
        cycles=cycles,
        by_weight=scale.by_weight,
        grades=grades,
        confirmations=tuple(role for role in confirmations if role),
        requires_narrative="narrative" in requires,
        advises_comments="comments" in advises,
        outcome_text=outcome_text,
        outcomes=outcomes,
        sections=sections,
        bonus=bonus,
        bonus_cap=cap,
        vetoes=vetoes,
        print=paper,
        origins=origins,
        examples=examples,
        full=scale.marks if any(item.is_weighted for item in rows) else scale.full,
        decimals=scale.decimals,
        rounding=scale.rounding,
        signed=scale.signed,
        total=total,
        results=found,
        tables=tables,
        quota=quota,
        has_origins=has_origins,
        weights_in_percent=_in_percent(root),
        may_leave_out=may_leave_out,
        trade=trade,
    )
    return replace(form, digest=scoring_part_digest(form), wording=wording_digest(root))


def _names_unread(found: Diagnostic, unread: Sequence[str]) -> bool:
    """Return whether a formula names what may be a row or section that could not be read: that is said already."""
    name = str(dict(found.args).get("name", ""))
    return found.kind is catalogue.FORMULA_NAME and ("" in unread or name.partition(".")[0] in unread)


def _items_of(bonus: Node) -> Node | None:
    return bonus.get("items") if isinstance(bonus, MappingNode) else None


def _count(node: Node | None) -> int:
    return len(node.items) if isinstance(node, SequenceNode) else 0


def _in_percent(node: Node) -> bool:
    """Return whether the weights of a form are percentages of its full marks."""
    if isinstance(node, MappingNode):
        return any(
            _in_percent(value) or (key.text == "weight" and isinstance(value, Scalar) and value.text.endswith("%"))
            for key, value in node.items
            if key.text in ("sections", "indicators", "each", "weight")
        )
    return isinstance(node, SequenceNode) and any(map(_in_percent, node.items))


def _words(reader: Reader, node: Node | None, key: str, known: Sequence[str]) -> list[str]:
    return [word for item in reader.items(node, key) if (word := reader.one_of(item, key, known))]


def _read_cycles(reader: Reader, node: Node | None) -> tuple[Cycle, ...]:
    if isinstance(node, Scalar) and node.text == "any":
        return tuple(Cycle)
    if isinstance(node, MappingNode | SequenceNode) and not node.items:
        reader.add(catalogue.EMPTY_VALUE, node, key="cycle")
    return tuple(Cycle(word) for word in _words(reader, node, "cycle", _CYCLES))


def _read_examples(reader: Reader, values: Mapping[str, Node], has_grades: bool) -> tuple[Example, ...]:
    entries = reader.items(values.get("examples"), "examples")
    if "examples" in values and len(entries) < 2:
        reader.add(catalogue.TOO_FEW_EXAMPLES, values["examples"], count=len(entries))
    examples = []
    for entry in entries:
        fields = reader.mapping(
            entry,
            phrase("an example"),
            ("metrics", "bonus", "not_applicable", "employee", "total", "grade", "results"),
            required=("metrics", "total", *(("grade",) if has_grades else ())),
        )
        total = reader.number(fields.get("total"), "examples.total")
        grade = reader.text(fields.get("grade"), "examples.grade")
        if "metrics" in fields and total is not None and (grade or not has_grades):
            examples.append(
                Example(
                    span=reader.span(entry),
                    metrics=fields["metrics"],
                    bonus=fields.get("bonus"),
                    not_applicable=fields.get("not_applicable"),
                    total=total,
                    grade=grade,
                    employee=fields.get("employee"),
                    results=fields.get("results"),
                )
            )
    return tuple(examples)
