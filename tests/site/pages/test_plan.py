"""All pages of the sample: links that lead somewhere, pages that can be reached."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.helpers.forms import NINE
from tests.helpers.html import by_id
from tests.helpers.sample import Sample


def test_the_sample_has_every_form_and_every_status(sample: Sample) -> None:
    published = {form for (_, _, form), status in sample.status.items() if status == "published"}
    assert published == set(NINE)
    assert set(sample.status.values()) == {"draft", "submitted", "published", "withdrawn"}
    assert len(sample.html) > 150


def test_every_link_leads_to_a_file_and_a_place_in_it(sample: Sample) -> None:
    outside, inside = set(), 0
    for path in sample.html:
        page = sample.page(path)
        for item in page.iter():
            target = item.get("href") if item.tag in ("a", "link") else item.get("src")
            if target is None:
                continue
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                assert item.tag == "a", f"{path} asks another host for {target}"
                assert parts.scheme in ("https", "mailto"), (path, target)
                assert parts.scheme == "mailto" or "noreferrer" in item.get("rel", ""), (path, target)
                outside.add(target)
                continue
            inside += 1
            assert not parts.query, (path, target)
            assert not parts.path.startswith("/"), (path, target)
            there = (sample.out / path).parent / unquote(parts.path) if parts.path else sample.out / path
            assert there.is_file(), (path, target)
            name = Path(os.path.normpath(there)).relative_to(sample.out).as_posix()
            if parts.fragment:
                assert by_id(sample.page(name), unquote(parts.fragment)) is not None, (path, target)
    assert inside > 1500
    mails = {target for target in outside if target.startswith("mailto:hr@example.com?")}
    assert outside - mails <= {"https://wiki.example.com/property/front-desk/training/2026-05"}
    for path in sample.files:
        if path.endswith((".css", ".svg")):
            text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", sample.text(path))
            assert not re.search(r"@import|https?:|//|url\((?!#|data:)", text), path


def test_every_page_can_be_reached_from_where_its_readers_start(sample: Sample) -> None:
    """From the landing page, from one's own folder, from one's team."""
    starts = [
        "index.html",
        *(path for path in sample.html if re.fullmatch(r"(people/[^/]+|teams/[^/]+/[^/]+)/index.html", path)),
    ]
    seen, waiting = set(starts), list(starts)
    while waiting:
        path = waiting.pop()
        for item in sample.page(path).iter("a"):
            target = item.get("href", "")
            if target.startswith(("http", "mailto", "#")):
                continue
            there = os.path.normpath(Path(path).parent / unquote(target.partition("#")[0]))
            if there not in seen and there.endswith(".html"):
                seen.add(there)
                waiting.append(there)
    assert set(sample.html) == seen
