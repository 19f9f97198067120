"""Changes for readers: text for a terminal, Markdown for a pull request, JSON, HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from kpigen.diff import Changes, ReviewChange, RuleChange, Score, Split
from kpigen.present import MARKDOWN_LIMIT, code, counted, escaped, markdown, page, printable, signed, within
from kpigen.quantities import fixed
from kpigen.wordwise import ADDED, REMOVED, SAME, by_word

Mark = Callable[[str], str]

#: Longer stretches are cut: what is the same always, what changed in a pull request.
_SAME, _CHANGED = 40, 400
#: So many fields of a review, and files that a rule version scores, are listed in a pull request; the rest is counted.
_FIELDS, _TOUCHED = 40, 20

_PROSE = ("body", "comments", "feedback", "not_applicable", "objections", "self_assessment.comment")


def pieces(old: str, new: str) -> list[tuple[str, str]]:
    """Return a text's change word by word as (`same`, `removed` or `added`, text); unchanged stretches are shortened."""
    return [(kind, _cut(text, _SAME if kind == SAME else None)) for kind, text in by_word(old, new)]


def _words(old: str, new: str, removed: Mark, added: Mark, keep: Mark, longest: int | None = None) -> str:
    """Return a text's change word by word on one line; stretches longer than `longest` are cut."""
    marks = {SAME: (keep, _SAME), REMOVED: (removed, longest), ADDED: (added, longest)}
    parts = []
    for kind, text in by_word(old, new):
        write, most = marks[kind]
        parts.append(write(re.sub(r"\s+", " ", _cut(text, most))))
    return "".join(parts)


def _cut(text: str, most: int | None) -> str:
    return text if most is None or len(text) <= most else f"{text[: most * 2 // 5]}…{text[-most * 2 // 5 :]}"


def is_prose(field: str, old: str, new: str) -> bool:
    """Whether a field's change is shown word by word."""
    return bool(old and new) and (max(len(old), len(new)) > 24 or field.startswith(_PROSE))


def _one_line(text: str) -> str:
    return " ".join(text.split()) or "–"


def _score(score: Score | None) -> str:
    if score is None:
        return "–"
    return "open" if score.total is None else f"{fixed(score.total)} {score.grade or 'open'}"


def split_in_words(split: Split) -> str:
    """Say where a difference of totals comes from."""
    if split.data is None or split.rules is None:
        return "cannot be split into data and rules: neither side can be scored by the other's rules"
    order = "" if split.between == "data" else "; rules changed first, the old rules cannot score the new data"
    return f"data {signed(split.data)}, rules {signed(split.rules)}{order}"


def _headline(change: ReviewChange) -> str:
    moved = f" (was {change.old_path})" if change.old_path else ""
    return f"{change.employee} {change.name} · {change.period} · {change.form}{moved}"


def _score_line(change: ReviewChange) -> str:
    if change.before is None:
        return f"score: {_score(change.after)}"
    if change.after is None:
        return f"score was: {_score(change.before)}"
    if change.before == change.after:
        return ""
    difference = ""
    if change.before.total is not None and change.after.total is not None:
        difference = (
            f" ({signed(change.after.total - change.before.total)}"
            + (f": {split_in_words(change.split)}" if change.split else "")
            + ")"
        )
    return f"score: {_score(change.before)} → {_score(change.after)}{difference}"


_KINDS = {"broken": "cannot be read now (kpigen check says why):", "mended": "could not be read before:"}

_RULES = {
    "broken": "cannot be read now (kpigen check says why)",
    "mended": "could not be read before",
    "added": "new version",
    "removed": "version removed",
    "scoring": "scoring part changed",
    "text": "texts changed, scoring as before",
}


def _rule_line(rule: RuleChange) -> str:
    touched = f"; scores {counted(len(rule.touches), 'review')}" if _touched(rule) or rule.kind == "added" else ""
    return f"{rule.key}: {_RULES[rule.kind]}{touched}"


def _touched(rule: RuleChange) -> tuple[str, ...]:
    """Return the files whose score a change of rules may concern."""
    return rule.touches if rule.kind in ("added", "scoring", "mended") else ()


def _touched_cut(rule: RuleChange) -> list[str]:
    files = _touched(rule)
    more = [f"… and {len(files) - _TOUCHED} more"] if len(files) > _TOUCHED else []
    return [*files[:_TOUCHED], *more]


def _kind(change: ReviewChange) -> str:
    return _KINDS.get(change.kind, change.kind)


def as_text(changes: Changes, paint: bool = False) -> str:
    """Return the changes for a terminal; removed and added words in brackets, with `paint` in colours too."""
    lines = []
    for rule in changes.rules:
        lines += rule_lines(rule)
    for change in changes.reviews:
        lines += review_lines(change, paint)
    lines += [f"cannot be compared: {printable(path)} (kpigen check says why)" for path in changes.unread]
    return "".join(f"{line}\n" for line in lines or ["no change in meaning"])


def rule_lines(rule: RuleChange) -> list[str]:
    """Return one rule version's change as lines for a terminal, with the reviews that it touches."""
    return [printable(_rule_line(rule)), *(f"  {printable(path)}" for path in _touched(rule))]


def review_lines(change: ReviewChange, paint: bool = False) -> list[str]:
    """Return one review's change as lines for a terminal."""

    def within_marks(left: str, right: str, colour: str) -> Mark:
        before, after = (f"\x1b[{colour}m{left}", f"{right}\x1b[0m") if paint else (left, right)
        return lambda text: f"{before}{printable(text)}{after}"

    removed, added = within_marks("[-", "-]", "31"), within_marks("{+", "+}", "32")
    lines = [f"{_kind(change)} {printable(_headline(change))}"]
    for field, old, new in change.fields:
        text = (
            _words(old, new, removed, added, printable)
            if is_prose(field, old, new)
            else printable(f"{_one_line(old)} → {_one_line(new)}")
        )
        lines.append(f"  {printable(field)}: {text}")
    score = _score_line(change)
    return [*lines, f"  {score}"] if score else lines


def as_markdown(changes: Changes, limit: int = MARKDOWN_LIMIT) -> str:
    """Return the changes as Markdown fit for a pull-request comment: cut before `limit` characters, the rest counted."""
    blocks = [_markdown_rule(rule) for rule in changes.rules]
    blocks += [_markdown_review(change) for change in changes.reviews]
    blocks += [f"- cannot be compared: {code(path)}\n" for path in changes.unread]
    moved = sum(change.split is not None for change in changes.reviews)
    head = f"## kpigen: {counted(len(changes.reviews), 'review')} changed, {counted(moved, 'total')}\n\n"
    head += "" if blocks else "No change in meaning.\n"
    return within(limit, head, blocks, "… and {count} more changes; `kpigen diff` shows all.")


def _markdown_rule(rule: RuleChange) -> str:
    files = [f"- {code(file) if file in rule.touches else file}" for file in _touched_cut(rule)]
    return "\n".join([f"### Rules: {markdown(_rule_line(rule))}", "", *files, *([""] if files else [])])


def _markdown_review(change: ReviewChange) -> str:
    lines = [f"### {_kind(change)} {markdown(_headline(change))}", ""]
    if _score_line(change):
        lines += [f"**{markdown(_score_line(change))}**", ""]
    for field, old, new in change.fields[:_FIELDS]:
        if is_prose(field, old, new):
            text = _words(
                old,
                new,
                lambda t: f"<del>{markdown(t)}</del>",
                lambda t: f"<ins>{markdown(t)}</ins>",
                markdown,
                _CHANGED,
            )
        else:
            text = " → ".join(markdown(_cut(_one_line(side), _CHANGED)) for side in (old, new))
        lines.append(f"- {code(field)}: {text}")
    if len(change.fields) > _FIELDS:
        lines.append(f"- … and {len(change.fields) - _FIELDS} more fields")
    return "\n".join(lines) + "\n"


def as_json(changes: Changes) -> str:
    """Return the changes as JSON; numbers are texts."""
    return json.dumps({"schema": 1, **as_data(changes)}, ensure_ascii=False, indent=1) + "\n"


def as_data(changes: Changes) -> dict[str, Any]:
    """Return the changes as data for JSON."""
    return {
        "rules": [
            {"key": rule.key, "kind": rule.kind, "path": rule.path, "touches": list(rule.touches)}
            for rule in changes.rules
        ],
        "reviews": [
            {
                "kind": change.kind,
                "path": change.path,
                "old_path": change.old_path or None,
                "employee": change.employee,
                "period": change.period,
                "form": change.form,
                "fields": [
                    {"field": field, "old": old or None, "new": new or None} for field, old, new in change.fields
                ],
                "before": _score_json(change.before),
                "after": _score_json(change.after),
                "split": _split_json(change.split),
            }
            for change in changes.reviews
        ],
        "unread": list(changes.unread),
    }


def _score_json(score: Score | None) -> dict[str, str | None] | None:
    return (
        None if score is None else {"total": None if score.total is None else fixed(score.total), "grade": score.grade}
    )


def _split_json(split: Split | None) -> dict[str, str | None] | None:
    if split is None:
        return None
    return {
        "data": None if split.data is None else fixed(split.data),
        "rules": None if split.rules is None else fixed(split.rules),
        "between": split.between or None,
    }


def as_html(changes: Changes) -> str:
    """Return the changes as a page of its own."""

    parts = ["<h1>What changed</h1>"] + ([] if changes else ["<p>No change in meaning.</p>"])
    if changes.rules:
        parts.append("<h2>Rules</h2><ul>" + "".join(map(_html_rule, changes.rules)) + "</ul>")
    for change in changes.reviews:
        parts.append(f"<h2>{_kind(change)} {escaped(_headline(change))}</h2>")
        if _score_line(change):
            parts.append(f"<p><b>{escaped(_score_line(change))}</b></p>")
        if change.fields:
            rows = "".join(_html_field(*field) for field in change.fields)
            heads = '<thead><tr><th scope="col">field</th><th scope="col">change</th></tr></thead>'
            parts.append(f"<table>{heads}<tbody>{rows}</tbody></table>")
    parts += [f"<p>cannot be compared: {escaped(path)}</p>" for path in changes.unread]
    return page("kpigen diff", parts)


def _html_rule(rule: RuleChange) -> str:
    files = "".join(f"<li>{escaped(file)}</li>" for file in _touched_cut(rule))
    return f"<li>{escaped(_rule_line(rule))}{f'<ul>{files}</ul>' if files else ''}</li>"


def _html_field(field: str, old: str, new: str) -> str:
    def removed(text: str) -> str:
        return f"<del>{escaped(text)}</del>" if text else ""

    def added(text: str) -> str:
        return f"<ins>{escaped(text)}</ins>" if text else ""

    text = _words(old, new, removed, added, escaped) if is_prose(field, old, new) else f"{removed(old)} {added(new)}"
    return f'<tr><th scope="row">{escaped(field)}</th><td>{text}</td></tr>'
