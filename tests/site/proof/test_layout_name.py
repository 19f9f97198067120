"""The print layout prints what its name says: PDFs from before a change are compared in full as long as the name stays."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from kpigen.base.sources import WorkTree
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from kpigen.site.pages.report import report_of, setting_of
from kpigen.site.pages.site import Site
from kpigen.site.proof.layout_name import layout_name
from kpigen.site.proof.paper import html_of
from kpigen.site.render.render import Renderer
from tests.helpers.forms import ROOT
from tests.helpers.papers import variants

#: What the layouts of `LAYOUTS` print for reports of every kind: digests of the HTML, by language.
PRINTED = {
    "zh": "975d7f73daa06ff7564e1b04b19ae04ba1eb0fae5ca26d892ba84092d0cdf166",
    "en": "d81b29a796f63b15f4436cbf6d6b731326236374c3cf539d86c15a288e918301",
}
#: What prints nothing: line ends between cells and boxes, what only pages need of a table in a text.
_NOTHING = re.compile(r"\s*\n\s*(?=</?t[dhr]|</?div|</section)|(?<=<table) class=\"written\" tabindex=\"0\"(?=>)")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_layout_prints_the_same_as_long_as_it_has_its_name(language: str) -> None:
    """Where this fails and no review of the sample was changed, papers say something new: give the layout a new name."""
    project = load(WorkTree(ROOT))
    records, _ = check(project)
    site = Site(project.config, project.roster, project.rules, records, drafts=True)
    last = {record.form.key: record for record in records}
    renderer, printed = Renderer(None), hashlib.sha256()
    for record in last.values():
        for _, variant in variants(project, record):
            html = html_of(report_of(variant, setting_of(site, variant, language), language), renderer)
            printed.update(_NOTHING.sub("", html).encode())
    assert printed.hexdigest() == PRINTED[language]


def test_a_repositorys_own_template_is_a_layout_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "templates/print/parts.html"
    own.parent.mkdir(parents=True)
    shipped = (ROOT / "templates/print/parts.html").read_bytes()
    own.write_bytes(shipped)
    assert layout_name(Renderer(tmp_path), "zh") == layout_name(Renderer(None), "zh"), "a copy is no other layout"
    own.write_bytes(shipped + b"\n<p>own</p>\n")
    assert layout_name(Renderer(tmp_path), "zh") != layout_name(Renderer(None), "zh")
