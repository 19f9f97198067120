"""Is a PDF consistent? Everything is recalculated from its attachments and compared with what it prints and shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.diagnostics.values import Join, Phrase, Value, listed, phrase, phrase_by_count
from kpigen.i18n.messages import messages
from kpigen.numbers.quantities import with_minus
from kpigen.repository.checks.context import Context
from kpigen.repository.checks.project import chain, published, versions
from kpigen.repository.export import report_as_json
from kpigen.site.pages.paper_layout import layout_of
from kpigen.site.pages.report import ReportSetting, report_of
from kpigen.site.proof.answers import CONSISTENT, Answer, answer
from kpigen.site.proof.carried import RULE_FILE, Carried, attachments_of, of_pdf
from kpigen.site.proof.facts import Facts, facts_of
from kpigen.site.proof.issued import Likeness, compare
from kpigen.site.proof.layout_name import later_parts, layout_name
from kpigen.site.proof.paper import Printer, html_of, print_paper
from kpigen.site.proof.pdf_file import PdfFile, Unreadable
from kpigen.site.proof.printed_text import squeeze
from kpigen.site.render import documents
from kpigen.site.render.render import BrokenTemplate, Renderer

#: HTML up to this length is always printed. The longest sample has 20,000 characters, six for each printed one.
_MUCH = 100_000


def is_consistent(name: str, pdf: PdfFile, carried: Carried, renderer: Renderer, printer: Printer | Phrase) -> Answer:
    """Answer from the PDF alone. `printer` prints it again, or is the reason why nothing can be printed here."""
    found = [*_score(name, carried), *_sealed(name, carried)]
    notes: list[Value] = [_score_note(carried)]
    try:
        with documents.pdf(name):
            likeness = _compared(name, pdf, carried, renderer, printer)
        found += likeness.found
        notes += [likeness.note] if likeness.note else []
    except Unreadable as error:
        found.append(catalogue.NOT_A_PDF.at(Span(name), reason=error.why))
    except BrokenTemplate as broken:
        found.append(broken.diagnostic)
    return answer(CONSISTENT, found, *notes)


def _compared(name: str, pdf: PdfFile, carried: Carried, renderer: Renderer, printer: Printer | Phrase) -> Likeness:
    """Compare a PDF with a fresh print of its attachments. If that cannot be had here, compare its numbers."""
    record, paper = carried.record, carried.paper
    report = report_of(record, ReportSetting(paper.organisation, paper.manager), paper.language)
    later = later_parts(record, layout_of(report), renderer)
    name_then, name_now = paper.made_with.get("template"), layout_name(renderer, paper.language, later)
    if name_then not in (name_now, layout_name(renderer, paper.language)):
        version = paper.made_with.get("kpigen", "?")
        reason = phrase("another version of kpigen or of the template printed it (kpigen {version})", version=version)
        return _numbers_only(name, pdf, carried, reason)
    if isinstance(printer, Phrase):
        return _numbers_only(name, pdf, carried, printer)
    html = html_of(report, renderer)
    if len(html) > _MUCH and len(html) > _MUCH + 20 * len(pdf.text.body):
        # It prints far less than its attachments give. Printing all of that could take hours.
        what = phrase("it prints less than its attachments give")
        return Likeness((catalogue.NOT_AS_ISSUED.at(Span(name), what=what),))
    # The attachments are written anew too, all but the rules, which nobody can compute.
    attachments = attachments_of(record, pdf.attachments[RULE_FILE], paper)
    again = print_paper(record, paper, attachments, html, printer)
    likeness = compare(name, pdf, again, paper.made_with, printer, lambda: _numbers(name, pdf, carried))
    if name_then == name_now or not likeness.found:
        return likeness
    not_yet: Value = listed(dict.fromkeys(part.not_yet for part in later), Join.SEMICOLON)
    return _numbers_only(
        name, pdf, carried, phrase("an older kpigen printed it, which did not yet {what}", what=not_yet)
    )


def _numbers_only(name: str, pdf: PdfFile, carried: Carried, reason: Phrase) -> Likeness:
    span = Span(name)
    added = (catalogue.ADDED_TO_PDF.at(span, what=what) for what in pdf.added)
    found = (*added, *_numbers(name, pdf, carried), catalogue.LOOK_NOT_COMPARED.at(span, reason=reason))
    return Likeness(found, phrase("total, grade and points of each indicator compared"))


def _score_note(carried: Carried) -> Value:
    count = len(carried.record.form.indicators)
    if carried.record.review.published:
        return phrase_by_count(
            "score recomputed: {count} indicator, content digest and seal",
            "score recomputed: {count} indicators, content digest and seal",
            count=count,
        )
    return phrase_by_count(
        "score recomputed: {count} indicator, content digest (not published yet, so there is no seal)",
        "score recomputed: {count} indicators, content digest (not published yet, so there is no seal)",
        count=count,
    )


def _score(name: str, carried: Carried) -> Iterator[Diagnostic]:
    """Report a difference between the attached score and the one calculated from review and rules."""
    for what, old, new in _differences("", carried.score, report_as_json(carried.record)):
        yield catalogue.SCORE_DIFFERS.at(Span(name), what=what, carried=shorten(old), computed=shorten(new))
        return  # the first difference is enough: the others mostly follow from it


def _differences(where: str, one: Any, other: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from _differences(f"{where}.{key}" if where else str(key), one.get(key), other.get(key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True), 1):
            label = right.get("id", number) if isinstance(right, dict) else number
            yield from _differences(f"{where}.{label}", left, right)
    elif one != other:
        yield where, str(one), str(other)


def _sealed(name: str, carried: Carried) -> list[Diagnostic]:
    """Check seal, total, grade and the chain of amendments as `kpigen check` does."""
    records = (carried.record,)
    context = Context(carried.project, records)
    return of_pdf(name, [*published(context), *chain(context), *versions(context)])


def _numbers(name: str, pdf: PdfFile, carried: Carried) -> Iterator[Diagnostic]:
    """Report if total, grade or an indicator's points are missing where a reader looks for them, whatever the layout."""
    paper = carried.paper
    facts = facts_of(carried.record, ReportSetting(paper.organisation, paper.manager), paper.language)
    body = pdf.text.body
    labels = _labels(paper.language)
    total = (facts.total_label,) if facts.total_label else labels.total
    results = [(total, _printed(facts.total, facts)), *([(labels.grade, facts.grade)] if facts.grades else [])]
    for names, value in results:
        if not any(squeeze(f"{label}{value}") in body for label in names):
            yield catalogue.TEXT_DIFFERS.at(
                Span(name),
                where=phrase("for `{name}` ", name=names[0]),
                printed=phrase("something else"),
                expected=value,
            )
    yield from _cells(name, pdf, carried, facts)


@dataclass(frozen=True)
class _Labels:
    """The labels of total and grade on paper: the current one first, then all earlier ones."""

    total: tuple[str, ...]
    grade: tuple[str, ...]


#: Labels by language. Papers with earlier labels are in circulation: put a new label first and keep the others.
_LABELS = {"zh": _Labels(("总分",), ("等级",)), "en": _Labels(("Total",), ("Grade",))}


def _labels(language: str) -> _Labels:
    say = messages(language).gettext
    return _LABELS.get(language) or _Labels((say("Total"),), (say("Grade"),))


def _printed(value: Fraction | None, facts: Facts) -> str:
    """Return a total or points as the form's papers print them, with a real minus sign; empty if open."""
    return "" if value is None else with_minus(facts.notation.written(value))


def _cells(name: str, pdf: PdfFile, carried: Carried, facts: Facts) -> Iterator[Diagnostic]:
    """Report each indicator whose points do not stand in its row; in a table without points, behind its name where they are
    calculated."""
    form = carried.record.form
    rows = _whole_rows(pdf.text.rows, {squeeze(item.name) for section in facts.sections for item in section.rows})
    for own, section in zip(form.sections, facts.sections, strict=True):
        has_points = any(column.show == "points" for column in own.columns or form.print.columns)
        for item in section.rows:
            label, points = squeeze(item.name), squeeze(_printed(item.points, facts))
            named = [row for row in rows if label in row]
            calculated = any(f"{label}{points}" in cell for row in rows for cell in row)
            if points and not (any(points in row for row in named) if has_points else calculated):
                printed = " ".join(cell for row in named[:1] for cell in row if cell != label)
                where = phrase("in the row `{name}` ", name=item.name)
                yield catalogue.TEXT_DIFFERS.at(
                    Span(name),
                    where=where,
                    printed=shorten(printed, 40) or phrase("nothing"),
                    expected=_printed(item.points, facts),
                )


def _whole_rows(rows: Iterable[tuple[str, ...]], labels: Set[str]) -> list[tuple[str, ...]]:
    """Return the cells of each row that has a label, with those of the rows of as many cells that follow it: a row that goes
    over a page is two rows of the structure, and the label stands in the first alone. Other rows are left as they are."""
    whole: list[tuple[str, ...]] = []
    width = 0
    for row in rows:
        if width and len(row) == width and labels.isdisjoint(row):
            whole[-1] += row
        else:
            whole.append(row)
            width = 0 if labels.isdisjoint(row) else len(row)
    return whole
