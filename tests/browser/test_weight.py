"""What a reader on a phone has to load: a report page and all that it asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.forms import NINE, ROOT, run

BOUND = 60_000
LOADED = re.compile(
    r'<(?:link rel="(?:stylesheet|icon|modulepreload|preload)"|script|img)[^>]*? (?:href|src)="([^"]+)"'
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    run(ROOT, "build", "--no-pdf", "--no-audit", "--out", out)
    return out


@pytest.mark.parametrize("form", NINE)
def test_a_report_is_light(form: str, site: Path) -> None:
    """The heaviest report of each form, with styles, icon and scripts, nothing compressed, stays below 60 KB."""
    reports = [*site.glob(f"people/*/*/{form}.html"), *site.glob(f"people/*/*/en/{form}.html")]
    assert len(reports) >= 2
    weights = {}
    for path in reports:
        loaded = {(path.parent / name).resolve() for name in LOADED.findall(path.read_text("utf-8"))}
        assert any(item.suffix == ".css" for item in loaded)
        weights[path] = sum(item.stat().st_size for item in (path, *loaded))
    for language, folder in (("zh", False), ("en", True)):
        heaviest = max((path for path in weights if (path.parent.name == "en") == folder), key=weights.__getitem__)
        print(f"{form:16} {language} {weights[heaviest]:6,} bytes  {heaviest.relative_to(site)}")
        assert weights[heaviest] < BOUND
