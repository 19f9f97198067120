"""What somebody does who writes to the repository and has kpigen: edits a published review and makes everything fit again.

A review's front matter is data here, with every scalar as its text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from kpigen.numbers.quantities import fixed
from kpigen.repository import project
from kpigen.repository.records import Record, make_records, record_by
from kpigen.scoring.content import content_number, seal_of, sealed_files
from kpigen.scoring.earlier import content_before
from kpigen.scoring.restored import restored
from tests.helpers.tiny import Files, tree_of

Front = Any


def apart(data: bytes | str) -> tuple[Front, str]:
    """Return front matter and body, read without kpigen."""
    text = data.decode() if isinstance(data, bytes) else data
    _, front, body = text.removeprefix("\ufeff").replace("\r\n", "\n").split("---\n", 2)
    return yaml.load(front, Loader=yaml.BaseLoader), body.strip("\n")


def whole(front: Front, body: str, **style: Any) -> bytes:
    """Return a review file from its data, in one of the styles of a YAML writer."""
    written = yaml.dump(front, **{"allow_unicode": True, "sort_keys": False, "width": 10_000, **style})
    return f"---\n{written}---\n\n{body}\n".encode()


def edited(files: Files, path: str, change: Callable[[Front], object]) -> Files:
    """Return the files with a change of a review's front matter."""
    front, body = apart(files[path])
    change(front)
    return {**files, path: whole(front, body)}


def record_in(files: Files, path: str) -> Record:
    """Return the record of a review."""
    (record,) = (one for one in make_records(project.load(tree_of(**files)))[0] if one.review.path == path)
    return record


def sealed_anew(files: Files, path: str) -> Files:
    """Return the files with the total, grade, counts, digests of evidence and seal that fit a review as it stands."""
    evidence = _evidence(record_in(files, path))

    def count(front: Front) -> None:
        names = ("confirmations", "objections", "amendments")
        front["published"]["entries"] = {name: str(len(front.get(name, []))) for name in names}
        front["published"] |= evidence

    files = edited(files, path, count)
    card = record_in(files, path).card
    assert card.total is not None
    result = {"total": fixed(card.total), "grade": card.grade}
    return resealed(edited(files, path, lambda front: front["published"].update(result)), path)


def _evidence(record: Record) -> Front:
    """Return what the `published` block says of evidence files, if there are any."""
    files = [item._asdict() for item in sealed_files(record.review)]
    return {"evidence": files} if files or (record.review.published and record.review.published.evidence) else {}


def resealed(files: Files, path: str) -> Files:
    """Return the files with a seal that fits a review as it stands, whatever its total, grade and counts say."""
    record = record_in(files, path)
    seal = seal_of(record.review, record.digest)
    return edited(files, path, lambda front: front["published"].update(seal=seal))


def all_anew(files: Files, path: str) -> Files:
    """Return the files with confirmations, results and seals that fit, through the whole chain of amendments."""
    record = record_in(files, path)
    contents = [record.content]
    for item in reversed(record.review.amendments):
        changes = [] if item.withdraws else item.changes
        contents.append(content_before(record.form, contents[-1], changes).contents[0])
    contents.reverse()
    first = restored(record.review, record.form, contents[0])
    assert first is not None
    number = content_number(record_by(project.load(tree_of(**files)), first, record.form, first.taken, []).digest)

    def confirm(front: Front) -> None:
        for item in front.get("confirmations", []):
            item["of"] = number

    files = edited(files, path, confirm)
    for place, content in enumerate(contents[:-1]):
        files = _former_anew(files, path, place, content)
    return sealed_anew(files, path)


def _former_anew(files: Files, path: str, place: int, content: Any) -> Files:
    """Return the files with the results and seal that fit the version before an amendment."""
    record = record_in(files, path)
    review = restored(record.review, record.form, content)
    assert review is not None
    then = record_by(project.load(tree_of(**files)), review, record.form, review.taken, [])
    assert then.card.total is not None
    result = {"total": fixed(then.card.total), "grade": then.card.grade}
    evidence = _evidence(then)

    def cut(front: Front) -> None:
        front["published"] |= result | evidence
        front["published"]["entries"]["amendments"] = str(place)
        front["amendments"] = front["amendments"][:place]

    at_that_time = record_in(edited(files, path, cut), path).review
    assert at_that_time.published is not None
    seal = seal_of(at_that_time, then.digest)
    return edited(files, path, lambda front: front["amendments"][place].update({**result, "seal": seal}))
