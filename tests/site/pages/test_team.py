"""The page of a team."""

from __future__ import annotations

import re
from collections import defaultdict
from xml.etree.ElementTree import Element

from tests.helpers.html import said
from tests.helpers.sample import Sample


def test_a_team_shows_its_members_only_while_they_are_in_it(sample: Sample) -> None:
    trends: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in sample.html:
        parts = path.split("/")
        if parts[0] != "teams":
            continue
        assert sample.folder(path) == f"teams/{parts[1]}/{parts[2]}/"
        named = "韩子墨" in sample.text(path)
        assert named == (
            (parts[1], parts[2])
            in {
                ("CS-0001", "2026-01"),
                ("CS-0001", "2026-02"),
                ("CS-0001", "2026-03"),
                ("OP-0001", "2026-04"),
                ("OP-0001", "2026-05"),
            }
        ), path
        for heading in sample.page(path).iter("h3"):
            if said(heading).startswith("韩子墨"):
                trends[parts[1], parts[2]].update(_periods_after(sample.page(path), heading))
    assert trends == {
        ("CS-0001", "2026-02"): {"2026-01", "2026-02"},
        ("CS-0001", "2026-03"): {"2026-01", "2026-02", "2026-03"},
        ("OP-0001", "2026-05"): {"2026-04", "2026-05"},
    }
    later = {sample.reports[f"people/CS-0003/2026-0{month}/cs-latest.html"]["total"] for month in (4, 5)}
    for path in sample.html:
        if path.startswith("teams/CS-0001/"):
            assert not [total for total in later if total in sample.text(path)], path


def _periods_after(page: Element, heading: Element) -> set[str]:
    """The periods of the first table after a heading."""
    seen = False
    for item in page.iter():
        seen = seen or item is heading
        if seen and item.tag == "table":
            return {said(head) for head in item.iter("th") if re.fullmatch(r"2026-\d\d", said(head))}
    return set()
