"""A roster, settings or reviews that show a report to somebody else than it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Hostile

DRAFT = "reviews/2026-01/PM-0002.front-desk.md"
HEADER = "id,name,login,email,department,position,manager,form,from,to"
JIA, YI = "PM-0001,甲,jia,,物业,前台,,,,", "PM-0002,乙,yi,,物业,前台,,,,"


def _arranged(
    *lines: str, settings: str = "", edit: tuple[str, str] = ("", ""), more: str = ""
) -> Callable[[Path], None]:
    """Write the roster and settings, and edit the draft; `more` is evidence that both reviews have."""

    def arrange(root: Path) -> None:
        (root / "reviews/people.csv").write_text("\n".join([HEADER, *lines, ""]), "utf-8")
        if settings:
            (root / "kpigen.toml").write_text(settings, "utf-8")
        review = root / DRAFT
        review.write_text(review.read_text("utf-8").replace(*edit, 1), "utf-8")
        if more:
            (review.parent / "files").mkdir()
            (review.parent / "files" / more).write_text("一\n", "utf-8")
            for path in review.parent.glob("*.md"):
                text = path.read_text("utf-8").replace("metrics:", f"evidence: {{training: [files/{more}]}}\nmetrics:")
                path.write_text(text, "utf-8")

    return arrange


def _login(login: str) -> Hostile:
    lines = (JIA, YI.replace(",yi,", f',"{login}",'))
    return Hostile(f"the login {login}", _arranged(*lines), ("check",), 1, ("people.csv:3:1: error[KPI425]",))


MANAGED = (JIA, YI.replace("前台,,", "前台,M-1,"), "M-1,丙,bing,,,,,,,", "M-9,丁,ding,,,,,,,")
CASES = [
    *map(_login, ("*", "everyone", "CON", "jia, yi", "@staff")),
    Hostile("everybody is HR", _arranged(JIA, YI, settings='hr = ["*"]\n'), ("build", "--no-pdf"), 1, ("KPI425",)),
    Hostile("logins in other capitals", _arranged(JIA, YI.replace("yi", "JIA")), ("check",), 1, ("KPI426",)),
    Hostile("ids in other capitals", _arranged(JIA, YI, "pm-0001,丙,bing,,,,,,,"), ("check",), 1, ("KPI427",)),
    Hostile("an id that is a device", _arranged(JIA, YI, "NUL,丙,bing,,,,,,,"), ("check",), 1, ("KPI428",)),
    Hostile(
        "an id that passes on",
        _arranged("PM-0001,旧,jiu,,物业,前台,,,,2025-12-31", "PM-0001,甲,jia,,物业,前台,,,2026-01-01,", YI),
        ("check",),
        1,
        ("KPI429",),
    ),
    Hostile(
        "another manager in a review",
        _arranged(*MANAGED, edit=("position: 前台", "position: 前台, manager: M-9")),
        ("submit", "--yes", DRAFT),
        1,
        ("KPI431", "this manager would read the report"),
    ),
    Hostile("somebody who has left", _arranged(JIA, YI, "L-1,丙,bing,,,,,,,2020-12-31"), ("check",), 0, ("KPI430",)),
    Hostile("evidence of two people", _arranged(JIA, YI, more="a.txt"), ("check",), 0, ("KPI434",)),
]
