"""What a form decides beyond its rows, as the rule page says it: the scale, totals by formula, results, tables, quotas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kpigen.i18n.messages import Messages, mark
from kpigen.i18n.words import TYPES
from kpigen.model.forms import FactorTable, Form, Indicator, Quota, Result, ResultUnit, Tiers
from kpigen.numbers.formula import Expression
from kpigen.numbers.quantities import Unit
from kpigen.scoring.wording import RuleWording
from kpigen.site.pages.columns import figure


class LabelledValue(NamedTuple):
    """A label and its text."""

    label: str
    value: str


@dataclass(frozen=True)
class ResultRule:
    """A result: its id and name, in words what it is (`facts`), and line by line how it follows."""

    id: str
    name: str
    facts: tuple[str, ...]
    text: str
    lines: tuple[LabelledValue, ...]


@dataclass(frozen=True)
class TableRule:
    """A number by department or position: its id and name, what it goes by, and the number of each."""

    id: str
    name: str
    by: str
    lines: tuple[LabelledValue, ...]


@dataclass(frozen=True)
class Beyond:
    """What a form decides beyond its rows. All is empty for a form whose rows add up to 100."""

    scale: tuple[str, ...]
    formulas: tuple[LabelledValue, ...]
    results: tuple[ResultRule, ...]
    tables: tuple[TableRule, ...]
    quota: tuple[str, ...]


def beyond_rows(form: Form, names: Mapping[str, str], words: Messages) -> Beyond:
    """Return what a form decides beyond its rows. `names` are those of `names_of_form`."""
    say = _Saying(names, words)
    return Beyond(
        scale=tuple(_scale(form, words)),
        formulas=tuple(_formulas(form, say)),
        results=tuple(_result(form, result, say) for result in form.results),
        tables=tuple(_table(table, words) for table in form.tables),
        quota=tuple(_quota(form.quota, words)) if form.quota else (),
    )


@dataclass(frozen=True)
class _Saying:
    """The names in a form's formulas, in the reader's language."""

    names: Mapping[str, str]
    words: Messages

    def formula(self, expression: Expression) -> str:
        return self.words.durations(RuleWording(self.names, self.words.gettext).formula(expression))


def _scale(form: Form, words: Messages) -> Iterator[str]:
    """Yield what is special of the scale: full marks, decimals, signs, rounding."""
    say = words.gettext
    if form.full is None:
        yield say(mark("The form has no full marks."))
    elif form.full != 100:
        yield say(mark("Full marks are {value}.")).format(value=words.number(form.full))
    if form.decimals == 0:
        yield say(mark("Points and totals are whole numbers."))
    elif form.decimals != 2:
        yield words.ngettext(
            "Points and totals have {count} decimal.", "Points and totals have {count} decimals.", form.decimals
        ).format(count=form.decimals)
    if form.signed:
        yield say(mark("Points and totals are written with their sign."))
    if not form.rounding.of_rows:
        yield say(mark("Rows count exactly; only the total is rounded."))
        is_sum = form.total is None and not any(section.total for section in form.sections)
        yield say(
            mark("The printed points are rounded so that they add up to the printed total.")
            if form.rounding.adds_up and is_sum
            else mark("Each printed row is rounded on its own, so the printed points need not add up to the total.")
        )
    if form.rounding.half_even:
        yield say(mark("Halves are rounded to the even digit."))
    if not form.has_weights and len(form.indicators) > 1:
        yield say(mark("No row has a weight: its points are its score."))
    if not form.may_leave_out:
        yield say(mark("No row can be marked as not applicable."))
    if not form.grades:
        yield say(mark("The form has no grades."))


def _formulas(form: Form, say: _Saying) -> Iterator[LabelledValue]:
    """Yield how sections and the total come about, those that are no plain sums."""
    for section in form.sections:
        if section.total is not None:
            name = section.name.in_(say.words.language) if section.name else say.names["total"]
            called = f" · {section.total_name.in_(say.words.language)}" if section.total_name else ""
            yield LabelledValue(f"{name}{called}", say.formula(section.total))
    if form.total is not None:
        yield LabelledValue(say.names["total"], say.formula(form.total))


def _result(form: Form, result: Result, say: _Saying) -> ResultRule:
    words = say.words
    facts = [words.gettext(TYPES[result.unit.value])]
    if result.unit not in (ResultUnit.TEXT, ResultUnit.YES_NO):
        facts.append(words.number_of("{count} decimal", "{count} decimals", result.decimals))
    section = next((item for item in form.sections if item.id == result.section), None)
    if section is not None and section.name:
        facts.append(words.gettext(mark("at the foot of {section}")).format(section=section.name.in_(words.language)))
    if result.confidential:
        facts.append(words.gettext(mark("confidential: only HR sees it")))
    return ResultRule(
        id=result.id,
        name=result.name.in_(words.language),
        facts=tuple(facts),
        text=result.text.in_(words.language) if result.text else "",
        lines=tuple(_result_lines(result, say)),
    )


def _result_lines(result: Result, say: _Saying) -> Iterator[LabelledValue]:
    words = say.words
    if result.tiers is not None:
        yield from _tiers(result.tiers, say)
    if result.formula is not None:
        yield LabelledValue(words.gettext(mark("Formula")), say.formula(result.formula))
    for case in result.cases:
        when = words.gettext(mark("otherwise")) if case.when is None else say.formula(case.when)
        yield LabelledValue(when, case.text.in_(words.language))


def _tiers(tiers: Tiers, say: _Saying) -> Iterator[LabelledValue]:
    words, (ends, values) = say.words, tiers.units
    what = (
        mark("Sum over the tiers of {of}: the part in each × its value") if tiers.cumulative else mark("Tiers of {of}")
    )
    yield LabelledValue(words.gettext(what).format(of=say.formula(tiers.of)), "")
    for least, value in tiers.steps:
        yield LabelledValue(f"≥ {figure(least, ends, None, words)}", figure(value, values, None, words))
    if tiers.otherwise is not None and not tiers.cumulative:
        yield LabelledValue(
            f"< {figure(tiers.steps[0][0], ends, None, words)}", figure(tiers.otherwise, values, None, words)
        )


def _table(table: FactorTable, words: Messages) -> TableRule:
    by = mark("by department") if table.by == "department" else mark("by position")
    lines = [LabelledValue(key, words.number(value)) for key, value in table.values]
    if table.otherwise is not None:
        lines.append(LabelledValue(words.gettext(mark("all others")), words.number(table.otherwise)))
    return TableRule(table.id, table.name.in_(words.language), words.gettext(by), tuple(lines))


_GROUPS = {
    "department": mark("At most {share} of each department are meant to have grade {grade}."),
    "manager": mark("At most {share} of each manager's team are meant to have grade {grade}."),
    "all": mark("At most {share} of all are meant to have grade {grade}."),
}


def _quota(quota: Quota, words: Messages) -> Iterator[str]:
    for grade, share in quota.grades:
        yield words.gettext(_GROUPS[quota.by]).format(share=words.quantity(share, Unit.PERCENT, 2), grade=grade)


def row_notes(indicator: Indicator, names: Mapping[str, str], words: Messages) -> Iterator[str]:
    """Yield in sentences what is special of a row. `names` are the names of its inputs."""
    say = words.gettext
    if indicator.unscored:
        yield say(mark("This row is not scored: it is only written, or only shows a number."))
    if indicator.named:
        yield say(mark("Its title is agreed for each person."))
    if indicator.optional:
        yield say(mark("It may be left out: without any value it does not apply."))
    if indicator.weight_from:
        name = names.get(indicator.weight_from, indicator.weight_from)
        yield say(
            mark("Its weight is “{input}”, which each review says; with the others it must add up to full marks.")
        ).format(input=name)
    if indicator.comment_when is not None:
        when = RuleWording(names, say).formula(indicator.comment_when)
        yield say(mark("A comment is required where {condition}.")).format(condition=words.durations(when))
