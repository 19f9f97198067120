"""Which reports belong together: what comes before a report, and what counts nowhere."""

from __future__ import annotations

from tests.helpers.html import minus, of_class, said
from tests.helpers.sample import Sample


def test_who_changed_managers_is_compared_only_within_one_managers_time(sample: Sample) -> None:
    march, april, may = (sample.page(f"people/CS-0003/2026-0{month}/cs-latest.html") for month in (3, 4, 5))
    before, after = (
        lambda page: [item.get("href") for item in page.iter("a") if item.get("rel") == "prev"],
        lambda page: [item.get("href") for item in page.iter("a") if item.get("rel") == "next"],
    )
    assert (before(march), after(march)) == (["../2026-02/cs-latest.html"], [])
    assert (before(april), after(april)) == ([], ["../2026-05/cs-latest.html"])
    assert before(may) == ["../2026-04/cs-latest.html"]
    assert "2026-03" not in said(april.find(".//main"))
    assert "2026-04" not in said(march.find(".//main"))
    change = [said(item) for item in may.iter("li") if "2026-04" in said(item)]
    difference = float(sample.reports["people/CS-0003/2026-05/cs-latest.html"]["total"]) - float(
        sample.reports["people/CS-0003/2026-04/cs-latest.html"]["total"]
    )
    assert len(change) == 1
    assert change[0].endswith(f"{difference:+.2f}".replace("-", "−"))
    assert not [item for item in of_class(april, "facts") if "2026" in said(item)]


def test_reports_link_their_neighbours_and_say_the_change(sample: Sample) -> None:
    path = "people/PM-0002/2026-02/front-desk.html"
    page = sample.page(path)
    assert [item.get("href") for item in page.iter("a") if item.get("rel") in ("prev", "next")] == [
        "../2026-01/front-desk.html", "../2026-03/front-desk.html",
    ]  # fmt: skip
    before = sample.reports["people/PM-0002/2026-01/front-desk.html"]["total"]
    change = f"{float(sample.reports[path]['total']) - float(before):+.2f}"
    assert "2026-01 变化" in said(of_class(page, "facts")[0][0])
    assert said(of_class(page, "facts")[0][0]).endswith(minus(change))


def test_a_quarter_is_not_compared_with_months(sample: Sample) -> None:
    page = sample.page("people/CS-0004/2026-Q1/cs-360.html")
    assert [item.get("href") for item in page.iter("a") if item.get("rel") in ("prev", "next")] == [
        "../2026-Q2/cs-360.html"
    ]


def test_a_withdrawn_report_counts_nowhere(sample: Sample) -> None:
    total = sample.cards["2026-02", "EC-0002", "ecommerce-cs"]["total"]
    for path in sample.html:
        if path.startswith(("people/EC-0002/", "teams/OP-0001/", "hr/")):
            assert total not in sample.text(path), path
    lines = [said(row) for row in sample.page("people/EC-0002/index.html").iter("tr") if "2026-02" in said(row)]
    assert len(lines) == 1
    assert "已撤回" in lines[0]
    march = sample.page("people/EC-0002/2026-03/ecommerce-cs.html")
    assert not [item for item in march.iter("a") if item.get("rel") == "prev"], "it is nobody's neighbour"
