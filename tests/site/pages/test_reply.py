"""A submitted report is answered by mail."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from tests.helpers.forms import make_repository
from tests.helpers.html import parsed, said, section_of


def test_a_submitted_report_is_answered_by_a_prefilled_mail(tmp_path: Path) -> None:
    from urllib.parse import parse_qs

    from tests.helpers.forms import review_text, run

    root = make_repository(tmp_path / "r", ("cs-graded",))
    (root / "kpigen.toml").write_text('contact = "hr@example.com"\ndays_to_object = 7\n', "utf-8")
    metrics = {
        "csat": "96.5%",
        "team_performance": "80",
        "management": {"coordination": "88", "development": "85"},
        "ability": {"knowledge": "90", "adaptability": "86", "communication": "92"},
    }
    file = root / "reviews/2026-03/T-001.cs-graded.md"
    file.parent.mkdir()
    file.write_text(review_text("cs-graded", metrics, period="2026-03"), "utf-8")
    run(root, "submit", file, "--date", "2026-04-01", "--yes")
    run(root, "build", "--no-pdf")
    number = json.loads((root / "site/people/T-001/2026-03/cs-graded.json").read_text("utf-8"))["content"][:12]
    for language, says in (("", ("2026年4月8日", "同意", "异议")), ("en/", ("8 April 2026", "Agreed", "Objection"))):
        page = parsed((root / f"site/people/T-001/2026-03/{language}cs-graded.html").read_text("utf-8"))
        box = section_of(page.stack[0], "await")
        assert box is not None
        assert says[0] in said(box)
        mails = [urlsplit(link.get("href")) for link in box.iter("a")]
        assert [mail.scheme + ":" + mail.path for mail in mails] == ["mailto:hr@example.com"] * 2
        for mail, word in zip(mails, says[1:], strict=True):
            query = parse_qs(mail.query)
            assert word in query["subject"][0]
            for text in (query["subject"][0], query["body"][0]):
                assert number in text
                assert "2026-03" in text
                assert "T-001" in text
