"""The page of a person."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.helpers.html import of_class, rows_of, said, section_of
from tests.helpers.sample import Sample


def test_trends_are_of_published_reports_only(sample: Sample) -> None:
    for path in sample.html:
        if re.fullmatch(r"people/[^/]+/index.html", path):
            id_ = path.split("/")[1]
            months: dict[str, list[str]] = defaultdict(list)
            for (period, owner, form), status in sorted(sample.status.items()):
                if owner == id_ and status == "published":
                    months[form, period[5] if period[5] in "QH" else "month"].append(period)
            tables = of_class(sample.page(path), "heat")
            shown = [[heading for heading in rows_of(table)[0] if heading != "指标"] for table in tables]
            assert shown == [periods for periods in months.values() if len(periods) > 1], path
            totals = {period: card["total"] for (period, owner, _), card in sample.cards.items() if owner == id_}
            for table, periods in zip(tables, shown, strict=True):
                (row,) = (row for part in ("tbody", "tfoot") for row in rows_of(table, part) if row["指标"] == "总分")
                assert {period: row[period] for period in periods} == {period: totals[period] for period in periods}
    waiting = sample.reports["people/PM-0002/2026-04/front-desk.html"]["total"]
    assert waiting not in said(section_of(sample.page("people/PM-0002/index.html"), "trend"))
    assert waiting in said(section_of(sample.page("people/PM-0002/index.html"), "reports"))
