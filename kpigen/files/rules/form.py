"""Reads a rule file: bytes → Form and findings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
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
from kpigen.files.rules.examples import check_examples
from kpigen.files.rules.indicator import Scope, read_indicator, read_notes
from kpigen.files.rules.layout import read_columns, read_print
from kpigen.files.rules.origins import FORM_KEYS, check_origins, names_origins, read_origin, read_origins
from kpigen.files.rules.scoring_part import scoring_part_digest
from kpigen.files.rules.wording import wording_digest
from kpigen.model.forms import BonusItem, Example, Form, Grade, Outcome, Section, Text, Veto
from kpigen.numbers.formula import Declared, Type
from kpigen.numbers.quantities import exact, plain
from kpigen.scoring.methods.base import declared, read_formula

_KEYS = (
    "schema",
    "form",
    "title",
    "summary",
    "notes",
    "cycle",
    "out_of",
    "grades",
    "confirmations",
    "requires",
    "advises",
    "outcomes",
    "origin",
    "print",
    "sections",
    "indicators",
    "bonus",
    "veto",
    "examples",
)
#: How many indicators a form may have; real ones have at most a third of it.
MAX_INDICATORS = 200
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
        required=("schema", "form", "title", "cycle", "grades", "confirmations", "print", "examples"),
    )
    schema = reader.scalar(values.get("schema"), "schema")
    if schema is not None and schema.text != "1":
        reader.add(catalogue.UNKNOWN_SCHEMA, schema, value=schema.text[:20])
    id_ = reader.id(values.get("form"), "form")
    folder = PurePosixPath(path).parent.name
    if id_ is not None and id_ != folder:
        reader.add(catalogue.RULE_PLACE, values["form"], form=id_, folder=folder)
    title = reader.local_text(values.get("title"), "title", languages)
    by_weight = "out_of" in values and reader.one_of(values["out_of"], "out_of", ("100", "weight")) == "weight"
    has_origins = names_origins(root)
    origins = read_origins(reader, values.get("origin"), "origin", FORM_KEYS, languages)
    grades = _read_grades(reader, values.get("grades"))
    sections = _read_sections(reader, root, values, Scope(by_weight, languages, (origins,), has_origins))
    bonus, cap = _read_bonus(reader, values.get("bonus"), languages, has_origins)
    vetoes = _read_vetoes(
        reader, values.get("veto"), sections, [grade.name for grade in grades], languages, has_origins
    )
    if has_origins:
        check_origins(reader, root, ["grades"], (origins,), {}, None)
    outcome_text, outcomes = _read_outcomes(reader, values.get("outcomes"), [grade.name for grade in grades], languages)
    confirmations = [
        reader.one_of(item, "confirmations", ROLES)
        for item in reader.items(values.get("confirmations"), "confirmations")
    ]
    cycles = _read_cycles(reader, values.get("cycle"))
    if id_ is None or title is None or not grades or not sections or not cycles:
        return None
    starts, correction = version
    form = Form(
        id=id_,
        version=PurePosixPath(path).stem,
        path=path,
        starts=starts,
        correction=correction,
        title=title,
        summary=reader.local_text(values.get("summary"), "summary", languages),
        notes=read_notes(reader, values.get("notes"), languages),
        cycles=cycles,
        by_weight=by_weight,
        grades=grades,
        confirmations=tuple(role for role in confirmations if role),
        requires_narrative="narrative" in _words(reader, values.get("requires"), "requires", ("narrative",)),
        advises_comments="comments" in _words(reader, values.get("advises"), "advises", ("comments",)),
        outcome_text=outcome_text,
        outcomes=outcomes,
        sections=sections,
        bonus=bonus,
        bonus_cap=cap,
        vetoes=vetoes,
        print=read_print(reader, values.get("print"), languages),
        origins=origins,
        examples=_read_examples(reader, root, values),
        has_origins=has_origins,
    )
    return replace(form, digest=scoring_part_digest(form), wording=wording_digest(root))


def _words(reader: Reader, node: Node | None, key: str, known: Sequence[str]) -> list[str]:
    return [word for item in reader.items(node, key) if (word := reader.one_of(item, key, known))]


def _read_cycles(reader: Reader, node: Node | None) -> tuple[Cycle, ...]:
    if isinstance(node, Scalar) and node.text == "any":
        return tuple(Cycle)
    _refuse_empty(reader, node, "cycle")
    return tuple(Cycle(word) for word in _words(reader, node, "cycle", _CYCLES))


def _refuse_empty(reader: Reader, node: Node | None, key: str) -> None:
    if isinstance(node, MappingNode | SequenceNode) and not node.items:
        reader.add(catalogue.EMPTY_VALUE, node, key=key)


def _read_grades(reader: Reader, node: Node | None) -> tuple[Grade, ...]:
    grades: list[Grade] = []
    _refuse_empty(reader, node, "grades")
    for key, value in reader.pairs(node, "grades"):
        least = reader.number(value, f"grades.{key.text}")
        if least is None:
            return ()
        if grades and least >= grades[-1].least:
            reader.add(catalogue.GRADE_ORDER, key, grade=key.text, value=plain(least))
        grades.append(Grade(key.text, least))
    if grades and grades[-1].least != 0 and node is not None:
        reader.add(catalogue.GRADE_GAP, node, lowest=plain(grades[-1].least))
    return tuple(grades)


def _read_sections(reader: Reader, root: MappingNode, values: dict[str, Node], scope: Scope) -> tuple[Section, ...]:
    if "sections" in values and "indicators" in values:
        reader.add(
            catalogue.UNKNOWN_KEY,
            values["indicators"],
            key="indicators",
            where=phrase("a form with sections"),
            known="sections",
        )
    if "sections" in values:
        read = [_read_section(reader, node, scope) for node in reader.items(values["sections"], "sections")]
    else:
        listed = [read_indicator(reader, node, scope) for node in reader.items(values.get("indicators"), "indicators")]
        read = [Section("form", None, tuple(item for item in listed if item))]
    sections = tuple(section for section in read if section and section.indicators)
    indicators = [indicator for section in sections for indicator in section.indicators]
    declared_count = (
        sum(
            len(reader.items(s.get("indicators"), "indicators")) if isinstance(s, MappingNode) else 0
            for s in reader.items(values.get("sections"), "sections")
        )
        if "sections" in values
        else len(reader.items(values.get("indicators"), "indicators"))
    )
    if len(indicators) > MAX_INDICATORS:
        where = values.get("sections") or values["indicators"]
        reader.add(catalogue.TOO_MANY_ENTRIES, where, key="indicators", limit=MAX_INDICATORS)
        return ()
    if not indicators:
        if not declared_count:
            reader.add(catalogue.NO_SECTIONS, root)
        return ()
    for ids in ([item.id for item in indicators], [section.id for section in sections]):
        twice = [id_ for id_, count in Counter(ids).items() if count > 1]
        for id_ in twice:
            reader.add(catalogue.DUPLICATE_ID, values.get("sections") or values["indicators"], id=id_)
        if twice:
            return ()
    total = sum((item.weight for item in indicators), Fraction(0))
    if total != 100 and declared_count == len(indicators):
        reader.add(catalogue.WEIGHTS_TOTAL, values.get("sections") or values["indicators"], total=exact(total))
    return sections


def _read_section(reader: Reader, node: Node, scope: Scope) -> Section | None:
    values = reader.mapping(
        node,
        phrase("a section"),
        ("id", "name", "indicators", "columns", "origin"),
        required=("id", "name", "indicators"),
    )
    id_ = reader.id(values.get("id"), "sections.id")
    name = reader.local_text(values.get("name"), "sections.name", scope.languages)
    own = read_origins(reader, values.get("origin"), "origin", FORM_KEYS, scope.languages)
    inner = replace(scope, origins=(own, *scope.origins))
    _refuse_empty(reader, values.get("indicators"), "indicators")
    listed = [read_indicator(reader, item, inner) for item in reader.items(values.get("indicators"), "indicators")]
    # Indicators inherit the origins of their section here, so that later code does not need to know the section.
    indicators = tuple(replace(item, origins={**own, **item.origins}) for item in listed if item)
    columns = read_columns(reader, values.get("columns"), "sections.columns", scope.languages)
    return Section(id_, name, indicators, columns) if id_ and name else None


def _read_bonus(
    reader: Reader, node: Node | None, languages: Sequence[str], has_origins: bool
) -> tuple[tuple[BonusItem, ...], Fraction | None]:
    if node is None:
        return (), None
    values = reader.mapping(node, "bonus", ("items", "cap"), required=("items",))
    items = []
    for entry in reader.items(values.get("items"), "bonus.items"):
        fields = reader.mapping(
            entry,
            phrase("a bonus item"),
            ("id", "name", "points", "at_most", "text", "origin"),
            required=("id", "name", "points", *(("origin",) if has_origins else ())),
        )
        id_ = reader.id(fields.get("id"), "bonus.id")
        name = reader.local_text(fields.get("name"), "bonus.name", languages)
        points = reader.number(fields.get("points"), "bonus.points")
        if id_ and name and points is not None:
            items.append(
                BonusItem(
                    id=id_,
                    name=name,
                    points=points,
                    at_most=reader.whole(fields.get("at_most"), "bonus.at_most"),
                    text=reader.local_text(fields.get("text"), "bonus.text", languages),
                    origin=read_origin(reader, fields.get("origin"), "bonus.origin", languages),
                )
            )
    for twice in (word for word, count in Counter(item.id for item in items).items() if count > 1):
        reader.add(catalogue.DUPLICATE_ID, node, id=twice)
    return tuple(items), reader.number(values.get("cap"), "bonus.cap")


def _read_vetoes(
    reader: Reader,
    node: Node | None,
    sections: tuple[Section, ...],
    grades: list[str],
    languages: Sequence[str],
    has_origins: bool,
) -> tuple[Veto, ...]:
    known: dict[str, Declared] = {}
    for indicator in (item for section in sections for item in section.indicators):
        shown = [item for item in indicator.inputs if not item.confidential]
        for name_, type_ in declared(shown).items():
            known[f"{indicator.id}.{name_}"] = type_
            if len(indicator.inputs) == 1:
                known[indicator.id] = type_
    vetoes = []
    for entry in reader.items(node, "veto"):
        fields = reader.mapping(
            entry,
            phrase("a veto"),
            ("id", "name", "when", "grade", "text", "origin"),
            required=("id", "name", "when", "grade", *(("origin",) if has_origins else ())),
        )
        id_ = reader.id(fields.get("id"), "veto.id")
        name = reader.local_text(fields.get("name"), "veto.name", languages)
        when, _ = read_formula(reader, fields.get("when"), "veto.when", known, (Type.TRUTH,))
        grade = reader.one_of(fields.get("grade"), "veto.grade", grades)
        if id_ and name and when is not None and grade:
            vetoes.append(
                Veto(
                    id=id_,
                    name=name,
                    when=when,
                    grade=grade,
                    text=reader.local_text(fields.get("text"), "veto.text", languages),
                    origin=read_origin(reader, fields.get("origin"), "veto.origin", languages),
                )
            )
    for twice in (word for word, count in Counter(veto.id for veto in vetoes).items() if count > 1):
        reader.found.append(catalogue.DUPLICATE_ID.at(reader.source.span(node.start if node else 0), id=twice))
    return tuple(vetoes)


def _read_outcomes(
    reader: Reader, node: Node | None, grades: list[str], languages: Sequence[str]
) -> tuple[Text | None, dict[str, Outcome]]:
    values = reader.mapping(node, "outcomes", ("text", "grades"))
    outcomes = {}
    for grade, value in reader.mapping(values.get("grades"), "outcomes.grades", grades).items():
        fields = reader.mapping(
            value, f"outcomes.grades.{grade}", ("text", "honour_roll", "improvement_plan", "coefficient")
        )
        outcomes[grade] = Outcome(
            text=reader.local_text(fields.get("text"), "outcomes.text", languages),
            honour_roll=reader.yes(fields.get("honour_roll"), "honour_roll"),
            improvement_plan=reader.yes(fields.get("improvement_plan"), "improvement_plan"),
            coefficient=reader.number(fields.get("coefficient"), "coefficient"),
        )
    return reader.local_text(values.get("text"), "outcomes.text", languages), outcomes


def _read_examples(reader: Reader, root: MappingNode, values: dict[str, Node]) -> tuple[Example, ...]:
    entries = reader.items(values.get("examples"), "examples")
    if "examples" in values and len(entries) < 2:
        reader.add(catalogue.TOO_FEW_EXAMPLES, values["examples"], count=len(entries))
    examples = []
    for entry in entries:
        fields = reader.mapping(
            entry,
            phrase("an example"),
            ("metrics", "bonus", "not_applicable", "total", "grade"),
            required=("metrics", "total", "grade"),
        )
        total = reader.number(fields.get("total"), "examples.total")
        grade = reader.text(fields.get("grade"), "examples.grade")
        if "metrics" in fields and total is not None and grade:
            examples.append(
                Example(
                    span=reader.span(entry),
                    metrics=fields["metrics"],
                    bonus=fields.get("bonus"),
                    not_applicable=fields.get("not_applicable"),
                    total=total,
                    grade=grade,
                )
            )
    return tuple(examples)
