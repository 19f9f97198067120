"""Writes the commented draft of a review, for `kpigen new`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from kpigen.base.names import folded
from kpigen.base.periods import Period
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.document.edit import flow
from kpigen.files.metrics import example_of
from kpigen.files.review import FEEDBACK, read_review
from kpigen.i18n.messages import mark, messages
from kpigen.i18n.words import TYPES
from kpigen.model.forms import BonusItem, Form, Indicator, Input, InputType, Range
from kpigen.model.ranges import range_symbols
from kpigen.model.reviews import Employee
from kpigen.numbers.quantities import plain
from kpigen.repository.checks.project import check
from kpigen.repository.project import Project
from kpigen.scoring.content import AUTO
from kpigen.scoring.input_words import choice_name, notes_of
from kpigen.scoring.taken import periods_of

#: What a draft must say of a person, beside the id.
KEYS = ("name", "department", "position")


class Unknown(NamedTuple):
    """A person of whom a draft cannot say everything: what is missing, as keys of `employee`."""

    keys: tuple[str, ...]


def employee_for(project: Project, id_: str, period: Period, given: Mapping[str, str]) -> Employee | Unknown | None:
    """Return a person as in the roster in that period, otherwise as in their last review; what is `given` comes first.

    None: there is a roster, and they are not on it in that period.
    """
    line = project.roster.in_period(id_, period)
    if line is None and project.roster.exists:
        return None
    reviews = [review for review in project.reviews if review.employee.id == id_]
    last = max(reviews, key=lambda review: review.period.sort_key).employee if reviews else None
    known = {key: given.get(key) or getattr(line, key, "") or getattr(last, key, "") for key in KEYS}
    missing = tuple(key for key, value in known.items() if not value)
    if missing:
        return Unknown(missing)
    manager = line.manager if line else last.manager if last else None
    return Employee(id_, **known, manager=manager or None)


def problems_of_draft(project: Project, path: str, text: str) -> list[Diagnostic]:
    """Return what `check` would find if a draft were there, and does not find without it."""
    review, found = read_review(path, text.encode(), project.rules, lambda _: None)
    if review is None:
        return found
    id_ = folded(review.employee.id)
    own = tuple(item for item in project.reviews if folded(item.employee.id) == id_)
    _, before = check(replace(project, reviews=own))
    _, after = check(replace(project, reviews=(*own, review)))
    known = set(before)
    return [*found, *(item for item in after if item not in known)]


def write_draft(form: Form, employee: Employee, period: Period, language: str) -> str:
    """Return the text of a draft: every metric blank with a comment that explains it, optional fields as comments.

    Own totals are taken by `auto` from the start.
    """
    fields = {
        "id": employee.id,
        "name": employee.name,
        "department": employee.department,
        "position": employee.position,
    }
    if employee.manager:
        fields["manager"] = employee.manager
    lines = ["---", *_comment("", form.title.in_(language)), "employee:"]
    lines += [f"  {key}: {_scalar(value)}" if value else f"  {key}:" for key, value in fields.items()]
    lines += [f"period: {period}", f"form: {form.id}", "status: draft", ""]
    named = [item for item in form.indicators if item.named]
    if named:
        lines += [*_comment("", messages(language).gettext(mark("Titles that are agreed for this person"))), "names:"]
        lines += [f"  {item.id}:" for item in named]
        lines.append("")
    lines.append("metrics:")
    for section in form.sections:
        if section.name:
            weight = f" · {plain(section.weight)}" if any(item.is_weighted for item in section.indicators) else ""
            lines += _comment("  ", f"== {section.name.in_(language)}{weight} ==")
        for indicator in section.indicators:
            lines += _metric(indicator, period, language)
    if form.bonus:
        lines += ["", "# bonus:"]
        for item in form.bonus:
            first, *more = _comment("", f"{item.name.in_(language)}: {_worth(item, language)}")
            usual = item.choices[0].id if item.choices else "0"
            lines += [f"#   {item.id}: {usual}    {first}", *(f"#   {line}" for line in more)]
    one = form.indicators[0].id
    lines += ["", "# not_applicable:", f"#   {one}: …", "# comments:", f"#   {one}: |", "#     …"]
    lines += ["# evidence:", f"#   {one}: [files/….pdf]", "# feedback:"]
    lines += [f"#   {key}: |\n#     …" for key in FEEDBACK]
    heading = messages(language).gettext(mark("Appraisal of the work"))
    return "\n".join([*lines, "---", "", f"## {heading}", "", ""])


def _worth(item: BonusItem, language: str) -> str:
    """Return the points of a bonus item: for each time, or of each choice."""
    if item.choices:
        return ", ".join(
            f"{one.id} = {one.name.in_(language)} {plain(one.points or Fraction(0))}" for one in item.choices
        )
    return ("+" if item.points > 0 else "") + plain(item.points)


def _metric(indicator: Indicator, period: Period, language: str) -> list[str]:
    weight = f", {plain(indicator.weight)}" if indicator.is_weighted and not indicator.weight_from else ""
    lines = _comment("  ", f"{indicator.name.in_(language)} ({indicator.id}{weight})")
    if indicator.standard:
        lines += _comment("  ", indicator.standard.in_(language), "  ")
    if len(indicator.inputs) == 1:
        only = indicator.inputs[0]
        return [
            *lines,
            *_help(only, indicator.inputs, language, "  "),
            f"  {indicator.id}:{_first_value(only, period)}",
        ]
    lines.append(f"  {indicator.id}:")
    for item in indicator.inputs:
        lines += [*_help(item, indicator.inputs, language, "    "), f"    {item.id}:{_first_value(item, period)}"]
    return lines


def _first_value(item: Input, period: Period) -> str:
    """Return what a draft says of an input from the start: that it takes the employee's own totals, if the form has it so."""
    takes = item.auto is not None and item.auto.is_own and periods_of(item.auto, period)
    return f" {AUTO}" if takes else ""


def _help(item: Input, beside: Iterable[Input], language: str, indent: str) -> list[str]:
    lines = []
    if item.type is InputType.CHOICE:
        for choice in item.choices:
            text = f": {choice.text.in_(language)}" if choice.text else ""
            name = choice_name(choice, language, messages(language).gettext)
            lines += _comment(indent, f"{choice.id} = {name}{text}", "  ")
    unit = f" {item.unit.in_(language)}" if item.unit else ""
    translate = messages(language).gettext
    for_example = translate(mark("for example"))
    rule = "" if item.range == Range() else f", {range_symbols(item.range, item.type.unit)}"
    what = f"{translate(TYPES[item.type.value])}{unit}{rule}"
    notes = "".join(f"; {note}" for note in notes_of(item, beside, language, translate))
    about = f"{item.name.in_(language)}: {what}; {for_example} {example_of(item)}{notes}"
    return [*_comment(indent, about, "  "), *lines]


def _comment(indent: str, text: str, within: str = "") -> list[str]:
    """Return a text as lines of a comment, whatever characters it has."""
    lines = text.splitlines() or [""]
    shown = ("".join(char for char in line if unicodedata.category(char) not in ("Cc", "Cs")) for line in lines)
    return [f"{indent}# {within}{line}".rstrip() for line in shown]


def _scalar(text: str) -> str:
    return flow({"x": text})[4:-1]
