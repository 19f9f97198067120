"""The pages of HR: counts, who is missing, drafts, what follows from grades, what waits."""

from __future__ import annotations

from collections import Counter

from tests.helpers.html import rows_of, said, section_of
from tests.helpers.sample import DRAFT_MARK, MONTHS, STATUSES, Sample, rule_file

#: The columns that count: reviews by status, who has none, and the mean of what is published.
COUNTED = ("草稿", "待确认", "已发布", "已撤回", "未提交", "平均总分")


def counted(row: dict[str, str]) -> dict[str, str]:
    return {heading: row[heading] for heading in COUNTED}


def absent(sample: Sample, period: str) -> list[dict[str, str]]:
    """Who is on the roster with a monthly form at the end of a month and has no review of it."""
    lines = [line for line in sample.roster if line["form"] and line["form"] != "cs-360"]
    lines = [line for line in lines if line["from"] <= f"{period}-31" and f"{period}-28" <= (line["to"] or "9999")]
    present = {id_ for (p, id_, _) in sample.status if p == period}
    return [line for line in lines if line["id"] not in present]


def test_hr_counts_what_is_where_by_department(sample: Sample) -> None:
    for period in MONTHS:
        page = sample.page(f"hr/{period}/index.html")
        table = next((section_of(page, "completion") or page).iter("table"))
        rows = {row["部门"]: counted(row) for row in rows_of(table)}
        expected: dict[str, dict[str, str]] = {}
        for department in sorted(rows):
            keys = [
                key
                for key in sample.status
                if key[0] == period and sample.line(key[1], period)["department"] == department
            ]
            counts = [sum(sample.status[key] == status for key in keys) for status in STATUSES]
            totals = [float(sample.cards[key]["total"]) for key in keys if sample.status[key] == "published"]
            mean = f"{sum(totals) / len(totals) + 1e-9:.2f}" if totals else "–"
            gone = sum(line["department"] == department for line in absent(sample, period))
            expected[department] = dict(zip(COUNTED, [*map(str, counts), str(gone), mean], strict=True))
        assert rows == expected, period
        assert {"客服部", "电商部", "物业服务部"} == set(rows)
        (foot,) = rows_of(table, "tfoot")
        counts = [sum(status == one for (p, _, _), status in sample.status.items() if p == period) for one in STATUSES]
        in_all = dict(zip(COUNTED[:-1], [*map(str, counts), str(len(absent(sample, period)))], strict=True))
        assert in_all.items() <= foot.items()
        overview = next((section_of(sample.page("hr/index.html"), "periods") or page).iter("table"))
        assert [counted(row) for row in rows_of(overview) if row["考核时期"] == period] == [counted(foot)]


def test_hr_names_who_is_missing_by_the_roster(sample: Sample) -> None:
    assert "EC-0003" in [line["id"] for line in absent(sample, "2026-04")]
    for period in MONTHS:
        box = section_of(sample.page(f"hr/{period}/index.html"), "missing")
        expected = absent(sample, period)
        if not expected:
            assert box is None
        else:
            titles = {one["form"]: rule_file(one["form"])["title"]["zh"] for one in expected}
            lines = [f"{one['name']} {one['id']} · {one['department']} · {titles[one['form']]}" for one in expected]
            assert sorted(said(item) for item in box.iter("li")) == sorted(lines)
            assert not list(box.iter("a"))


def test_only_hr_knows_of_drafts_and_only_how_many(sample: Sample) -> None:
    assert DRAFT_MARK in (sample.root / "reviews/2026-05/PM-0003.front-desk.md").read_text("utf-8")
    drafts = {key for key, status in sample.status.items() if status == "draft"}
    assert drafts
    for path in sample.files:
        text = sample.text(path)
        assert DRAFT_MARK not in text, path
    for period, id_, _ in drafts:
        assert not [path for path in sample.files if path.startswith(f"people/{id_}/{period}/")]
        page = sample.page(f"hr/{period}/index.html")
        assert id_ not in said(page), (period, id_)
        assert not [
            path
            for path in sample.html
            if path.startswith("teams/") and path.split("/")[2] == period and id_ in sample.text(path)
        ]


def test_the_honour_roll_and_the_improvement_plans_follow_the_rules(sample: Sample) -> None:
    seen = 0
    for period in [*MONTHS, "2026-Q1", "2026-Q2", "2026-H1"]:
        expected: dict[str, list[str]] = {"honour": [], "plans": []}
        for (p, id_, form), status in sorted(sample.status.items()):
            if p == period and status == "published":
                card = sample.cards[p, id_, form]
                outcome = rule_file(form).get("outcomes", {}).get("grades", {}).get(card["grade"], {})
                for heading, key in (("honour", "honour_roll"), ("plans", "improvement_plan")):
                    if outcome.get(key) == "yes":
                        expected[heading].append(
                            f"{sample.line(id_, p)['name']} {id_} · {sample.line(id_, p)['department']} · {card['total']} {card['grade']}"
                        )
        page = sample.page(f"hr/{period}/index.html")
        for heading, lines in expected.items():
            box = section_of(page, heading)
            assert ([said(item) for item in box.iter("li")] if box is not None else []) == lines, (period, heading)
            seen += len(lines)
    assert seen > 0


def test_what_waits_for_confirmation_is_listed_for_team_and_hr(sample: Sample) -> None:
    for path, keep in (
        ("teams/OP-0001/2026-04/index.html", lambda period, line: period == "2026-04" and line["manager"] == "OP-0001"),
        ("hr/2026-04/index.html", lambda period, line: period == "2026-04"), ("hr/index.html", lambda period, line: True),
    ):  # fmt: skip
        box = section_of(sample.page(path), "waiting")
        assert box is not None
        names = Counter(row["姓名"] for row in rows_of(next(box.iter("table"))))
        expected = Counter(
            sample.line(id_, period)["name"] for (period, id_, _), status in sample.status.items()
            if status == "submitted" and keep(period, sample.line(id_, period))
        )  # fmt: skip
        assert names == expected, path
