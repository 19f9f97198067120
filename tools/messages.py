"""Updates templates/messages/*.po: adds new messages from code and templates without translation, removes unused ones.

`diagnostics/*.po` has the texts of findings: those of the catalogue of diagnostics, by code, and the phrases in the code that
fill their placeholders.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # use the texts of this checkout, not of an installed kpigen

from kpigen.cli import _COMMANDS, cli  # noqa: E402
from kpigen.commands.help import paragraphs  # noqa: E402
from kpigen.diagnostics.catalogue import ALL  # noqa: E402
from kpigen.diagnostics.values import PHRASE  # noqa: E402

METHODS = [("kpigen/**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "number_of": (1, 2),
    "mark": None,
    "translate": None,
    "said_here": None,
}
#: Functions that make phrases, which belong in the catalogues of findings.
PHRASES = {"phrase": None, "phrase_by_count": (1, 2)}


def extracted() -> Catalog:
    """Return all messages that code and templates use."""
    catalog = Catalog(project="kpigen", charset="utf-8")
    for folder in ("kpigen", "templates"):
        methods = [(pattern, method) for pattern, method in METHODS if pattern.startswith(folder)]
        relative = [(pattern.split("/", 1)[1], method) for pattern, method in methods]
        for _, _, message, _, context in extract_from_dir(ROOT / folder, method_map=relative, keywords=KEYWORDS):
            catalog.add(message, context=context)
    for text in help_texts():
        catalog.add(text)
    return catalog


def help_texts() -> Iterator[str]:
    """Yield the texts of `--help`: of each command its paragraphs, and what its options say."""
    context = click.Context(cli)
    yield from (summary for _, summary in _COMMANDS.values())
    for command in (cli, *(cli.get_command(context, name) for name in _COMMANDS)):
        assert command is not None
        yield from (text for text, _ in paragraphs(command.help or ""))
        yield from (item.help for item in command.params if isinstance(item, click.Option) and item.help)


def of_findings() -> Catalog:
    """Return the texts of findings: those of every kind under its code, ordered by code, then the phrases."""
    catalog = Catalog(project="kpigen", charset="utf-8")
    for code, kind in sorted(ALL.items()):
        for text in filter(None, (kind.title, kind.message, kind.hint)):
            catalog.add(text, context=code)
    found = extract_from_dir(ROOT / "kpigen", method_map=[("**.py", "python")], keywords=PHRASES)
    messages = [message for _, _, message, _, _ in found]
    for message in sorted(messages, key=lambda text: text if isinstance(text, str) else text[0]):
        catalog.add(message, context=PHRASE)
    return catalog


def diagnostics(path: Path, texts: Catalog) -> list[str]:
    """Rewrite the texts of findings in one language. Return messages about missing and unused translations."""
    with path.open("rb") as stream:
        old = read_po(stream, locale=path.stem)
    new = Catalog(locale=path.stem, project="kpigen", charset="utf-8", fuzzy=False)
    wrong = []
    for message in filter(lambda message: message.id, texts):
        known = old.get(message.id, message.context)
        translation = known.string if known else ""
        if isinstance(message.id, tuple) and not isinstance(translation, tuple | list):
            translation = (translation,)
        new.add(message.id, translation, context=message.context)
        if not any([translation] if isinstance(translation, str) else translation):
            wrong.append(f"no translation of {message.context}: {message.id!r}")
    wrong += [
        f"nothing says {message.context}: {message.id!r}, it is left out now"
        for message in old
        if message.id and texts.get(message.id, message.context) is None
    ]
    with path.open("wb") as stream:
        write_po(stream, new, width=0, omit_header=True)
    return wrong


def main() -> int:
    """Rewrite the catalogues. Return 1 if a translation is missing or unused, else 0."""
    template, findings, blank = extracted(), of_findings(), 0
    for path in sorted((ROOT / "templates" / "messages").glob("*.po")):
        with path.open("rb") as stream:
            old = read_po(stream, locale=path.stem)
        new = Catalog(
            locale=path.stem,
            project="kpigen",
            charset="utf-8",
            fuzzy=False,
        )
        for message in template:
            if message.id:
                known = old.get(message.id)
                translation = known.string if known else ""
                if isinstance(message.id, tuple) and not isinstance(translation, tuple | list):
                    translation = (translation,)
                elif isinstance(message.id, str) and isinstance(translation, tuple | list):
                    translation = translation[0]
                new.add(message.id, translation, locations=())
                if not any([translation] if isinstance(translation, str) else translation):
                    blank += 1
                    print(f"{path.name}: no translation of {message.id!r}")
        with path.open("wb") as stream:
            write_po(stream, new, width=0, sort_output=True, omit_header=True)
    for path in sorted((ROOT / "templates" / "messages" / "diagnostics").glob("*.po")):
        for problem in diagnostics(path, findings):
            blank += 1
            print(f"diagnostics/{path.name}: {problem}")
    return 1 if blank else 0


if __name__ == "__main__":
    sys.exit(main())
