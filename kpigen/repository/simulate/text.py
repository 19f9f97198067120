"""A simulation in the reader's language: text for a terminal, Markdown for a pull request, HTML.

`simulate.json` is for programs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.emit.escape import MARKDOWN_LIMIT, code, columns, escaped, markdown, padded, page, printable, signed, within
from kpigen.i18n.findings import findings
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import and_more, result_in_words
from kpigen.model.reviews import Review
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import round_half_up
from kpigen.repository.simulate.effect import BONUS, Effect, Reason, Tried, Unscored
from kpigen.repository.simulate.run import Simulation

#: How many of the largest changes are shown by default.
TOP = 10

_KINDS = {"added": mark("added"), "removed": mark("removed"), "": ""}


# --- phrases shared by all formats -----------------------------------------------------------------------------------


def _who(review: Review) -> str:
    return f"{review.employee.id} {review.employee.name} · {review.period}"


def _title(effect: Effect, words: Messages) -> str:
    grades = sum(count for _, _, count in effect.moves)
    return words.gettext(mark("{form}: {reviews} scored both ways, {totals}, {grades}")).format(
        form=effect.form,
        reviews=_reviews(len(effect.tried), words),
        totals=words.number_of("{count} total changes", "{count} totals change", effect.totals_changed),
        grades=words.number_of("{count} grade changes", "{count} grades change", grades),
    )


def _reviews(count: int, words: Messages) -> str:
    return words.number_of("{count} review", "{count} reviews", count)


def _versions(effect: Effect, words: Messages) -> list[str]:
    line = words.gettext(mark("{old} → {new}: {reviews}"))
    lines = [line.format(old=old, new=new, reviews=_reviews(count, words)) for old, new, count in effect.versions]
    same = words.number_of("{count} other review: as before", "{count} other reviews: as before", effect.unaffected)
    return [*lines, *([same] if effect.unaffected else [])]


def _means(effect: Effect, words: Messages) -> str:
    before, after = effect.mean_before or Fraction(0), effect.mean_after or Fraction(0)
    notation = effect.notation.of_means
    return words.gettext(mark("mean {before} → {after} ({change})")).format(
        before=notation.written(before), after=notation.written(after), change=_change(after - before, notation)
    )


def _change(value: Fraction, notation: Notation) -> str:
    """Return a change of totals, or of their mean, as text, with ± if it rounds to zero."""
    rounded = round_half_up(value, notation.decimals)
    return signed(rounded, notation) if rounded else f"±{notation.bare(rounded)}"


def _moves(effect: Effect, words: Messages) -> list[str]:
    """Return the line about grades that change; none if neither version has grades."""
    if not effect.grades:
        return []
    move = words.gettext(mark("{old} → {new}: {count}"))
    moves = [move.format(old=old or "–", new=new or "–", count=count) for old, new, count in effect.moves]
    listed = words.gettext(mark(", ")).join(moves) or words.gettext(mark("none"))
    return [words.gettext(mark("grades that change: {moves}")).format(moves=listed)]


def _shifts(effect: Effect, words: Messages) -> list[tuple[str, str, str]]:
    """Return the contributions of the indicators to the mean change; the bonus, which has no id, by its name."""
    bonus = words.gettext(mark("(bonus)"))
    notation = effect.notation.of_means
    return [
        (
            bonus if item.indicator == BONUS else item.indicator,
            _change(item.mean, notation),
            words.gettext(_KINDS[item.kind]),
        )
        for item in effect.shifts
    ]


def _mover(item: Tried, words: Messages) -> tuple[str, str, str]:
    before, after = (
        result_in_words(card.total, card.grade, card.form.notation, words) for card in (item.before, item.after)
    )
    return _change(item.difference, item.notation), f"{before} → {after}", _who(item.review)


def reason_in_words(reason: Reason, words: Messages) -> str:
    """Return a text that says why a version cannot score a review. The code of a finding is left out."""
    if isinstance(reason, Diagnostic):
        return findings([reason], words.language)[0].message
    if reason.veto:
        return words.gettext(mark("open: veto `{id}` has no data")).format(id=reason.veto)
    if not reason.lacking:
        return words.gettext(mark("open: `{id}` has no data")).format(id=reason.indicator)
    lacking = words.gettext(mark(", ")).join(f"`{name}`" for name in reason.lacking)
    return words.gettext(mark("open: `{id}` lacks {inputs}")).format(id=reason.indicator, inputs=lacking)


def _by_reason(unscored: Iterable[Unscored], words: Messages) -> dict[str, list[Unscored]]:
    """Group the reviews that cannot be scored by their first reason, the most frequent reason first."""
    groups: dict[str, list[Unscored]] = defaultdict(list)
    for item in unscored:
        more = len(item.reasons) - 1
        also = words.number_of(" (and {count} more reason)", " (and {count} more reasons)", more) if more else ""
        first = item.reasons[0]
        code_ = f"{first.code} " if isinstance(first, Diagnostic) else ""
        groups[code_ + reason_in_words(first, words) + also].append(item)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def _summary(simulation: Simulation, words: Messages) -> str:
    """Return a sentence that says whether anything changes."""
    same = sum(count for _, count in simulation.unaffected)
    count = same + sum(len(item.tried) + len(item.unscored) + item.unaffected for item in simulation.effects)
    reviews = _reviews(count, words)
    if not count and any(form.errors for form in simulation.broken):
        return words.gettext(mark("Nothing was tried: the new rule files have errors."))
    if not count and simulation.not_scored:
        return words.gettext(mark("Nothing was tried: no review can be scored as it is."))
    if not count:
        return words.gettext(mark("There is no review to try these rules with."))
    if not simulation.changes:
        return words.gettext(mark("Nothing changes: {reviews} tried, every total and grade as before.")).format(
            reviews=reviews
        )
    moving = sum(len(effect.movers) for effect in simulation.effects)
    lost = sum(len(effect.unscored) for effect in simulation.effects)
    change = words.number_of("{count} changes", "{count} change", moving)
    if not lost:
        return words.gettext(mark("Of {reviews}, {change}.")).format(reviews=reviews, change=change)
    return words.gettext(mark("Of {reviews}, {change}, {count} cannot be scored.")).format(
        reviews=reviews, change=change, count=lost
    )


def _notes(simulation: Simulation, words: Messages) -> list[str]:
    """Return notes about what was not tried, and why."""
    same = mark("Means and grades are over the same reviews on both sides: those that both versions score.")
    notes = [words.gettext(same)] if simulation.effects else []
    if simulation.unaffected:
        one = words.gettext(mark("{form} ({count})"))
        forms = words.gettext(mark(", ")).join(one.format(form=form, count=n) for form, n in simulation.unaffected)
        notes.append(words.gettext(mark("Not affected: {forms}.")).format(forms=forms))
    for form, count, errors in simulation.broken:
        text = words.gettext(mark("Not tried: {form} ({reviews}), its new rule files have errors."))
        notes.append(text.format(form=form, reviews=_reviews(count, words)))
        notes += [f"{item.span} {item.code} {item.message}" for item in findings(errors, words.language)]
    if simulation.incomplete:
        notes.append(
            words.number_of(
                "Left out: {count} draft that cannot be scored yet.",
                "Left out: {count} drafts that cannot be scored yet.",
                simulation.incomplete,
            )
        )
    text = words.gettext(mark("Left out: {path} cannot be scored as it is (kpigen check says why)."))
    return [*notes, *(text.format(path=path) for path in simulation.not_scored)]


# --- text ------------------------------------------------------------------------------------------------------------


def as_text(simulation: Simulation, top: int = TOP, paint: bool = False, language: str = ORIGINAL) -> str:
    """Return a simulation for a terminal with the `top` largest changes per form. With `paint`, rises and falls are coloured."""
    words = messages(language)
    lines = [_summary(simulation, words)]
    for effect in simulation.effects:
        lines += ["", *_effect_text(effect, top, paint, words)]
    notes = _notes(simulation, words)
    lines += ["", *map(printable, notes)] if notes else []
    return "".join(f"{line}\n" for line in lines)


def _effect_text(effect: Effect, top: int, paint: bool, words: Messages) -> list[str]:
    lines = [_title(effect, words), *(f"  {line}" for line in _versions(effect, words))]
    if effect.tried:
        lines += [f"  {_means(effect, words)}", *_grades_text(effect, words)]
        lines += [f"  {line}" for line in _moves(effect, words)]
    if effect.shifts:
        lines.append("  " + words.gettext(mark("change of points on average:")))
        with_kind = words.gettext(mark("{indicator} ({kind})"))
        for id_, mean, kind in _shifts(effect, words):
            lines.append(f"    {mean:>7}  {with_kind.format(indicator=id_, kind=kind) if kind else id_}")
    if effect.movers:
        lines.append("  " + words.gettext(mark("who moves most:")))
        for item in effect.movers[:top]:
            change, score, who = _mover(item, words)
            colour = "0" if not item.difference else "32" if item.difference > 0 else "31"
            shown = f"\x1b[{colour}m{change:>7}\x1b[0m" if paint else f"{change:>7}"
            lines.append(f"    {shown}  {score}  {printable(who)}")
        lines += [f"    {line}" for line in and_more(len(effect.movers), top, words)]
    if effect.unscored:
        cannot = words.gettext(mark("cannot be scored: {reviews}"))
        lines.append("  " + cannot.format(reviews=_reviews(len(effect.unscored), words)))
        for reason, items in _by_reason(effect.unscored, words).items():
            lines.append(f"    {printable(reason)}")
            lines += [f"      {printable(_who(item.review))}" for item in items[:top]]
            lines += [f"      {line}" for line in and_more(len(items), top, words)]
    return lines


def _grades_text(effect: Effect, words: Messages) -> list[str]:
    heads = tuple(words.gettext(head) for head in _GRADE_HEADS)
    if not effect.grades:
        return []
    rows = [heads, *((grade, str(old), str(new)) for grade, old, new in effect.grades)]
    width = max(columns(grade) for grade, _, _ in rows)
    return [f"    {padded(grade, width)}  {padded(old, 6, True)}  {padded(new, 6, True)}" for grade, old, new in rows]


# --- Markdown --------------------------------------------------------------------------------------------------------


def as_markdown(simulation: Simulation, top: int = TOP, limit: int = MARKDOWN_LIMIT, language: str = ORIGINAL) -> str:
    """Return a simulation as Markdown for a pull-request comment of at most `limit` characters. The rest is counted."""
    words = messages(language)
    blocks: list[str] = []
    for effect in simulation.effects:
        blocks += _effect_markdown(effect, top, words)
    blocks += [f"{markdown(note)}\n" for note in _notes(simulation, words)]
    title = words.gettext(mark("## kpigen: what these rules would do"))
    head = f"{title}\n\n{markdown(_summary(simulation, words))}\n\n"
    return within(limit, head, blocks, words.gettext(mark("… and {count} more parts; `kpigen simulate` shows all.")))


def _effect_markdown(effect: Effect, top: int, words: Messages) -> list[str]:
    head = [f"### {markdown(_title(effect, words))}", "", *(f"- {markdown(line)}" for line in _versions(effect, words))]
    if effect.tried:
        head += [f"- {markdown(line)}" for line in (_means(effect, words), *_moves(effect, words))]
    blocks = ["\n".join([*head, ""])]
    blocks += [_table_markdown(*table) for table in _tables(effect, top, words, markdown, code)]
    for reason, items in _by_reason(effect.unscored, words).items():
        lines = [f"- {markdown(_who(item.review))}" for item in items[:top]]
        more = and_more(len(items), top, words)
        cannot = words.gettext(mark("Cannot be scored, {reason}:")).format(reason=markdown(reason))
        blocks.append("\n".join([cannot, "", *lines, *(["", *more] if more else [])]) + "\n")
    return blocks


def _table_markdown(heads: Sequence[_Head], rows: Sequence[Sequence[str]], more: Sequence[str]) -> str:
    rules = ["---:" if is_number else "---" for _, is_number in heads]
    lines = [f"| {' | '.join(row)} |" for row in ([name for name, _ in heads], rules, *rows)]
    return "\n".join([*lines, "", *([*more, ""] if more else [])])


# --- tables for Markdown and HTML ------------------------------------------------------------------------------------

_GRADE_HEADS = (mark("grade"), mark("before"), mark("after"))

#: The name of a column, and whether it holds numbers.
_Head = tuple[str, bool]
_Table = tuple[Sequence[_Head], Sequence[Sequence[str]], Sequence[str]]


def _tables(
    effect: Effect, top: int, words: Messages, escape: Callable[[str], str], mono: Callable[[str], str]
) -> Iterable[_Table]:
    """Yield the tables of a form: columns, rows of escaped cells, and a note about rows that are not shown."""
    say = words.gettext
    if effect.grades:
        grade, before, after = _GRADE_HEADS
        grades = [(escape(grade), str(old), str(new)) for grade, old, new in effect.grades]
        yield ((say(grade), False), (say(before), True), (say(after), True)), grades, ()
    if effect.shifts:
        rows = [(mono(id_), mean, kind) for id_, mean, kind in _shifts(effect, words)]
        yield ((say(mark("indicator")), False), (say(mark("points on average")), True), ("", False)), rows, ()
    if effect.movers:
        movers = (_mover(item, words) for item in effect.movers[:top])
        heads = (say(mark("who moves most")), False), (say(mark("score")), False), (say(mark("change")), True)
        cells = [(escape(who), escape(score), change) for change, score, who in movers]
        yield heads, cells, and_more(len(effect.movers), top, words)


# --- HTML ------------------------------------------------------------------------------------------------------------


def as_html(simulation: Simulation, top: int = TOP, language: str = ORIGINAL) -> str:
    """Return a simulation as a complete HTML page."""
    words = messages(language)
    title = words.gettext(mark("What these rules would do"))
    parts = [f"<h1>{title}</h1>", f"<p>{escaped(_summary(simulation, words))}</p>"]
    for effect in simulation.effects:
        means = [_means(effect, words), *_moves(effect, words)] if effect.tried else []
        parts += [f"<h2>{escaped(_title(effect, words))}</h2>", _list_html([*_versions(effect, words), *means])]
        parts += [_table_html(*table) for table in _tables(effect, top, words, escaped, escaped)]
        for reason, items in _by_reason(effect.unscored, words).items():
            who = [*(_who(item.review) for item in items[:top]), *and_more(len(items), top, words)]
            cannot = words.gettext(mark("Cannot be scored, {reason}:")).format(reason=escaped(reason))
            parts += [f"<p>{cannot}</p>", _list_html(who)]
    notes = _notes(simulation, words)
    return page("kpigen simulate", [*parts, *([_list_html(notes)] if notes else [])], language)


def _list_html(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escaped(item)}</li>" for item in items) + "</ul>"


def _table_html(heads: Sequence[_Head], rows: Sequence[Sequence[str]], more: Sequence[str]) -> str:
    kinds = [' class="n"' if is_number else "" for _, is_number in heads]
    head = "".join(f'<th scope="col"{kind}>{name}</th>' for kind, (name, _) in zip(kinds, heads, strict=True))
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds[1:], row[1:], strict=True))
        + "</tr>"
        for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return table + "".join(f"<p>{line}</p>" for line in more)
