"""Reads one indicator of a form."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, nearest
from kpigen.diagnostics.values import as_written, phrase
from kpigen.document.nodes import MappingNode, Node
from kpigen.document.reader import Reader
from kpigen.files.rules.inputs import read_inputs, read_interval
from kpigen.files.rules.origins import INDICATOR_KEYS, check_origins, number_keys, read_origins
from kpigen.files.rules.said_twice import check_standard
from kpigen.files.rules.scale import FormScale, Weight, above_zero, read_weight
from kpigen.model.forms import Anchor, Choice, Example, Indicator, Input, InputType, Origin, ShownAs, Text, Warn
from kpigen.numbers.formula import Declared, Expression, Type
from kpigen.numbers.quantities import Unit
from kpigen.scoring.methods import METHODS
from kpigen.scoring.methods.base import Method, Rule, declared, method_of, read_formula
from kpigen.scoring.methods.reading import read_measure, read_method, shown_unit, usual_method
from kpigen.scoring.methods.unscored import NoScore
from kpigen.scoring.names import ROWS

_KEYS = (
    "id",
    "name",
    "weight",
    "out_of",
    "unscored",
    "optional",
    "named",
    "number",
    "definition",
    "standard",
    "focus",
    "target",
    "comment_when",
    "inputs",
    "limits",
    "warnings",
    "when_zero",
    "measure",
    "score",
    "shown_as",
    "anchors",
    "evidence",
    "notes",
    "origin",
    "examples",
)
#: What the rules of a row are found to be if some of its inputs cannot be read.
_ABOUT_INPUTS = (
    catalogue.FORMULA_NAME,
    catalogue.FORMULA_TYPE,
    catalogue.METHOD_DOES_NOT_FIT,
    catalogue.LEVELS_DIFFER,
    catalogue.WEIGHT_INPUT,
)
_TEXTS = ("definition", "standard", "focus", "target")
#: What the rows of a section may share.
EACH_KEYS = tuple(key for key in _KEYS if key not in ("id", "name", "number", "examples"))


@dataclass(frozen=True)
class Scope:
    """The form settings that an indicator depends on: scale, shared scales of choices, languages, origins of section and form.

    `has_total`: a formula makes the total, so that a row without a weight is out of the form's full marks. `has_origins`: this
    form says where its numbers come from, so every row does. `unused` collects the inputs that
    the score of a row does not use, with their places: the form may use them. `unread` collects the ids of rows and sections
    that cannot be used, empty for those without an id.
    """

    scale: FormScale
    scales: Mapping[str, tuple[Choice, ...]]
    languages: Sequence[str]
    origins: tuple[Mapping[str, Origin], ...]
    has_total: bool = False
    has_origins: bool = True
    unused: list[tuple[str, str, Node]] = field(default_factory=list, compare=False)
    unread: list[str] = field(default_factory=list, compare=False)


def read_indicator(reader: Reader, node: Node, scope: Scope) -> Indicator | None:
    """Return an indicator, or None if it cannot be used for scoring. What is missing is reported all at once."""
    values = reader.mapping(node, phrase("an indicator"), _KEYS, required=("id", "name", "inputs"))
    id_ = reader.id(values.get("id"), "id")
    indicator = _read(reader, node, id_, values, scope) if isinstance(node, MappingNode) else None
    if indicator is None:
        scope.unread.append(id_ or "")
    return indicator


def _read(
    reader: Reader, node: MappingNode, id_: str | None, values: Mapping[str, Node], scope: Scope
) -> Indicator | None:
    languages = scope.languages
    name = reader.local_text(values.get("name"), "name", languages)
    unscored = reader.yes(values.get("unscored"), "unscored")
    given = read_weight(reader, values.get("weight"), scope.scale)
    weight = given or Weight(scope.scale.marks)  # to read the rest, as if the row had all of the marks
    out_of = above_zero(reader, values.get("out_of"), "out_of")
    full = None if unscored else out_of or _usual_marks(weight, scope)
    before = len(reader.found)
    at = f"{id_}." if id_ else ""
    inputs = read_inputs(
        reader,
        values.get("inputs"),
        f"{at}inputs",
        full,
        name or Text((("", id_ or ""),)),
        languages,
        scope.scales,
        unscored,
    )
    if "inputs" in values and not inputs and len(reader.found) == before:
        reader.add(catalogue.EMPTY_VALUE, values["inputs"], key=f"{at}inputs")
    after_inputs = len(reader.found)
    rule = Rule(reader, inputs, full, METHODS, languages=languages)
    measure, unit = (None, Unit.PLAIN) if unscored else read_measure(values.get("measure"), rule)
    score = _no_score(reader, values) if unscored else _read_score(reader, node, at, values, measure, rule)
    rule.used |= {weight.input} if weight.input else set()
    has_weight = not weight.input or _is_weight(reader, values["weight"], weight.input, inputs)
    when_zero = _read_when_zero(reader, values.get("when_zero") if inputs else None, inputs, rule)
    limits = _read_limits(reader, values.get("limits"), inputs, rule)
    warnings = _read_warnings(reader, values.get("warnings"), inputs, languages)
    shown_as = _read_shown_as(reader, values.get("shown_as"), languages)
    origins = read_origins(reader, values.get("origin"), "origin", INDICATOR_KEYS, languages)
    if scope.has_origins:
        needed = ["name", *(["weight"] if "weight" in values else []), *number_keys(values.get("score"))]
        needed += [key for key in ("when_zero", "evidence") if key in values]
        check_origins(reader, node, needed, (origins, *scope.origins), origins, values.get("origin"))
    texts = {key: reader.local_text(values.get(key), key, languages) for key in _TEXTS}
    evidence = reader.mapping(values.get("evidence"), "evidence", ("record", "provider"))
    record, provider = (
        reader.local_text(evidence.get(key), f"evidence.{key}", languages) for key in ("record", "provider")
    )
    anchors = _read_anchors(reader, values.get("anchors"), languages)
    notes = read_notes(reader, values.get("notes"), languages)
    examples = _read_examples(reader, values.get("examples"))
    optional, named = (reader.yes(values.get(key), key) for key in ("optional", "named"))
    label = reader.text(values.get("number"), "number")
    comment_when = rule.condition(values.get("comment_when"), "comment_when")
    unread = _unread(values.get("inputs"), inputs)
    if unread:
        reader.found[after_inputs:] = [item for item in reader.found[after_inputs:] if not _follows(item, unread)]
    if id_ is None or name is None or given is None or score is None or unread or not has_weight:
        return None
    if "shown_as" in values and shown_as is None:
        return None
    is_weighted = weight.points is not None or bool(weight.input)
    points = weight.points if weight.points is not None else scope.scale.marks if weight.input else full or Fraction(1)
    indicator = Indicator(
        id=id_,
        name=name,
        weight=points,
        out_of=points if full is None else full,
        inputs=inputs,
        score=score,
        measure=measure,
        measure_unit=shown_unit(unit, rule),
        limits=limits,
        warnings=warnings,
        when_zero=when_zero,
        shown_as=shown_as,
        anchors=anchors,
        definition=texts["definition"],
        standard=texts["standard"],
        focus=texts["focus"],
        target=texts["target"],
        record=record,
        provider=provider,
        notes=notes,
        origins=origins,
        examples=examples,
        is_weighted=is_weighted,
        most=full,
        weight_from=weight.input,
        unscored=unscored,
        optional=optional,
        named=named,
        label=label,
        comment_when=comment_when,
    )
    if not unscored and (indicator.weight > 0 or not is_weighted):
        inputs_ = reader.pairs(values["inputs"], "inputs")
        scope.unused.extend((id_, key.text, key) for key, _ in inputs_ if key.text not in rule.used)
    _check_use(reader, values["inputs"], indicator)
    check_standard(reader, indicator, values.get("standard"), values)
    return None if indicator.confidential and shown_as is None else indicator


def _unread(node: Node | None, inputs: tuple[Input, ...]) -> frozenset[str]:
    """Return the ids of inputs that could not be read; an empty one if there are no inputs."""
    ids = [key.text for key, _ in node.items] if isinstance(node, MappingNode) else []
    return frozenset(ids or [""]) - {item.id for item in inputs}


def _follows(found: Diagnostic, unread: Container[str]) -> bool:
    """Return whether a finding may be there only because some inputs could not be read."""
    if found.kind is catalogue.UNKNOWN_KEY:
        return dict(found.args).get("key") in unread
    return found.kind in _ABOUT_INPUTS


def refuse_unused(reader: Reader, scope: Scope, sections: Iterable[str], used: Container[str]) -> None:
    """Report inputs that nothing uses: no score or weight, and none of the `used` names of the form's formulas."""
    groups = (ROWS, *sections)
    for indicator, input_id, place in scope.unused:
        if not any(name in used for name in (indicator, *(f"{of}.{input_id}" for of in (indicator, *groups)))):
            reader.add(catalogue.UNUSED_INPUT, place, input=input_id)


def _usual_marks(weight: Weight, scope: Scope) -> Fraction | None:
    """Return the full marks of a row that does not name its own; None if it has none: it just adds what it scores."""
    scale = scope.scale
    if weight.points is not None and scale.by_weight:
        return weight.points
    if weight.points is not None or weight.input:
        return scale.raw_marks
    return scale.out_of or (scale.full if scope.has_total else None)


def _read_score(
    reader: Reader, node: Node, at: str, values: Mapping[str, Node], measure: Expression | None, rule: Rule
) -> Method | None:
    """Return the method of a row; without `score`, the level of a single choice, or the measure itself."""
    if "score" not in values:
        method = usual_method(rule, "measure" in values)
        if method is None and rule.inputs:
            reader.add(catalogue.MISSING_KEY, node, key="score", where=phrase("an indicator"))
        return method
    before = len(reader.found)
    score = read_method(values["score"], rule)
    if score is None and len(reader.found) == before:  # a list or mapping inside it is empty
        reader.add(catalogue.EMPTY_VALUE, values["score"], key=f"{at}score")
    if (
        measure is not None
        and "measure" in values
        and score is not None
        and not (score.takes_measure or _asks_measure(values["score"]))
    ):
        rule.misfit(values["measure"], score.name, phrase("does not use the `measure`"))
    return score


def _no_score(reader: Reader, values: Mapping[str, Node]) -> Method:
    """Return that a row has no score; report what only a row with a score has."""
    for key in ("weight", "score", "measure", "when_zero", "out_of"):
        if key in values:
            reader.add(
                catalogue.UNKNOWN_KEY,
                values[key],
                key=key,
                where=phrase("an unscored row"),
                known=as_written(("id", "name", "inputs", "standard", "target", "evidence")),
            )
    return NoScore()


def _is_weight(reader: Reader, node: Node, id_: str, inputs: tuple[Input, ...]) -> bool:
    """Return whether an input can be the weight of its row: a percentage or number that is not confidential. If not, report it."""
    fitting = (InputType.PERCENT, InputType.NUMBER, InputType.COUNT)
    numbers = [one.id for one in inputs if one.type in fitting and not one.confidential]
    if id_ not in numbers:
        reader.add(catalogue.WEIGHT_INPUT, node, near=nearest(id_, numbers), input=id_, known=as_written(numbers))
    return id_ in numbers


def _read_examples(reader: Reader, node: Node | None) -> tuple[Example, ...]:
    examples = []
    for item in reader.items(node, "examples"):
        entry = reader.mapping(item, phrase("an example"), ("metrics", "raw"), required=("metrics", "raw"))
        if len(entry) == 2:
            examples.append(
                Example(reader.span(item), metrics=entry["metrics"], raw=reader.number(entry["raw"], "raw"))
            )
    return tuple(examples)


def read_notes(reader: Reader, node: Node | None, languages: Sequence[str]) -> tuple[Text, ...]:
    """Return a list of texts."""
    texts = [reader.local_text(item, "notes", languages) for item in reader.items(node, "notes")]
    return tuple(text for text in texts if text)


def _asks_measure(score: Node) -> bool:
    """Return True if a formula or deduction in the score uses `measure`."""
    if isinstance(score, MappingNode):
        return any(_asks_measure(value) for _, value in score.items)
    if hasattr(score, "items"):
        return any(_asks_measure(value) for value in score.items)
    return "measure" in score.text


def _read_when_zero(
    reader: Reader, node: Node | None, inputs: tuple[Input, ...], rule: Rule
) -> tuple[tuple[str, Fraction], ...]:
    numbers = [item.id for item in inputs if item.type.is_number]
    found = []
    for key in reader.mapping(node, "when_zero", numbers):
        rule.used.add(key)
        amount = rule.amount(node.get(key) if isinstance(node, MappingNode) else None, f"when_zero.{key}")
        if amount is not None:
            found.append((key, amount))
    return tuple(sorted(found))  # by id: if two values are 0, the first one counts, regardless of the order in the file


def _read_limits(reader: Reader, node: Node | None, inputs: tuple[Input, ...], rule: Rule) -> tuple[Expression, ...]:
    limits = [rule.formula(item, "limits", inputs, (Type.TRUTH,)) for item in reader.items(node, "limits")]
    return tuple(limit for limit in limits if limit is not None)


def _read_warnings(
    reader: Reader, node: Node | None, inputs: tuple[Input, ...], languages: Sequence[str]
) -> tuple[Warn, ...]:
    warnings = []
    for item in reader.items(node, "warnings"):
        values = reader.mapping(item, phrase("a warning"), ("when", "text"), required=("when", "text"))
        known = declared(inputs) | {"month": Declared(Type.PLAIN)}
        when, _ = read_formula(reader, values.get("when"), "warnings.when", known, (Type.TRUTH,))
        text = reader.local_text(values.get("text"), "warnings.text", languages)
        if when is not None and text is not None:
            warnings.append(Warn(when, text))
    return tuple(warnings)


def _read_shown_as(reader: Reader, node: Node | None, languages: Sequence[str]) -> ShownAs | None:
    if node is None:
        return None
    values = reader.mapping(node, "shown_as", ("id", "name", "at_least", "trim", "trim_from"), required=("id", "name"))
    id_ = reader.id(values.get("id"), "shown_as.id")
    name = reader.local_text(values.get("name"), "shown_as.name", languages)
    at_least = reader.whole(values["at_least"], "shown_as.at_least") if "at_least" in values else 1
    trim, trim_from = _read_trim(reader, node, values)
    return ShownAs(id_, name, at_least, trim, trim_from) if id_ and name and at_least is not None else None


def _read_trim(reader: Reader, node: Node, values: Mapping[str, Node]) -> tuple[int, int]:
    """Return how many of the highest and of the lowest ratings are left out, and from how many on; 0 if none are."""
    given = [key for key in ("trim", "trim_from") if key in values]
    if len(given) == 1:
        (missing,) = {"trim", "trim_from"} - {*given}
        reader.add(catalogue.MISSING_KEY, node, key=missing, where="shown_as")
    numbers = [reader.whole(values[key], f"shown_as.{key}") for key in given]
    if len(given) < 2 or None in numbers:
        return 0, 0
    trim, trim_from = (number or 0 for number in numbers)
    for key, number, low in (("trim", trim, 1), ("trim_from", trim_from, 2 * trim + 1)):
        if number < low:
            range_ = phrase("at least {low}", low=str(low))
            reader.add(catalogue.OUT_OF_RANGE, values[key], key=f"shown_as.{key}", value=str(number), range=range_)
            return 0, 0
    return trim, trim_from


def _read_anchors(reader: Reader, node: Node | None, languages: Sequence[str]) -> tuple[Anchor, ...]:
    anchors = []
    for item in reader.items(node, "anchors"):
        values = reader.mapping(
            item, phrase("an anchor"), ("id", "range", "name", "text"), required=("id", "range", "name")
        )
        id_ = reader.id(values.get("id"), "anchors.id")
        range_ = read_interval(reader, values.get("range"), "anchors.range")
        name = reader.local_text(values.get("name"), "anchors.name", languages)
        if id_ and range_ and name:
            anchors.append(Anchor(id_, range_, name, reader.local_text(values.get("text"), "anchors.text", languages)))
    return tuple(anchors)


def _check_use(reader: Reader, node: Node, indicator: Indicator) -> None:
    """Report confidential inputs that would reveal more than one mean."""
    for item in indicator.inputs:
        if item.auto and not item.auto.is_own and not (item.confidential and item.type is InputType.RATINGS):
            reader.add(
                catalogue.CONFIDENTIAL_USE,
                node,
                problem=phrase("`{name}` is `auto`, so it must be confidential ratings", name=item.id),
            )
    hidden = indicator.confidential
    if not hidden:
        if indicator.shown_as:
            reader.add(
                catalogue.CONFIDENTIAL_USE,
                node,
                problem=phrase("`shown_as` stands for confidential inputs, and there are none"),
            )
        return
    if indicator.shown_as is None:
        reader.add(
            catalogue.CONFIDENTIAL_USE,
            node,
            problem=phrase("`{name}` is confidential, but there is no `shown_as`", name=hidden[0].id),
        )
    elif indicator.input(indicator.shown_as.id):
        reader.add(
            catalogue.CONFIDENTIAL_USE,
            node,
            problem=phrase("`{name}` is the id of an input and of `shown_as`", name=indicator.shown_as.id),
        )
    for item in hidden:
        if item.type is not InputType.RATINGS:
            reader.add(
                catalogue.CONFIDENTIAL_USE,
                node,
                problem=phrase("`{name}` is confidential, but not a list of ratings", name=item.id),
            )
    if len(hidden) > 1 and method_of(indicator).pool_weights() is None:
        reader.add(
            catalogue.CONFIDENTIAL_USE,
            node,
            problem=phrase("several confidential inputs can only be scored by the method `ratings`, which pools them"),
        )
