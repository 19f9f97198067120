"""Is a PDF the file that was issued? It is compared with a fresh print of its attachments.

Only the same bytes prove it, or the same bytes with a signature behind them: programs that show PDFs differ in how they read
anything unusual, so that a file that shows the right total in one viewer may show another in the next. For every other file
this says what differs, object by object.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.diagnostics.values import Join, Phrase, Value, listed, phrase
from kpigen.site.proof.appended import is_signature
from kpigen.site.proof.carried import CARRIED
from kpigen.site.proof.file_bytes import beside_the_tables
from kpigen.site.proof.objects import ObjectDifference, Step, compared
from kpigen.site.proof.paper import Printer
from kpigen.site.proof.pdf_file import PdfFile, opened
from kpigen.site.proof.printed_text import PrintedText, letters, printed_text

#: How many differences of a kind are named.
_NAMED = 3

#: Numbers that differ by less were rounded, in points of a page.
_ROUNDED = Decimal("0.01")


@dataclass(frozen=True)
class Likeness:
    """What a comparison with a fresh print gave: the findings, and in words what was compared."""

    found: tuple[Diagnostic, ...]
    note: Value = ""


def compare(
    name: str,
    pdf: PdfFile,
    again: bytes,
    made_with: Mapping[str, str],
    printer: Printer,
    numbers: Callable[[], Iterable[Diagnostic]],
) -> Likeness:
    """Compare a PDF with `again`, a fresh print. `made_with` names the versions of the tools that printed the file,
    `printer` is ours, `numbers` reports a total, grade or points that do not stand where they should."""
    span, here = Span(name), printer.made_with
    if pdf.data == again:
        return Likeness((), phrase("printed again: the same to the byte"))
    if pdf.data.startswith(again):
        return _behind(span, pdf.data, again)
    with opened(pdf.data) as one, opened(again) as other:
        comparison, texts = compared(one, other), printed_text(other)
        beside = tuple(beside_the_tables(pdf.data, one))
    found = tuple(catalogue.ADDED_TO_PDF.at(span, what=what) for what in (*pdf.added, *beside))
    if pdf.is_encrypted:
        found += (catalogue.NOT_AS_ISSUED.at(span, what=phrase("it is encrypted")),)
    if pdf.is_damaged:
        damaged = phrase("something in it is damaged, and viewers mend it in different ways")
        found += (catalogue.NOT_AS_ISSUED.at(span, what=damaged),)
    tools = [
        phrase("{name} {version}, here {other}", name=key, version=made_with.get(key, "?"), other=value)
        for key, value in here.items()
        if made_with.get(key) != value
    ]
    if not comparison.differences:
        return Likeness(found or (catalogue.WRITTEN_ANEW.at(span, count=f"{comparison.count:,}"),))
    if tools:
        reason = phrase("it was printed with {what}", what=listed(tools, Join.SEMICOLON))
        differs = _other_texts(span, pdf.text, texts, numbers)
        return Likeness((*found, *differs, catalogue.LOOK_NOT_COMPARED.at(span, reason=reason)))
    if all(_is_of_font(item) for item in comparison.differences):
        reason = phrase("the fonts in it are cut in another way than here")
        return Likeness((*found, catalogue.LOOK_NOT_COMPARED.at(span, reason=reason)))
    if printer.boxed(pdf.text.body) != pdf.text.body:
        # Before boxes of our own stood for these, the bytes depended on what was printed before.
        reason = phrase("an older kpigen printed it, with characters that no font can draw")
        return Likeness((*found, catalogue.LOOK_NOT_COMPARED.at(span, reason=reason)))
    return Likeness((*found, *_differences(span, pdf, texts, comparison.differences, bool(found))))


def _other_texts(
    span: Span, printed: PrintedText, expected: PrintedText, numbers: Callable[[], Iterable[Diagnostic]]
) -> list[Diagnostic]:
    """Report how the text of a PDF differs from that of a print by other tools, which may break and order it differently."""
    one, other = letters(printed.body), letters(expected.body)
    if one == other:
        return []
    return list(numbers() if Counter(one) == Counter(other) else _texts(span, printed, expected))


def _behind(span: Span, data: bytes, again: bytes) -> Likeness:
    """Compare what a file holds behind the fresh print with which it begins."""
    if is_signature(data, again):
        return Likeness((), phrase("printed again: the same to the byte, and a signature behind it"))
    is_blank = not data[len(again) :].strip(b"\0 \t\r\n")
    what = phrase("blanks at its end") if is_blank else phrase("an update at its end")
    return Likeness((catalogue.ADDED_TO_PDF.at(span, what=what),))


def written_by_another(name: str, pdf: PdfFile) -> Iterator[Diagnostic]:
    """Report a PDF that another program than kpigen's wrote, as it says itself: printed or saved anew, it is another file."""
    if not pdf.producer.startswith("WeasyPrint "):
        program = shorten(pdf.producer, 60) or phrase("a program that does not say its name")
        yield catalogue.NOT_AS_ISSUED.at(Span(name), what=phrase("{program} wrote it", program=program))


def _is_of_font(item: ObjectDifference) -> bool:
    return item.path[-2:] in (("FontFile3", "stream"), ("FontFile2", "stream"))


def _differences(
    span: Span, pdf: PdfFile, texts: PrintedText, found: tuple[ObjectDifference, ...], is_explained: bool
) -> Iterator[Diagnostic]:
    """Report the differences of a file that was printed with the tools that are here: texts, pages, everything else."""
    if any(item.path == ("Info", "Producer") for item in found):
        yield from written_by_another(span.path, pdf)
        yield catalogue.NOT_AS_ISSUED.at(span, what=_places(found))
        return
    differs = list(_texts(span, pdf.text, texts)) if pdf.text.rows else []
    drawn = sorted({page for item in found if (page := _page_drawn(item)) is not None})
    yield from differs
    yield from (catalogue.LOOK_DIFFERS.at(span, page=page + 1) for page in drawn[:_NAMED])
    if differs or drawn:
        return  # all else may follow from that
    added = [item for item in found if item.is_added]
    changed = tuple(item for item in found if not item.is_added)
    if added and not is_explained:
        where = listed([_path(item.path) for item in added[:_NAMED]])
        yield catalogue.ADDED_TO_PDF.at(span, what=where)
    if changed:
        yield catalogue.NOT_AS_ISSUED.at(span, what=_places(changed))


def _places(found: tuple[ObjectDifference, ...]) -> Phrase:
    """Return in words how a file differs from a fresh print."""
    first = _said(found[0])
    if len(found) > 1 and all(_is_rounded(item) for item in found):
        return phrase("{count} numbers were rounded: {first} …", count=len(found), first=first)
    if len(found) > 1:
        return phrase("in {count} places it is not as a fresh print: {first} …", count=len(found), first=first)
    return first


def _is_rounded(item: ObjectDifference) -> bool:
    numbers = (item.one, item.other)
    return all(isinstance(one, int | Decimal) for one in numbers) and abs(item.one - item.other) < _ROUNDED


def _page_drawn(item: ObjectDifference) -> int | None:
    """Return the index of the page whose drawing differs; None if something else does."""
    match item.path:
        case ("Root", "Pages", "Kids", int(page), "Contents", *_):
            return page
    return None


def _where(item: ObjectDifference) -> Value:
    match item.path:
        case ("Root", "Names", "EmbeddedFiles", "Names", int(place), *_) if place < 2 * len(CARRIED):
            return phrase("the attachment {name}", name=sorted(CARRIED)[place // 2])
        case ("Root", "Metadata", *_):
            return phrase("the metadata (XMP)")
        case ("Info", str(name)):
            return phrase("the property {name}", name=name)
    return _path(item.path)


def _path(path: tuple[Step, ...]) -> str:
    """Return a path as text: `/Root/Pages/Kids/0/TrimBox`."""
    return "".join(f"/{step}" for step in path)


def _said(item: ObjectDifference) -> Phrase:
    where = _where(item)
    if item.one is None:
        return phrase("{where} is missing", where=where)
    if item.other is None:
        return phrase("{where} was added", where=where)
    one, other = _short(item.one), _short(item.other)
    if one and other and one != other:
        return phrase("{where} is `{one}`, in a fresh print `{other}`", where=where, one=one, other=other)
    return phrase("{where} is not what a fresh print has there", where=where)


def _short(value: Any) -> str:
    import pikepdf

    return "" if isinstance(value, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array) else shorten(str(value), 60)


def _texts(span: Span, printed: PrintedText, expected: PrintedText) -> Iterator[Diagnostic]:
    """Report printed text that differs from that of a fresh print, character by character, ignoring white space."""
    if printed.body != expected.body:
        before, was, wanted = _first_difference(printed.body, expected.body)
        where = phrase("after `{text}` ", text=before) if before else ""
        yield catalogue.TEXT_DIFFERS.at(span, where=where, printed=was, expected=wanted)
    for head in sorted(printed.heads - expected.heads):
        heads = shorten(" | ".join(sorted(expected.heads)), 80)
        where = phrase("as the heading of a table ")
        yield catalogue.TEXT_DIFFERS.at(span, where=where, printed=shorten(head, 80), expected=heads)
    for number, (one, other) in enumerate(zip(printed.around, expected.around, strict=False), 1):
        if one != other and len(printed.around) == len(expected.around):
            _, was, wanted = _first_difference(one, other)
            where = phrase("around page {number} ", number=number)
            yield catalogue.TEXT_DIFFERS.at(span, where=where, printed=was, expected=wanted)
            return


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
