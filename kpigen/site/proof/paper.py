"""From a record to its PDF. The build uses it to print, `verify` to print again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from markupsafe import Markup

from kpigen import __version__
from kpigen.files.config import Config
from kpigen.repository.records import Record
from kpigen.site.pages.paper_layout import layout_of
from kpigen.site.pages.report import Report
from kpigen.site.pdf import Attached
from kpigen.site.proof.carried import Paper
from kpigen.site.proof.layout_name import TEMPLATE, later_parts, layout_name
from kpigen.site.render.render import Renderer


class Printer(Protocol):
    """Makes PDFs. `made_with` names what their look depends on besides the HTML."""

    @property
    def made_with(self) -> dict[str, str]:
        """Versions and digests that the look of a document depends on, by name."""

    @property
    def boxed(self) -> Callable[[str], str]:
        """What replaces the characters of a text that cannot be drawn by boxes."""

    def render(self, html: str, date: Any, title: str, language: str, attachments: Iterable[Attached] = ()) -> bytes:
        """Return the PDF of a document with the given date and attachments."""


def paper_of(record: Record, config: Config, report: Report, renderer: Renderer, printer: Printer) -> Paper:
    """Return the facts of a paper printed here and now."""
    later = later_parts(record, layout_of(report), renderer)
    made_with = {"kpigen": __version__, "template": layout_name(renderer, report.language, later), **printer.made_with}
    return Paper(
        file=record.review.path,
        rules=record.form.key,
        language=report.language,
        languages=config.languages,
        organisation=report.organisation,
        manager=report.head.manager,
        made_with=made_with,
    )


def html_of(report: Report, renderer: Renderer) -> str:
    """Return the HTML for printing a report."""
    return renderer.template(TEMPLATE, report.language, paper=layout_of(report), fit=Markup(renderer.fit_style))


def print_paper(record: Record, paper: Paper, attachments: Iterable[Attached], html: str, printer: Printer) -> bytes:
    """Return the PDF of a paper's HTML. Its title names form and period, but no person."""
    title = f"{record.form.title.in_(paper.language)} {record.review.period}"
    return printer.render(html, record.review.date, title, paper.language, attachments)
