"""Is a PDF consistent? Everything is recalculated from its attachments and compared with what it prints and shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.diagnostics.values import Join, Phrase, Value, listed, phrase, phrase_by_count
from kpigen.i18n.messages import messages
from kpigen.numbers.quantities import fixed
from kpigen.repository.checks.context import Context
from kpigen.repository.checks.project import chain, published, versions
from kpigen.repository.export import report_as_json
from kpigen.site.pages.report import ReportSetting, report_of
from kpigen.site.proof.answers import CONSISTENT, Answer, answer
from kpigen.site.proof.carried import CARRIED, Carried, attached, of_pdf
from kpigen.site.proof.expected_text import text_of
from kpigen.site.proof.facts import Facts, facts_of
from kpigen.site.proof.layout import layout_name
from kpigen.site.proof.paper import Printer, html_of, print_paper
from kpigen.site.proof.pdf_file import PdfFile, Unreadable, read_pdf, squeeze
from kpigen.site.proof.pictures import differences
from kpigen.site.proof.structure import beyond
from kpigen.site.render.render import BrokenTemplate, Renderer

#: HTML up to this length is always printed. The longest sample has 20,000 characters, six for each printed one.
_MUCH = 100_000


def is_consistent(name: str, pdf: PdfFile, carried: Carried, renderer: Renderer, printer: Printer | Phrase) -> Answer:
    """Answer from the PDF alone. `printer` reprints it, or is the reason why nothing can be printed here."""
    record, paper = carried.record, carried.paper
    found = [*_score(name, carried), *_sealed(name, carried), *_additions(name, pdf)]
    notes: list[Value] = [_score_note(carried)]
    same_template = paper.made_with.get("template") == layout_name(renderer, paper.language)
    try:
        pages = pdf.pages
        if same_template:
            setting = ReportSetting(paper.organisation, paper.manager)
            html = html_of(report_of(record, setting, paper.language), renderer)
            texts = list(_texts(name, pdf, html))
            found += texts
            notes.append(
                phrase_by_count(
                    "all text of {count} page compared", "all text of {count} pages compared", count=len(pages)
                )
            )
            look, note = _look(name, pdf, carried, html, printer, same_text=not texts)
            found += look
            notes += [note] if note else []
        else:
            found += _numbers(name, pdf, carried)
            notes.append(phrase("total, grade and points of each indicator compared"))
            reason = phrase(
                "it was printed by {what} (kpigen {version})",
                what=phrase("another version of kpigen or of the template"),
                version=paper.made_with.get("kpigen", "?"),
            )
            found.append(catalogue.LOOK_NOT_COMPARED.at(Span(name), reason=reason))
    except Unreadable as error:
        found.append(catalogue.NOT_A_PDF.at(Span(name), reason=error.why))
    except BrokenTemplate as broken:
        found.append(broken.diagnostic)
    return answer(CONSISTENT, found, *notes)


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


def _additions(name: str, pdf: PdfFile) -> Iterator[Diagnostic]:
    """Report additions: kpigen writes a PDF once, and only a signature may be appended."""
    for what in pdf.added:
        yield catalogue.ADDED_TO_PDF.at(Span(name), what=what)
    if pdf.revisions > 1 + pdf.signatures:
        yield catalogue.ADDED_TO_PDF.at(Span(name), what=phrase("an update at its end"))


def _texts(name: str, pdf: PdfFile, html: str) -> Iterator[Diagnostic]:
    """Report printed text that differs from what the attachments give, character by character, ignoring white space."""
    expected, pages = text_of(html), pdf.pages
    body = "".join(page.body for page in pages)
    if body != expected.body:
        before, printed, wanted = _first_difference(body, expected.body)
        where = phrase("after `{text}` ", text=before) if before else ""
        yield catalogue.TEXT_DIFFERS.at(Span(name), where=where, printed=printed, expected=wanted)
    for head in sorted(frozenset().union(*(page.heads for page in pages)) - expected.heads):
        heads = shorten(" | ".join(sorted(expected.heads)), 80)
        yield catalogue.TEXT_DIFFERS.at(
            Span(name), where=phrase("as the heading of a table "), printed=shorten(head, 80), expected=heads
        )
    for number, page in enumerate(pages, 1):
        around = f"{expected.around}{number}/{len(pages)}"
        if page.around != around:
            _, printed, wanted = _first_difference(page.around, around)
            where = phrase("around page {number} ", number=number)
            yield catalogue.TEXT_DIFFERS.at(Span(name), where=where, printed=printed, expected=wanted)


def _first_difference(printed: str, expected: str) -> tuple[str, Value, Value]:
    """Return the text before the first difference, and what each side has until they agree again."""
    start = next(
        (place for place, (a, b) in enumerate(zip(printed, expected, strict=False)) if a != b),
        min(len(printed), len(expected)),
    )
    while start and expected[start - 1] in "0123456789.":
        start -= 1  # show whole numbers
    left = min(len(printed), len(expected)) - start
    end = next(
        (back for back in range(left) if printed[len(printed) - 1 - back] != expected[len(expected) - 1 - back]), left
    )
    while end and expected[len(expected) - end] in "0123456789.":
        end -= 1
    was, wanted = printed[start : len(printed) - end], expected[start : len(expected) - end]
    return (
        expected[max(0, start - 16) : start],
        shorten(was, 40) or phrase("nothing"),
        shorten(wanted, 40) or phrase("nothing"),
    )


def _numbers(name: str, pdf: PdfFile, carried: Carried) -> Iterator[Diagnostic]:
    """Report if total, grade or an indicator's points are missing where a reader looks for them, whatever the layout."""
    paper = carried.paper
    facts = facts_of(carried.record, ReportSetting(paper.organisation, paper.manager), paper.language)
    body = "".join(page.body for page in pdf.pages)
    labels = _labels(paper.language)
    total = (facts.total_label,) if facts.total_label else labels.total
    for names, value in ((total, _printed(facts.total)), (labels.grade, facts.grade)):
        if not any(squeeze(f"{label}{value}") in body for label in names):
            yield catalogue.TEXT_DIFFERS.at(
                Span(name),
                where=phrase("for `{name}` ", name=names[0]),
                printed=phrase("something else"),
                expected=value,
            )
    yield from _cells(name, pdf, facts)


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


def _printed(value: Fraction | None) -> str:
    """Return a total or points as papers print them: two decimals and a real minus sign; empty if open."""
    return "" if value is None else fixed(value).replace("-", "−")


def _cells(name: str, pdf: PdfFile, facts: Facts) -> Iterator[Diagnostic]:
    rows = [row for page in pdf.pages for row in page.rows]
    for item in (row for section in facts.sections for row in section.rows):
        label, points = squeeze(item.name), squeeze(_printed(item.points))
        named = [row for row in rows if any(cell == label for cell in row)]
        if points and not any(points in row for row in named):
            printed = " ".join(cell for row in named[:1] for cell in row if cell != label)
            where = phrase("in the row `{name}` ", name=item.name)
            yield catalogue.TEXT_DIFFERS.at(
                Span(name),
                where=where,
                printed=shorten(printed, 40) or phrase("nothing"),
                expected=_printed(item.points),
            )


def _look(
    name: str, pdf: PdfFile, carried: Carried, html: str, printer: Printer | Phrase, same_text: bool
) -> tuple[list[Diagnostic], Value]:
    """Print the paper again and compare. Return the findings, and in words what was compared.

    The kinds of entries are compared only if the text matches: a different text makes different pages.
    """
    span = Span(name)
    if pdf.added or len(html) > _MUCH + 20 * sum(len(page.body) for page in pdf.pages):
        # It is inconsistent already: viewers may disagree on its look, or it prints far less than its attachments
        # give, and printing all of that could take hours.
        return [], ""
    if isinstance(printer, Phrase):
        return [catalogue.LOOK_NOT_COMPARED.at(span, reason=printer)], ""
    paper = carried.paper
    again = print_paper(carried.record, paper, attached(pdf.attachments[file] for file in CARRIED), html, printer)
    if again == pdf.data:
        return [], phrase("printed again: the same to the byte")
    here = {key: paper.made_with.get(key, "?") for key in printer.made_with}
    other = [
        phrase("{name} {version}, here {other}", name=key, version=here[key], other=value)
        for key, value in printer.made_with.items()
        if here[key] != value
    ]
    more = beyond(pdf.kinds, read_pdf(again).kinds, bool(pdf.signatures)) if same_text else []
    # A PDF with extra entries is not drawn: viewers may disagree on it.
    pages = [] if more else differences(pdf.data, again)
    if not pages and not more:
        return [], phrase_by_count(
            "printed again: {count} page looks the same",
            "printed again: {count} pages look the same",
            count=len(pdf.pages),
        )
    if other:
        return [
            catalogue.LOOK_NOT_COMPARED.at(
                span, reason=phrase("it was printed with {what}", what=listed(other, Join.SEMICOLON))
            )
        ], ""
    if more:
        kinds = shorten(", ".join(more[:3]) + (" …" if more[3:] else ""), 122)
        what = phrase("more than when it is printed again: {kinds}", kinds=kinds)
        return [catalogue.ADDED_TO_PDF.at(span, what=what)], ""
    return [catalogue.LOOK_DIFFERS.at(span, page=page, where=where) for page, where in pages], ""
