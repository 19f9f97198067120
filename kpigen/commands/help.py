"""Help and click's own messages in the language of commands.

Click says its texts through gettext's functions, under the names `_` and `ngettext` in its modules. `kpigen.cli` puts `said`
and `said_by_count` there, which look a text up when it is said, in the catalogue of all that commands say.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator

import click

from kpigen.commands.language import language_here, words_here
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.emit.escape import columns
from kpigen.i18n.languages import language_of
from kpigen.i18n.messages import mark

#: What click says to users. Anything else, such as the names of types, stays as it is.
_CLICK = frozenset(
    {
        mark("(Did you mean one of: {possibilities}?)"),
        mark("Aborted!"),
        mark("Argument {name!r} takes {nargs} values."),
        mark("Choose from:\n\t{choices}"),
        mark("Commands"),
        mark("Did you mean {possibility}?"),
        mark("Error: The two entered values do not match."),
        mark("Error: invalid input"),
        mark("Error: {message}"),
        mark("Got unexpected extra argument ({args})"),
        mark("Got unexpected extra arguments ({args})"),
        mark("Invalid value for {param_hint}: {message}"),
        mark("Invalid value: {message}"),
        mark("Missing argument"),
        mark("Missing command."),
        mark("Missing option"),
        mark("Missing parameter"),
        mark("No such option {name!r}."),
        mark("Option {name!r} does not take a value."),
        mark("Option {name!r} requires an argument."),
        mark("Option {name!r} requires {nargs} arguments."),
        mark("Options"),
        mark("Repeat for confirmation"),
        mark("Show the version and exit."),
        mark("Show this message and exit."),
        mark("Try '{command} {option}' for help."),
        mark("Usage:"),
        mark("default: {default}"),
        mark("required"),
        mark("{value!r} is not one of {choices}."),
        mark("{value!r} is not {choice}."),
        mark("{value} is not in the range {range}."),
    }
)

#: What click says with the names of its own types, which are in English: what is said instead in other languages.
_WITHOUT_TYPES = {
    "{name} {filename!r} does not exist.": mark("{filename!r} does not exist."),
    "{name} {filename!r} is a directory.": mark("{filename!r} is a folder."),
    "{name} {filename!r} is a file.": mark("{filename!r} is a file."),
    "{name} {filename!r} is not readable.": mark("{filename!r} is not readable."),
    "{value!r} is not a valid {number_type}.": mark("{value!r} is not a number that is meant here."),
}

#: Punctuation that begins no line, and that ends none.
_CLOSING, _OPENING = "，。；：！？、）》」”’…", "（《「“‘"


def said(text: str) -> str:
    """Return a text of click in the language of commands."""
    known = _WITHOUT_TYPES.get(text) or (text if text in _CLICK else "")
    return words_here().gettext(known) if known and language_here() != ORIGINAL else text


def said_by_count(one: str, many: str, count: int) -> str:
    """Return a text of click that depends on a number. Its two forms name different things, so each is a text of its own."""
    return said(one if count == 1 else many)


def paragraphs(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the paragraphs of a help text, and whether each keeps its lines: after a line with nothing but a backspace."""
    for part in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        lines = part.split("\n")
        if lines[0].strip() == "\b":
            yield "\n".join(lines[1:]), True
        else:
            yield " ".join(line.strip() for line in lines), False


class HelpInLanguage(click.HelpFormatter):
    """Writes help in the language of commands. A Chinese text may break between any two characters."""

    def __init__(self, width: int | None = None, max_width: int | None = None) -> None:
        """Take the widths that click gives, and the language of commands."""
        super().__init__(width=width, max_width=max_width)
        self._words = words_here()
        self._is_cjk = language_of(self._words.language).is_cjk

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that says how a command is called."""
        own = self._words.gettext("Usage:") + ("" if self._is_cjk else " ")
        super().write_usage(prog, args, own if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        if self._is_cjk:
            self.write(f"{'':>{self.current_indent}}{heading}：\n")
        else:
            super().write_heading(heading)

    def write_text(self, text: str) -> None:
        """Write paragraphs, each translated and wrapped."""
        if not self._is_cjk:
            super().write_text(text)
            return
        indent = " " * self.current_indent
        parts = []
        for paragraph, keeps_lines in paragraphs(text):
            translated = self._words.gettext(paragraph)
            lines = translated.split("\n") if keeps_lines else wrapped(translated, self.width - self.current_indent)
            parts.append("".join(f"{indent}{line}\n" for line in lines))
        self.write("\n".join(parts))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write what options or commands say of themselves, each translated and wrapped."""
        if not self._is_cjk:
            super().write_dl(rows, col_max, col_spacing)
            return
        texts = [(term, self._described(text)) for term, text in rows]
        column = min(max(columns(term) for term, _ in texts), col_max) + col_spacing
        for term, text in texts:
            lines = wrapped(text, max(self.width - column - 2, 20)) or [""]
            first = f"{'':>{self.current_indent}}{term}"
            if columns(term) > column - col_spacing:
                self.write(f"{first}\n")
                first = "".ljust(self.current_indent)
                lines_left = [(" " * column + line) for line in lines]
            else:
                lines_left = [
                    " " * (column - columns(term)) + lines[0],
                    *(" " * (column + self.current_indent) + line for line in lines[1:]),
                ]
            self.write(first + "\n".join(lines_left) + "\n")

    def _described(self, text: str) -> str:
        """Return what an option or a command says of itself; click has put `[required]` and the like after it."""
        head, bracket, extra = text.partition("  [")
        return self._words.gettext(head) + bracket + extra


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many columns, as far as its words allow."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """Return the pieces between which a line may break: words with the space after them, and single Chinese characters."""
    pieces: list[str] = []
    for part in re.findall(r"[^\s\u2e80-\uffef]+\s*|[\u2e80-\uffef]\s*|\s+", text):
        if pieces and (part[0] in _CLOSING or pieces[-1][-1] in _OPENING):
            pieces[-1] += part
        else:
            pieces.append(part)
    return pieces
