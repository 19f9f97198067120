"""The Chinese pages are Chinese: every message that is used has a translation, and the catalogue is up to date."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from kpigen.base.sources import WorkTree
from kpigen.i18n.messages import Messages, messages
from kpigen.model.reviews import Amendment, Confirmation, Objection, Published, Status, Submitted
from kpigen.repository.card_text import card_as_text
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from kpigen.repository.records import Record
from kpigen.site.output.artifacts import artifacts
from kpigen.site.pages.site import Site
from kpigen.site.render.render import Renderer
from tests.helpers.forms import ROOT

CATALOGUE = ROOT / "templates/messages/zh.po"


def catalogue() -> dict[str, Message]:
    """The translations by their English message, plurals by the singular."""
    with CATALOGUE.open("rb") as stream:
        return {
            (item.id if isinstance(item.id, str) else item.id[0]): item
            for item in read_po(stream, locale="zh")
            if item.id
        }


def texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


class Paper:
    """Takes the place of what makes PDFs."""

    made_with: ClassVar[dict[str, str]] = {}

    def render(self, html: str, *_: object, **__: object) -> bytes:
        return html.encode()


def with_everything(record: Record, status: Status) -> Record:
    """A record in some status, with confirmations, objections and amendments of every kind."""
    review = record.review
    salt, seal = "0" * 32, "k1:sha256:" + "0" * 64
    submitted = None if status is Status.DRAFT else Submitted("2026-07-01", salt)
    published = None
    if status in (Status.PUBLISHED, Status.WITHDRAWN):
        total, grade = str(record.card.total or 0), record.card.grade or "A"
        published = Published("2026-07-05", record.form.key, total, grade, "1", (), 1, 1, 0, salt, seal)
    confirmations = [
        Confirmation(role, "某人", "2026-07-02", of)
        for role in ("employee", "assessor", "leader", "hr")
        for of in (record.number, "0" * 12)
    ]
    objections = (
        Objection("employee", "2026-07-02", record.number, "异议"),
        Objection("employee", "2026-07-02", "0" * 12, "异议", "答复", "2026-07-03"),
    )
    amendments = (Amendment("2026-07-06", "某人", "原因", (("metrics.x", "1", "2"),), "80.00", "B", seal),)
    return replace(
        record,
        review=replace(
            review, status=status, submitted=submitted, published=published, confirmations=tuple(confirmations) if submitted else (),
            objections=objections if submitted else (), amendments=amendments if published else (),
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def used() -> set[str]:
    """Every message that the pages, PDFs and terminal cards of the sample ask for in Chinese, whatever the status."""
    recorded: set[str] = set()
    plain, plural = Messages.gettext, Messages.ngettext

    def gettext(self: Messages, message: str) -> str:
        if self.language == "zh":
            recorded.add(message)
        return plain(self, message)

    def ngettext(self: Messages, singular: str, other: str, count: int) -> str:
        if self.language == "zh":
            recorded.add(singular)
        return plural(self, singular, other, count)

    tree = WorkTree(ROOT)
    project = load(tree)
    records, _ = check(project)
    assert len(records) > 50
    messages.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Messages, "gettext", gettext)
        patch.setattr(Messages, "ngettext", ngettext)
        for status in Status:
            site = Site(
                replace(project.config, languages=("zh",)),
                project.roster,
                project.rules,
                tuple(with_everything(item, status) for item in records),
                True,
            )
            made = [artifact.make() for artifact in artifacts(site, Renderer(ROOT), Paper(), tree.read)]
            assert made
        for record in records:
            card_as_text(record, "zh")
    return recorded


def test_every_message_of_every_page_is_translated(used: set[str]) -> None:
    known = catalogue()
    assert len(used) > 150
    assert sorted(message for message in used if message not in known) == []
    assert sorted(message for message in used if not all(texts(known[message].string))) == []


def test_every_message_in_the_catalogue_is_translated() -> None:
    assert (
        sorted(
            message for message, item in catalogue().items() if not texts(item.string) or not all(texts(item.string))
        )
        == []
    )
    assert not [message for message, item in catalogue().items() if item.fuzzy]


def test_every_placeholder_stands_in_its_translation() -> None:
    placeholder = re.compile(r"\{\w*\}|%[a-z(]")
    some = 0
    for item in catalogue().values():
        wanted = {name for text in texts(item.id) for name in placeholder.findall(text)}
        for text in texts(item.string):
            assert set(placeholder.findall(text)) == wanted, item.id
            some += len(wanted)
    assert some > 50


def test_translations_are_chinese() -> None:
    """But for signs, words that Chinese readers use too, what is only a pattern, and lines to type."""
    kept = {
        message
        for message, item in catalogue().items()
        if not re.search("[一-鿿，、：（。]", "".join(texts(item.string))) and not message.startswith("  git ")
    }
    assert {message for message in kept if re.search("[A-Za-z]", re.sub(r"\{\w*\}", "", message))} <= {"JSON", "PDF"}


def test_translations_use_full_width_punctuation_between_chinese() -> None:
    assert [
        text
        for item in catalogue().values()
        for text in texts(item.string)
        if re.search("[一-鿿] ?[,;:.!?(](?![A-Za-z0-9{])", text)
    ] == []


def test_the_catalogue_is_up_to_date(tmp_path: Any) -> None:
    for name in ("kpigen", "templates", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    result = subprocess.run(
        [sys.executable, tmp_path / "tools/messages.py"], capture_output=True, encoding="utf-8", check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    for path in (ROOT / "templates/messages").rglob("*.po"):
        assert (tmp_path / path.relative_to(ROOT)).read_bytes() == path.read_bytes(), "`make messages` would change it"


def test_a_phrase_without_a_translation_is_told(tmp_path: Any) -> None:
    """And so is a translation that nothing asks for any more."""
    for name in ("kpigen", "templates", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "kpigen/diagnostics/terms.py"
    path.write_text(path.read_text("utf-8").replace('phrase("hr")', 'phrase("head of HR")'), "utf-8")
    result = subprocess.run(
        [sys.executable, tmp_path / "tools/messages.py"], capture_output=True, encoding="utf-8", check=False
    )
    assert (result.returncode, result.stdout.splitlines()) == (
        1,
        [
            "diagnostics/zh.po: no translation of phrase: 'head of HR'",
            "diagnostics/zh.po: nothing says phrase: 'hr', it is left out now",
        ],
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_nothing_in_every_language(language: str) -> None:
    """And not the head of the catalogue."""
    assert messages(language).gettext("") == ""


def test_english_needs_no_catalogue() -> None:
    assert messages("en").gettext("Total") == "Total"
    assert messages("en").ngettext("{count} rating", "{count} ratings", 1) == "{count} rating"
    assert messages("en").ngettext("{count} rating", "{count} ratings", 2) == "{count} ratings"


@pytest.mark.parametrize(("language", "expected"), [("zh", "2026年2月5日"), ("en", "5 February 2026")])
def test_dates_are_written_as_the_language_does(language: str, expected: str) -> None:
    import datetime

    assert messages(language).date(datetime.date(2026, 2, 5)) == expected
