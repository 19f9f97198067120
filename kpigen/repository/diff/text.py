"""Changes in the reader's language: text for a terminal, Markdown for a pull request, HTML; and JSON for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kpigen.diagnostics.wording import ORIGINAL
from kpigen.emit.escape import MARKDOWN_LIMIT, code, escaped, markdown, page, printable, signed, within
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import and_more, result_in_words
from kpigen.model.reviews import FieldChange
from kpigen.numbers.notation import Notation
from kpigen.repository.diff.compare import Changes, ReviewChange, RuleChange, Score, Split
from kpigen.repository.diff.words import ADDED, REMOVED, SAME, Piece, by_word
from kpigen.scoring.fields import ENTRIES

Mark = Callable[[str], str]
#: A changed text, split into pieces.
Pieces = tuple[Piece, ...]

#: Longer stretches are cut: unchanged ones everywhere, changed ones in a pull request.
_SAME, _CHANGED = 40, 400
#: How many fields of a review, and reviews affected by a rule version, a pull request lists; the rest is counted.
_FIELDS, _TOUCHED = 40, 20

NO_CHANGE = mark("No change in meaning.")
CANNOT_SPLIT = mark("cannot be split into data and rules: neither side can be scored by the other's rules")

_KINDS = {
    "added": mark("added {review}"),
    "removed": mark("removed {review}"),
    "changed": mark("changed {review}"),
    "moved": mark("moved {review}"),
    "broken": mark("cannot be read now (kpigen check says why): {review}"),
    "mended": mark("could not be read before: {review}"),
}
#: The kinds of a rule change in words.
RULE_KINDS = {
    "added": mark("new version"),
    "removed": mark("version removed"),
    "scoring": mark("scoring changed"),
    "text": mark("scoring as before, something else changed"),
    "broken": mark("cannot be read now (kpigen check says why)"),
    "mended": mark("could not be read before"),
}

#: What changed a grade, in words.
GRADE_BY = {
    "data": mark("the grade by the data"),
    "rules": mark("the grade by the rules"),
    "both": mark("the grade by both"),
}

_DIGEST = re.compile(r"(k1:)?sha256:[0-9a-f]{64}")
_PROSE = ("body", "comments", "feedback", "not_applicable", "objections", "self_assessment.comment")


def change_pieces(field: str, old: str, new: str) -> Pieces:
    """Return the pieces of a changed field: prose word by word with long unchanged stretches cut, otherwise old and new value."""
    if is_prose(field, old, new):
        return tuple(Piece(kind, _cut(text, _SAME if kind == SAME else None)) for kind, text in by_word(old, new))
    between = (Piece(SAME, " → "),) if old and new else ()
    return (*((Piece(REMOVED, old),) if old else ()), *between, *((Piece(ADDED, new),) if new else ()))


def _words(old: str, new: str, removed: Mark, added: Mark, keep: Mark, longest: int | None = None) -> str:
    """Return a changed text word by word on one line. Stretches longer than `longest` are cut."""
    marks = {SAME: (keep, _SAME), REMOVED: (removed, longest), ADDED: (added, longest)}
    parts = []
    for kind, text in by_word(old, new):
        write, most = marks[kind]
        parts.append(write(re.sub(r"\s+", " ", _cut(text, most))))
    return "".join(parts)


def _cut(text: str, most: int | None) -> str:
    return text if most is None or len(text) <= most else f"{text[: most * 2 // 5]}…{text[-most * 2 // 5 :]}"


def is_prose(field: str, old: str, new: str) -> bool:
    """Return whether a field's change is shown word by word. Seals and digests are shown whole."""
    if _DIGEST.fullmatch(old) or _DIGEST.fullmatch(new):
        return False
    return bool(old and new) and (max(len(old), len(new)) > 24 or field.startswith(_PROSE))


def _one_line(text: str) -> str:
    return " ".join(text.split()) or "–"


def _score(score: Score | None, words: Messages) -> str:
    return "–" if score is None else result_in_words(score.total, score.grade, score.notation, words)


def _split(split: Split, notation: Notation, words: Messages) -> str:
    """Return a phrase that says how much of a total's difference is due to data and rules, and what changed the grade."""
    if split.data is None or split.rules is None:
        return words.gettext(CANNOT_SPLIT)
    text = (
        mark("data {data}, rules {rules}")
        if split.between == "data"
        else mark("data {data}, rules {rules}; rules changed first, the old rules cannot score the new data")
    )
    parts = words.gettext(text).format(data=signed(split.data, notation), rules=signed(split.rules, notation))
    return parts + words.gettext(mark("; ")) + words.gettext(GRADE_BY[split.grade]) if split.names_grade else parts


def _headline(change: ReviewChange, words: Messages) -> str:
    moved = words.gettext(mark(" (was {path})")).format(path=change.old_path) if change.old_path else ""
    return f"{change.employee} {change.name} · {change.period} · {change.form}{moved}"


def _score_line(change: ReviewChange, words: Messages) -> str:
    before, after = (_score(side, words) for side in (change.before, change.after))
    if change.before is None:
        return words.gettext(mark("score: {after}")).format(after=after)
    if change.after is None:
        return words.gettext(mark("score was: {before}")).format(before=before)
    if change.before == change.after and change.split is None:
        return ""
    line = words.gettext(mark("score: {before} → {after}")).format(before=before, after=after)
    if change.before.total is None or change.after.total is None:
        return line
    difference, split = signed(change.after.total - change.before.total, change.notation), change.split
    if split is None:
        return line + words.gettext(mark(" ({difference})")).format(difference=difference)
    text = words.gettext(mark(" ({difference}: {split})"))
    return line + text.format(difference=difference, split=_split(split, change.notation, words))


def _rule_line(rule: RuleChange, words: Messages) -> str:
    line = words.gettext(mark("{key}: {change}")).format(key=rule.key, change=words.gettext(RULE_KINDS[rule.kind]))
    if not _touched(rule) and rule.kind != "added":
        return line
    return line + words.number_of("; scores {count} review", "; scores {count} reviews", len(rule.touches))


def _touched(rule: RuleChange) -> tuple[str, ...]:
    """Return the paths of the reviews whose scores a rule change may affect."""
    return rule.touches if rule.kind in ("added", "scoring", "mended") else ()


def _touched_cut(rule: RuleChange, words: Messages) -> list[str]:
    files = _touched(rule)
    return [*files[:_TOUCHED], *and_more(len(files), _TOUCHED, words)]


def _head(change: ReviewChange, words: Messages, escape: Callable[[str], str]) -> str:
    """Return a heading for the change of a review. Text from files is passed through `escape`."""
    return words.gettext(_KINDS[change.kind]).format(review=escape(_headline(change, words)))


def _said(fields: Iterable[FieldChange], words: Messages) -> Iterator[FieldChange]:
    """Yield the changes as they are shown. A confidential list whose values are hidden is only said to have changed."""
    entries = {"entries": words.gettext(mark("entries")), "other entries": words.gettext(mark("other entries"))}
    for field, old, new in fields:
        is_list = field.endswith(ENTRIES)
        yield (
            FieldChange(field, entries.get(old, old), entries.get(new, new))
            if is_list
            else FieldChange(field, old, new)
        )


def _field_line(field: str, text: str, words: Messages) -> str:
    return words.gettext(mark("{field}: {change}")).format(field=field, change=text)


def as_text(changes: Changes, paint: bool = False, language: str = ORIGINAL) -> str:
    """Return the changes for a terminal. Removed and added words are in brackets, with `paint` also in colour."""
    words = messages(language)
    lines = []
    for rule in changes.rules:
        lines += rule_lines(rule, words)
    for change in changes.reviews:
        lines += review_lines(change, words, paint)
    unread = words.gettext(mark("cannot be compared: {path} (kpigen check says why)"))
    lines += [unread.format(path=printable(path)) for path in changes.unread]
    return "".join(f"{line}\n" for line in lines or [words.gettext(NO_CHANGE)])


def rule_lines(rule: RuleChange, words: Messages) -> list[str]:
    """Return the change of a rule version as lines for a terminal, with the reviews that it affects."""
    return [printable(_rule_line(rule, words)), *(f"  {printable(path)}" for path in _touched(rule))]


def review_lines(change: ReviewChange, words: Messages, paint: bool = False) -> list[str]:
    """Return the changes of a review as lines for a terminal."""
    lines = [_head(change, words, printable)]
    lines += [f"  {line}" for line in field_lines(change.fields, words, paint)]
    score = _score_line(change, words)
    return [*lines, f"  {score}"] if score else lines


def field_lines(fields: Iterable[FieldChange], words: Messages, paint: bool = False) -> list[str]:
    """Return changed fields as lines for a terminal: prose word by word, otherwise the old and the new value."""

    def within_marks(left: str, right: str, colour: str) -> Mark:
        before, after = (f"\x1b[{colour}m{left}", f"{right}\x1b[0m") if paint else (left, right)
        return lambda text: f"{before}{printable(text)}{after}"

    removed, added = within_marks("[-", "-]", "31"), within_marks("{+", "+}", "32")
    lines = []
    for field, old, new in _said(fields, words):
        text = (
            _words(old, new, removed, added, printable)
            if is_prose(field, old, new)
            else printable(f"{_one_line(old)} → {_one_line(new)}")
        )
        lines.append(_field_line(printable(field), text, words))
    return lines


def as_markdown(changes: Changes, limit: int = MARKDOWN_LIMIT, language: str = ORIGINAL) -> str:
    """Return the changes as Markdown for a pull-request comment of at most `limit` characters. The rest is counted."""
    words = messages(language)
    blocks = [_markdown_rule(rule, words) for rule in changes.rules]
    blocks += [_markdown_review(change, words) for change in changes.reviews]
    unread = words.gettext(mark("cannot be compared: {path}"))
    blocks += [f"- {unread.format(path=code(path))}\n" for path in changes.unread]
    moved = sum(_total_changes(change) for change in changes.reviews)
    reviews = words.number_of("{count} review changed", "{count} reviews changed", len(changes.reviews))
    totals = words.number_of("{count} total", "{count} totals", moved)
    head = words.gettext(mark("## kpigen: {reviews}, {totals}")).format(reviews=reviews, totals=totals) + "\n\n"
    head += "" if blocks else words.gettext(NO_CHANGE) + "\n"
    return within(limit, head, blocks, words.gettext(mark("… and {count} more changes; `kpigen diff` shows all.")))


def _total_changes(change: ReviewChange) -> bool:
    before, after = change.before, change.after
    return change.split is not None and before is not None and after is not None and before.total != after.total


def _markdown_rule(rule: RuleChange, words: Messages) -> str:
    files = [f"- {code(file) if file in rule.touches else file}" for file in _touched_cut(rule, words)]
    head = words.gettext(mark("### Rules: {line}")).format(line=markdown(_rule_line(rule, words)))
    return "\n".join([head, "", *files, *([""] if files else [])])


def _markdown_review(change: ReviewChange, words: Messages) -> str:
    lines = [f"### {_head(change, words, markdown)}", ""]
    score = _score_line(change, words)
    if score:
        lines += [f"**{markdown(score)}**", ""]
    for field, old, new in _said(change.fields[:_FIELDS], words):
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
        lines.append("- " + _field_line(code(field), text, words))
    left = len(change.fields) - _FIELDS
    if left > 0:
        lines.append("- " + words.number_of("… and {count} more field", "… and {count} more fields", left))
    return "\n".join(lines) + "\n"


def as_json(changes: Changes) -> str:
    """Return the changes as JSON. Numbers are strings."""
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
                "split": _split_json(change.split, change.notation),
            }
            for change in changes.reviews
        ],
        "unread": list(changes.unread),
    }


def _score_json(score: Score | None) -> dict[str, str | None] | None:
    if score is None:
        return None
    total = None if score.total is None else score.notation.bare(score.total)
    return {"total": total, "grade": score.grade}


def _split_json(split: Split | None, notation: Notation) -> dict[str, str | None] | None:
    if split is None:
        return None
    return {
        "data": None if split.data is None else notation.bare(split.data),
        "rules": None if split.rules is None else notation.bare(split.rules),
        "between": split.between or None,
        "grade": split.grade or None,
    }


def as_html(changes: Changes, language: str = ORIGINAL) -> str:
    """Return the changes as a complete HTML page."""
    words = messages(language)
    title, nothing, of_rules = (words.gettext(text) for text in (mark("What changed"), NO_CHANGE, mark("Rules")))
    parts = [f"<h1>{title}</h1>", *([] if changes else [f"<p>{nothing}</p>"])]
    if changes.rules:
        rules = "".join(_html_rule(rule, words) for rule in changes.rules)
        parts.append(f"<h2>{of_rules}</h2><ul>{rules}</ul>")
    for change in changes.reviews:
        parts.append(f"<h2>{_head(change, words, escaped)}</h2>")
        score = _score_line(change, words)
        if score:
            parts.append(f"<p><b>{escaped(score)}</b></p>")
        if change.fields:
            rows = "".join(_html_field(*field) for field in _said(change.fields, words))
            names = (words.gettext(mark("field")), words.gettext(mark("change")))
            heads = "".join(f'<th scope="col">{name}</th>' for name in names)
            parts.append(f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
    unread = words.gettext(mark("cannot be compared: {path}"))
    parts += [f"<p>{unread.format(path=escaped(path))}</p>" for path in changes.unread]
    return page("kpigen diff", parts, language)


def _html_rule(rule: RuleChange, words: Messages) -> str:
    files = "".join(f"<li>{escaped(file)}</li>" for file in _touched_cut(rule, words))
    return f"<li>{escaped(_rule_line(rule, words))}{f'<ul>{files}</ul>' if files else ''}</li>"


def _html_field(field: str, old: str, new: str) -> str:
    def removed(text: str) -> str:
        return f"<del>{escaped(text)}</del>" if text else ""

    def added(text: str) -> str:
        return f"<ins>{escaped(text)}</ins>" if text else ""

    text = _words(old, new, removed, added, escaped) if is_prose(field, old, new) else f"{removed(old)} {added(new)}"
    return f'<tr><th scope="row">{escaped(field)}</th><td>{text}</td></tr>'
