"""Where pages lie, in one language and in two."""

from __future__ import annotations

import os
from pathlib import Path

from tests.helpers.forms import run
from tests.helpers.sample import Sample, bytes_of


def test_every_page_has_its_other_language_and_back(sample: Sample) -> None:
    for path in sample.html:
        language = "en" if "en" in path.split("/") else "zh"
        page = sample.page(path)
        other = [item for item in page.iter("a") if item.get("hreflang")]
        assert [item.get("hreflang") for item in other] == [{"en": "zh", "zh": "en"}[language]], path
        alternate = [item.get("href") for item in page.iter("link") if item.get("rel") == "alternate"]
        assert alternate == [other[0].get("href")], path
        there = Path(os.path.normpath(Path(path).parent / alternate[0])).as_posix()
        back = [item.get("href") for item in sample.page(there).iter("a") if item.get("hreflang")]
        assert os.path.normpath(Path(there).parent / back[0]) == path
        assert sample.folder(there) == sample.folder(path), "both languages lie in one guarded folder"
        assert len(list(sample.page(there).iter("table"))) == len(list(page.iter("table"))), path


def test_a_single_language_needs_no_subfolders(small: Path) -> None:
    (small / "kpigen.toml").write_text('languages = ["en"]\n', "utf-8")
    run(small, "build", "--no-pdf")
    pages = [path for path in bytes_of(small / "site") if path.endswith(".html")]
    assert pages
    assert not [path for path in pages if "en" in path.split("/")]
    assert 'lang="en"' in (small / "site/index.html").read_text("utf-8")
