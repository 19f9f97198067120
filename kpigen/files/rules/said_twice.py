"""A number that an indicator says twice: in the standard, for people, and in the score.

`docs/rules.md` has the rule (A number that is said twice). It is made to be quiet: a finding needs a number of the text that
nothing of the indicator explains, and one of the score that no text names, of the same unit and not far from it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode
from kpigen.document.reader import Reader
from kpigen.model.forms import Indicator, Text
from kpigen.numbers.prose import Named, numbers_in, ranges_in
from kpigen.numbers.quantities import Misread, Unit, plain, read_quantity

#: Keys of a score whose numbers are of the unit of what is measured. The others are points.
_MEASURED = {"target", "over", "short_of", "every", "reference", "band", "columns"}
#: Keys without numbers. Every other text that is no number is a formula.
_WORDS = {"method", "id", "name", "text", "steps", "better"}
#: Keys whose mappings have a number for each id.
_TABLES = {"levels", "weights", "values"}
#: A number in a formula that is no factor. A factor only changes the scale.
_CONSTANT = re.compile(r"(?<![\w.*])(?<!\* )(\d+(?:\.\d+)?(?:%|[hms](?:\d+[ms])*)?)(?![\w.%])(?! ?\*)")
#: A number in digits.
_DIGITS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
#: Numbers that need no explanation.
_USUAL = {Fraction(0), Fraction(1), Fraction(100)}
#: How far a number of the text may be from one of the score to be meant for it.
_FAR = 2
#: More numbers than these are a table. No text tells them one by one.
_MANY = 100
_SECONDS = {"小时": 3600, "分钟": 60, "秒": 1, "hour": 3600, "minute": 60, "second": 1}


@dataclass(frozen=True, slots=True)
class _SaidNumber:
    """A number of a score, as written: of the unit of what `is_measured`, or points, on a curve those `at` a value.

    Those with the same `group` belong together, such as levels.
    """

    value: Fraction
    unit: Unit
    text: str
    group: str
    is_measured: bool
    at: Fraction | None = None


def check_standard(reader: Reader, indicator: Indicator, standard: Node | None, rule: Mapping[str, Node]) -> None:
    """Report numbers of the standard that differ from those of the score. `rule` has the nodes of `score`, `measure`, `limits`."""
    score = (*_numbers(rule.get("score"), "score"), *_of_scales(indicator))
    if standard is None or not score or indicator.standard is None:
        return
    more = [item for key in ("measure", "limits") for item in _numbers(rule.get(key), key)]
    for language, text in indicator.standard.by_language:
        node = standard.get(language) if isinstance(standard, MappingNode) else standard
        for said, has in _different(indicator, language, text, score, more):
            reader.add(catalogue.SAID_TWICE, node or standard, said=said.text, has=has.text)


def _different(
    indicator: Indicator, language: str, text: str, score: tuple[_SaidNumber, ...], more: Iterable[_SaidNumber]
) -> Iterator[tuple[Named, _SaidNumber]]:
    """Yield the numbers of a text that nothing explains, each with the number of the score that it is meant for."""
    usual = {*_USUAL, indicator.out_of, indicator.weight}
    asked = {item for item in score if abs(item.value) not in usual}
    digits = set(_DIGITS.findall(text))
    if all(any(plain(number) in digits for number in _writings(item.value, item.unit)) for item in asked):
        return  # the text has them all in digits; every command reads the forms, and most texts end here
    said = tuple(_in_unit_of_inputs(item, indicator, language) for item in numbers_in(text))
    if max(len(said), len(score)) > _MANY:
        return
    told = _told(indicator, language, text, said, score)
    groups = {item.group: tuple(other for other in score if other.group == item.group) for item in score}
    if len(asked) > 2 and told.isdisjoint(asked):
        return  # the text is about something else
    missed = [
        item
        for item in asked - told
        if len(asked.intersection(groups[item.group])) == 1 or not told.isdisjoint(groups[item.group])
    ]
    if not missed:
        return
    written = {number for item in (*score, *more) for number in _writings(item.value, item.unit)}
    written |= usual | _of_inputs(indicator)
    follows = {number for item in score for number in _meanings(item, indicator)}
    follows |= {number for group in groups.values() for number in _slopes(group)}
    for key, group in groups.items():
        lists_all = key.rpartition(".")[2] in _TABLES and len(told.intersection(group)) > len(group) / 2
        follows |= set() if lists_all else set(_together(group))
    odd = [
        item
        for item in said
        if not item.is_vague and item.value not in follows and written.isdisjoint(_writings(item.value, item.unit))
    ]
    pairs = [(_distance(one, other), one, other) for one in odd for other in missed if _is_meant(one, other)]
    done: set[Named | Fraction] = set()
    for _, one, other in sorted(pairs, key=lambda pair: (pair[0], pair[1].start, pair[2].text)):
        if done.isdisjoint((one, other.value)):
            done |= {one, other.value}
            yield one, other


def _told(
    indicator: Indicator, language: str, text: str, said: tuple[Named, ...], score: tuple[_SaidNumber, ...]
) -> set[_SaidNumber]:
    """Return the numbers of the score that a text of the indicator names: as they are, or what follows from one alone."""
    named = {number for item in said for number in _writings(item.value, item.unit)}
    for other in _texts(indicator, language):
        named |= {number for item in numbers_in(other) for number in _writings(item.value, item.unit)}
    written = {number for item in score for number in _writings(item.value, item.unit)}
    narrow = [item for item in ranges_in(text, said) if item.high <= _FAR * item.low]
    return {
        item
        for item in score
        if not named.isdisjoint(_writings(item.value, item.unit))
        or not (named - written).isdisjoint(_meanings(item, indicator))
        or any(part.unit is item.unit and part.low <= abs(item.value) <= part.high for part in narrow)
    }


def _distance(said: Named, has: _SaidNumber) -> Fraction:
    return abs(said.value - abs(has.value)) / abs(has.value)


def _is_meant(said: Named, has: _SaidNumber) -> bool:
    """Return True if a number of the text may be meant for a number of the score: the same unit, and not far from it."""
    value = abs(has.value)
    alike = said.unit is has.unit and (has.is_measured or not said.is_count)
    return alike and value <= _FAR * said.value and said.value <= _FAR * value


def _writings(value: Fraction, unit: Unit) -> frozenset[Fraction]:
    """Return the numbers that a value may be written as: 95% as 95, half an hour as 30."""
    value = abs(value)
    more = {Unit.PERCENT: (value * 100,), Unit.DURATION: (value / 60, value / 3600)}
    return frozenset((value, *more.get(unit, ())))


def _meanings(item: _SaidNumber, indicator: Indicator) -> set[Fraction]:
    """Return the numbers that a text may name for one of the score: also as a share of the weight, and what is left of all."""
    value, weight, full = abs(item.value), indicator.weight, indicator.out_of
    found = set(_writings(value, item.unit))
    if item.unit is Unit.PERCENT:
        found |= _writings(1 - value, item.unit)
    elif item.unit is Unit.PLAIN and not item.is_measured:
        found |= {full - value, 100 - value, weight - value, value * weight / full if full else value}
        found |= {value * full / weight} if weight else set()
    return found


def _together(group: tuple[_SaidNumber, ...]) -> Iterator[Fraction]:
    """Yield what follows from numbers that stand together: the sum of all, the sums and differences of two."""
    yield sum((item.value for item in group), Fraction(0))
    for one, other in itertools.combinations(group, 2):
        yield from _writings(one.value - other.value, one.unit)
        yield from _writings(one.value + other.value, one.unit)


def _slopes(group: tuple[_SaidNumber, ...]) -> Iterator[Fraction]:
    """Yield how much a curve gains from one point to another, for each 1 and for each percent."""
    for one, other in itertools.combinations(group, 2):
        if one.at is not None and other.at is not None and one.at != other.at:
            slope = abs((one.value - other.value) / (one.at - other.at))
            yield from (slope, slope / 100)


def _of_inputs(indicator: Indicator) -> set[Fraction]:
    """Return the numbers of an indicator outside its score: ranges, what a 0 gives, how many raters there must be."""
    inputs = [*indicator.inputs, *(field for item in indicator.inputs for field in item.fields)]
    ends = [(end, item.type.unit) for item in inputs for end in (item.range.low, item.range.high) if end is not None]
    ends += [
        (end, Unit.PLAIN) for item in indicator.anchors for end in (item.range.low, item.range.high) if end is not None
    ]
    found = {number for value, unit in ends for number in _writings(value, unit)}
    found |= {amount for _, amount in indicator.when_zero}
    return found | ({Fraction(indicator.shown_as.at_least)} if indicator.shown_as else set())


def _in_unit_of_inputs(said: Named, indicator: Indicator, language: str) -> Named:
    """Return a number as it is written if an input counts in its unit: 8 for `8 小时` where hours are filled in."""
    if said.unit is Unit.DURATION:
        for item in indicator.inputs:
            word = item.unit.in_(language).rstrip("s") if item.unit else ""
            if word in _SECONDS and word in said.text:
                return replace(said, value=said.value / _SECONDS[word], unit=Unit.PLAIN)
    return said


def _texts(indicator: Indicator, language: str) -> Iterator[str]:
    """Yield all texts of an indicator but the standard."""
    inputs = [*indicator.inputs, *(field for item in indicator.inputs for field in item.fields)]
    choices = [choice for item in inputs for choice in item.choices]
    found: list[Text | None] = [
        indicator.name,
        indicator.definition,
        indicator.focus,
        indicator.target,
        *indicator.notes,
    ]
    found += [text for item in inputs for text in (item.name, item.help)]
    found += [text for item in choices for text in (item.name, item.text)]
    found += [text for item in indicator.anchors for text in (item.name, item.text)]
    found += [item.text for item in indicator.warnings]
    yield from (text.in_(language) for text in found if text)


def _of_scales(indicator: Indicator) -> Iterator[_SaidNumber]:
    """Yield the points of the choices of its scales: they are its score, or part of what a formula makes of them."""
    for item in indicator.inputs:
        for choice in item.choices:
            if choice.points is not None:
                yield _SaidNumber(choice.points, Unit.PLAIN, plain(choice.points, 12), f"{item.id}.levels", False)


def _numbers(node: Node | None, key: str, is_measured: bool = False, group: str = "") -> Iterator[_SaidNumber]:
    """Yield the numbers of a part of a rule, in the order of the file. `key` is the nearest one above it."""
    if isinstance(node, Scalar):
        read = read_quantity(node.text)
        if not isinstance(read, Misread):
            yield _SaidNumber(*read, node.text, group, is_measured)
        elif key not in _WORDS:
            yield from _constants(node.text, group)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _numbers(item, key, is_measured, group)
    elif isinstance(node, MappingNode):
        for name, value in node.items:
            at = read_quantity(name.text)
            if isinstance(at, Misread):
                inner = group if key in _TABLES else f"{group}.{name.text}"
                yield from _numbers(value, name.text, name.text in _MEASURED, inner) if name.text not in _WORDS else ()
            else:  # a point of a curve, a row of a table
                yield _SaidNumber(*at, name.text, f"{group}.at", True)
                for number in _numbers(value, key, is_measured, group):
                    yield replace(number, at=at[0])


def _constants(formula: str, group: str) -> Iterator[_SaidNumber]:
    for match in _CONSTANT.finditer(formula):
        read = read_quantity(match[1])
        if not isinstance(read, Misread):
            yield _SaidNumber(*read, match[1], group, True)
