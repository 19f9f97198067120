"""Two sites for browser tests, and a server that serves them as recommended in docs/site.md.

The sample consists of the repository's own reviews, with one report amended after an objection and one withdrawn. The
extremes are a generated repository with unusually long names and texts, a person with one report and one with a hundred.
"""

from __future__ import annotations

import itertools
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.helpers.forms import LANGUAGES, ROOT, make_repository, run
from tests.helpers.git import commit, git

#: The author of all commits, with a fixed time.
LIN = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Lin"), ("EMAIL", "lin@example.com"), ("DATE", "2026-07-11T09:00:00+0800"))
}

#: Kinds of pages in the sample, with an address in the first language.
KINDS = {
    "landing": "index.html",
    "forms": "forms/index.html",
    "form": "forms/front-desk/2026-01.html",
    "published": "people/EC-0001/2026-05/ecommerce-cs.html",
    "submitted": "people/PM-0002/2026-05/front-desk.html",
    "amended": "people/PM-0002/2026-03/front-desk.html",
    "withdrawn": "people/CS-0006/2026-02/cs-kpi-gs.html",
    "person": "people/CS-0002/index.html",
    "team": "teams/OP-0001/2026-05/index.html",
    "hr": "hr/index.html",
    "hr period": "hr/2026-05/index.html",
    "search": "hr/search.html",
    "audit": "hr/audit/index.html",
    "audit form": "hr/audit/forms/front-desk.html",
    "audit person": "hr/audit/people/PM-0002.html",
}
#: Pages of the extremes, with an address in the first language.
EXTREMES = {
    "long report": "people/L-1/2026-01/ecommerce-cs.html",
    "one report": "people/L-1/index.html",
    "hundred reports": "people/H-1/index.html",
    "long team": "teams/M-1/2026-01/index.html",
    "long hr period": "hr/2026-01/index.html",
}
_FOLDERS = re.compile(r"(people/[^/]+/[^/]+/|people/[^/]+/|teams/[^/]+/[^/]+/|hr/audit/|hr/|forms/|)(.*)")

LONG_NAME = "阿卜杜热合曼·买买提艾力·吐尔逊江·努尔麦麦提"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_TEXT = "系统停机两天，少拨七人次，其余按计划完成。" * 40 + LONG_WORD
TABLE = "|月份|一|二|三|四|五|备注|\n|:--|--:|:-:|---|---|---|---|\n|回访|596|600|-|-|-|见邮件|"
ROSTER = """\
id,name,login,email,department,position,manager,form,from,to
M-1,Wolfeschlegelsteinhausenbergerdorff,m.one,m.one@example.com,{department},{position},,,2024-01-01,
L-1,{name},l.one,l.one@example.com,{department},{position},M-1,ecommerce-cs,2024-01-01,
H-1,百里,h.one,h.one@example.com,{department},{position},M-1,ecommerce-cs,2024-01-01,
"""
REVIEW = """\
---
employee: {{id: {id}, name: {name}, department: {department}, position: {position}, manager: M-1}}
period: {period}
form: ecommerce-cs
status: draft
metrics:
  aht: {{actual: {seconds}s, average: 300s}}
  resolution_rate: {{solved: 85, total: 100}}
  csat: 4.61
  growth: yes
comments:
  csat: {comment}
---

{body}
"""
DEPARTMENT = "华东大区线上零售与全渠道客户体验服务运营管理中心第二事业部"
POSITION = "高级电子商务客户服务与用户关系维护主管（储备）"


def address(kind: str, language: str) -> str:
    """Return the address of a page in a language."""
    path = {**KINDS, **EXTREMES}[kind]
    if language == LANGUAGES[0]:
        return path
    match = _FOLDERS.fullmatch(path)
    assert match
    return f"{match[1]}{language}/{match[2]}"


def make_sample(root: Path) -> Path:
    """Build the site of the repository's reviews, with an amended and a withdrawn report, and return its folder."""
    for name in ("reviews", "rules", "templates"):
        shutil.copytree(ROOT / name, root / name)
    (root / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    git(root, "init", "--quiet", "--initial-branch", "main")
    commit(root, "The reviews", **LIN)
    amended = root / "reviews/2026-03/PM-0002.front-desk.md"
    text = amended.read_text("utf-8")
    assert "\nobjections:" in text
    assert text.count("escalated: 1") == 1
    amended.write_text(text.replace("escalated: 1", "escalated: 0"), "utf-8")
    why = ("--yes", "--date", "2026-07-10", "--by", "林主管", "--reason")
    run(root, "amend", amended, *why, "总部 7 月复议：家属来电时客户正在通话中，撤销升级立案")
    commit(root, "An amendment", **LIN)
    run(root, "withdraw", root / "reviews/2026-02/CS-0006.cs-kpi-gs.md", *why, "数据取自另一个店铺，全部作废")
    commit(root, "A withdrawal", **LIN)
    run(root, "build", "--no-pdf", "--out", root / "site")
    return root / "site"


def make_extremes(root: Path) -> Path:
    """Build a site with very long names and texts, one person with one report and one with a hundred, and return its folder."""
    make_repository(root, ("ecommerce-cs",), ROSTER.format(name=LONG_NAME, department=DEPARTMENT, position=POSITION))
    (root / "kpigen.toml").write_text(
        f'languages = ["zh", "en"]\norganisation = {{zh = "{DEPARTMENT}", en = "{LONG_WORD}"}}\n', "utf-8"
    )
    months = [f"{year}-{month:02}" for year, month in itertools.product(range(2026, 2035), range(1, 13))][:100]
    paths = []
    for id_, name, periods in (("L-1", LONG_NAME, months[:1]), ("H-1", "百里", months)):
        for number, period in enumerate(periods):
            paths.append(root / f"reviews/{period}/{id_}.ecommerce-cs.md")
            paths[-1].parent.mkdir(exist_ok=True)
            filled = REVIEW.format(
                id=id_,
                name=name,
                department=DEPARTMENT,
                position=POSITION,
                period=period,
                seconds=280 + number % 40,
                comment=LONG_TEXT if id_ == "L-1" else "见上",
                body=f"{LONG_TEXT}\n\n{TABLE}\n\n```\n{LONG_WORD}\n```\n\n    {LONG_TEXT}"
                if id_ == "L-1"
                else "如表。",
            )
            paths[-1].write_text(filled, "utf-8")
    run(root, "submit", *paths, "--yes", "--date", "2034-07-01")
    run(root, "confirm", *paths, "--role", "employee", "--yes", "--date", "2034-07-02")
    run(root, "publish", *paths, "--yes", "--date", "2034-07-03")
    run(root, "build", "--no-pdf", "--no-audit", "--out", root / "site")
    return root / "site"


# --- the server ------------------------------------------------------------------------------------------------------


def recommended(folder: str) -> dict[str, str]:
    """Return the headers that docs/site.md recommends for a folder of the site, read from that page."""
    text = (ROOT / "docs/site.md").read_text("utf-8")
    blocks = re.findall(r"^```http\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3, "one for the site, one for hr/, one for evidence/"
    headers = {}
    for block in {"hr/": blocks[:2], "evidence/": blocks[2:]}.get(folder, blocks[:1]):
        headers.update(line.split(": ", 1) for line in block.splitlines())
    return headers


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        for name, value in recommended("hr/" if self.path.startswith("/hr/") else "").items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@dataclass(frozen=True)
class Served:
    """A site and its address on the server."""

    folder: Path
    origin: str

    def url(self, kind: str, language: str) -> str:
        return f"{self.origin}/{address(kind, language)}"


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve a folder on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Served(folder, f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
