"""Texts of rule files: with every language of the site, or plain where there is one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kpigen.base.sources import MemoryTree
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode, parse
from kpigen.document.text import SourceText
from kpigen.files.config import Config
from kpigen.files.roster import Roster
from kpigen.files.rules.book import make_rulebook
from kpigen.files.rules.form import read_form
from kpigen.files.schemas import rule_schema
from kpigen.model.forms import Form
from kpigen.repository import project
from kpigen.repository.checks.project import check
from kpigen.site.pages.forms import FormPageView, form_pages
from kpigen.site.pages.site import Site
from tests.files.test_schemas import data_of, misfits
from tests.helpers.forms import NINE, ROOT, TEN, TESTS
from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE


def source(form: str) -> str:
    folder = (ROOT if form in NINE else TESTS) / "rules" / form
    (path,) = folder.iterdir()
    return path.read_text("utf-8")


def texts_of(node: Node | None) -> Iterator[MappingNode]:
    """Yield every text in two languages."""
    if isinstance(node, MappingNode):
        if node.get("zh") is not None:
            yield node
        for _, value in node.items:
            yield from texts_of(value)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from texts_of(item)


def end_of(node: Node) -> int:
    """Return where a text ends; the parser may put the end of a block behind comments."""
    return end_of(node.items[-1][1]) if isinstance(node, MappingNode) and not node.flow else node.end


def quoted(node: Node | None) -> str:
    assert isinstance(node, Scalar)
    return "'" + node.text.replace("'", "''") + "'"


def in_chinese(text: str, plain: bool) -> str:
    """Return a rule file whose texts are Chinese alone: plain, or still with the name of the language."""
    root, found = parse(SourceText("x", text))
    assert found == []
    spans = []
    for node in texts_of(root):
        more = node.get("text")
        assert more is None or isinstance(more, MappingNode)
        name = quoted(node.get("zh"))
        if plain:
            new = name if more is None else f"{{name: {name}, text: {quoted(more.get('zh'))}}}"
        else:
            new = f"{{zh: {name}}}" if more is None else f"{{zh: {name}, text: {{zh: {quoted(more.get('zh'))}}}}}"
        spans.append((node.start, end_of(node), new))
    outer = [span for span in spans if not any(a < span[0] and span[1] < b for a, b, _ in spans)]
    for start, end, new in sorted(outer, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def pages(form: Form, languages: tuple[str, ...]) -> list[FormPageView]:
    book, found = make_rulebook([form])
    assert not found
    views = [page.view for page in form_pages(Site(Config(languages=languages), Roster(), book, ()))]
    return [view for view in views if isinstance(view, FormPageView)]


@pytest.mark.parametrize("id_", TEN)
def test_where_the_site_has_one_language_a_text_needs_none(id_: str) -> None:
    forms = []
    for plain in (True, False):
        text = in_chinese(source(id_), plain)
        assert ("zh:" in text) is not plain
        assert misfits(rule_schema(), data_of(text)) == []
        form, found = read_form(f"rules/{id_}/2026-01.yaml", text.encode(), ("zh",))
        assert found == [], [f"{item.span} {item.message}" for item in found]
        assert form is not None
        forms.append(form)
    assert forms[0].digest == forms[1].digest
    assert pages(forms[0], ("zh",)) == pages(forms[1], ("zh",))


@pytest.mark.parametrize("id_", TEN)
def test_texts_in_two_languages_can_be_read_where_the_site_has_one(id_: str) -> None:
    for language in ("zh", "en"):
        form, found = read_form(f"rules/{id_}/2026-01.yaml", source(id_).encode(), (language,))
        assert form is not None
        assert found == []
        assert pages(form, (language,))


@pytest.mark.parametrize("id_", TEN)
def test_where_the_site_has_two_each_plain_text_is_found(id_: str) -> None:
    """Once each, with what to write; everything else of the file is read."""
    text = in_chinese(source(id_), plain=True)
    form, found = read_form(f"rules/{id_}/2026-01.yaml", text.encode(), ("zh", "en"))
    assert form is not None
    root, _ = parse(SourceText("x", source(id_)))
    two = list(texts_of(root))
    assert [item.code for item in found] == ["KPI540"] * min(len(two), 200) + ["KPI140"] * (len(two) > 200)
    assert pages(form, ("zh", "en"))


# texts as written → what the hint says
HINTS = [
    ("仓库", "{zh: 仓库, en: …}"),
    ("Warehouse", "{en: Warehouse, zh: …}"),
    ("5S 管理", "{zh: 5S 管理, en: …}"),
    ("100%", "{en: 100%, zh: …}"),
    ("'a, b'", "{en: 'a, b', zh: …}"),
    ('"it\'s: late"', "{en: 'it''s: late', zh: …}"),
    ("'- 一'", "{zh: '- 一', en: …}"),
    ("KPI:得分", "{zh: KPI:得分, en: …}"),
]


@pytest.mark.parametrize(("written", "said"), HINTS)
def test_the_finding_says_what_to_write(written: str, said: str) -> None:
    text = TINY_RULE.replace("title: {zh: 小表, en: Tiny}", f"title: {written}")
    form, found = read_form(TINY, text.encode(), ("zh", "en"))
    assert form is not None
    assert [(item.code, item.hint) for item in found] == [("KPI540", f"write each language: `{said}`")]
    mended = text.replace(f"title: {written}", f"title: {said}")
    mended_form, found = read_form(TINY, mended.encode(), ("zh", "en"))
    assert found == []
    assert mended_form is not None
    assert set(form.title.by_language) <= set(mended_form.title.by_language)


# title on a site with one language → codes
ODD = [
    ("", ["KPI204"]),
    ("''", ["KPI204"]),
    ("[小表]", ["KPI203"]),
    ("zh:小表", ["KPI360"]),
    ("{zh:小表}", ["KPI360"]),
    ("小表 # 一", ["KPI205"]),
    ("{en: Tiny}", ["KPI516"]),
    ("小" * 5_001, ["KPI142"]),
]


@pytest.mark.parametrize(("written", "codes"), ODD)
def test_what_is_no_text_is_found_where_the_site_has_one_language(written: str, codes: list[str]) -> None:
    text = TINY_RULE.replace("title: {zh: 小表, en: Tiny}", f"title: {written}")
    assert [item.code for item in read_form(TINY, text.encode(), ("zh",))[1]] == codes


def test_a_choice_with_a_name_has_nothing_else_but_a_text() -> None:
    one = "{type: choice, choices: {a: 优, b: {name: 良, text: 还行}, c: {name: 差, zh: 差}}}"
    text = TINY_RULE.replace("{type: count}", one).replace(
        "{method: value}", "{method: levels, levels: {a: 80, b: 50, c: 0}}"
    )
    text = text.replace("calls: 80}", "calls: a}").replace("calls: 50}", "calls: b}")
    form, found = read_form(TINY, text.encode(), ("zh",))
    assert [item.message for item in found] == ["`zh` is not a key of calls.inputs.calls.choices.c"]
    assert form is not None
    choices = form.indicators[0].inputs[0].choices
    assert [(item.name.in_("zh"), item.text and item.text.in_("zh")) for item in choices] == [
        ("优", None),
        ("良", "还行"),
        ("差", None),
    ]


@pytest.mark.parametrize(("settings", "codes"), [('["zh"]', []), ('["zh", "en"]', ["KPI540"] * 5)])
def test_a_site_that_gets_a_second_language(settings: str, codes: list[str]) -> None:
    rule = in_chinese(TINY_RULE, plain=True).replace(
        "columns: [name,", "total: 合计, columns: [{show: name, name: 项},"
    )
    files = {TINY: rule, REVIEW: DRAFT, "kpigen.toml": f"languages = {settings}\n"}
    loaded = project.load(MemoryTree({path: text.encode() for path, text in files.items()}))
    assert [item.code for item in check(loaded)[1] if item.is_error] == codes
    assert [review.form for review in loaded.reviews] == ["tiny"]
