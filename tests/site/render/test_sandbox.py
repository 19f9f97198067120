"""What a repository's own template may not do: run for ever, make gigabytes, call itself, write half a character."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kpigen.base.share import OutOfShare, share
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.site.render import documents
from kpigen.site.render.render import BrokenTemplate, Renderer

REFUSED = {
    # one step that would make too much
    "a text repeated": "{{ 'a' * 10**11 }}",
    "a number in front": "{{ 10**8 * 'ab' }}",
    "a list repeated": "{{ [1, 2] * 10**9 }}",
    "a text repeated beyond all bounds": "{{ 'a' * 10**30 }}",
    "a power": "{{ 10 ** (10 ** 10) }}",
    "a power of a small number": "{{ 2 ** (10**8) }}",
    "a product of long numbers": "{% set ns = namespace(x=10**300) %}{% for i in range(40) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    "a width": "{{ '%1000000000d' % 1 }}",
    "a width in a filter": "{{ '%1000000000d'|format(1) }}",
    "a width beside": "{{ '%*d' % (10**9, 1) }}",
    "a filter that fills": "{{ 'a'|center(10**10) }}",
    "a filter that indents": "{{ 'a\nb'|indent(10**10) }}",
    "a filter that groups": "{{ [1]|batch(10**10, 'x')|list }}",
    "a method that fills": "{{ 'a'.ljust(10**10) }}",
    "a method with tabs": "{{ '\t'.expandtabs(10**10) }}",
    "a range": "{% for i in range(10**9) %}{% endfor %}",
    "a range with a step": "{{ range(0, 10**18, 2)|list }}",
    # itself
    "a macro that calls itself": "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "a template that includes itself": "{% include 'x.html' %}",
    "a template that extends itself": "{% extends 'x.html' %}",
    "a loop that calls itself": "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    # what raises
    "a lone surrogate": "{{ '\\ud800' }}",
    "a lone surrogate in a list": "{{ ['\\udfff']|join }}",
    "division": "{{ 1 / 0 }}",
    "an attribute of Python": "{{ ''.__class__.__mro__ }}",
    "a format that looks inside": "{{ '{0.__class__}'.format('a') }}",
    "a call of what is no function": "{{ 1() }}",
    "blocks in blocks": "{% for i in [1] %}" * 30 + "{% endfor %}" * 30,
    "brackets in brackets": "{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}",
    "an unknown template": "{% include 'nowhere.html' %}",
    "an unknown filter": "{{ 1|nothing }}",
}
TOO_LARGE = {
    "a page": "{% set a = 'a' * 1000000 %}{% for i in range(50) %}{{ a }}{% endfor %}",
    "a text that doubles": (
        "{% set ns = namespace(a='a' * 1000) %}{% for i in range(16) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}{{ ns.a }}"
    ),
}
ENDLESS = {
    "loops in loops": "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
    "text from loops": "{% for i in range(100000) %}{% for j in range(100000) %}a{% endfor %}{% endfor %}",
    "macros that call others": "{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(60) }}",
    "a filter over filters": "{{ range(100000)|map('string')|map('length')|sum }}" * 200,
    "words without end": "{{ lipsum(n=1000000) }}",
}


def told(root: Path, text: str) -> Diagnostic:
    """Return the finding about a template."""
    (root / "templates").mkdir(exist_ok=True)
    (root / "templates/x.html").write_text(f"<p>\n{text}\n", "utf-8")
    with pytest.raises(BrokenTemplate) as broken, documents.page("x.html"):
        Renderer(root).template("x.html", "en")
    return broken.value.diagnostic


@pytest.mark.parametrize("way", REFUSED)
def test_what_a_template_may_not_do_is_told_at_its_place(way: str, tmp_path: Path) -> None:
    started = time.process_time()
    found = told(tmp_path, REFUSED[way])
    assert time.process_time() - started < 2
    assert (found.code, found.span.path) == ("KPI706", "templates/x.html")


@pytest.mark.parametrize("way", TOO_LARGE)
def test_a_page_that_is_too_large_is_refused(way: str, tmp_path: Path) -> None:
    found = told(tmp_path, TOO_LARGE[way])
    assert (found.code, found.span.path) == ("KPI723", "templates/x.html")


@pytest.mark.parametrize("way", ENDLESS)
def test_a_template_that_does_not_end_is_stopped(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "PAGE_SECONDS", 0.2)
    started = time.process_time()
    found = told(tmp_path, ENDLESS[way])
    assert time.process_time() - started < 3
    assert (found.code, found.span.path) == ("KPI722", "templates/x.html")


def test_ordinary_templates_are_not_refused(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    text = (
        "{{ 3 * 4 }} {{ 2 ** 10 }} {{ 'ab' * 3 }} {{ '%5.2f' % 1 }} {{ 'a'|center(9) }} {{ 'a'.ljust(3) }} {{ '100%' }}"
    )
    (tmp_path / "templates/x.html").write_text(text, "utf-8")
    assert Renderer(tmp_path).template("x.html", "en") == "12 1024 ababab  1.00     a     a   100%\n"


# --- the share of a document ------------------------------------------------------------------------------------------


def endless() -> Iterator[int]:
    while True:
        yield 1


def test_what_takes_too_long_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "PDF_SECONDS", 0.1)
    with pytest.raises(BrokenTemplate) as broken, documents.pdf("reviews/2026-01/A-1.tiny.md"):
        sum(endless())
    assert (broken.value.diagnostic.code, broken.value.diagnostic.span.path) == (
        "KPI721",
        "reviews/2026-01/A-1.tiny.md",
    )


def test_what_needs_too_much_memory_is_named() -> None:
    with pytest.raises(BrokenTemplate) as broken, documents.page("people/a.html"):
        raise MemoryError
    assert (broken.value.diagnostic.code, broken.value.diagnostic.span.path) == ("KPI721", "people/a.html")


def stubborn() -> None:
    """Go on after the first exception, as a library may."""
    try:
        sum(endless())
    except OutOfShare:
        sum(endless())


def test_an_exception_that_is_swallowed_comes_again() -> None:
    with pytest.raises(OutOfShare), share(0.1):
        stubborn()


def last_moment(seconds: float) -> None:
    with share(0.05):
        end = time.thread_time() + seconds
        while time.thread_time() < end:
            pass


def test_what_ends_in_the_last_moment_is_not_stopped_later() -> None:
    for number in range(8):
        with suppress(OutOfShare):
            last_moment(0.05 + number * 0.015)
    for _ in range(20):
        time.sleep(0.001)
