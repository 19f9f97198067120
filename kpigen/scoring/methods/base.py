"""The base class of all scoring methods, what they are given (`Case`), and how they are read (`Rule`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import nearest, shorten
from kpigen.diagnostics.values import Join, Value, as_written, listed, phrase
from kpigen.document.nodes import Node, Scalar
from kpigen.i18n.messages import mark
from kpigen.model.forms import Indicator, Input, InputType
from kpigen.model.scores import Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Declared, Expression, Type
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.wording import Parameter, RuleWording

if TYPE_CHECKING:
    from kpigen.document.reader import Reader

#: A method's numbers as they enter the digest of the scoring part: texts, lists and mappings of texts.
Canonical: TypeAlias = Any

#: Messages by a kind of step, a key of the rule file, or a kind of mark.
Texts: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """The data that a method scores: input values by id, the inputs, full marks, and the measure with its unit and name.

    `pool` is the key in `values` of the shown mean of the confidential inputs; empty if there are none.
    """

    values: Mapping[str, Any]
    inputs: tuple[Input, ...]
    full: Fraction
    measure: Fraction | None = None
    unit: Unit = Unit.PLAIN
    measure_name: str = "measure"
    pool: str = ""

    @property
    def x(self) -> Fraction:
        """The measure. Raises formula.Problem if there is none."""
        if self.measure is None:
            raise formula.Problem(phrase("the measure is not a number"))
        return self.measure

    def write(self, expression: Expression) -> str:
        """Return a formula as text with input ids."""
        return formula.write(expression, pretty=True)

    def put_in(self, expression: Expression, values: Mapping[str, Any] | None = None) -> str:
        """Return a formula as text with this review's numbers instead of the inputs."""
        known = self.values if values is None else values
        units = {item.id: item.type.unit for item in (*self.inputs, *(f for i in self.inputs for f in i.fields))}

        def one(id_: str) -> str:
            value = self.measure if id_ == "measure" else known.get(id_, id_)
            if isinstance(value, Fraction):
                return show(value, self.unit if id_ == "measure" else units.get(id_, Unit.PLAIN))
            if isinstance(value, formula.Numbers):
                if value.items is None:
                    return f"Ø {show(value.mean)} (n = {value.count})"
                return _in_brackets(value.items)
            return "–" if isinstance(value, formula.Missing) else _shown(value)

        def of_entries(part: formula.PerEntry) -> str:
            if isinstance(known.get(part.list.id), formula.Missing):
                return "–"
            measured = {} if self.measure is None else {"measure": self.measure}
            entries = formula.scopes(part, {**measured, **known})
            return _in_brackets(formula.evaluate(part.expression, entry) for entry in entries)

        return formula.write(formula.settled(expression, known), one, True, of_entries)


def _in_brackets(values: Iterable[formula.Value]) -> str:
    """Return what entries have, as a list; of many the first ones, and nothing for what is absent."""
    texts = [_shown(value) for value in values if not isinstance(value, formula.Missing)]
    return "[" + ", ".join(texts[:8]) + (", …]" if len(texts) > 8 else "]")


def _shown(value: object) -> str:
    if isinstance(value, Fraction):
        return show(value)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


class Compared(NamedTuple):
    """What numbers of a rule are compared with: the type of its value, and whether it is written as a percentage."""

    type: Type
    percent: bool


@dataclass
class Rule:
    """The context in which a method is read: the file's reader, the indicator's inputs, the type of its measure, full marks,
    the languages of its texts.

    `marks` are the full marks, None if the row has none.

    `used` collects the ids of inputs that the rule uses, `needed` those of them without which there is no score, `written` the
    units in which it writes numbers.
    """

    reader: Reader
    inputs: tuple[Input, ...]
    marks: Fraction | None
    methods: Mapping[str, type[Method]]
    measure_type: Type | None = None
    percent: bool = False
    languages: Sequence[str] = ()
    used: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)
    written: set[Unit] = field(default_factory=set)

    def full(self, node: Node) -> Fraction:
        """Return the full marks of the row. It is reported if it has none: no weight, and no `out_of`."""
        if self.marks is None:
            self.reader.add(catalogue.NO_FULL_MARKS, node)
            return Fraction(1)
        return self.marks

    def amount(self, node: Node | None, key: str) -> Fraction | None:
        """Return a number of points, where `full` means full marks; None (reported) if it is not one."""
        if isinstance(node, Scalar) and node.text == "full":
            return self.full(node)
        return self.reader.number(node, key)

    def condition(self, node: Node | None, key: str) -> Expression | None:
        """Return a condition over the row's inputs; None if there is none, or (reported) if something is wrong."""
        return None if node is None else read_formula(self.reader, node, key, declared(self.inputs), (Type.TRUTH,))[0]

    def in_unit(self, node: Node | None, key: str) -> Fraction | None:
        """Return a number that is compared with the measure. Another unit than the measure's is reported (except for 0)."""
        if self.measure_type is None:
            read = self.reader.quantity(node, key)
            return read and read[0]
        return self.in_unit_of(Compared(self.measure_type, self.percent), node, key, self.written)

    def in_unit_of(self, other: Compared, node: Node | None, key: str, written: set[Unit]) -> Fraction | None:
        """Return a number that is compared with another one, and add its unit to `written`.

        Another unit than that of the other number is reported (except for 0).
        """
        read = self.reader.quantity(node, key)
        if read is None or node is None:
            return read and read[0]
        value, unit = read
        written.add(unit)
        if other.type is Type.SECONDS:
            fits, expected = unit is Unit.DURATION, phrase("a duration (`{example}`)", example="30s")
        elif other.percent:
            fits, expected = unit is Unit.PERCENT, phrase("a percentage (`{example}`)", example="95%")
        else:
            fits, expected = unit is not Unit.DURATION, phrase("a number")
        if not fits and value != 0:
            self.reader.add(catalogue.UNITS_DISAGREE, node, what=key, found=f"`{plain_text(node)}`", expected=expected)
        return value

    def says(self, node: Node | None, key: str, usual: str, other: str) -> bool | None:
        """Return True if the node holds `other`, False if it is absent or holds `usual`; None (reported) otherwise."""
        if node is None:
            return False
        word = self.reader.one_of(node, key, (usual, other))
        return None if word is None else word == other

    def formula(
        self, node: Node | None, key: str, inputs: Iterable[Input], wanted: tuple[Type, ...], **more: Type
    ) -> Expression | None:
        """Return a formula over some inputs whose type is one of `wanted`; None (reported) if something is wrong."""
        expression, used = read_formula(
            self.reader, node, key, declared(inputs) | {k: Declared(t) for k, t in more.items()}, wanted
        )
        self.uses(used, expression)
        return expression

    def uses(self, used: Iterable[str], by: Expression | None = None) -> None:
        """Note that the rule uses some inputs, and needs those that the formula needs; without a formula all of them."""
        ids = set(used)
        self.used |= ids
        self.needed |= ids if by is None else formula.needed(by)

    def refuse_optional(self, node: Node, method: str, inputs: Iterable[Input], used: Container[str]) -> None:
        """Report inputs that the score needs but a review may omit: optional, and without a default."""
        for item in inputs:
            if item.optional and not item.has_default and item.id in used:
                self.misfit(node, method, phrase("needs `{input}`, which is optional", input=item.id))

    def misfit(self, node: Node, method: str, problem: Value) -> None:
        """Report that a method does not fit its indicator."""
        self.reader.add(catalogue.METHOD_DOES_NOT_FIT, node, method=method, problem=problem)


_TYPES = {
    InputType.DURATION: Type.SECONDS,
    InputType.MONEY: Type.MONEY,
    InputType.YES_NO: Type.TRUTH,
    InputType.RATINGS: Type.LIST,
    InputType.CHOICE: Type.CHOICE,
    InputType.TEXT: Type.TEXT,
    InputType.LIST: Type.ENTRIES,
}


def declared(inputs: Iterable[Input], valued: Iterable[str] = ()) -> dict[str, Declared]:
    """Return the names that a formula may use: each input with its type. Choices in `valued` count as numbers."""
    numbers = set(valued)
    return {
        item.id: Declared(Type.PLAIN)
        if item.id in numbers
        else Declared(
            _TYPES.get(item.type, Type.PLAIN),
            tuple(choice.id for choice in item.choices),
            item.confidential,
            declared(item.fields),
            points=tuple(choice.points for choice in item.choices if choice.points is not None),
        )
        for item in inputs
    }


def read_formula(
    reader: Reader,
    node: Node | None,
    key: str,
    known: Mapping[str, Declared],
    wanted: tuple[Type, ...],
    meant: Callable[[Expression], Expression] = lambda parsed: parsed,
) -> tuple[Expression | None, set[str]]:
    """Return a checked formula as it is evaluated, and the names that it uses: the formula None if something is wrong (reported).

    `meant` turns what was parsed into what is meant by it, before it is checked.
    """
    scalar = reader.scalar(node, key)
    if scalar is None:
        return None, set()
    expression = formula.parse(scalar.text)
    if isinstance(expression, formula.Problem):
        reader.found.append(
            catalogue.FORMULA_SYNTAX.at(
                reader.source.span(scalar.start + expression.position), problem=expression.sentence
            )
        )
        return None, set()
    expression = meant(expression)
    used = {name.id for name in formula.names(expression)}
    checked = formula.checked(expression, known)
    if isinstance(checked, formula.Problem):
        where = reader.source.span(scalar.start + checked.position)
        if checked.name:
            among = checked.among
            reader.found.append(
                catalogue.FORMULA_NAME.at(
                    where, near=nearest(checked.name, among), name=checked.name, known=as_written(among)
                )
            )
        else:
            reader.found.append(catalogue.FORMULA_TYPE.at(where, problem=checked.sentence))
        return None, used
    expression, type_ = checked
    used = {name.id for name in formula.names(expression)}
    if type_ not in wanted:
        reader.found.append(
            catalogue.FORMULA_TYPE.at(
                reader.span(scalar),
                problem=phrase(
                    "`{key}` must give {what}, this gives {found}",
                    key=key,
                    what=listed([formula.IN_WORDS[item] for item in wanted], Join.OR),
                    found=formula.IN_WORDS[type_],
                ),
            )
        )
        return None, used
    return expression, used


def plain_text(node: Node) -> str:
    """Return the text of a node that was read as a number, shortened for a message."""
    assert isinstance(node, Scalar)
    return shorten(node.text)


#: The kind of a mark at the end of a band: the curve jumps there, so it is neither drawn nor named.
BAND = "band"


@dataclass(frozen=True, slots=True)
class Mark:
    """A number of a rule that is marked on the scoring curve.

    `kind` is a key of the method's `mark_names` for a value on the axis, or `BAND`. `cap` and `floor` limit the raw score
    instead.
    """

    kind: str
    value: Fraction

    @property
    def on_axis(self) -> bool:
        """True for a value on the axis, False for a limit of the raw score."""
        return self.kind not in ("cap", "floor")


@dataclass(frozen=True)
class Method(ABC):
    """A way to turn an indicator's inputs into a raw score. A subclass holds the numbers of one rule, and all its texts.

    All methods share one namespace for the keys of `sentences`, `number_names` and `mark_names`: if two methods use the same
    key, they must give it the same message.
    """

    #: The name in a rule file, and the label on the rule page.
    name: ClassVar[str]
    label: ClassVar[str]
    #: The keys that it reads, besides `method`, `cap` and `floor`.
    keys: ClassVar[tuple[str, ...]] = ()
    #: The keys, at any depth, that hold words or formulas. They need no origin, unlike numbers.
    word_keys: ClassVar[tuple[str, ...]] = ()
    #: Whether the method scores the indicator's measure. If not, its formulas may still use the measure.
    takes_measure: ClassVar[bool] = True
    #: Whether the raw score is a share of full marks.
    needs_marks: ClassVar[bool] = False
    #: Whether a scoring curve is worth drawing.
    draws_curve: ClassVar[bool] = True
    #: The sentence for each kind of step; `{…}` are the step's arguments.
    sentences: ClassVar[Texts] = {}
    #: The names of its numbers, by their key in the rule file.
    number_names: ClassVar[Texts] = {}
    #: The names of its marks on a curve, by their kind.
    mark_names: ClassVar[Texts] = {}

    cap: Fraction | None = field(default=None, kw_only=True)
    floor: Fraction | None = field(default=None, kw_only=True)

    @classmethod
    @abstractmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Return the method read from its mapping, without cap and floor; None if something is wrong (reported)."""

    @abstractmethod
    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the raw score before cap and floor, and the steps to it. Raises formula.Problem if there is no result."""

    @abstractmethod
    def numbers(self) -> Canonical:
        """Return the method's numbers for the digest of the scoring part."""

    @abstractmethod
    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return an interval that holds every raw score before cap and floor; it may be larger than needed.

        `of` returns the interval of a formula over the inputs; `of(None)` is the interval of the measure.
        """

    def knots(self) -> tuple[Fraction, ...]:
        """Return the values of the measure where the score bends or jumps. The search for the highest score tries them."""
        return ()

    def bases(self) -> frozenset[str]:
        """Return the inputs or fields that others are measured against: divisors in formulas, and weights."""
        return frozenset()

    def marks(self, axis: str) -> tuple[Mark, ...]:
        """Return the values that the rule names on an axis, which is `measure` or the id of an input."""
        return ()

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the raw score before cap and floor as a formula over the inputs; `x` is the measure.

        None if no formula over single inputs can express it. A field of a list entry is named by its path
        (`goals.2.actual`). The case is only used for the lengths of lists, and for values that no formula covers.
        """
        return None

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return the method's numbers in words, without cap and floor. `unit` is the unit of the measure."""
        return []

    def own_names(self, language: str) -> dict[str, str]:
        """Return the names of ids that the method itself defines and that its steps mention, such as parts."""
        return {}

    def pool_weights(self) -> Mapping[str, Fraction] | None:
        """Return the weight of each input if several confidential inputs can be shown as one mean; otherwise None."""
        return None

    @property
    def aim(self) -> Fraction | None:
        """The target of the measure that earns full marks, as the printed form shows it; None if there is no single one."""
        return None

    def score(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the raw score after cap and floor, and all steps. Raises formula.Problem if there is no result."""
        raw, steps = self.raw(case)
        if self.cap is not None and raw > self.cap:
            raw = self.cap
            steps = [*steps, Step("cap", value=raw)]
        if self.floor is not None and raw < self.floor:
            raw = self.floor
            steps = [*steps, Step("floor", value=raw)]
        return raw, steps

    def limited(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the raw score after cap and floor as a formula; see `as_formula`."""
        expression = self.as_formula(x, case)
        if expression is not None and self.cap is not None:
            expression = formula.build("min", expression, formula.literal(self.cap))
        if expression is not None and self.floor is not None:
            expression = formula.build("max", expression, formula.literal(self.floor))
        return expression

    def limited_extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return an interval that holds every raw score after cap and floor; see `extent`."""
        return self.extent(of, full).cut(self.floor, self.cap)

    def canonical(self, measure: Expression | None) -> dict[str, Canonical]:
        """Return the method with measure, cap and floor, for the digest of the scoring part."""
        limits = {"cap": self.cap, "floor": self.floor}
        return {
            "method": self.name,
            **self.numbers(),
            **({} if measure is None else {"measure": formula.write(measure)}),
            **{name: exact(value) for name, value in limits.items() if value is not None},
        }

    def described(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return the method and all its numbers in words, for the rule page. `unit` is the unit of the measure."""
        limits = ((mark("Cap"), self.cap), (mark("Floor"), self.floor))
        return [
            Parameter(wording.say(mark("Method")), wording.say(self.label)),
            *self.parameters(unit, wording),
            *(Parameter(wording.say(label), show(limit)) for label, limit in limits if limit is not None),
        ]

    def leaves_out(self, key: str) -> bool:
        """Return True if the method allows a number with this key, such as a cap, but this rule does not use it."""
        return hasattr(self, key) and getattr(self, key) is None


def method_of(indicator: Indicator) -> Method:
    """Return the method that scores an indicator."""
    assert isinstance(indicator.score, Method)
    return indicator.score
