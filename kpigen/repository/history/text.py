"""The history for readers: selecting entries, and showing them as text for a terminal or as JSON."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kpigen.base.digests import short
from kpigen.diagnostics.terms import STATUS
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.i18n.findings import words as in_words
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import and_more
from kpigen.model.forms import FormKey
from kpigen.model.reviews import Identity
from kpigen.repository.diff import text as diff_text
from kpigen.repository.diff.compare import Changes, ReviewChange
from kpigen.repository.git.log import STATES, Signature, one_line
from kpigen.repository.history.entries import Entry

#: How many of the reviews scored by a rule version are named.
_NAMED = 10


class Selection:
    """A selection of the history by employees, files, folders and forms.

    A file stands for every review that was ever stored in it, a folder for all files that it ever had.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Use the whole history, which includes former employees, files and forms."""
        self.entries = entries
        self.files: dict[str, set[Identity]] = {}
        self.forms: set[str] = set()
        self.names: dict[str, set[str]] = {}
        for entry in entries:
            for change in entry.changes.reviews:
                self.names.setdefault(change.name, set()).add(change.employee)
                for path in (change.path, change.old_path) if change.old_path else (change.path,):
                    self.files.setdefault(path, set()).add(identity_of(change))
            for rule in entry.changes.rules:
                self.files.setdefault(rule.path, set())
                self.forms.add(FormKey.of(rule.key).form)
            for path in entry.changes.unread:
                self.files.setdefault(path, set())
        self.employees = {key.employee for keys in self.files.values() for key in keys}
        self.forms |= {key.form for keys in self.files.values() for key in keys}

    def knows(self, word: str) -> bool:
        """Return whether the history has an employee, file, folder, form or rule version of this name."""
        known = word in self.employees or word in self.files or FormKey.of(word).form in self.forms
        return known or bool(self._inside(word))

    def _inside(self, folder: str) -> list[str]:
        """Return the files that a folder ever had, `.` being the folder of the repository."""
        return [path for path in self.files if folder == "." or path.startswith(f"{folder}/")]

    def near(self, word: str) -> str | None:
        """Return the most similar known name, or None."""
        known = {one.casefold(): one for one in sorted(self.files.keys() | self.forms | self.employees)}
        found = difflib.get_close_matches(word.casefold(), known, n=1)
        return known[found[0]] if found else None

    def of(self, words: Iterable[str]) -> list[Entry]:
        """Return the entries, reduced to what concerns any of these words. Without words, return all."""
        given = tuple(words)
        if not given:
            return list(self.entries)
        asked = frozenset(given).union(*(self._inside(word) for word in given))
        keys = {key for word in asked for key in self.files.get(word, ())}
        kept = (_kept(entry, asked, keys) for entry in self.entries)
        return [entry for entry in kept if entry.changes]


def identity_of(change: ReviewChange) -> Identity:
    """Return the identity of the review that a change belongs to."""
    return Identity(change.employee, change.period, change.form)


def _kept(entry: Entry, words: frozenset[str], keys: set[Identity]) -> Entry:
    """Return an entry reduced to what concerns these words.

    A form or rule version selects the changes of its rules and their effects on the reviews of that form.
    """
    changes = entry.changes
    rules = tuple(rule for rule in changes.rules if {rule.key, FormKey.of(rule.key).form, rule.path} & words)
    forms = {FormKey.of(rule.key).form for rule in rules}
    places = [
        place
        for place, change in enumerate(changes.reviews)
        if change.employee in words
        or identity_of(change) in keys
        or (change.form in forms and change.kind == "changed")
    ]
    return replace(
        entry,
        changes=Changes(
            rules,
            tuple(changes.reviews[place] for place in places),
            tuple(path for path in changes.unread if path in words),
        ),
        against=tuple(entry.against[place] for place in places) if entry.against else (),
    )


def as_text(
    entries: Iterable[Entry], signatures: Mapping[str, Signature], paint: bool = False, language: str = ORIGINAL
) -> str:
    """Return the history for a terminal, entry by entry."""
    words = messages(language)
    blocks = ["\n".join(_lines(entry, signatures.get(entry.commit.id), words, paint)) for entry in entries]
    return "\n\n".join(blocks or [words.gettext(diff_text.NO_CHANGE)]) + "\n"


def _lines(entry: Entry, signature: Signature | None, words: Messages, paint: bool) -> list[str]:
    commit, changes = entry.commit, entry.changes
    what = mark("commit {id} (merge)") if len(commit.parents) > 1 else mark("commit {id}")
    head = f"{words.gettext(what).format(id=commit.short)}  {when(commit.date)}  {commit.author} <{commit.email}>"
    subject = commit.subject or words.gettext(mark("(no subject)"))
    lines = [f"\x1b[33m{head}\x1b[0m" if paint else head, f"    {subject}"]
    if signature is not None:
        lines.append(f"    {signature_in_words(signature, words)}")
    for rule in changes.rules:
        first, *paths = diff_text.rule_lines(rule, words)
        more = [f"  {line}" for line in and_more(len(paths), _NAMED, words)]
        lines += [f"  {one_line_kept(line)}" for line in (first, *paths[:_NAMED], *more)]
    for place, change in enumerate(changes.reviews):
        first, *rest = diff_text.review_lines(change, words, paint)
        if change.kind in ("added", "removed"):
            status = in_words(STATUS.get(change.status, change.status), words.language)
            first = words.gettext(mark("{review}, {status}")).format(review=first, status=status)
        first = one_line(first)
        if entry.against:
            parent = words.gettext(mark(" (compared with parent {id})"))
            first += parent.format(id=short(entry.against[place]))
        lines += [f"  {first}", *(f"  {line}" for line in rest)]
    unread = words.gettext(mark("cannot be read: {path}"))
    return [*lines, *(f"  {unread.format(path=one_line(path))}" for path in changes.unread)]


def one_line_kept(line: str) -> str:
    """Return a line like `one_line`, but keep its indentation."""
    return " " * (len(line) - len(line.lstrip(" "))) + one_line(line)


def when(date: str) -> str:
    """Return an ISO time in readable form, without seconds.

    >>> when("2026-08-05T10:00:59+08:00")
    '2026-08-05 10:00 +08:00'
    >>> when("2026-08-05T10:00:59Z")
    '2026-08-05 10:00 +00:00'
    """
    day, _, time = date.partition("T")
    zone = "+00:00" if time.endswith("Z") else time[8:]
    return f"{day} {time[:5]} {zone}"


def signature_in_words(signature: Signature, words: Messages) -> str:
    """Return a text that says whether a signature is valid, who signed, and with which key."""
    key = words.gettext(mark("key {key}")).format(key=signature.key) if signature.key else ""
    state, who = words.gettext(STATES[signature.state]), ", ".join(part for part in (signature.by, key) if part)
    return words.gettext(mark("{state} ({who})")).format(state=state, who=who) if who else state


def as_json(entries: Iterable[Entry], signatures: Mapping[str, Signature]) -> str:
    """Return the history as JSON: `schema`, and `commits`, each with the same data as `kpigen diff --format json`."""
    commits = [_data(entry, signatures.get(entry.commit.id)) for entry in entries]
    return json.dumps({"schema": 1, "commits": commits}, ensure_ascii=False, indent=1) + "\n"


def _data(entry: Entry, signature: Signature | None) -> dict[str, object]:
    commit, changes = entry.commit, diff_text.as_data(entry.changes)
    for review, parent in zip(changes["reviews"], entry.against, strict=False):
        review["against"] = parent
    return {
        "commit": commit.id,
        "parents": list(commit.parents),
        "author": commit.author,
        "email": commit.email,
        "date": commit.date,
        "committed": commit.committed,
        "subject": commit.subject,
        "signature": None
        if signature is None
        else {"state": signature.state, "by": signature.by or None, "key": signature.key or None},
        **changes,
    }
