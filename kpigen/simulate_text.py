"""A simulation for readers: text for a terminal, Markdown for a pull request, HTML. `simulate_json` is for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from kpigen.effect import Effect, Tried, Unscored
from kpigen.model import Review, Scorecard
from kpigen.present import MARKDOWN_LIMIT, code, counted, escaped, markdown, page, printable, signed, within
from kpigen.quantities import fixed, round_half_up
from kpigen.simulate import Simulation

#: How many of those who move most are shown unless said otherwise.
TOP = 10

SAME_REVIEWS = "Means and grades are over the same reviews on both sides: those that both versions score."


# --- in words, the same in every format ------------------------------------------------------------------------------


def _who(review: Review) -> str:
    return f"{review.employee.id} {review.employee.name} · {review.period}"


def _score(card: Scorecard) -> str:
    return "open" if card.total is None else f"{fixed(card.total)} {card.grade or 'open'}"


def _title(effect: Effect) -> str:
    grades = sum(count for _, _, count in effect.moves)
    totals = effect.totals_changed
    changes = f"{counted(totals, 'total')} {_verb(totals)}, {counted(grades, 'grade')} {_verb(grades)}"
    return f"{effect.form}: {counted(len(effect.tried), 'review')} scored both ways, {changes}"


def _verb(count: int) -> str:
    return "changes" if count == 1 else "change"


def _versions(effect: Effect) -> list[str]:
    same = [f"{counted(effect.unaffected, 'other review')}: as before"] if effect.unaffected else []
    return [f"{old} → {new}: {counted(count, 'review')}" for old, new, count in effect.versions] + same


def _means(effect: Effect) -> str:
    before, after = effect.mean_before or Fraction(0), effect.mean_after or Fraction(0)
    return f"mean {fixed(before)} → {fixed(after)} ({_change(after - before)})"


def _change(value: Fraction) -> str:
    """Write a mean change; one that rounds to nothing has no sign."""
    return signed(value) if round_half_up(value, 2) else "±0.00"


def _moves(effect: Effect) -> str:
    return ", ".join(f"{old} → {new}: {count}" for old, new, count in effect.moves) or "none"


def _shifts(effect: Effect) -> list[tuple[str, str, str]]:
    return [(item.indicator, _change(item.mean), item.kind) for item in effect.shifts]


def _mover(item: Tried) -> tuple[str, str, str]:
    return _change(item.difference), f"{_score(item.before)} → {_score(item.after)}", _who(item.review)


def _more(count: int, top: int) -> str:
    return f"… and {count - top} more" if count > top else ""


def _by_reason(unscored: Iterable[Unscored]) -> dict[str, list[Unscored]]:
    """Group the reviews that cannot be scored by the first reason, the most frequent one first."""
    groups: dict[str, list[Unscored]] = defaultdict(list)
    for item in unscored:
        first = item.reasons[0]
        more = f" (and {counted(len(item.reasons) - 1, 'more reason')})" if len(item.reasons) > 1 else ""
        groups[f"{first.code} {first.text}{more}".strip()].append(item)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def _summary(simulation: Simulation) -> str:
    """Say in a sentence whether anything changes."""
    same = sum(count for _, count in simulation.unaffected)
    reviews = same + sum(len(item.tried) + len(item.unscored) + item.unaffected for item in simulation.effects)
    if not reviews:
        return "There is no review to try these rules with."
    if not simulation.changes:
        return f"Nothing changes: {counted(reviews, 'review')} tried, every total and grade as before."
    moving = sum(len(effect.movers) for effect in simulation.effects)
    lost = sum(len(effect.unscored) for effect in simulation.effects)
    cannot = f", {lost} cannot be scored" if lost else ""
    return f"Of {counted(reviews, 'review')}, {moving} {_verb(moving)}{cannot}."


def _notes(simulation: Simulation) -> list[str]:
    """Say what was not tried, and why."""
    notes = [SAME_REVIEWS] if simulation.effects else []
    if simulation.unaffected:
        forms = ", ".join(f"{form} ({count})" for form, count in simulation.unaffected)
        notes.append(f"Not affected: {forms}.")
    for form, count in simulation.broken:
        notes.append(f"Not tried: {form} ({counted(count, 'review')}), its new rule files have errors.")
    if simulation.incomplete:
        notes.append(f"Left out: {counted(simulation.incomplete, 'draft')} that cannot be scored yet.")
    notes += [f"Left out: {path} cannot be scored as it is (kpigen check says why)." for path in simulation.not_scored]
    return notes


# --- text ------------------------------------------------------------------------------------------------------------


def as_text(simulation: Simulation, top: int = TOP, paint: bool = False) -> str:
    """Return a simulation for a terminal; who moves most up to `top` a form; with `paint` rises and falls in colours."""
    lines = [_summary(simulation)]
    for effect in simulation.effects:
        lines += ["", *_effect_text(effect, top, paint)]
    notes = _notes(simulation)
    lines += ["", *map(printable, notes)] if notes else []
    return "".join(f"{line}\n" for line in lines)


def _effect_text(effect: Effect, top: int, paint: bool) -> list[str]:
    lines = [_title(effect), *(f"  {line}" for line in _versions(effect))]
    if effect.tried:
        lines += [f"  {_means(effect)}", *_grades_text(effect), f"  grades that change: {_moves(effect)}"]
    if effect.shifts:
        lines.append("  change of points on average:")
        lines += [f"    {mean:>7}  {id_}{f' ({kind})' if kind else ''}" for id_, mean, kind in _shifts(effect)]
    if effect.movers:
        lines.append("  who moves most:")
        for item in effect.movers[:top]:
            change, score, who = _mover(item)
            colour = "0" if not item.difference else "32" if item.difference > 0 else "31"
            shown = f"\x1b[{colour}m{change:>7}\x1b[0m" if paint else f"{change:>7}"
            lines.append(f"    {shown}  {score}  {printable(who)}")
        lines += _indented(_more(len(effect.movers), top))
    if effect.unscored:
        lines.append(f"  cannot be scored: {counted(len(effect.unscored), 'review')}")
        for reason, items in _by_reason(effect.unscored).items():
            lines.append(f"    {printable(reason)}")
            lines += [f"      {printable(_who(item.review))}" for item in items[:top]]
            lines += _indented(_more(len(items), top), 6)
    return lines


def _grades_text(effect: Effect) -> list[str]:
    rows = [("grade", "before", "after"), *((grade, str(old), str(new)) for grade, old, new in effect.grades)]
    width = max(len(grade) for grade, _, _ in rows)
    return [f"    {grade:<{width}}  {old:>6}  {new:>6}" for grade, old, new in rows]


def _indented(line: str, by: int = 4) -> list[str]:
    return [" " * by + line] if line else []


# --- Markdown --------------------------------------------------------------------------------------------------------


def as_markdown(simulation: Simulation, top: int = TOP, limit: int = MARKDOWN_LIMIT) -> str:
    """Return a simulation as Markdown fit for a pull-request comment: cut before `limit` characters, the rest counted."""
    blocks: list[str] = []
    for effect in simulation.effects:
        blocks += _effect_markdown(effect, top)
    blocks += [f"- {markdown(note)}" for note in _notes(simulation)]
    head = f"## kpigen: what these rules would do\n\n{markdown(_summary(simulation))}\n\n"
    return within(limit, head, blocks, "… and {count} more parts; `kpigen simulate` shows all.")


def _effect_markdown(effect: Effect, top: int) -> list[str]:
    head = [f"### {markdown(_title(effect))}", "", *(f"- {markdown(line)}" for line in _versions(effect))]
    if effect.tried:
        head += [f"- {markdown(_means(effect))}", f"- grades that change: {markdown(_moves(effect))}"]
    blocks = ["\n".join([*head, ""])]
    blocks += [_table_markdown(*table) for table in _tables(effect, top, markdown, code)]
    for reason, items in _by_reason(effect.unscored).items():
        lines = [f"- {markdown(_who(item.review))}" for item in items[:top]]
        lines += [_more(len(items), top)] if len(items) > top else []
        blocks.append(f"Cannot be scored, {markdown(reason)}:\n\n" + "\n".join(lines) + "\n")
    return blocks


def _table_markdown(heads: Sequence[str], rows: Sequence[Sequence[str]], more: str) -> str:
    rules = ["---:" if head in _NUMBERS else "---" for head in heads]
    lines = [f"| {' | '.join(row)} |" for row in (heads, rules, *rows)]
    return "\n".join([*lines, "", *([more, ""] if more else [])])


# --- tables, for Markdown and HTML -----------------------------------------------------------------------------------

_NUMBERS = ("before", "after", "change", "points on average")
_Table = tuple[Sequence[str], Sequence[Sequence[str]], str]


def _tables(effect: Effect, top: int, escape: Callable[[str], str], mono: Callable[[str], str]) -> Iterable[_Table]:
    """Give the tables of a form: headings, rows of escaped cells, and what says that there are more rows."""
    if effect.grades:
        grades = [(escape(grade), str(old), str(new)) for grade, old, new in effect.grades]
        yield ("grade", "before", "after"), grades, ""
    if effect.shifts:
        rows = [(mono(id_), mean, kind) for id_, mean, kind in _shifts(effect)]
        yield ("indicator", "points on average", ""), rows, ""
    if effect.movers:
        movers = [(escape(who), escape(score), change) for change, score, who in map(_mover, effect.movers[:top])]
        yield ("who moves most", "score", "change"), movers, _more(len(effect.movers), top)


# --- HTML ------------------------------------------------------------------------------------------------------------


def as_html(simulation: Simulation, top: int = TOP) -> str:
    """Return a simulation as a page of its own."""
    parts = ["<h1>What these rules would do</h1>", f"<p>{escaped(_summary(simulation))}</p>"]
    for effect in simulation.effects:
        means = [_means(effect), f"grades that change: {_moves(effect)}"] if effect.tried else []
        parts += [f"<h2>{escaped(_title(effect))}</h2>", _list_html([*_versions(effect), *means])]
        parts += [_table_html(*table) for table in _tables(effect, top, escaped, escaped)]
        for reason, items in _by_reason(effect.unscored).items():
            who = [_who(item.review) for item in items[:top]] + ([_more(len(items), top)] if len(items) > top else [])
            parts += [f"<p>Cannot be scored, {escaped(reason)}:</p>", _list_html(who)]
    notes = _notes(simulation)
    return page("kpigen simulate", [*parts, *([_list_html(notes)] if notes else [])])


def _list_html(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escaped(item)}</li>" for item in items) + "</ul>"


def _table_html(heads: Sequence[str], rows: Sequence[Sequence[str]], more: str) -> str:
    kinds = [' class="n"' if head in _NUMBERS else "" for head in heads]
    head = "".join(f'<th scope="col"{kind}>{name}</th>' for kind, name in zip(kinds, heads, strict=True))
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds[1:], row[1:], strict=True))
        + "</tr>"
        for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return table + (f"<p>{more}</p>" if more else "")
