"""Shared by several test files: the forms, reviews as text, random numbers for a form, a repository in a folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from kpigen.cli import cli
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors
from kpigen.document.nodes import MappingNode
from kpigen.document.nodes import parse as parse_yaml
from kpigen.document.reader import Reader
from kpigen.document.text import SourceText
from kpigen.files.review import read_review
from kpigen.files.rules.book import Rulebook, make_rulebook
from kpigen.files.rules.form import read_form
from kpigen.files.rules.indicator import Scope, read_indicator, refuse_unused
from kpigen.files.rules.scale import FormScale
from kpigen.files.rules.scales import read_scales
from kpigen.model.forms import Form, Indicator, Input, InputType
from kpigen.model.reviews import Review
from kpigen.model.scores import Scorecard
from kpigen.numbers import formula
from kpigen.numbers.quantities import exact
from kpigen.scoring.score import score

# A slow machine must not fail a test: neither deadlines nor slow generation say anything about the product.
# The gate uses the same examples each time, so that only a change can make it fail; `make fuzz` uses new ones.
settings.register_profile("random", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", settings.get_profile("random"), derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
LANGUAGES = ("zh", "en")
NINE = (
    "cs-360",
    "cs-graded",
    "cs-kpi-gs",
    "cs-latest",
    "cs-practical",
    "ecommerce-cs",
    "front-desk",
    "property-cs",
    "support-center",
)
TENTH = "warehouse-keeper"
TEN = (*NINE, TENTH)


# --- forms -----------------------------------------------------------------------------------------------------------


@cache
def rulebook() -> Rulebook:
    """Return all forms of the repository and the tenth. Fails if any of them has a finding."""
    forms = []
    for path in sorted([*(ROOT / "rules").glob("*/*.yaml"), *(TESTS / "rules").glob("*/*.yaml")]):
        form, found = read_form(f"rules/{path.parent.name}/{path.name}", path.read_bytes(), LANGUAGES)
        assert found == [], [str(item.span) + " " + item.message for item in found]
        assert form is not None
        forms.append(form)
    book, found = make_rulebook(forms)
    assert found == []
    return book


def form_of(id_: str) -> Form:
    return rulebook().versions(id_)[-1]


def cycle_period(form: Form) -> str:
    """Return a period that a form can be used for."""
    return {"month": "2026-03", "quarter": "2026-Q2", "half": "2026-H2", "year": "2027"}[form.cycles[0].value]


def indicator_from(text: str, by_weight: bool = False) -> tuple[Indicator | None, list[Diagnostic]]:
    """Return the indicator in a snippet of a rule file, and the findings.

    Names, standard, weight and origins are optional. A snippet may have `scales`, as a form does.
    """
    defaults = {
        "id": "x",
        "name": "{zh: 项, en: Item}",
        "weight": "100",
        "standard": "{zh: 标准, en: Standard}",
        "origin": "{name: chosen, weight: chosen, score: chosen, when_zero: chosen}",
    }
    lines = [f"{key}: {value}" for key, value in defaults.items() if f"\n{key}:" not in f"\n{text}"]
    source = SourceText("snippet", "\n".join([text.strip("\n"), *lines, ""]))
    node, found = parse_yaml(source)
    assert isinstance(node, MappingNode), found
    reader = Reader(source)
    scales = read_scales(reader, node.get("scales"), LANGUAGES)
    node = replace(node, items=tuple(item for item in node.items if item[0].text != "scales"))
    scope = Scope(FormScale(by_weight=by_weight), scales, LANGUAGES, ())
    indicator = read_indicator(reader, node, scope)
    refuse_unused(reader, scope, (), ())
    return indicator, [*found, *reader.found]


# --- reviews as text -------------------------------------------------------------------------------------------------

Written = Any  # a metric as written: a text, a list of texts or rows, a mapping of inputs


def yaml_of(value: Written) -> str:
    """Return a metric as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {yaml_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(yaml_of(item) for item in value) + "]"
    return str(value)


EMPLOYEE = {"id": "T-001", "name": "员工甲", "department": "客服部", "position": "客服主管"}


def review_text(
    form: str, metrics: Mapping[str, Written], period: str = "", body: str = "见上表。", **fields: Any
) -> str:
    """Return a review as the text of its file. `fields` are further fields of the front matter, mappings and lists as data."""
    lines = [
        "---",
        "employee:",
        *(f"  {key}: {value}" for key, value in {**EMPLOYEE, **fields.pop("employee", {})}.items()),
    ]
    lines += [
        f"period: {period or cycle_period(form_of(form.partition('@')[0]))}",
        f"form: {form}",
        f"status: {fields.pop('status', 'draft')}",
    ]
    lines += ["metrics:", *(f"  {id_}: {yaml_of(value)}" for id_, value in metrics.items())]
    lines += [f"{key}: {yaml_of(value)}" for key, value in fields.items()]
    return "\n".join([*lines, "---", "", body, ""])


def read_text(
    text: str, rules: Rulebook | None = None, path: str = "reviews/x/T-001.x.md"
) -> tuple[Review | None, list[Diagnostic]]:
    return read_review(path, text.encode(), rules or rulebook(), lambda _: None)


def card_of(text: str, rules: Rulebook | None = None) -> Scorecard:
    """Return the scorecard of a review that must be free of errors."""
    book = rules or rulebook()
    review, found = read_text(text, book)
    assert not has_errors(found), [f"{item.span} {item.code} {item.message}" for item in found]
    assert review is not None
    form = book.version(review.form, review.pinned) if review.pinned else book.in_force(review.form, review.period)
    assert form is not None
    card, problems = score(form, review.metrics, review.not_applicable, review.bonus)
    assert problems == []
    return card


def card_for(form: str, metrics: Mapping[str, Written], **fields: Any) -> Scorecard:
    return card_of(review_text(form, metrics, **fields))


# --- random numbers for a form ---------------------------------------------------------------------------------------

_ENDS = {
    InputType.COUNT: 40,
    InputType.NUMBER: 200,
    InputType.DURATION: 4_000,
    InputType.MONEY: 5_000,
    InputType.PERCENT: 1,
}
_PLACES = {InputType.COUNT: 0, InputType.DURATION: 0, InputType.PERCENT: 4}


def numbers_of(item: Input) -> st.SearchStrategy[Fraction]:
    """Return a strategy for the numbers that an input accepts. Its limits are drawn more often."""
    scale = 10 ** _PLACES.get(item.type, 2)
    low = Fraction(0) if item.range.low is None else item.range.low
    high = low + _ENDS.get(item.type, 100) if item.range.high is None else item.range.high
    first = int(low * scale) + (0 if item.range.low_included else 1)
    last = int(high * scale) - (0 if item.range.high_included else 1)
    return st.one_of(st.integers(first, last), st.sampled_from([first, last])).map(lambda n: Fraction(n, scale))


def write_number(item: Input, value: Fraction) -> str:
    if item.type is InputType.PERCENT:
        return exact(value * 100) + "%"
    return exact(value) + ("s" if item.type is InputType.DURATION else "")


def written_input(item: Input) -> st.SearchStrategy[Written]:
    if item.type is InputType.LIST:
        row = st.fixed_dictionaries({field.id: written_input(field) for field in item.fields})
        return st.lists(row, min_size=1, max_size=3)
    if item.type is InputType.RATINGS:
        return st.lists(numbers_of(item).map(exact), min_size=1, max_size=4)
    if item.type is InputType.YES_NO:
        return st.sampled_from(["yes", "no"])
    if item.type is InputType.CHOICE:
        return st.sampled_from([choice.id for choice in item.choices])
    if item.type is InputType.TEXT:
        return st.sampled_from(["甲", "第二项", "report"])
    return numbers_of(item).map(lambda value: write_number(item, value))


def written_metric(indicator: Indicator) -> st.SearchStrategy[Written]:
    """Return a strategy for a complete metric within the limits of the indicator."""
    if len(indicator.inputs) == 1:
        return written_input(indicator.inputs[0])
    numeric = {item.id: item for item in indicator.inputs if item.type.is_number}
    others = {item.id: written_input(item) for item in indicator.inputs if item.id not in numeric}

    def keep(values: dict[str, Fraction]) -> dict[str, Fraction]:
        """Sort the values, so that `a <= b`."""
        for limit in indicator.limits:
            if isinstance(limit, formula.Operation) and limit.operator == "<=":
                small, large = (operand.id for operand in limit.operands if isinstance(operand, formula.Name))
                values = {**values, small: min(values[small], values[large]), large: max(values[small], values[large])}
        return values

    drawn = st.fixed_dictionaries({id_: numbers_of(item) for id_, item in numeric.items()}).map(keep)
    allowed = drawn.filter(lambda values: all(formula.evaluate(limit, values) for limit in indicator.limits))
    texts = allowed.map(lambda values: {id_: write_number(numeric[id_], value) for id_, value in values.items()})
    return st.builds(
        lambda one, two: {item.id: {**one, **two}[item.id] for item in indicator.inputs},
        texts,
        st.fixed_dictionaries(others),
    )


@cache
def written_metrics(form_id: str) -> st.SearchStrategy[dict[str, Written]]:
    """Return a strategy for all metrics of a form as written."""
    return st.fixed_dictionaries({item.id: written_metric(item) for item in form_of(form_id).indicators})


@cache
def written_bonus(form_id: str) -> st.SearchStrategy[dict[str, str]]:
    items = form_of(form_id).bonus
    return st.fixed_dictionaries({}, optional={item.id: st.integers(0, 4).map(str) for item in items})


# --- the command line ------------------------------------------------------------------------------------------------


def kpigen(
    *args: str | Path, cwd: Path = ROOT, code: int | None = 0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run kpigen in a separate process."""
    result = subprocess.run(
        [sys.executable, "-m", "kpigen", *map(str, args)],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
    )
    if code is not None:
        assert result.returncode == code, (args, result.returncode, result.stdout, result.stderr)
    assert "Traceback" not in result.stderr, result.stderr
    return result


def make_repository(folder: Path, forms: tuple[str, ...] = NINE, roster: str | None = None) -> Path:
    """Create a repository without reviews, with some of the forms."""
    (folder / "reviews").mkdir(parents=True)
    (folder / "kpigen.toml").write_text('languages = ["zh", "en"]\n', encoding="utf-8")
    for form in forms:
        source = (TESTS if form == TENTH else ROOT) / "rules" / form
        target = folder / "rules" / form
        target.mkdir(parents=True)
        for path in source.iterdir():
            (target / path.name).write_bytes(path.read_bytes())
    if roster is not None:
        (folder / "reviews/people.csv").write_text(roster, encoding="utf-8")
    return folder


def run(root: Path, *args: str | Path, code: int | None = 0) -> Result:
    """Run kpigen in this process, in a repository. Faster than a separate process."""
    result = CliRunner().invoke(cli, ["--root", str(root), *map(str, args)], prog_name="kpigen")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if code is not None:
        assert result.exit_code == code, (args, result.exit_code, result.stdout, result.stderr)
    return result


def codes(text: str) -> list[str]:
    """Return the codes of the printed findings."""
    return re.findall(r"(?:error|warning)\[(KPI\d+)\]", text)


# --- HTML --------------------------------------------------------------------------------------------------------------


def unclosed(html: str) -> list[str]:
    """Return the tags of a page that are never closed. Fails if tags are closed in the wrong order."""

    class Tags(HTMLParser):
        open: list[str]

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "link", "br", "img", "hr", "input"):
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    parser = Tags()
    parser.open = []
    parser.feed(html)
    return parser.open
