"""What all scoring methods have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

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

#: What a method says about its numbers for the digest of the scoring part: texts, lists and mappings of texts.
Canonical: TypeAlias = Any

#: Messages by what they put into words: a kind of step, a key of the rule file, a kind of mark.
Texts: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """What a method is handed: input values by id, the measure with its unit and name, full marks, the inputs.

    `pool` is the id under which the mean of confidential inputs stands in `values`.
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
        """The measure, where the method has one."""
        if self.measure is None:
            raise formula.Problem(phrase("the measure is not a number"))
        return self.measure

    def write(self, expression: Expression) -> str:
        """Write a formula with input ids."""
        return formula.write(expression, pretty=True)

    def put_in(self, expression: Expression, values: Mapping[str, Any] | None = None) -> str:
        """Write a formula with this review's numbers in the place of the inputs."""
        known = self.values if values is None else values
        units = {item.id: item.type.unit for item in (*self.inputs, *(f for i in self.inputs for f in i.fields))}

        def one(id_: str) -> str:
            value = self.measure if id_ == "measure" else known.get(id_, id_)
            if isinstance(value, Fraction):
                return show(value, self.unit if id_ == "measure" else units.get(id_, Unit.PLAIN))
            if isinstance(value, formula.Numbers):
                if value.items is None:
                    return f"Ø {show(value.mean)} (n = {value.count})"
                items = value.items
                return "[" + ", ".join(show(item) for item in items[:8]) + (", …]" if len(items) > 8 else "]")
            return ("yes" if value else "no") if isinstance(value, bool) else str(value)

        return formula.write(expression, one, pretty=True)


@dataclass
class Rule:
    """What a method is read with: the file's reader, the indicator's inputs, its measure's type, full marks, all methods."""

    reader: Reader
    inputs: tuple[Input, ...]
    full: Fraction
    methods: Mapping[str, type[Method]]
    measure_type: Type | None = None
    percent: bool = False
    used: set[str] = field(default_factory=set)
    written: set[Unit] = field(default_factory=set)

    def amount(self, node: Node | None, key: str) -> Fraction | None:
        """Read a number of points, or `full`."""
        if isinstance(node, Scalar) and node.text == "full":
            return self.full
        return self.reader.number(node, key)

    def in_unit(self, node: Node | None, key: str) -> Fraction | None:
        """Read a number that is compared with the measure, and so must be in its unit."""
        read = self.reader.quantity(node, key)
        if read is None or node is None or self.measure_type is None:
            return read and read[0]
        value, unit = read
        self.written.add(unit)
        if self.measure_type is Type.SECONDS:
            fits, expected = unit is Unit.DURATION, phrase("a duration (`{example}`)", example="30s")
        elif self.percent:
            fits, expected = unit is Unit.PERCENT, phrase("a percentage (`{example}`)", example="95%")
        else:
            fits, expected = unit is not Unit.DURATION, phrase("a number")
        if not fits and value != 0:
            self.reader.add(catalogue.UNITS_DISAGREE, node, what=key, found=f"`{plain_text(node)}`", expected=expected)
        return value

    def says(self, node: Node | None, key: str, usual: str, other: str) -> bool | None:
        """Read which of two words stands there: whether it is the other than the usual one; None where it is neither."""
        if node is None:
            return False
        word = self.reader.one_of(node, key, (usual, other))
        return None if word is None else word == other

    def formula(
        self, node: Node | None, key: str, inputs: Iterable[Input], wanted: tuple[Type, ...], **more: Type
    ) -> Expression | None:
        """Read a formula over some inputs whose type must be one of `wanted`."""
        expression, used = read_formula(
            self.reader, node, key, declared(inputs) | {k: Declared(t) for k, t in more.items()}, wanted
        )
        self.used |= used
        return expression

    def refuse_optional(self, node: Node, method: str, inputs: Iterable[Input], used: Container[str]) -> None:
        """Report inputs that a score needs and a review may leave out."""
        for item in inputs:
            if item.optional and item.default is None and item.id in used:
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
    InputType.TEXT: Type.CHOICE,
    InputType.LIST: Type.CHOICE,
}


def declared(inputs: Iterable[Input], valued: Iterable[str] = ()) -> dict[str, Declared]:
    """Return what a formula may name: each input with its type; choices in `valued` count as numbers."""
    numbers = set(valued)
    return {
        item.id: Declared(Type.PLAIN)
        if item.id in numbers
        else Declared(_TYPES.get(item.type, Type.PLAIN), tuple(choice.id for choice in item.choices))
        for item in inputs
    }


def read_formula(
    reader: Reader, node: Node | None, key: str, known: Mapping[str, Declared], wanted: tuple[Type, ...]
) -> tuple[Expression | None, set[str]]:
    """Read and check a formula; gives it with the names that it uses, None where something is wrong (reported)."""
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
    used = {name.id for name in formula.names(expression)}
    type_ = formula.type_of(expression, known)
    if isinstance(type_, formula.Problem):
        where = reader.source.span(scalar.start + type_.position)
        if type_.name:
            reader.found.append(
                catalogue.FORMULA_NAME.at(
                    where, near=nearest(type_.name, known), name=type_.name, known=as_written(known)
                )
            )
        else:
            reader.found.append(catalogue.FORMULA_TYPE.at(where, problem=type_.sentence))
        return None, used
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
    """Return the text of a node that was read as a number, for a message."""
    assert isinstance(node, Scalar)
    return shorten(node.text)


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that a rule names, to be marked on a scoring curve.

    Its kind is one of the method's `mark_names` on the axis; `cap` and `floor` are limits of the raw score.
    """

    kind: str
    value: Fraction

    @property
    def on_axis(self) -> bool:
        """Whether it is a value of the axis."""
        return self.kind not in ("cap", "floor")


@dataclass(frozen=True)
class Method(ABC):
    """A way to turn an indicator's inputs into a raw score. A subclass holds its numbers and says everything of itself.

    What stands in `sentences`, `number_names` and `mark_names` is shared by all methods: two that use one key give it one
    message.
    """

    #: Its name in a rule file, and what it is called on the rule page.
    name: ClassVar[str]
    label: ClassVar[str]
    #: The keys that it reads beside `method`, `cap` and `floor`.
    keys: ClassVar[tuple[str, ...]] = ()
    #: Those of its keys, at any depth, that hold words or formulas instead of numbers, and so need no origin.
    word_keys: ClassVar[tuple[str, ...]] = ()
    #: Whether it scores the indicator's measure. One that does not may still name it in a formula.
    takes_measure: ClassVar[bool] = True
    #: Whether a scoring curve says anything.
    draws_curve: ClassVar[bool] = True
    #: The sentence of each kind of step that it writes; `{…}` are the step's arguments.
    sentences: ClassVar[Texts] = {}
    #: What its numbers are called, by their key in the rule file.
    number_names: ClassVar[Texts] = {}
    #: What its marks on a curve are called, by their kind.
    mark_names: ClassVar[Texts] = {}

    cap: Fraction | None = field(default=None, kw_only=True)
    floor: Fraction | None = field(default=None, kw_only=True)

    @classmethod
    @abstractmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Read the method's numbers from its mapping, without cap and floor; None where something is wrong (reported)."""

    @abstractmethod
    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the raw score before cap and floor, with the steps that lead there."""

    @abstractmethod
    def numbers(self) -> Canonical:
        """Return the method's numbers for the digest of the scoring part."""

    @abstractmethod
    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return how far the raw score can go before cap and floor; `of(None)` is the measure's interval."""

    def knots(self) -> tuple[Fraction, ...]:
        """Return values of the measure where the score turns; for the search of what can be reached."""
        return ()

    def bases(self) -> frozenset[str]:
        """Return the inputs or fields that others are measured against: divisors of its formulas, weights."""
        return frozenset()

    def marks(self, axis: str) -> tuple[Mark, ...]:
        """Return the values of `measure`, or of an input, that the rule names."""
        return ()

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the raw score before cap and floor as a formula over the inputs, `x` being the measure.

        None where a score is no formula over single inputs. What a list's entries hold is named by its path
        (`goals.2.actual`); of the case only the lists' lengths count, and what no formula covers.
        """
        return None

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return the method's numbers in words, without cap and floor; `unit` is the measure's."""
        return []

    def own_names(self, language: str) -> dict[str, str]:
        """Return the names of what the method itself has ids for and its steps mention, by id."""
        return {}

    def pool_weights(self) -> Mapping[str, Fraction] | None:
        """Return the weight of each input where several confidential ones count as one mean; None where they cannot."""
        return None

    @property
    def aim(self) -> Fraction | None:
        """The one value of the measure that full marks ask for, as the printed form names it; None where there is none."""
        return None

    def score(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the raw score after cap and floor, with all steps."""
        raw, steps = self.raw(case)
        if self.cap is not None and raw > self.cap:
            raw = self.cap
            steps = [*steps, Step("cap", value=raw)]
        if self.floor is not None and raw < self.floor:
            raw = self.floor
            steps = [*steps, Step("floor", value=raw)]
        return raw, steps

    def limited(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the raw score after cap and floor as a formula, see `as_formula`."""
        expression = self.as_formula(x, case)
        if expression is not None and self.cap is not None:
            expression = formula.build("min", expression, formula.literal(self.cap))
        if expression is not None and self.floor is not None:
            expression = formula.build("max", expression, formula.literal(self.floor))
        return expression

    def limited_extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return how far the raw score can go after cap and floor, see `extent`."""
        return self.extent(of, full).cut(self.floor, self.cap)

    def canonical(self, measure: Expression | None) -> dict[str, Canonical]:
        """Return the method with its measure, cap and floor for the digest of the scoring part."""
        limits = {"cap": self.cap, "floor": self.floor}
        return {
            "method": self.name,
            **self.numbers(),
            **({} if measure is None else {"measure": formula.write(measure)}),
            **{name: exact(value) for name, value in limits.items() if value is not None},
        }

    def described(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return the method and all its numbers in words, for the rule page; `unit` is the measure's."""
        limits = ((mark("Cap"), self.cap), (mark("Floor"), self.floor))
        return [
            Parameter(wording.say(mark("Method")), wording.say(self.label)),
            *self.parameters(unit, wording),
            *(Parameter(wording.say(label), show(limit)) for label, limit in limits if limit is not None),
        ]

    def leaves_out(self, key: str) -> bool:
        """Whether the method could have a number of this key, such as a cap, and this rule does without."""
        return hasattr(self, key) and getattr(self, key) is None


def method_of(indicator: Indicator) -> Method:
    """Return the method that an indicator is scored by."""
    assert isinstance(indicator.score, Method)
    return indicator.score
