"""A submitted report is answered by mail."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

from tests.helpers.forms import make_repository, review_text, run
from tests.helpers.html import parsed, rows_of, said, section_of

FILE = "reviews/2026-03/T-001.cs-graded.md"
NAMESAKE = "reviews/2026-03/T-002.cs-graded.md"


def submitted(root: Path) -> Path:
    """Make a repository with two submitted reviews of people who have the same name."""
    make_repository(root, ("cs-graded",))
    (root / "kpigen.toml").write_text('contact = "hr@example.com"\ndays_to_object = 7\n', "utf-8")
    metrics = {
        "csat": "96.5%",
        "team_performance": "80",
        "management": {"coordination": "88", "development": "85"},
        "ability": {"knowledge": "90", "adaptability": "86", "communication": "92"},
    }
    (root / FILE).parent.mkdir()
    text = review_text("cs-graded", metrics, period="2026-03")
    (root / FILE).write_text(text, "utf-8")
    (root / NAMESAKE).write_text(text.replace("T-001", "T-002").replace("客服部", "电商部"), "utf-8")
    run(root, "submit", root / FILE, root / NAMESAKE, "--date", "2026-04-01", "--yes")
    return root


def await_box(root: Path, language: str = "") -> Element:
    page = parsed((root / f"site/people/T-001/2026-03/{language}cs-graded.html").read_text("utf-8"))
    box = section_of(page.stack[0], "await")
    assert box is not None
    return box


def test_a_submitted_report_is_answered_by_a_prefilled_mail(tmp_path: Path) -> None:
    root = submitted(tmp_path / "r")
    run(root, "build", "--no-pdf")
    number = json.loads((root / "site/people/T-001/2026-03/cs-graded.json").read_text("utf-8"))["content"][:12]
    for language, says in (("", ("2026年4月8日", "同意", "异议")), ("en/", ("8 April 2026", "Agreed", "Objection"))):
        box = await_box(root, language)
        assert says[0] in said(box)
        mails = [urlsplit(link.get("href")) for link in box.iter("a")]
        assert [mail.scheme + ":" + mail.path for mail in mails] == ["mailto:hr@example.com"] * 2
        for mail, word in zip(mails, says[1:], strict=True):
            assert re.search("%0A", mail.query.replace("%0D%0A", "")) is None, "RFC 6068: a line ends with %0D%0A"
            query = parse_qs(mail.query)
            assert word in query["subject"][0]
            for text in (query["subject"][0], query["body"][0]):
                assert number in text
                assert "2026-03" in text
                assert "T-001" in text


def waiting(root: Path, page: str) -> list[tuple[str, ...]]:
    """Return who has not confirmed, by a list on a page: name, id, department, answer, who is still to confirm, deadline."""
    tree = parsed((root / "site" / page).read_text("utf-8")).stack[0]
    table = next((section_of(tree, "waiting") or tree).iter("table"))
    headings = ("姓名", "工号", "部门", "员工答复", "尚待确认", "异议截止日期")
    return [tuple(row[heading] for heading in headings) for row in rows_of(table)]


def test_who_has_answered_is_asked_no_more_and_every_list_says_what_was_said(tmp_path: Path) -> None:
    root = submitted(tmp_path / "r")
    namesake = ("员工甲", "T-002", "电商部", "待确认", "员工、考核人", "2026-04-08")

    def built(answer: str, roles: str) -> str:
        """Build, compare the lists of HR, and return what the report says of the answer. No mail is offered any more."""
        run(root, "build", "--no-pdf")
        own = ("员工甲", "T-001", "客服部", answer, roles, "2026-04-08")
        assert sorted(waiting(root, "hr/index.html")) == sorted([own, namesake])
        assert sorted(waiting(root, "hr/2026-03/index.html")) == sorted([own, namesake])
        person = parsed((root / "site/people/T-001/index.html").read_text("utf-8")).stack[0]
        assert answer in said(next(iter(person.iter("tbody"))))
        box = await_box(root)
        assert list(box.iter("a")) == []
        return said(box)

    run(root, "confirm", root / FILE, "--role", "employee", "--date", "2026-04-02", "--yes")
    told = built("已同意", "考核人")
    assert "员工甲已于2026年4月2日同意。" in told
    assert "尚待确认：考核人。" in told

    run(root, "confirm", root / FILE, "--role", "assessor", "--name", "乙", "--date", "2026-04-03", "--yes")
    assert "已确认，尚未发布" in built("已同意", "")

    text = (root / FILE).read_text("utf-8")
    number = text.split("of: ", 1)[1][:12]
    objection = f"objections:\n  - {{role: employee, date: 2026-04-04, of: {number}, text: 少算了一次}}\n"
    (root / FILE).write_text(text.replace("\nconfirmations:", f"\n{objection}confirmations:"), "utf-8")
    told = built("有异议", "")
    assert "有异议，尚未处理" in told
    assert "员工甲已于2026年4月4日提出异议；异议处理完毕前，报告不会发布。" in told
