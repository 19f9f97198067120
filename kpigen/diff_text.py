"""Changes for readers: text for a terminal, Markdown for a pull request, JSON, HTML."""

from __future__ import annotations

import difflib
import html
import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from kpigen.diff import Changes, ReviewChange, RuleChange, Score, Split
from kpigen.quantities import fixed

#: A comment on GitHub holds 65,536 characters; some are left for who wraps it.
MARKDOWN_LIMIT = 60_000

_PIECES = re.compile(r"[A-Za-z0-9_.%+-]+|\s+|.", re.DOTALL)

Mark = Callable[[str], str]


def pieces(old: str, new: str) -> list[tuple[str, str]]:
    """Return a text's change word by word (character by character in Chinese) as (`same`, `removed` or `added`, text).

    Unchanged stretches are shortened.
    """
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    most = min(len(before), len(after))
    head = next((n for n in range(most) if before[n] != after[n]), most)
    tail = next((n for n in range(most - head) if before[-1 - n] != after[-1 - n]), most - head)
    old_middle, new_middle = before[head : len(before) - tail], after[head : len(after) - tail]
    parts = [("same", before[:head])]  # comparing is quadratic, and most of a text stays as it was
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old_middle, new_middle, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(("same", old_middle[i1:i2]))
        else:
            parts += [("removed", old_middle[i1:i2]), ("added", new_middle[j1:j2])]
    parts.append(("same", before[len(before) - tail :]))
    return [(what, _shortened("".join(words)) if what == "same" else "".join(words)) for what, words in parts if words]


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:16]}…{text[-16:]}"


def _words(old: str, new: str, removed: Mark, added: Mark, keep: Mark = str) -> str:
    marks = {"same": keep, "removed": removed, "added": added}
    return "".join(marks[what](text) for what, text in pieces(old, new))


def is_prose(field: str, old: str, new: str) -> bool:
    """Whether a field's change is shown word by word."""
    return (bool(old and new) and max(len(old), len(new)) > 24) or field == "body"


def _one_line(text: str) -> str:
    return " ".join(text.split()) or "–"


def _score(score: Score | None) -> str:
    if score is None:
        return "–"
    return "open" if score.total is None else f"{fixed(score.total)} {score.grade or 'open'}"


def _signed(value: Fraction) -> str:
    return ("+" if value >= 0 else "") + fixed(value)


def split_in_words(split: Split) -> str:
    """Say where a difference of totals comes from."""
    if split.data is None or split.rules is None:
        return "cannot be split into data and rules: neither side can be scored by the other's rules"
    order = "" if split.between == "data" else "; rules changed first, the old rules cannot score the new data"
    return f"data {_signed(split.data)}, rules {_signed(split.rules)}{order}"


def _headline(change: ReviewChange) -> str:
    moved = f" (was {change.old_path})" if change.old_path else ""
    return f"{change.employee} {change.name} · {change.period} · {change.form}{moved}"


def _score_line(change: ReviewChange) -> str:
    if change.kind == "added":
        return f"score: {_score(change.after)}"
    if change.kind == "removed":
        return f"score was: {_score(change.before)}"
    if change.before == change.after:
        return ""
    difference = ""
    if change.before and change.after and change.before.total is not None and change.after.total is not None:
        difference = (
            f" ({_signed(change.after.total - change.before.total)}"
            + (f": {split_in_words(change.split)}" if change.split else "")
            + ")"
        )
    return f"score: {_score(change.before)} → {_score(change.after)}{difference}"


_RULES = {
    "added": "new version",
    "removed": "version removed",
    "scoring": "scoring part changed",
    "text": "texts changed, scoring as before",
}


def _rule_line(rule: RuleChange) -> str:
    touched = f"; scores {len(rule.touches)} reviews" if rule.kind in ("added", "scoring") else ""
    return f"{rule.key}: {_RULES[rule.kind]}{touched}"


def as_text(changes: Changes, paint: bool = False) -> str:
    """Return the changes for a terminal; removed and added words in brackets, with `paint` in colours too."""
    return "".join(f"{line}\n" for line in _text_lines(changes, paint) or ["no change in meaning"])


def _text_lines(changes: Changes, paint: bool) -> list[str]:
    """Return the changes as lines for a terminal."""
    lines = []
    for rule in changes.rules:
        lines += rule_lines(rule)
    for change in changes.reviews:
        lines += review_lines(change, paint)
    return [*lines, *(f"cannot be compared: {path} (kpigen check says why)" for path in changes.unread)]


def rule_lines(rule: RuleChange) -> list[str]:
    """Return one rule version's change as lines for a terminal, with the reviews that it touches."""
    return [_rule_line(rule), *(f"  {path}" for path in rule.touches if rule.kind in ("added", "scoring"))]


def review_lines(change: ReviewChange, paint: bool = False) -> list[str]:
    """Return one review's change as lines for a terminal."""

    def removed(text: str) -> str:
        return f"\x1b[31m[-{text}-]\x1b[0m" if paint else f"[-{text}-]"

    def added(text: str) -> str:
        return f"\x1b[32m{{+{text}+}}\x1b[0m" if paint else f"{{+{text}+}}"

    lines = [f"{change.kind} {_headline(change)}"]
    for field, old, new in change.fields:
        text = (
            _one_line(_words(old, new, removed, added))
            if is_prose(field, old, new)
            else f"{_one_line(old)} → {_one_line(new)}"
        )
        lines.append(f"  {field}: {text}")
    return [*lines, f"  {_score_line(change)}"] if _score_line(change) else lines


def as_markdown(changes: Changes, limit: int = MARKDOWN_LIMIT) -> str:
    """Return the changes as Markdown fit for a pull-request comment: cut before `limit` characters, the rest counted."""
    blocks = []
    if changes.rules:
        lines = [f"- `{rule.key}`: {_markdown(_rule_line(rule).split(': ', 1)[1])}" for rule in changes.rules]
        blocks.append("### Rules\n\n" + "\n".join(lines) + "\n")
    blocks += [_markdown_review(change) for change in changes.reviews]
    blocks += [f"- cannot be compared: `{path}`\n" for path in changes.unread]
    moved = sum(change.split is not None for change in changes.reviews)
    head = f"## kpigen: {len(changes.reviews)} reviews changed, {moved} totals\n\n"
    text, left = head, len(blocks)
    for block in blocks:
        if len(text) + len(block) > limit - 80:
            break
        text += block + "\n"
        left -= 1
    return text + (f"… and {left} more changes; `kpigen diff` shows all.\n" if left else "")


def _markdown_review(change: ReviewChange) -> str:
    lines = [f"### {change.kind}: {_markdown(_headline(change))}", ""]
    if _score_line(change):
        lines += [f"**{_markdown(_score_line(change))}**", ""]
    for field, old, new in change.fields[:40]:
        if is_prose(field, old, new):
            text = _one_line(
                _words(
                    old, new, lambda t: f"<del>{_markdown(t)}</del>", lambda t: f"<ins>{_markdown(t)}</ins>", _markdown
                )
            )
        else:
            text = f"{_markdown(_one_line(old)[:200])} → {_markdown(_one_line(new)[:200])}"
        lines.append(f"- `{field}`: {text}")
    if len(change.fields) > 40:
        lines.append(f"- … and {len(change.fields) - 40} more fields")
    return "\n".join(lines) + "\n"


def _markdown(text: str) -> str:
    """Keep a review's text from being read as Markdown, HTML or a mention."""
    escaped = re.sub(r"([\\`*_\[\]|~#])", r"\\\1", html.escape(text, quote=False))
    return escaped.replace("@", "@\u200b")


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

    def esc(text: str) -> str:
        return html.escape(text, quote=False)

    parts = ['<!doctype html><html lang="en"><meta charset="utf-8"><title>kpigen diff</title>', "<h1>What changed</h1>"]
    if changes.rules:
        parts.append(
            "<h2>Rules</h2><ul>" + "".join(f"<li>{esc(_rule_line(rule))}</li>" for rule in changes.rules) + "</ul>"
        )
    for change in changes.reviews:
        parts.append(f"<h2>{change.kind}: {esc(_headline(change))}</h2>")
        if _score_line(change):
            parts.append(f"<p><b>{esc(_score_line(change))}</b></p>")
        parts.append('<table><thead><tr><th scope="col">field</th><th scope="col">change</th></tr></thead><tbody>')
        for field, old, new in change.fields:
            if is_prose(field, old, new):
                text = _words(old, new, lambda t: f"<del>{esc(t)}</del>", lambda t: f"<ins>{esc(t)}</ins>", esc)
            else:
                text = f"<del>{esc(old)}</del> <ins>{esc(new)}</ins>"
            parts.append(f'<tr><th scope="row">{esc(field)}</th><td>{text}</td></tr>')
        parts.append("</tbody></table>")
    parts += [f"<p>cannot be compared: {esc(path)}</p>" for path in changes.unread]
    return "\n".join(parts) + "\n</html>\n"
