"""The forms as readable rules: every text, number and origin of a rule file, and what the engine derives from it. For everyone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from kpigen.document.nodes import MappingNode, Node, Scalar
from kpigen.files.rules.examples import filled_in
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import CYCLES, HEAD, ROLES, TYPES
from kpigen.model.forms import Example, Form, Indicator, Input, InputType, Range, Veto
from kpigen.model.ranges import range_symbols
from kpigen.model.reviews import Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers import formula
from kpigen.numbers.quantities import fixed
from kpigen.scoring.attainable import Most, most_points, most_raw, unreachable_cap
from kpigen.scoring.explain import names_of
from kpigen.scoring.score import score
from kpigen.scoring.wording import rename
from kpigen.site.pages.card import ColumnView, OriginView, columns_of, origin_view, origins_of
from kpigen.site.pages.methods import parameters
from kpigen.site.pages.outlook import CurveView, curves_of_example
from kpigen.site.pages.page import Page
from kpigen.site.pages.readers import PUBLIC
from kpigen.site.pages.report import outcome_notes
from kpigen.site.pages.site import Site
from kpigen.site.pages.versions import Difference, differences


@dataclass(frozen=True)
class InputLine:
    """An input as the rule page describes it."""

    id: str
    name: str
    type: str
    range: str
    unit: str
    confidential: bool
    choices: tuple[tuple[str, str, str], ...]
    fields: tuple[InputLine, ...]
    help: str


@dataclass(frozen=True)
class IndicatorView:
    """An indicator as the rule page describes it."""

    id: str
    number: int
    name: str
    other_name: str
    weight: str
    out_of: str
    definition: str
    standard: str
    focus: str
    target: str
    inputs: tuple[InputLine, ...]
    limits: tuple[str, ...]
    warnings: tuple[str, ...]
    when_zero: tuple[tuple[str, str], ...]
    measure: str
    method: str
    parameters: tuple[tuple[str, str], ...]
    most: str
    unreachable: str
    shown_as: str
    at_least: int
    anchors: tuple[tuple[str, str, str], ...]
    record: str
    provider: str
    notes: tuple[str, ...]
    origins: tuple[OriginView, ...]
    examples: tuple[tuple[str, str], ...]
    curves: tuple[CurveView, ...]
    curves_example: int


@dataclass(frozen=True)
class FormSection:
    """A section of the rule page."""

    name: str
    weight: str
    indicators: tuple[IndicatorView, ...]
    columns: tuple[ColumnView, ...]


@dataclass(frozen=True)
class FormView:
    """What stands on the page of a form's version."""

    organisation: str
    id: str
    version: str
    key: str
    title: str
    summary: str
    cycle: str
    digest: str
    by_weight: bool
    grades: tuple[tuple[str, str], ...]
    sections: tuple[FormSection, ...]
    notes: tuple[str, ...]
    derived: tuple[str, ...]
    confirmations: tuple[str, ...]
    requires_narrative: bool
    advises_comments: bool
    outcome_text: str
    outcomes: tuple[tuple[str, str, tuple[str, ...]], ...]
    bonus: tuple[tuple[str, str, str, str, OriginView | None], ...]
    bonus_cap: str
    vetoes: tuple[tuple[str, str, str, str, OriginView | None], ...]
    origins: tuple[OriginView, ...]
    head: tuple[str, ...]
    total: str
    signatures: tuple[str, ...]
    examples: tuple[tuple[tuple[tuple[str, str], ...], str, str], ...]
    versions: tuple[tuple[str, str, bool], ...]
    forms_path: str
    before: str = ""
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class FormsView:
    """What stands on the list of forms: title, summary, cycle, version, most points, path."""

    organisation: str
    forms: tuple[tuple[str, str, str, str, str, str], ...]


def form_pages(site: Site) -> list[Page]:
    """Return the list of forms and the page of every version, in every language."""
    pages = []
    folder = "forms/"
    most = {form.key: most_points(form) for form in site.rules.forms}
    for language in site.languages.codes:
        words = messages(language)
        paths = site.languages.paths(folder, "index.html")
        pages.append(
            Page(
                paths[language],
                folder,
                PUBLIC,
                "forms.html",
                language,
                words.gettext(mark("Forms")),
                _list(site, most, words),
                (),
                paths,
            )
        )
        for view in _views(site, most, words):
            paths = site.languages.paths(folder, f"{view.id}/{view.version}.html")
            pages.append(Page(paths[language], folder, PUBLIC, "form.html", language, view.title, view, (), paths))
    return pages


def _views(site: Site, most: Mapping[str, Most], words: Messages) -> Iterator[FormView]:
    """Give the view of every version, each with what changed since the one before."""
    for id_ in site.rules.ids:
        before: FormView | None = None
        for form in site.rules.versions(id_):
            view = form_view(site, form, most[form.key], words)
            yield (
                view
                if before is None
                else replace(view, before=before.version, differences=differences(before, view, words))
            )
            before = view


def _list(site: Site, most: Mapping[str, Most], words: Messages) -> FormsView:
    lines = []
    for id_ in site.rules.ids:
        form = site.rules.versions(id_)[-1]
        value = most[form.key].value
        lines.append(
            (
                form.title.in_(words.language),
                form.summary.in_(words.language) if form.summary else "",
                _cycle(form, words),
                form.key,
                "" if value is None else words.number(value, 2),
                site.languages.path("forms/", f"{id_}/{form.version}.html", words.language),
            )
        )
    return FormsView(site.config.organisation.in_(words.language), tuple(lines))


def form_view(site: Site, form: Form, most: Most, words: Messages) -> FormView:
    """Return what stands on the page of a form's version."""
    language = words.language
    number = 0
    sections = []
    scored = [_Scored.of(form, example) for example in form.examples]
    for section in form.sections:
        indicators = []
        for indicator in section.indicators:
            number += 1
            indicators.append(_indicator(form, indicator, number, scored, words))
        sections.append(
            FormSection(
                section.name.in_(language) if section.name else "",
                words.number(section.weight),
                tuple(indicators),
                columns_of(form, section, words),
            )
        )
    general = ("cycle", "grades", "confirmations", "outcomes", "out_of")
    return FormView(
        organisation=site.config.organisation.in_(language),
        id=form.id,
        version=form.version,
        key=form.key,
        title=form.title.in_(language),
        summary=form.summary.in_(language) if form.summary else "",
        cycle=_cycle(form, words),
        digest=form.digest,
        by_weight=form.by_weight,
        grades=_grades(form, words),
        sections=tuple(sections),
        notes=tuple(note.in_(language) for note in form.notes),
        derived=_derived(form, most, words),
        confirmations=tuple(words.gettext(ROLES[role]) for role in form.confirmations),
        requires_narrative=form.requires_narrative,
        advises_comments=form.advises_comments,
        outcome_text=form.outcome_text.in_(language) if form.outcome_text else "",
        outcomes=_outcomes(form, words),
        bonus=tuple(
            (
                item.name.in_(language),
                item.text.in_(language) if item.text else "",
                words.number(item.points),
                "" if item.at_most is None else str(item.at_most),
                origin_view("bonus", item.origin, words) if item.origin else None,
            )
            for item in form.bonus
        ),
        bonus_cap="" if form.bonus_cap is None else words.number(form.bonus_cap),
        vetoes=tuple(_veto(form, veto, words) for veto in form.vetoes),
        origins=tuple(origin_view(key, form.origins[key], words) for key in general if key in form.origins),
        head=tuple(words.gettext(HEAD[key]) for key in form.print.head),
        total=form.print.total.in_(language) if form.print.total else words.gettext(mark("Total")),
        signatures=tuple(box.name.in_(language) for box in form.print.signatures),
        examples=tuple(_example(form, example, words) for example in form.examples),
        versions=tuple(
            (
                item.version,
                site.languages.path("forms/", f"{item.id}/{item.version}.html", language),
                item.version == form.version,
            )
            for item in site.rules.versions(form.id)
        ),
        forms_path=site.languages.path("forms/", "index.html", language),
    )


def _cycle(form: Form, words: Messages) -> str:
    if len(form.cycles) == len(CYCLES):
        return words.gettext(mark("any period"))
    return " / ".join(words.gettext(CYCLES[cycle.value]) for cycle in form.cycles)


def _grades(form: Form, words: Messages) -> tuple[tuple[str, str], ...]:
    lines = []
    for index, (grade, least) in enumerate(form.grades):
        if index + 1 < len(form.grades):
            lines.append((grade, f"≥ {words.number(least)}"))
        else:
            lines.append(
                (grade, f"< {words.number(form.grades[index - 1][1])}" if index else words.gettext(mark("any total")))
            )
    return tuple(lines)


def _outcomes(form: Form, words: Messages) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return tuple(
        (grade, outcome.text.in_(words.language) if outcome.text else "", outcome_notes(outcome, words))
        for grade, outcome in form.outcomes.items()
    )


def _derived(form: Form, most: Most, words: Messages) -> tuple[str, ...]:
    """Return what the engine finds out about a form by itself."""
    notes = []
    if most.value is not None and most.value != 100:
        message = (
            mark("The most anyone can reach is {value}.")
            if most.exact
            else mark("No more than {value} can be reached.")
        )
        notes.append(words.gettext(message).format(value=words.number(most.value, 2)))
    if most.value is None:
        notes.append(words.gettext(mark("There is no upper limit to the total.")))
    for indicator in form.indicators:
        reachable = unreachable_cap(indicator)
        if reachable is not None and reachable.value is not None:
            message = words.gettext(mark("{name}: the cap of {cap} cannot be reached; the most is {value}."))
            notes.append(
                message.format(
                    name=indicator.name.in_(words.language),
                    cap=words.number(indicator.score.cap or Fraction(0)),
                    value=words.number(reachable.value),
                )
            )
    return tuple(notes)


@dataclass(frozen=True)
class _Scored:
    """A worked example of a form with what it scores."""

    card: Scorecard
    metrics: Metrics

    @classmethod
    def of(cls, form: Form, example: Example) -> _Scored:
        metrics, not_applicable, bonus = filled_in(form, example)
        return cls(score(form, metrics, not_applicable, bonus)[0], metrics)


def _curves(
    indicator: Indicator, scored: Sequence[_Scored], names: Mapping[str, str], words: Messages
) -> tuple[tuple[CurveView, ...], int]:
    """Return an indicator's curves with the first example that has any, and the number of that."""
    for number, example in enumerate(scored, 1):
        found = curves_of_example(example.card, example.metrics, indicator, names, words)
        if found:
            return found, number
    return (), 0


def _indicator(
    form: Form, indicator: Indicator, number: int, scored: Sequence[_Scored], words: Messages
) -> IndicatorView:
    language = words.language
    names = names_of(indicator, language, words.gettext)
    most, unreachable = most_raw(indicator), unreachable_cap(indicator)
    curves, curves_example = _curves(indicator, scored, names, words)
    other = next((text for code, text in indicator.name.by_language if code != language), "")

    def text(value: object) -> str:
        return value.in_(language) if value is not None else ""  # type: ignore[attr-defined]

    def written(expression: formula.Expression | None) -> str:
        return "" if expression is None else words.durations(rename(formula.write(expression, pretty=True), names))

    return IndicatorView(
        id=indicator.id,
        number=number,
        name=indicator.name.in_(language),
        other_name=other,
        weight=words.number(indicator.weight),
        out_of=words.number(indicator.out_of),
        definition=text(indicator.definition),
        standard=text(indicator.standard),
        focus=text(indicator.focus),
        target=text(indicator.target),
        inputs=tuple(_input(item, words) for item in indicator.inputs),
        limits=tuple(written(limit) for limit in indicator.limits),
        warnings=tuple(warning.text.in_(language) for warning in indicator.warnings),
        when_zero=tuple((names.get(name, name), words.number(amount)) for name, amount in indicator.when_zero),
        measure="" if isinstance(indicator.measure, formula.Name) else written(indicator.measure),
        method=indicator.score.name,
        parameters=parameters(indicator, names, words),
        most="" if most.value is None else words.number(most.value),
        unreachable="" if unreachable is None or unreachable.value is None else words.number(unreachable.value),
        shown_as=text(indicator.shown_as.name) if indicator.shown_as else "",
        at_least=indicator.shown_as.at_least if indicator.shown_as else 0,
        anchors=tuple(
            (range_symbols(item.range), item.name.in_(language), text(item.text)) for item in indicator.anchors
        ),
        record=text(indicator.record),
        provider=text(indicator.provider),
        notes=tuple(note.in_(language) for note in indicator.notes),
        origins=origins_of(indicator.origins, form.origins, indicator, words),
        examples=tuple(
            (_written(example.metrics), "" if example.raw is None else words.number(example.raw))
            for example in indicator.examples
        ),
        curves=curves,
        curves_example=curves_example,
    )


def _input(item: Input, words: Messages) -> InputLine:
    language = words.language
    unit = item.unit.in_(language) if item.unit else ""
    choices = tuple(
        (choice.id, choice.name.in_(language), choice.text.in_(language) if choice.text else "")
        for choice in item.choices
    )
    shown = "" if item.range == Range() else words.durations(range_symbols(item.range, item.type.unit))
    return InputLine(
        item.id,
        item.name.in_(language),
        words.gettext(TYPES[item.type.value]),
        shown if item.type is not InputType.CHOICE else "",
        unit,
        item.confidential,
        choices,
        tuple(_input(field, words) for field in item.fields),
        item.help.in_(language) if item.help else "",
    )


def _veto(form: Form, veto: Veto, words: Messages) -> tuple[str, str, str, str, OriginView | None]:
    names: dict[str, str] = {}
    for indicator in form.indicators:
        own = names_of(indicator, words.language, words.gettext)
        names |= {f"{indicator.id}.{item.id}": own[item.id] for item in indicator.inputs} | {
            indicator.id: indicator.name.in_(words.language)
        }
    when = rename(formula.write(veto.when, pretty=True), names)
    text = veto.text.in_(words.language) if veto.text else ""
    return (
        veto.name.in_(words.language),
        text,
        when,
        veto.grade,
        origin_view("veto", veto.origin, words) if veto.origin else None,
    )


def _example(form: Form, example: Example, words: Messages) -> tuple[tuple[tuple[str, str], ...], str, str]:
    metrics = example.metrics
    lines = []
    for key, node in metrics.items if isinstance(metrics, MappingNode) else ():
        indicator = form.indicator(key.text)
        lines.append((indicator.name.in_(words.language) if indicator else key.text, _written(node)))
    for extra in (example.not_applicable, example.bonus):
        lines += [(key.text, _written(node)) for key, node in (extra.items if isinstance(extra, MappingNode) else ())]
    return tuple(lines), "" if example.total is None else fixed(example.total), example.grade or ""


def _written(node: object) -> str:
    """Return an example's value as a review would write it, on one line."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, MappingNode):
        return "{" + ", ".join(f"{key.text}: {_written(value)}" for key, value in node.items) + "}"
    items: tuple[Node, ...] = getattr(node, "items", ())
    return "[" + ", ".join(_written(item) for item in items) + "]"
