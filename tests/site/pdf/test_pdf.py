"""Printed reports: what stands on them, that they are the same bytes each time, and that nothing from outside gets in."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import importlib.abc
import os
import re
import shutil
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from markupsafe import Markup

import kpigen.site.pdf
from kpigen.base.sources import WorkTree
from kpigen.diagnostics.wording import ENGLISH
from kpigen.i18n.messages import messages
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from kpigen.site.pages.report import Labelled, LabelledMarkup, Report, StatusView, report_of, setting_of
from kpigen.site.pages.site import Site
from kpigen.site.pdf import PdfUnavailable, engine, fonts
from kpigen.site.proof import paper
from kpigen.site.render.render import BrokenTemplate, Renderer
from tests.helpers.forms import NINE, ROOT

if TYPE_CHECKING:
    from kpigen.site.pdf.weasy import PdfEngine

DATE = datetime.date(2026, 2, 5)

poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is missing: apt-get install poppler-utils"
)


@pytest.fixture(scope="module")
def printer() -> PdfEngine:
    made = engine()
    if isinstance(made, PdfUnavailable):
        pytest.skip(f"No PDFs here: {ENGLISH.words(made.reason)}. {ENGLISH.words(made.hint)}")
    return made


@pytest.fixture(scope="module")
def site() -> Site:
    project = load(WorkTree(ROOT))
    records, _ = check(project)
    return Site(project.config, project.roster, project.rules, records, drafts=True)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(ROOT)


@pytest.fixture(scope="module")
def view_of(site: Site) -> Callable[..., Report]:
    """The last complete report of a form, as it would be shown."""

    def view(form: str, language: str = "zh", **changes: Any) -> Report:
        whole = [item for item in site.records if item.review.form == form and item.card.total is not None]
        return dataclasses.replace(report_of(whole[-1], setting_of(site, whole[-1], language), language), **changes)

    return view


def html_of(renderer: Renderer, view: Report) -> str:
    return paper.html_of(view, renderer)


def run(*command: str | Path) -> str:
    return subprocess.run([*map(str, command)], check=True, capture_output=True, encoding="utf-8").stdout


def pages_of(data: bytes, folder: Path) -> list[str]:
    """The text of each page."""
    path = folder / "report.pdf"
    path.write_bytes(data)
    return run("pdftotext", "-layout", path, "-").split("\f")[:-1]


def streams_of(data: bytes) -> bytes:
    """All that a PDF holds, unpacked, fonts left out."""
    found = [data]
    for match in re.finditer(rb"<<([^<>]*)>>\s*stream\n", data):
        if b"CIDFontType0C" not in match[1] and b"/FlateDecode" in match[1]:
            found.append(zlib.decompressobj().decompress(data[match.end() :]))
    return b"\n".join(found)


# --- what stands on it -----------------------------------------------------------------------------------------------


@poppler
@pytest.mark.parametrize("form", NINE)
def test_every_number_is_printed(
    form: str, printer: PdfEngine, renderer: Renderer, view_of: Callable[..., Report], tmp_path: Path
) -> None:
    view = view_of(form)
    pages = pages_of(printer.render(html_of(renderer, view), DATE, view.head.form, "zh"), tmp_path)
    text = "\n".join(pages)
    assert (view.result.total or "") in pages[0]
    for section in view.card.sections:
        for row in section.rows:
            if not row.not_applicable:
                assert re.search(rf"(?<![\d.]){re.escape(row.points or '')}(?![\d.])", text), row.id
    for number, page in enumerate(pages, 1):
        assert re.search(rf"{number} ?/ ?{len(pages)}$", page, re.MULTILINE)
        assert view.head.name in page
        assert view.head.period in page
    for digest in (view.source.digest, view.source.rules_digest):
        assert digest in re.sub(r"\s", "", text)
    for box in view.signatures:
        assert box.label in text
    assert 2 <= len(pages) <= 5


def test_english_has_the_same_layout(renderer: Renderer, view_of: Callable[..., Report]) -> None:
    for form in NINE:
        chinese, english = html_of(renderer, view_of(form)), html_of(renderer, view_of(form, "en"))
        assert chinese.count("<tr") == english.count("<tr")
        assert '<html lang="en"' in english


@poppler
def test_a_page_is_as_wide_as_the_form_asks(
    printer: PdfEngine, renderer: Renderer, view_of: Callable[..., Report], tmp_path: Path
) -> None:
    for landscape, size in ((False, "595.276 x 841.89"), (True, "841.89 x 595.276")):
        view = view_of("support-center", is_landscape=landscape)
        (tmp_path / "x.pdf").write_bytes(printer.render(html_of(renderer, view), DATE, "t", "zh"))
        assert size in run("pdfinfo", tmp_path / "x.pdf")


@poppler
def test_every_page_says_what_it_is_worth(
    printer: PdfEngine, renderer: Renderer, view_of: Callable[..., Report], tmp_path: Path
) -> None:
    says = messages("en").gettext
    cases = {"draft": ("", [says("DRAFT")]), "submitted": ("", [says("Awaiting confirmation"), says("Content number")])}
    cases["published"] = ("k1:sha256:0123456789abcdef" + "0" * 48, [f"{says('Seal')} 0123456789ab"])
    for status, (seal, wanted) in cases.items():
        view = view_of("ecommerce-cs", "en", status=StatusView(status, says("Awaiting confirmation"), None, None))
        view = dataclasses.replace(view, source=dataclasses.replace(view.source, seal=seal or None))
        pages = pages_of(printer.render(html_of(renderer, view), DATE, "t", "en"), tmp_path)
        for page in pages:
            foot = page[page.rstrip().rindex("\n") :]
            for words in wanted:
                assert words in foot
            if status == "published":
                assert says("DRAFT") not in page
            else:
                assert view.source.number in foot


@poppler
def test_rare_characters_are_printed(
    printer: PdfEngine, renderer: Renderer, view_of: Callable[..., Report], tmp_path: Path
) -> None:
    assert not {0x4DAE, 0x36C3} & fonts.characters()
    view = view_of("ecommerce-cs")
    head = dataclasses.replace(view.head, name="叶䶮㛃", fields=(Labelled("姓名", "叶䶮㛃"),))
    view = dataclasses.replace(view, head=head)
    pages = pages_of(printer.render(html_of(renderer, view), DATE, "t", "zh"), tmp_path)
    assert all("叶䶮㛃" in page for page in pages)
    embedded = run("pdffonts", tmp_path / "report.pdf").splitlines()[2:]
    assert len(embedded) >= 3
    assert all(re.search(r"yes +yes +yes", line) for line in embedded)


def test_the_font_has_all_that_is_printed(renderer: Renderer, view_of: Callable[..., Report]) -> None:
    from fontTools.ttLib import TTFont

    found = fonts.find_fonts()
    if isinstance(found, fonts.Unfound):
        pytest.skip(ENGLISH.words(found.reason))
    with TTFont(found.regular.path, fontNumber=found.regular.index, lazy=True) as font:
        known = font.getBestCmap()
    for language in ("zh", "en"):
        for form in NINE:
            printed = re.sub(r"<[^>]*>|\s", "", html_of(renderer, view_of(form, language)))
            assert not {char for char in printed if ord(char) not in known}, form


# --- pages -----------------------------------------------------------------------------------------------------------


def with_comments(view: Report, text: Callable[[int], str]) -> Report:
    sections = tuple(
        dataclasses.replace(
            section,
            rows=tuple(
                dataclasses.replace(row, comment=Markup(f"<p>{text(int(row.number))}</p>")) for row in section.rows
            ),
        )
        for section in view.card.sections
    )
    return dataclasses.replace(view, card=dataclasses.replace(view.card, sections=sections))


@poppler
@pytest.mark.parametrize("form", ["front-desk", "cs-practical", "property-cs"])
def test_no_row_is_broken(
    form: str, printer: PdfEngine, renderer: Renderer, view_of: Callable[..., Report], tmp_path: Path
) -> None:
    view = with_comments(
        view_of(form), lambda number: f"A{number:02}A {'系统停机两天，少拨七人次。' * 9} Z{number:02}Z"
    )
    pages = pages_of(printer.render(html_of(renderer, view), DATE, "t", "zh"), tmp_path)
    assert len(pages) > 3
    for row in (row for section in view.card.sections for row in section.rows):
        first = [number for number, page in enumerate(pages) if f"A{int(row.number):02}A" in page]
        last = [number for number, page in enumerate(pages) if f"Z{int(row.number):02}Z" in page]
        assert first == last
        assert len(first) == 1


@poppler
def test_a_row_longer_than_a_page_goes_on(
    printer: PdfEngine, renderer: Renderer, view_of: Callable[..., Report], tmp_path: Path
) -> None:
    view = with_comments(view_of("ecommerce-cs"), lambda number: f"A {'停机' * 2500} ENDE" if number == 2 else "短")
    pages = pages_of(printer.render(html_of(renderer, view), DATE, "t", "zh"), tmp_path)
    assert sum(page.count("停") for page in pages) >= 2500
    assert sum("ENDE" in page for page in pages) == 1


@poppler
def test_signatures_stay_together(
    printer: PdfEngine, renderer: Renderer, view_of: Callable[..., Report], tmp_path: Path
) -> None:
    for lines in (0, 10, 20):
        view = view_of("support-center")
        long = (LabelledMarkup("优点", Markup("<p>" + "一行。<br>" * lines + "</p>")),)
        view = dataclasses.replace(view, words=dataclasses.replace(view.words, feedback=long))
        pages = pages_of(printer.render(html_of(renderer, view), DATE, "t", "zh"), tmp_path)
        assert [sum(box.label in page for box in view.signatures) for page in pages].count(len(view.signatures)) == 1


# --- the same bytes --------------------------------------------------------------------------------------------------

PRINT = """
import datetime, hashlib, sys
from pathlib import Path
from kpigen.site.pdf import engine
made = engine()
for name in sys.argv[1:]:
    data = made.render(Path(name).read_text("utf-8"), datetime.date(2026, 2, 5), "t", "zh")
    print(Path(name).name, hashlib.sha256(data).hexdigest())
"""


def test_the_same_bytes_each_time(
    printer: PdfEngine, renderer: Renderer, view_of: Callable[..., Report], tmp_path: Path
) -> None:
    paths = []
    for form in ("ecommerce-cs", "property-cs"):
        paths.append(tmp_path / f"{form}.html")
        paths[-1].write_text(html_of(renderer, view_of(form)), encoding="utf-8")
    digests = {
        path.name: hashlib.sha256(printer.render(path.read_text("utf-8"), DATE, "t", "zh")).hexdigest()
        for path in [*paths, *reversed(paths)]
    }
    assert len(set(digests.values())) == len(paths)
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", PRINT, *map(str, order)],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "TZ": zone, "SOURCE_DATE_EPOCH": seed},
        )
        for order, seed, zone in ((paths, "1", "UTC"), (list(reversed(paths)), "2", "Asia/Shanghai"))
    ]
    for process in runs:
        said, _ = process.communicate(timeout=120)
        assert dict(line.split() for line in said.splitlines()) == digests


@poppler
def test_the_file_tells_nothing_but_title_and_date(
    printer: PdfEngine, renderer: Renderer, view_of: Callable[..., Report], tmp_path: Path
) -> None:
    view = view_of("ecommerce-cs")
    html = html_of(renderer, view).replace(
        "<head>", '<head><meta name="author" content="Wer"><meta name="keywords" content="Wozu">'
    )
    data = printer.render(html, DATE, f"{view.head.form} {view.head.period}", "zh")
    path = tmp_path / "x.pdf"
    path.write_bytes(data)
    lines = [line.split(":", 1) for line in run("pdfinfo", "-isodates", path).splitlines()]
    said = {name: value.strip() for name, value in lines}
    assert said["Title"] == f"{view.head.form} {view.head.period}"
    assert said["CreationDate"].startswith("2026-02-05")
    assert said["CreationDate"] == said["ModDate"]
    assert said["Tagged"] == "yes"
    assert not {"Author", "Keywords", "Subject"} & set(said)
    meta = run("pdfinfo", "-meta", path)
    assert 'pdfaid:part="3"' in meta
    assert view.head.name not in meta + said["Title"]
    everything = streams_of(data)
    for secret in (str(ROOT), str(tmp_path), str(Path.home()), socket.gethostname(), "Wozu"):
        assert len(secret) < 4 or secret.encode() not in everything  # a host called `vm` is found in any font


def test_a_report_is_small(printer: PdfEngine, renderer: Renderer, view_of: Callable[..., Report]) -> None:
    """Ten thousand of them lie in a repository: what WeasyPrint leaves in the fonts must not come back."""
    if printer.notes:
        pytest.skip(" ".join(printer.notes))
    # With that they would have 124 and 223 KB; they have 91 and 150. `make bench` weighs the whole files.
    for form, most in (("ecommerce-cs", 110_000), ("property-cs", 180_000)):
        assert len(printer.render(html_of(renderer, view_of(form)), DATE, "t", "zh")) < most, form


# --- nothing from outside --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        '<img src="http://127.0.0.1:9/x.png" alt="x">',
        '<img src="file:///etc/hostname" alt="x">',
        '<img src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'/>" alt="x">',
        '<img src="x.png" alt="x">',
        '<p style="background: url(file:///etc/hostname)">x</p>',
        '<link rel="stylesheet" href="file:///etc/hostname">',
        "<style>@import 'https://example.com/x.css'</style>",
        "<style>@font-face { font-family: x; src: url(file:///etc/hostname) }</style><p style='font-family: x'>x</p>",
        '<object data="file:///etc/hostname"></object>',
        "<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/hostname' width='9' height='9'/></svg>",
    ],
)
def test_nothing_is_fetched(part: str, printer: PdfEngine) -> None:
    with pytest.raises(BrokenTemplate) as caught:
        printer.render(f"<html lang=zh><body>{part}x", DATE, "t", "zh")
    assert re.search("127.0.0.1|hostname|data:|x.png|example.com", caught.value.diagnostic.message)


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<div>" * 1_200 + "x", "KPI724"),
        ("<blockquote>" * 800 + "x", "KPI724"),
        ("<ul><li>" * 500 + "x", "KPI724"),
        ("<b>" * 1_500 + "x", "KPI724"),
        ("<table><tr><td>" * 250 + "x", "KPI724"),
        ("<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 1_500 + "<path d='M0 0'/>", "KPI724"),
    ],
    ids=["boxes", "quotes", "lists", "inline", "tables", "a drawing"],
)
def test_html_that_is_nested_too_deeply_is_told(page: str, code: str, printer: PdfEngine) -> None:
    with pytest.raises(BrokenTemplate) as caught:
        printer.render(f"<html lang=zh><body>{page}", DATE, "t", "zh")
    assert caught.value.diagnostic.code == code
    assert b"%PDF" in printer.render("<html lang=zh><body>x", DATE, "t", "zh")


def test_nothing_is_attached(printer: PdfEngine) -> None:
    data = printer.render('<html lang=zh><link rel="attachment" href="file:///etc/hostname">x', DATE, "t", "zh")
    assert b"EmbeddedFile" not in streams_of(data)


def test_after_a_refusal_it_goes_on(printer: PdfEngine) -> None:
    page = "<html lang=zh><body>x"
    before = printer.render(page, DATE, "t", "zh")
    with pytest.raises(BrokenTemplate):
        printer.render(f'{page}<img src="x.png" alt="x">', DATE, "t", "zh")
    assert printer.render(page, DATE, "t", "zh") == before
    made = engine(style="@import 'https://example.com/x.css';")
    assert not isinstance(made, PdfUnavailable)
    with pytest.raises(BrokenTemplate):
        made.render(page, DATE, "t", "zh")


def test_links_are_kept_but_not_followed(printer: PdfEngine) -> None:
    data = printer.render('<html lang=zh><body><a href="https://example.com/t">t</a>', DATE, "t", "zh")
    assert b"https://example.com/t" in streams_of(data)


def test_a_file_that_is_handed_in_is_served() -> None:
    picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    made = engine(style="", files={"logo.svg": picture})
    if isinstance(made, PdfUnavailable):
        pytest.skip(ENGLISH.words(made.reason))
    assert made.render('<html lang=zh><body><img src="kpigen:logo.svg" alt="x">', DATE, "t", "zh").startswith(b"%PDF")


# --- what the machine may lack ---------------------------------------------------------------------------------------


def test_without_the_font_it_says_so() -> None:
    made = engine("No Such Family")
    assert isinstance(made, PdfUnavailable)
    assert "No Such Family" in ENGLISH.words(made.reason)
    assert "apt-get install fonts-noto-cjk" in ENGLISH.words(made.hint)
    made = engine("/nowhere/x.otf")
    assert isinstance(made, PdfUnavailable)
    assert "/nowhere/x.otf" in ENGLISH.words(made.reason)


def test_without_fontconfig_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    made = engine()
    assert isinstance(made, PdfUnavailable)
    assert "fc-match" in ENGLISH.words(made.reason)
    assert "fontconfig" in ENGLISH.words(made.hint)


@pytest.mark.usefixtures("printer")
def test_without_pango_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(importlib.abc.MetaPathFinder):
        def find_spec(self, name: str, *_: object) -> None:
            if name == "kpigen.site.pdf.weasy":
                raise OSError("cannot load library 'libpango-1.0-0'\nand more")

    monkeypatch.delattr(kpigen.site.pdf, "weasy")
    monkeypatch.delitem(sys.modules, "kpigen.site.pdf.weasy")
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    before = os.environ.get("FONTCONFIG_FILE")
    made = engine()
    assert isinstance(made, PdfUnavailable)
    assert "libpango" in ENGLISH.words(made.reason)
    assert "\n" not in ENGLISH.words(made.reason)
    assert "apt-get install libpango-1.0-0" in ENGLISH.words(made.hint)
    assert os.environ.get("FONTCONFIG_FILE") == before


# --- the fonts -------------------------------------------------------------------------------------------------------

FEW = frozenset(map(ord, "客服主管0123456789"))


@pytest.fixture(scope="module")
def found() -> fonts.Fonts:
    found = fonts.find_fonts()
    if isinstance(found, fonts.Unfound):
        pytest.skip(ENGLISH.words(found.reason))
    return found


def test_fonts_are_cut_once(found: fonts.Fonts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fontTools.ttLib import TTFont

    cut = fonts.cut_fonts(found, tmp_path, FEW)
    assert cut is not None
    assert sorted(path.name for path in cut.folder.iterdir()) == ["Bold.otf", "Regular.otf"]
    for path in cut.folder.iterdir():
        with TTFont(path) as font:
            assert set(font.getBestCmap()) == FEW
            assert font["name"].getDebugName(1) == cut.family != found.family
    again = fonts.cut_face(found.regular, FEW, cut.family, "Regular", 400)
    assert again == (cut.folder / "Regular.otf").read_bytes()

    made: list[frozenset[int]] = []
    monkeypatch.setattr(fonts, "cut_face", lambda _, wanted, *__: made.append(wanted) or b"font")
    assert fonts.cut_fonts(found, tmp_path, FEW) == cut
    assert made == []
    other = fonts.cut_fonts(found, tmp_path, FEW | {ord("甲")})
    assert other is not None
    assert other.folder != cut.folder
    assert len(made) == 2
    monkeypatch.setattr(fonts, "CUT_VERSION", "next")
    newer = fonts.cut_fonts(found, tmp_path, FEW)
    assert newer is not None
    assert newer.folder not in (cut.folder, other.folder)


def test_where_cut_fonts_cannot_be_kept_there_are_none(found: fonts.Fonts, tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("", encoding="utf-8")
    assert fonts.cut_fonts(found, tmp_path / "in the way", FEW) is None
    assert [path.name for path in tmp_path.iterdir()] == ["in the way"]


def test_a_font_may_be_set_by_family_or_by_file(found: fonts.Fonts) -> None:
    assert fonts.find_fonts(found.family) == found
    assert fonts.find_fonts(str(found.regular.path)) == found


@poppler
@pytest.mark.usefixtures("printer")
def test_without_a_cache_it_prints_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    made = engine(style="")
    assert not isinstance(made, PdfUnavailable)
    assert any("not cut" in ENGLISH.words(note) for note in made.notes)
    assert "客服䶮" in pages_of(made.render("<html lang=zh><body>客服䶮", DATE, "t", "zh"), tmp_path)[0]


def test_the_set_of_characters_is_fixed() -> None:
    wanted = fonts.characters()
    assert {ord(char) for char in "客服的一是〈」“”·…×÷−≤≥≈Σ⚠✓→■□0Az"} <= wanted
    assert 7_500 < len(wanted) < 7_700


def test_fontconfig_sees_no_other_fonts(found: fonts.Fonts, tmp_path: Path) -> None:
    path = tmp_path / "fonts.conf"
    path.write_text(fonts.configuration(found, None, tmp_path), encoding="utf-8")
    said = subprocess.run(
        ["fc-list", ":", "file"],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "FONTCONFIG_FILE": str(path)},
    ).stdout
    assert {line.partition(":")[0] for line in said.splitlines()} == {str(found.regular.path), str(found.bold.path)}
