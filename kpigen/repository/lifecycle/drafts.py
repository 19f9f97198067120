"""Writes the commented draft of a review, for `kpigen new`."""

from __future__ import annotations

from kpigen.base.periods import Period
from kpigen.document.edit import flow
from kpigen.files.metrics import example_of
from kpigen.files.review import FEEDBACK
from kpigen.i18n.messages import mark, messages
from kpigen.i18n.words import TYPES
from kpigen.model.forms import Form, Indicator, Input, InputType, Range
from kpigen.model.ranges import range_symbols
from kpigen.model.reviews import Employee
from kpigen.numbers.quantities import plain
from kpigen.repository.project import Project


def employee_for(project: Project, id_: str, period: Period) -> Employee | None:
    """Return a person as in the roster in that period, otherwise as in their last review; None if unknown."""
    line = project.roster.in_period(id_, period)
    if line is not None:
        return Employee(id_, line.name, line.department, line.position, line.manager or None)
    reviews = [review for review in project.reviews if review.employee.id == id_]
    return max(reviews, key=lambda review: review.period.sort_key).employee if reviews else None


def write_draft(form: Form, employee: Employee, period: Period, language: str) -> str:
    """Return the text of a draft: every metric blank with a comment that explains it, optional fields as comments."""
    fields = {
        "id": employee.id,
        "name": employee.name,
        "department": employee.department,
        "position": employee.position,
    }
    if employee.manager:
        fields["manager"] = employee.manager
    lines = ["---", f"# {form.title.in_(language)}", "employee:"]
    lines += [f"  {key}: {_scalar(value)}" if value else f"  {key}:" for key, value in fields.items()]
    lines += [f"period: {period}", f"form: {form.id}", "status: draft", "", "metrics:"]
    for section in form.sections:
        if section.name:
            lines.append(f"  # == {section.name.in_(language)} · {plain(section.weight)} ==")
        for indicator in section.indicators:
            lines += _metric(indicator, language)
    if form.bonus:
        lines += ["", "# bonus:"]
        for item in form.bonus:
            sign = "+" if item.points > 0 else ""
            lines.append(f"#   {item.id}: 0    # {item.name.in_(language)}: {sign}{plain(item.points)}")
    first = form.indicators[0].id
    lines += ["", "# not_applicable:", f"#   {first}: …", "# comments:", f"#   {first}: |", "#     …"]
    lines += ["# evidence:", f"#   {first}: [files/….pdf]", "# feedback:"]
    lines += [f"#   {key}: |\n#     …" for key in FEEDBACK]
    heading = messages(language).gettext(mark("Appraisal of the work"))
    return "\n".join([*lines, "---", "", f"## {heading}", "", ""])


def _metric(indicator: Indicator, language: str) -> list[str]:
    lines = [f"  # {indicator.name.in_(language)} ({indicator.id}, {plain(indicator.weight)})"]
    if indicator.standard:
        lines += [f"  #   {line}" for line in indicator.standard.in_(language).splitlines()]
    if len(indicator.inputs) == 1:
        only = indicator.inputs[0]
        return [*lines, *_help(only, language, "  "), f"  {indicator.id}:"]
    lines.append(f"  {indicator.id}:")
    for item in indicator.inputs:
        lines += [*_help(item, language, "    "), f"    {item.id}:"]
    return lines


def _help(item: Input, language: str, indent: str) -> list[str]:
    lines = []
    if item.type is InputType.CHOICE:
        for choice in item.choices:
            text = f": {choice.text.in_(language)}" if choice.text else ""
            lines.append(f"{indent}#   {choice.id} = {choice.name.in_(language)}{text}")
    unit = f" {item.unit.in_(language)}" if item.unit else ""
    translate = messages(language).gettext
    for_example = translate(mark("for example"))
    rule = "" if item.range == Range() else f", {range_symbols(item.range, item.type.unit)}"
    what = f"{translate(TYPES[item.type.value])}{unit}{rule}"
    lines.insert(0, f"{indent}#   {item.name.in_(language)}: {what}; {for_example} {example_of(item)}")
    return lines


def _scalar(text: str) -> str:
    return flow({"x": text})[4:-1]
