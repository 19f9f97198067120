"""Published reviews whose record was falsified, and sealed anew with kpigen's own functions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.helpers.forge import Front, edited, resealed, sealed_anew
from tests.helpers.forms import run
from tests.helpers.tiny import Files
from tests.hostile.case import Hostile

FILE, RULE = "reviews/2026-01/PM-0001.front-desk.md", "rules/front-desk/2026-01.yaml"
OBJECTION = {"role": "employee", "date": "2026-02-02", "of": "0" * 12, "text": "少算一次"}


def _forged(change: Callable[[Front], object], seal: Callable[[Files, str], Files]) -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        run(root, "confirm", root / FILE, "--role", "employee", "--date", "2026-02-03", "--yes")
        run(root, "publish", root / FILE, "--date", "2026-02-05", "--yes")
        files: Files = {path: (root / path).read_bytes() for path in (FILE, RULE)}
        data = seal(edited(files, FILE, change), FILE)[FILE]
        (root / FILE).write_bytes(data if isinstance(data, bytes) else data.encode())

    return arrange


def _confirmed(front: Front, count: int, **values: str) -> None:
    front["confirmations"] += [{**front["confirmations"][0], **values} for _ in range(count)]


CASES = [
    Hostile(
        "an objection dated back",
        _forged(lambda front: front.update(objections=[OBJECTION]), resealed),
        ("check",),
        1,
        ("KPI654",),
        ("KPI609",),
    ),
    Hostile(
        "confirmed after it was published",
        _forged(lambda front: front["confirmations"][0].update(date="2026-02-06"), sealed_anew),
        ("check",),
        1,
        ("KPI653",),
        ("KPI609",),
    ),
    Hostile(
        "confirmed by somebody else",
        _forged(lambda front: front["confirmations"][0].update(name="路人"), sealed_anew),
        ("check",),
        0,
        ("KPI656",),
    ),
    Hostile(
        "hundreds of confirmations dated back, under other names",
        _forged(lambda front: _confirmed(front, 480, name="路人", date="2026-02-02", of="1" * 12), resealed),
        ("check",),
        1,
        ("KPI654", "KPI128"),
        seconds=4.0,
    ),
]
