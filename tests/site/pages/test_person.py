"""The page of a person."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.helpers.html import has_class, of_class, said, section_of
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
            shown = [[said(cell) for cell in next(table.iter("thead"))[0]][1:] for table in tables]
            assert shown == [periods for periods in months.values() if len(periods) > 1], path
            for table in tables:
                totals = next(row for row in table.iter("tr") if has_class(row, "total"))
                keys = [(period, id_) for period in [said(cell) for cell in next(table.iter("thead"))[0]][1:]]
                cards = {(period, owner): card for (period, owner, _), card in sample.cards.items()}
                assert [said(cell) for cell in totals][1:] == [cards[key]["total"] for key in keys]
    waiting = sample.reports["people/PM-0002/2026-04/front-desk.html"]["total"]
    assert waiting not in said(section_of(sample.page("people/PM-0002/index.html"), "trend"))
    assert waiting in said(section_of(sample.page("people/PM-0002/index.html"), "reports"))
