"""How a report is laid out on paper: tables with their columns, widths and sums, the order of parts, and what is omitted.

All layout decisions are made here; `templates/print/` only prints these records.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from kpigen.base.digests import short
from kpigen.i18n.languages import language_of
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.model.reviews import Status
from kpigen.scoring.explain import WorkingLine
from kpigen.site.pages.card import BonusView, InputView, OriginView, RowView, SectionView
from kpigen.site.pages.columns import CellView, ColumnView
from kpigen.site.pages.outlook import CurveView
from kpigen.site.pages.paper_bands import PaperBands, paper_bands
from kpigen.site.pages.paper_fit import PADDING, is_tall, longest_line, longest_word, may_run_off
from kpigen.site.pages.report import (
    ConfirmationView,
    EntriesView,
    HeadView,
    Labelled,
    LabelledMarkup,
    Report,
    ResultView,
    SelfView,
    SignatureView,
    SourceView,
    StatusView,
)
from kpigen.site.pages.results import ResultLine
from kpigen.site.pages.working import SpokenSteps


class Later(enum.Enum):
    """What only some papers have, and what was laid out otherwise before. The values stand in PDFs: they never change."""

    FITTED = "fitted"  # texts that might run off the paper
    TALL = "tall rows"  # rows that a page break may divide
    WIDENED = "widened columns"  # columns that are as wide as their longest word
    TOTAL = "total without a column"  # a total where no column shows points
    BLANK = "no blank narrative"  # no narrative where a draft has headings only
    SIGN = "one sign"  # a bonus below zero, which had two signs
    ENTRIES = "numbered entries"  # entries of a list that does not begin with a text
    NUMBER = "wide numbers"  # a column of numbers that is as wide as the words above it


@dataclass(frozen=True)
class PaperColumn:
    """A column of a card: the kind of its content, its heading, its width in CSS."""

    show: str
    name: str
    width: str


@dataclass(frozen=True)
class PaperInput:
    """A line of a cell that shows inputs: a value with its label (empty if the row says it), or an entry of a list.

    An entry is its first text and its other values, each with the heading of its column.
    """

    label: str = ""
    value: str = ""
    entry: str | None = None
    more: tuple[Labelled, ...] = ()


@dataclass(frozen=True)
class PaperCell:
    """A cell of a card: the kind of its column, its text, and a softer text after it.

    `is_strong` marks what would be ticked on the form. `rows` is the number of rows it spans. Inputs have `lines`, not a text.
    """

    show: str
    text: str | Markup = ""
    soft: str = ""
    is_strong: bool = False
    rows: int = 1
    lines: tuple[PaperInput, ...] = ()


@dataclass(frozen=True)
class CardRow:
    """A row of a card: its cells, and its classes: `off` if its indicator does not count, `tall` if a page break may divide it."""

    style: str
    cells: tuple[PaperCell, ...]


@dataclass(frozen=True)
class SectionRows:
    """The rows of a section, below a row that names it (None: nothing does, or a column), with its points of its weight.

    Where a section has sums of its own, they are its `foot`, and the row that names it has no points.
    """

    name: str | None
    of: str
    rows: tuple[CardRow, ...]
    foot: tuple[SumRow, ...]


@dataclass(frozen=True)
class SumCell:
    """A cell of a row of sums: the kind of its column, its text, the number of columns that it spans."""

    show: str
    text: str
    span: int = 1


@dataclass(frozen=True)
class SumRow:
    """A row of sums: a label over the first `span` columns (0: no room for a label), then cells for the other columns."""

    kind: str
    label: str
    span: int
    cells: tuple[SumCell, ...]


@dataclass(frozen=True)
class CardTable:
    """One table of the card: sections with the same columns. The last one ends with the sums."""

    columns: tuple[PaperColumn, ...]
    sections: tuple[SectionRows, ...]
    sums: tuple[SumRow, ...]

    @property
    def has_own_rows(self) -> bool:
        """True if it has rows of sums below a section, results, or columns that show a single thing of a row."""
        return (
            any(section.foot for section in self.sections)
            or any(row.kind == "more" for row in self.sums)
            or any(column.show in _NEW for column in self.columns)
        )


@dataclass(frozen=True)
class OwnRow:
    """An indicator in the table of the self-assessment."""

    name: str
    lines: tuple[PaperInput, ...]
    own: str | None
    assessed: str | None


@dataclass(frozen=True)
class OwnTable:
    """The table of the self-assessment beside the assessment."""

    own: SelfView
    rows: tuple[OwnRow, ...]


@dataclass(frozen=True)
class SignatureRow:
    """Boxes of the signature block side by side, or a single box that shows the narrative."""

    is_first: bool
    boxes: tuple[SignatureView, ...]
    is_narrative: bool
    narrative: Markup


@dataclass(frozen=True)
class PrintedLine:
    """A line of the working: its label, the formula with its numbers, the value (empty: none)."""

    label: str
    says: str
    value: str


@dataclass(frozen=True)
class Working:
    """How a number was calculated: an indicator's points, of its weight (None: not applicable), with the curve if points were
    lost, the lines, the tables of bands, and the origins of the rule's numbers; or a section's points, a total, a result. A page
    break may divide one that `is_tall`."""

    name: str
    of: str | None
    not_applicable: str
    curve: CurveView | None
    lines: tuple[PrintedLine, ...]
    origins: str
    is_tall: bool
    bands: tuple[PaperBands, ...] = ()


@dataclass(frozen=True)
class Margins:
    """The margins of each page. `mark` says that a report is not published; `code` is the text of its QR code."""

    organisation: str
    form: str
    name: str
    period: str
    mark: str | None
    code: str
    number: str
    seal: str | None


@dataclass(frozen=True)
class PaperLayout:
    """A report on paper, part by part in printing order.

    `dot` separates two things on a line. `comments` are the ones without a column in the card. `narrative` is empty if a box
    of the signature block shows it. `confirmations` are the ones that no signature box shows. `supported` are the indicators
    with evidence. `width` is the CSS width of the column of names beside the working. `later` names what this paper has that
    was laid out otherwise before, see `proof.layout_name`.
    """

    language: str
    is_landscape: bool
    dot: str
    margins: Margins
    head: HeadView
    status: StatusView
    result: ResultView
    tables: tuple[CardTable, ...]
    bonus: tuple[BonusView, ...]
    comments: tuple[RowView, ...]
    feedback: tuple[LabelledMarkup, ...]
    narrative: Markup
    own: OwnTable | None
    confirmations: tuple[ConfirmationView, ...]
    entries: EntriesView
    supported: tuple[RowView, ...]
    signatures: tuple[SignatureRow, ...]
    workings: tuple[Working, ...]
    width: str
    source: SourceView
    later: frozenset[Later]

    @property
    def is_fitted(self) -> bool:
        """True if the paper needs the stylesheet `print/fit.css`."""
        return not self.later.isdisjoint({Later.FITTED, Later.TALL})

    @property
    def styles(self) -> tuple[str, ...]:
        """The stylesheets that the paper needs besides the one of all papers, by the names of their templates."""
        bands = (BANDS,) if any(item.bands for item in self.workings) else ()
        return (*bands, ROWS) if any(table.has_own_rows for table in self.tables) else bands


#: The stylesheets that only some papers need: for tables of bands, and for rows and columns that a form may have of its own.
BANDS, ROWS = "print/bands.css", "print/rows.css"
#: Millimetres between the margins, and for the names beside the working, by whether the page is landscape.
_ROOM, _NAMES = {True: 267, False: 180}, {True: 48, False: 40}


@dataclass(frozen=True)
class _Width:
    """How wide a column is, in mm: in Chinese, and in scripts that need more room."""

    chinese: int
    other: int

    def of(self, language: str) -> int:
        """Return the width in a language."""
        return self.chinese if language_of(language).is_cjk else self.other


#: Columns of fixed width; the others share the rest.
_NARROW = {
    "section": _Width(16, 20),
    "number": _Width(9, 9),
    "name": _Width(25, 27),
    "focus": _Width(23, 25),
    "target": _Width(17, 18),
    "cycle": _Width(16, 16),
    "record": _Width(19, 24),
    "provider": _Width(19, 24),
    "raw": _Width(16, 16),
    "weight": _Width(13, 15),
    "points": _Width(16, 17),
    "input": _Width(16, 17),
    "choice": _Width(9, 9),
    "measure": _Width(16, 17),
    "blank": _Width(19, 21),
}
#: Kinds that are wide unless the form has only short texts for them, and how wide they are then, in mm.
_TEXTS, _SHORT = ("standard", "definition", "target"), 18
#: Kinds of columns that no paper of before has.
_NEW = ("input", "choice", "measure", "blank")
#: The part of the others that an input takes that is a list or a text.
_LONG_INPUT = 5
#: Shares of the other columns. Shares of inputs and comments depend on how much they hold.
_SHARES = {"target": 4, "definition": 4, "standard": 6, "anchor": 3}
_LONG_COMMENT = 80


def layout_of(report: Report) -> PaperLayout:
    """Return how a report is laid out on paper."""
    words, card = messages(report.language), report.card
    shown = {column.show for section in card.sections for column in section.columns}
    has_box = any(box.is_narrative for box in report.signatures)
    tables = tuple(_tables(report, shown, words))
    workings = (
        *(_working(row, report.is_landscape, words) for row in card.rows if not row.is_unscored),
        *_more_workings(report, words),
    )
    return PaperLayout(
        language=report.language,
        is_landscape=report.is_landscape,
        # In a Chinese font the middle dot is as wide as a character and needs no spaces.
        dot="·" if language_of(report.language).is_cjk else " · ",
        margins=_margins(report, words),
        head=report.head,
        status=report.status,
        result=report.result,
        tables=tables,
        bonus=card.bonus,
        comments=() if "comment" in shown else tuple(row for row in card.rows if row.comment),
        feedback=report.words.feedback,
        narrative=Markup("") if has_box else report.words.narrative.whole,
        own=None if report.own is None else OwnTable(report.own, tuple(map(_own_row, report.own.rows))),
        confirmations=tuple(_elsewhere(report)),
        entries=report.entries,
        supported=tuple(row for row in card.rows if row.evidence),
        signatures=tuple(_signature_rows(report)),
        workings=workings,
        width=f"{_NAMES[report.is_landscape]}mm",
        source=report.source,
        later=frozenset(_later(report, tables, workings)),
    )


def _later(report: Report, tables: Iterable[CardTable], workings: Iterable[Working]) -> Iterator[Later]:
    if may_run_off(report):
        yield Later.FITTED
    rows = [row for table in tables for section in table.sections for row in section.rows]
    if any("tall" in row.style for row in rows) or any(item.is_tall for item in workings):
        yield Later.TALL
    if any(_wide_columns(section.columns, report) for section in report.card.sections):
        yield Later.WIDENED
    if all(column.show != "points" for column in report.card.sections[-1].columns):
        yield Later.TOTAL
    if report.words.is_blank:
        yield Later.BLANK
    if (report.result.bonus or "").startswith("−"):
        yield Later.SIGN
    if any(
        not item.is_named for row in report.card.rows for item in (*row.inputs, *(row.own.inputs if row.own else ()))
    ):
        yield Later.ENTRIES
    if any(_wide_numbers(section.columns, report) for section in report.card.sections):
        yield Later.NUMBER


def _margins(report: Report, words: Messages) -> Margins:
    head, status, source = report.head, report.status, report.source
    draft = words.gettext(mark("DRAFT")) if status.value == Status.DRAFT.value else status.says
    return Margins(
        organisation=report.organisation,
        form=head.form,
        name=head.name,
        period=head.period,
        mark=None if status.is_published else draft,
        code=source.seal or source.digest,
        number=source.number,
        seal=short(source.seal.rpartition(":")[2]) if source.seal else None,
    )


# --- the card --------------------------------------------------------------------------------------------------------


def _tables(report: Report, shown: set[str], words: Messages) -> Iterator[CardTable]:
    """Yield a table for each run of sections with the same columns."""
    sections, last = report.card.sections, report.card.sections[-1]
    for columns, run in groupby(sections, key=lambda section: section.columns):
        group = tuple(run)
        yield CardTable(
            columns=_columns(columns, report),
            sections=tuple(_section_rows(section, report, "actual" in shown, words) for section in group),
            sums=tuple(_sums(columns, report, words)) if group[-1] is last else (),
        )


def _columns(columns: Sequence[ColumnView], report: Report) -> tuple[PaperColumn, ...]:
    """Return columns with their widths: narrow kinds have a fixed width, the others share the rest."""
    # A form without a standard column describes the requirement in its target column, which is then wide.
    has_standard = any(column.show == "standard" for column in columns)
    narrow = {show: width for show, width in _NARROW.items() if has_standard or show != "target"}
    fixed = {column.show: narrow[column.show].of(report.language) for column in columns if column.show in narrow}
    fixed |= {show: width for show, width in _wide_columns(columns, report).items() if show in fixed}
    fixed |= _wide_numbers(columns, report)
    shares = {**_SHARES, **_shares(report.card.rows)}
    wide = [column for column in columns if column.show not in fixed or _is_long(column, report)]
    if any(column.show in _NEW for column in columns):
        short = [column for column in wide if column.show in _TEXTS and _is_short(column, report)]
        fixed |= {column.show: _SHORT for column in short}
        # Where nothing but narrow columns is left, the names of the rows take the rest.
        wide = [column for column in wide if column not in short] or [item for item in columns if item.show == "name"]
    left = _ROOM[report.is_landscape] - sum(_fixed(column, fixed, report) for column in columns if column not in wide)
    whole = sum(shares.get(column.show, _LONG_INPUT) for column in wide)

    def width(column: ColumnView) -> str:
        if column in wide:
            return f"{left * shares.get(column.show, _LONG_INPUT) / whole:.2f}mm"
        return f"{_fixed(column, fixed, report)}mm" if whole else "auto"

    return tuple(PaperColumn(column.show, column.name, width(column)) for column in columns)


def _is_short(column: ColumnView, report: Report) -> bool:
    """Return True if a column of texts has nothing but a word or a number in each row."""
    texts = [getattr(row, column.show) for row in report.card.rows]
    return all(longest_line(text) <= _SHORT - PADDING for text in (*texts, column.name))


def _is_long(column: ColumnView, report: Report) -> bool:
    """Return True if a column shows an input that is a list or a text."""
    return any(cell.input for row in report.card.rows if (cell := row.cells.get(column)))


def _fixed(column: ColumnView, fixed: Mapping[str, int], report: Report) -> int:
    """Return the width of a narrow column in mm; one that shows an input or a choice is as wide as its words need."""
    if column.show not in _NEW:
        return fixed[column.show]
    texts = [column.name] if not language_of(report.language).is_cjk else []
    texts += [cell.text for row in report.card.rows if (cell := row.cells.get(column))]
    needed = math.ceil(max((longest_word(text, is_bold=True) for text in texts), default=0) + PADDING)
    return min(max(fixed[column.show], needed), _WIDEST)


#: Columns whose widths follow their words, and the most that they may take, in mm. Beyond it a word is broken.
_BY_WORDS = ("section", "name", "cycle", "weight", "points", "raw")
_WIDEST = 34


def _wide_columns(columns: Sequence[ColumnView], report: Report) -> Mapping[str, int]:
    """Return the narrow columns that a word does not fit into, with the width that it needs, in mm."""
    if language_of(report.language).is_cjk:
        return {}  # its words are short, and characters may stand below each other
    texts = {
        "section": [section.name for section in report.card.sections],
        "name": [row.name for row in report.card.rows],
    }
    wide = {}
    for column in columns:
        if column.show in _BY_WORDS:
            needed = max(
                longest_word(column.name, is_bold=True), *(longest_word(text) for text in texts.get(column.show, ("",)))
            )
            if needed + PADDING > _NARROW[column.show].other:
                wide[column.show] = min(math.ceil(needed + PADDING), _WIDEST)
    return wide


def _wide_numbers(columns: Sequence[ColumnView], report: Report) -> Mapping[str, int]:
    """Return the width of the column of numbers, in mm, if a word of its heading does not fit into it."""
    if language_of(report.language).is_cjk:
        return {}
    needed = max((longest_word(item.name, is_bold=True) for item in columns if item.show == "number"), default=0.0)
    is_wide = needed + PADDING > _NARROW["number"].other
    return {"number": min(math.ceil(needed + PADDING), _WIDEST)} if is_wide else {}


def _shares(rows: Iterable[RowView]) -> Mapping[str, int]:
    """Return the shares of inputs and comments: larger for lists of goals and tasks, and for long comments."""
    has_lists = any(item.entries for row in rows for item in row.inputs)
    longest = max(len(row.comment.striptags()) for row in rows)
    return {"actual": 7 if has_lists else 4, "comment": 8 if longest > _LONG_COMMENT else 5 if longest else 3}


def _section_rows(section: SectionView, report: Report, has_actual: bool, words: Messages) -> SectionRows:
    of = _of(section.points, section.of, words) if section.is_scored else ""
    by_column = next((column.show for column in section.columns if column.show != "blank"), "") == "section"

    widths = [_width_of(column) for column in _columns(section.columns, report)]

    foot = tuple(_section_foot(section, report, words))

    def row_of(row: RowView) -> CardRow:
        cells = [
            _cell(column, row, report, has_actual, words) for column in section.columns if column.show != "section"
        ]
        others = (width for column, width in zip(section.columns, widths, strict=True) if column.show != "section")
        tall = is_tall(zip(map(_text_of, cells), others, strict=True), report.is_landscape)
        if row is section.rows[0]:
            heading = PaperCell("section", section.name, of, rows=len(section.rows))
            for place, column in enumerate(section.columns):
                if column.show == "section":
                    cells.insert(place, heading)
        return CardRow(" ".join(["off"] * bool(row.not_applicable) + ["tall"] * tall), tuple(cells))

    return SectionRows(
        None if by_column else section.name or None, "" if foot else of, tuple(map(row_of, section.rows)), foot
    )


def _section_foot(section: SectionView, report: Report, words: Messages) -> Iterator[SumRow]:
    """Yield the rows of sums of a section that is more than a sum, or whose columns have sums of their own, and its results."""
    results, shows = report.card.results_of(section.id), _sum_columns(section.columns, report)
    yield from (_result_row(shows, item, words) for item in results if item.comes_first)
    if (
        section.name
        and section.is_scored
        and (section.has_formula or section.has_own_name or any(section.foots) or results)
    ):
        points = section.points or words.gettext(mark("open"))
        yield _sum(shows, "foot", section.total_name, points, section.weight, section.foots)
    yield from (_result_row(shows, item, words) for item in results if not item.comes_first)


def _width_of(column: PaperColumn) -> float:
    return float(column.width.removesuffix("mm")) if column.width != "auto" else _NARROW[column.show].chinese


def _text_of(cell: PaperCell) -> str:
    """Return the text of a cell, a line for each of its inputs."""
    lines = [
        " ".join(
            [line.label, line.value, line.entry or "", *(f"{item.label} {item.text}" for item in line.more)]
        ).strip()
        for line in cell.lines
    ]
    return "\n".join(text.rstrip("\n") for text in (f"{cell.text}{cell.soft}", *lines) if text)


def _of(points: str | None, of: str, words: Messages) -> str:
    told = points or words.gettext(mark("open"))
    return f"{told} / {of}" if of else told


def _cell(column: ColumnView, row: RowView, report: Report, has_actual: bool, words: Messages) -> PaperCell:
    show = column.show
    reason = f"{words.gettext(mark('not applicable'))}{words.gettext(mark(': '))}{row.not_applicable}"
    if show == "name":
        return PaperCell(show, row.name, reason if row.not_applicable and not has_actual else "")
    if show == "anchor":
        return _level_cell(column, row)
    if row.is_left_out and show in (*_FILLED_IN, "comment"):
        return PaperCell(show)
    if row.not_applicable and show in _FILLED_IN:
        return PaperCell(show, reason if show == "actual" else "–")
    if show == "blank" or (row.is_unscored and show in ("raw", "points", "weight")):
        return PaperCell(show)
    if show in ("input", "choice", "measure") or (show == "raw" and row.raw):
        return _own_cell(row.cells[column], show, row)
    if show == "actual":
        return PaperCell(show, lines=_lines(row.inputs, row.name))
    if show == "weight":
        return PaperCell(show, row.weight, row.base_weight if row.base_weight != row.weight else "")
    if show in ("raw", "points"):
        return PaperCell(show, (row.raw if show == "raw" else row.points) or words.gettext(mark("open")))
    texts: Mapping[str, str | Markup] = {
        "number": row.number,
        "cycle": report.card.cycle,
        "comment": row.comment,
        "focus": row.focus,
        "definition": row.definition,
        "standard": row.standard,
        "target": row.target,
        "record": row.record,
        "provider": row.provider,
    }
    # The line end is invisible, but a PDF's bytes depend on it; keep it so that the same paper stays the same file.
    return PaperCell(show, texts[show] + "\n")


#: What a row that does not apply has no values for. The other columns are those of the empty form, and the comment.
_FILLED_IN = ("actual", "raw", "points", "weight", "input", "choice", "measure")


def _own_cell(cell: CellView, show: str, row: RowView) -> PaperCell:
    """Return what a row shows in a column that shows a single thing of it; lists and texts as the column of all inputs does."""
    if cell.input:
        item = next(item for item in row.inputs if item.id == cell.input)
        return PaperCell("actual", lines=_lines((item,), item.name))
    return PaperCell(show, cell.text, is_strong=cell.ticked)


def _level_cell(column: ColumnView, row: RowView) -> PaperCell:
    """Return a tick box with its text, ticked if the number is in this level; a dash if the indicator has no such level."""
    level = row.levels.get(column.anchor)
    if level is None:
        return PaperCell(column.show, "–")
    return PaperCell(column.show, f"{'■' if level == row.level else '□'} {level.text}", is_strong=level == row.level)


def _lines(items: Sequence[InputView], alone: str) -> tuple[PaperInput, ...]:
    """Return inputs line by line. A single input with the name of its row, `alone`, needs no label."""
    return tuple(line for item in items for line in _lines_of(item, alone if len(items) == 1 else ""))


def _lines_of(item: InputView, alone: str) -> Iterator[PaperInput]:
    label = "" if item.name == alone else item.name
    if item.paragraphs:
        for place, paragraph in enumerate(item.paragraphs):
            yield PaperInput("" if place else label, paragraph)
    elif item.value or not item.entries:
        yield PaperInput(label, f"{item.value} {item.unit}" if item.unit else item.value)
    for number, texts in enumerate(() if item.value else item.entries, 1):
        named = zip(item.heads, texts, strict=True)
        if item.is_named:
            next(named)
        more = tuple(Labelled(head, text) for head, text in named if text)
        yield PaperInput(entry=texts[0] if item.is_named else f"{number}.", more=more)


def _sums(columns: Sequence[ColumnView], report: Report, words: Messages) -> Iterator[SumRow]:
    """Yield the rows of sums below the card. The weight appears once, and only if one table shows all of it."""
    result, shows = report.result, _sum_columns(columns, report)
    weight = report.card.weight if len({section.columns for section in report.card.sections}) == 1 else ""
    if result.bonus_on_paper is not None:
        if result.base is not None:
            yield _sum(shows, "sub", words.gettext(mark("Without bonus")), result.base, weight)
            weight = ""
        yield _sum(shows, "sub", words.gettext(mark("Bonus")), result.bonus_on_paper)
    total = result.total or words.gettext(mark("open"))
    yield _sum(shows, "total", result.label, total, weight, report.card.foots)
    for item in result.more:
        yield _result_row(shows, item, words)


def _sum(
    shows: Sequence[str], kind: str, label: str, points: str, weight: str = "", foots: Sequence[str] = ()
) -> SumRow:
    """Return a row of sums below columns of these kinds. Its label spans the columns before the first sum.

    Where no column shows points, the last one holds them, or the label does if there is no other column; but if another column
    has that very sum, it stands there.
    """
    if "points" not in shows and len(shows) == 1:
        return SumRow(kind, f"{label} {points}", 1, ())
    if "points" not in shows and points not in foots:
        shows = [*shows[:-1], "points"]
    by_kind = {"weight": weight, "points": points}
    texts = [by_kind.get(show) or foot for show, foot in zip(shows, foots or [""] * len(shows), strict=True)]
    span = next(place for place, text in enumerate(texts) if text)
    cells = zip(shows[span:], texts[span:], strict=True)
    return SumRow(kind, label, span, tuple(SumCell(show, text) for show, text in cells))


def _result_row(shows: Sequence[str], result: ResultLine, words: Messages) -> SumRow:
    """Return the row of a result: its name, and its value where the points stand, or over the last columns if it is long."""
    value = result.value or words.gettext(mark("open"))
    if len(shows) == 1 or longest_line(value) <= _NARROW["points"].chinese - PADDING:
        return _sum(shows, "more", result.name, value)
    span = len(shows) // 2
    return SumRow("more", result.name, span, (SumCell("value", value, len(shows) - span),))


def _sum_columns(columns: Sequence[ColumnView], report: Report) -> list[str]:
    """Return the kinds of columns for rows of sums: where no row has a weight, raw scores are points."""
    shows = [column.show for column in columns]
    if "points" not in shows and "raw" in shows and not report.card.weight:
        shows[shows.index("raw")] = "points"
    return shows


# --- below it --------------------------------------------------------------------------------------------------------


def _own_row(row: RowView) -> OwnRow:
    assert row.own is not None
    return OwnRow(f"{row.number} {row.name}", _lines(row.own.inputs, row.name), row.own.points, row.points)


def _elsewhere(report: Report) -> Iterator[ConfirmationView]:
    """Yield the confirmations that the signature block does not show, or not exactly."""
    signed = {(box.signed.name, box.signed.date) for box in report.signatures if box.signed}
    for item in report.entries.confirmations:
        if not item.is_current or item.is_late or (item.name, item.date) not in signed:
            yield item


def _signature_rows(report: Report) -> Iterator[SignatureRow]:
    """Yield the boxes of the signature block row by row. A box with the narrative has its own row."""
    is_first = True
    for is_narrative, run in groupby(report.signatures, key=lambda box: box.is_narrative):
        boxes = tuple(run)
        for row in ((box,) for box in boxes) if is_narrative else (boxes,):
            yield SignatureRow(
                is_first, row, is_narrative, _narrative(report, row[0].label) if is_narrative else Markup("")
            )
            is_first = False


def _narrative(report: Report, label: str) -> Markup:
    """Return the narrative below a label. If its own heading repeats the label, the heading is left out."""
    narrative = report.words.narrative
    return narrative.rest if narrative.title and narrative.title in label else narrative.whole


def _working(row: RowView, is_landscape: bool, words: Messages) -> Working:
    is_full = row.share == 100
    lines = _printed(row.working, words)
    bands = paper_bands(row.bands, _ROOM[is_landscape] - _NAMES[is_landscape] - PADDING)
    return Working(
        name=f"{row.number} {row.name}",
        of=None if row.not_applicable else _of(row.points, row.of, words),
        not_applicable=row.not_applicable or "",
        curve=row.curves[0] if row.curves and not is_full and not bands else None,
        lines=lines,
        origins=_origins(row.origins, words),
        is_tall=_is_tall_working(lines, sum(len(item.table.rows) for item in bands)),
        bands=bands,
    )


def _more_workings(report: Report, words: Messages) -> Iterator[Working]:
    """Yield how the points of sections, the total and the results came about, those that are no plain sums."""
    result = report.result
    sections = [
        (item.name or result.label, _of(item.points, item.of, words), item.working) for item in report.card.sections
    ]
    results = [(item.name, _of(item.value, "", words), item.working) for item in (*report.card.results, *result.more)]
    for name, of, working in (*sections, (result.label, _of(result.total, result.of, words), result.working), *results):
        if lines := _printed(working, words):
            yield Working(name, of, "", None, lines, "", _is_tall_working(lines))


def _printed(working: SpokenSteps, words: Messages) -> tuple[PrintedLine, ...]:
    return tuple(_working_line(line, words) for line in working.on_paper)


def _is_tall_working(lines: Sequence[PrintedLine], rows: int = 0) -> bool:
    """Return True if a page break may divide some lines, and beside them the rows of tables."""
    return len(lines) + rows > _TALL_WORKING[0] or sum(len(line.says) for line in lines) > _TALL_WORKING[1]


#: From how many lines, and from how many characters on, a page break may divide the working of an indicator.
_TALL_WORKING = (45, 4_000)


def _working_line(line: WorkingLine, words: Messages) -> PrintedLine:
    says = " = ".join(text for text in (line.formula, line.numbers) if text)
    joint = (" " if line.value.startswith("≈") else " = ") if says and line.value else ""
    colon = words.gettext(mark(": ")) if says or line.value else ""
    return PrintedLine(line.label, f"{colon}{says}{joint}", line.value)


def _origins(origins: Iterable[OriginView], words: Messages) -> str:
    """Return the origins of names and numbers on one line, grouped by kind."""
    colon, comma = words.gettext(mark(": ")), words.gettext(mark(", "))
    said = []
    for _, run in groupby(sorted(origins, key=lambda item: item.kind), key=lambda item: item.kind):
        items = list(run)
        what = comma.join(f"{item.what} {item.quote}" if item.quote else item.what for item in items)
        said.append(f"{items[0].says}{colon}{what}")
    return " | ".join(said)
