"""The page of a form has all that its rule file says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from tests.helpers.forms import NINE
from tests.helpers.html import bare, by_id, in_chinese, minus, of_class, said
from tests.helpers.sample import Sample, rule_file


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every scalar of a rule file with the keys that lead to it."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, (*path, str(index)))
    else:
        yield path, node


def written(node: Any) -> str:
    """An example's metric as a review writes it on one line."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {written(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(written, node)) + "]"
    return str(node)


def indicators_of(rule: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for section in rule.get("sections", [rule]) for item in section["indicators"]]


def form_page(sample: Sample, form: str, language: str) -> Element:
    return sample.page(f"forms/{form}/2026-01.html" if language == "zh" else f"forms/en/{form}/2026-01.html")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", NINE)
def test_every_text_of_a_rule_file_stands_on_its_page(sample: Sample, form: str, language: str) -> None:
    text = bare("".join(form_page(sample, form, language).itertext()))
    texts = [(path, value) for path, value in leaves(rule_file(form)) if path[-1] == language]
    assert len(texts) > 30
    assert [(path, value) for path, value in texts if bare(value) not in text] == []


@pytest.mark.parametrize("form", NINE)
def test_every_quotation_of_a_rule_file_stands_on_both_pages(sample: Sample, form: str) -> None:
    quotes = [value for path, value in leaves(rule_file(form)) if path[-1] == "quote"]
    for language in ("zh", "en"):
        shown = {said(item) for item in form_page(sample, form, language).iter("q")}
        bonus = bare("".join(form_page(sample, form, language).itertext()))
        assert [quote for quote in quotes if quote not in shown and bare(quote) not in bonus] == []


@pytest.mark.parametrize("form", NINE)
def test_every_example_of_a_rule_file_stands_on_its_page(sample: Sample, form: str) -> None:
    rule = rule_file(form)
    for language in ("zh", "en"):
        page = form_page(sample, form, language)
        for item in indicators_of(rule):
            lines = [said(line) for line in by_id(page, item["id"]).iter("li")]
            for example in item.get("examples", ()):
                assert f"{written(example['metrics'])} → {example['raw']}" in lines, (form, item["id"], example)
        boxes = of_class(page, "example")
        assert len(boxes) == len(rule["examples"]) >= 2
        for box, example in zip(boxes, rule["examples"], strict=True):
            summary = said(box[0])
            assert f"{float(example['total']):.2f}" in summary
            assert re.search(rf"\b{example['grade']}\b", summary.replace("级", " ")), summary
            shown = [said(cell) for cell in box.iter("td")]
            extra = [*example.get("not_applicable", {}).values(), *example.get("bonus", {}).values()]
            assert shown == [written(value) for value in (*example["metrics"].values(), *extra)]


@pytest.mark.parametrize("form", NINE)
def test_every_number_of_a_rule_stands_on_its_page(sample: Sample, form: str) -> None:
    rule = rule_file(form)
    number = re.compile(r"-?\d+(\.\d+)?(%|s|m\d*s?)?")
    count = 0
    for language in ("zh", "en"):
        page = form_page(sample, form, language)
        for item in indicators_of(rule):
            article = by_id(page, item["id"])
            tokens = set(re.findall(r"[−-]?\d+(?:\.\d+)?[%a-z\d分秒]*", said(article).replace("+", "")))
            assert said(of_class(article, "of")[0]) == item["weight"]
            for path, value in leaves({key: item[key] for key in ("score", "when_zero") if key in item}):
                words = [
                    word
                    for word in (value, path[-1])
                    if number.fullmatch(word)
                    and not (word == path[-1] and "points" not in path and "values" not in path)
                ]
                for word in words:
                    count += 1
                    written = in_chinese(minus(word)) if language == "zh" else minus(word)
                    assert {word, written, written.removeprefix("−")} & tokens, (form, item["id"], path, word)
        bands = said(page.find(".//dl")) + said(page)
        assert not [bound for bound in list(rule["grades"].values())[:-1] if f"≥ {bound}" not in bands]
    assert count >= (0 if form == "cs-graded" else 8)


@pytest.mark.parametrize("form", NINE)
def test_every_input_of_a_form_is_described(sample: Sample, form: str) -> None:
    for language in ("zh", "en"):
        page = form_page(sample, form, language)
        for item in indicators_of(rule_file(form)):
            article = by_id(page, item["id"])
            codes = {said(code) for code in article.iter("code")}
            for id_, one in item["inputs"].items():
                assert id_ in codes, (form, item["id"], id_)
                assert set(one.get("choices", ())) <= codes
                assert set(one.get("fields", ())) <= codes
                for key in ("min", "max", "above", "below"):
                    assert key not in one or one[key] in said(article), (form, item["id"], id_, key)
            hidden = [id_ for id_, one in item["inputs"].items() if one.get("confidential") == "yes"]
            word = {"zh": "保密", "en": "confidential"}[language]
            marked = [
                said(line.find("code"))
                for line in article.iter("li")
                if word in "".join(said(note) for note in of_class(line, "note"))
            ]
            assert marked == hidden, (form, item["id"])


def test_what_the_engine_derives_stands_on_the_forms(sample: Sample) -> None:
    def derived(form: str, language: str) -> list[str]:
        return [said(item) for item in of_class(form_page(sample, form, language), "derived")]

    assert derived("support-center", "en") == ["The most anyone can reach is 98."]
    assert derived("cs-kpi-gs", "en") == [
        "The most anyone can reach is 118.",
        "Staff turnover: the cap of 130 cannot be reached; the most is 115.",
    ]
    assert derived("ecommerce-cs", "en") == [
        "The most anyone can reach is 97.", "Customer satisfaction score: the cap of 100 cannot be reached; the most is 90.",
    ]  # fmt: skip
    assert ["98" in line for line in derived("support-center", "zh")] == [True]
    assert [re.findall(r"\d+", line) for line in derived("cs-kpi-gs", "zh")] == [["118"], ["130", "115"]]
    others = set(NINE) - {"support-center", "cs-kpi-gs", "ecommerce-cs"}
    assert [form for form in others if derived(form, "en")] == []


def test_the_list_of_forms_names_all_nine(sample: Sample) -> None:
    for language in ("zh", "en"):
        page = sample.page("forms/index.html" if language == "zh" else "forms/en/index.html")
        titles = [said(item) for item in page.iter("h2")]
        assert sorted(titles) == sorted(rule_file(form)["title"][language] for form in NINE)
