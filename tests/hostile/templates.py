"""Templates of a repository that would hang or crash the build. More ways are in `tests/site/render/test_sandbox.py`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Hostile

BUILD = ("build", "--no-audit", "--no-search")


def _template(name: str, text: str) -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        file = root / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))

    return arrange


def _nothing_written(root: Path) -> None:
    assert not (root / "site").exists()


def _refused(name: str, text: str, code: str, template: str = "landing.html", pdf: bool = False) -> Hostile:
    return Hostile(
        name,
        _template(template, text),
        BUILD if pdf else (*BUILD, "--no-pdf"),
        1,
        (code, f"templates/{template}"),
        after=_nothing_written,
        seconds=4 if pdf else 2,
    )


CASES = [
    _refused("a text repeated", "{{ 'a' * 10**11 }}", "KPI706"),
    _refused("a text just within memory", "{% for i in range(10**5) %}{{ 'a' * 10**6 }}{% endfor %}", "KPI723"),
    _refused("a lone surrogate", "{{ '\\ud800' }}", "KPI706"),
    _refused("bytes that are not UTF-8", "\ud800", "KPI706"),
    _refused("a power", "{{ 10 ** (10 ** 10) }}", "KPI706"),
    _refused("a template that includes itself", "{% include 'landing.html' %}", "KPI706"),
    _refused("a macro that calls itself", "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "KPI706"),
    *(
        _refused(f"a template that {what}", text, "KPI706")
        for what, text in {
            "includes a file of the system": "{% include '/etc/hostname' %}",
            "includes it by two slashes": "{% include '//etc/hostname' %}",
            "includes by a way up": "{% include '../../../../../../etc/hostname' %}",
            "includes by a way through": "{% include 'assets/../../../../etc/hostname' %}",
            "includes one of several": "{% include ['nope', '/etc/hostname'] %}",
            "extends a file of the system": "{% extends '/etc/hostname' %}",
            "imports a file of the system": "{% import '/proc/self/environ' as p %}{{ p }}",
            "includes a review": "{% include '../reviews/2026-01/PM-0002.front-desk.md' %}",
        }.items()
    ),
    _refused("a range", "{% for i in range(10**9) %}{% endfor %}", "KPI706"),
    _refused(
        "HTML nested deeply in print", "<html>" + "<blockquote>" * 800 + "a", "KPI724", "print/report.html", pdf=True
    ),
]
