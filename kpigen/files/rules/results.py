"""Reads the results of a form: what follows from the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import MappingNode, Node
from kpigen.document.reader import Reader
from kpigen.files.rules.scale import read_decimals
from kpigen.files.rules.vetoes import refuse_twice
from kpigen.model.forms import FactorTable, Result, ResultCase, ResultUnit, Section, Tiers, Veto
from kpigen.numbers.formula import Declared, Expression, Type
from kpigen.numbers.quantities import Unit
from kpigen.scoring.methods.base import read_formula
from kpigen.scoring.names import BONUS, COEFFICIENT, EXACT_TOTAL, TIER, TOTAL, Bare, known_names, with_rows

_KEYS = ("id", "name", "formula", "tiers", "cases", "unit", "decimals", "confidential", "section", "text")
_NUMBERS = (Type.PLAIN, Type.MONEY, Type.SECONDS)


class ResultReader:
    """Reads the results of one form in their order: each may use those before it."""

    def __init__(
        self,
        reader: Reader,
        sections: Sequence[Section],
        tables: Sequence[FactorTable],
        vetoes: Sequence[Veto],
        decimals: int,
        languages: Sequence[str],
    ) -> None:
        """Take what the formulas may name, the form's decimals, and the languages of texts."""
        self.reader, self.decimals, self.languages = reader, decimals, languages
        self.sections = [item.id for item in sections]
        self.used = set[str]()
        self.known = known_names(sections, [table.id for table in tables], Bare.POINTS)
        self.known |= {id_: Declared(Type.PLAIN) for id_ in (BONUS, TOTAL, EXACT_TOTAL, COEFFICIENT)}
        self.known |= {veto.id: Declared(Type.TRUTH) for veto in vetoes}

    def read(self, node: Node | None) -> tuple[Result, ...]:
        """Return the results; what is wrong is reported."""
        results = [result for entry in self.reader.items(node, "results") if (result := self._one(entry)) is not None]
        refuse_twice(self.reader, node, [result.id for result in results])
        self._keep_confidential(node, results)
        return tuple(results)

    def _keep_confidential(self, node: Node | None, results: Sequence[Result]) -> None:
        """Report results that everybody sees although they follow from a confidential one: they, or their working, would tell it."""
        hidden = {result.id for result in results if result.confidential}
        for result in results:
            told = [id_ for id_ in result.used if id_ in hidden]
            if told and not result.confidential and node is not None:
                self.reader.add(catalogue.CONFIDENTIAL_RESULT, node, result=result.id, other=told[0])

    def _one(self, entry: Node) -> Result | None:
        reader = self.reader
        fields = reader.mapping(entry, phrase("a result"), _KEYS, required=("id", "name"))
        id_ = reader.id(fields.get("id"), "results.id")
        name = reader.local_text(fields.get("name"), "results.name", self.languages)
        unit = ResultUnit(
            reader.one_of(fields.get("unit"), "results.unit", [unit.value for unit in ResultUnit])
            or ("text" if "cases" in fields else "number")
        )
        if not fields.keys() & {"formula", "tiers", "cases"}:
            reader.add(catalogue.MISSING_KEY, entry, key="formula", where=phrase("a result"))
            return None
        tiers = self._tiers(fields.get("tiers"))
        formula_ = self._formula(fields.get("formula"), unit, tiers)
        cases = self._cases(fields.get("cases"))
        section = reader.one_of(fields.get("section"), "results.section", self.sections)
        confidential = reader.yes(fields.get("confidential"), "results.confidential")
        text = reader.local_text(fields.get("text"), "results.text", self.languages)
        decimals = self._decimals(fields.get("decimals"), unit)
        if not (id_ and name) or ((formula_, tiers) == (None, None) and not cases):
            return None
        if ("tiers" in fields and tiers is None) or ("formula" in fields and formula_ is None):
            return None
        if not cases:
            self.known[id_] = Declared(Type.TRUTH if unit is ResultUnit.YES_NO else Type.PLAIN)
        return Result(
            id=id_,
            name=name,
            unit=unit,
            decimals=decimals,
            formula=formula_,
            tiers=tiers,
            cases=cases,
            confidential=confidential,
            section=section or "",
            text=text,
        )

    def _decimals(self, node: Node | None, unit: ResultUnit) -> int:
        usual = self.decimals if unit is ResultUnit.NUMBER else 2
        decimals = read_decimals(self.reader, node, "results.decimals")
        return usual if decimals is None else decimals

    def _read(
        self, node: Node | None, key: str, wanted: tuple[Type, ...], more: Mapping[str, Declared]
    ) -> Expression | None:
        meant = partial(with_rows, sections=self.sections)
        expression, used = read_formula(self.reader, node, key, {**self.known, **more}, wanted, meant)
        self.used |= used
        return expression

    def _formula(self, node: Node | None, unit: ResultUnit, tiers: Tiers | None) -> Expression | None:
        wanted = (Type.TRUTH,) if unit is ResultUnit.YES_NO else _NUMBERS
        more = {TIER: Declared(Type.PLAIN)} if tiers else {}
        return self._read(node, "results.formula", wanted, more)

    def _cases(self, node: Node | None) -> tuple[ResultCase, ...]:
        cases = []
        for entry in self.reader.items(node, "results.cases"):
            fields = self.reader.mapping(entry, "results.cases", ("when", "text"), required=("text",))
            when = self._read(fields.get("when"), "results.cases.when", (Type.TRUTH,), {})
            text = self.reader.local_text(fields.get("text"), "results.cases.text", self.languages)
            if text is not None and (when is not None or "when" not in fields):
                cases.append(ResultCase(when, text))
        return tuple(cases)

    def _tiers(self, node: Node | None) -> Tiers | None:
        if node is None:
            return None
        reader = self.reader
        fields = reader.mapping(
            node, "results.tiers", ("of", "at_least", "cumulative", "otherwise"), required=("of", "at_least")
        )
        of = self._read(fields.get("of"), "results.tiers.of", _NUMBERS, {})
        steps: list[tuple[Fraction, Fraction]] = []
        units: list[tuple[Unit, Unit]] = []
        for key, value in reader.pairs(fields.get("at_least"), "results.tiers.at_least"):
            least, worth = (
                reader.quantity(key, "results.tiers.at_least"),
                reader.quantity(value, "results.tiers.at_least"),
            )
            if least is None or worth is None:
                return None
            steps.append((least[0], worth[0]))
            units.append((least[1], worth[1]))
        if len(dict(steps)) != len(steps) or not steps:
            if isinstance(fields.get("at_least"), MappingNode):
                reader.add(catalogue.EMPTY_VALUE, fields["at_least"], key="results.tiers.at_least")
            return None
        otherwise = reader.quantity(fields.get("otherwise"), "results.tiers.otherwise")
        cumulative = reader.yes(fields.get("cumulative"), "results.tiers.cumulative")
        if of is None:
            return None
        ends, values = (
            next((unit for unit in column if unit is not Unit.PLAIN), Unit.PLAIN) for column in zip(*units, strict=True)
        )
        return Tiers(of, tuple(sorted(steps)), otherwise and otherwise[0], cumulative, (ends, values))
