"""Brings templates/messages/*.po up to date: new messages from code and templates come in blank, unused ones go.

`diagnostics/*.po` beside them have the texts of `kpigen/catalogue.py` by code; the phrases in them are kept as they are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the texts of this checkout, not of what is installed

from kpigen.diagnostics.catalogue import ALL  # noqa: E402
from kpigen.i18n.findings import FRAME, PHRASE  # noqa: E402

METHODS = [("kpigen/**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "number_of": (1, 2), "mark": None, "translate": None}


def extracted() -> Catalog:
    """Return all messages that code and templates use."""
    catalog = Catalog(project="kpigen", charset="utf-8")
    for folder in ("kpigen", "templates"):
        methods = [(pattern, method) for pattern, method in METHODS if pattern.startswith(folder)]
        relative = [(pattern.split("/", 1)[1], method) for pattern, method in methods]
        for _, _, message, _, context in extract_from_dir(ROOT / folder, method_map=relative, keywords=KEYWORDS):
            catalog.add(message, context=context)
    return catalog


def diagnostics(path: Path) -> list[str]:
    """Rewrite the texts of diagnostics in one language; returns those that have no translation."""
    with path.open("rb") as stream:
        old = read_po(stream, locale=path.stem)
    new = Catalog(locale=path.stem, project="kpigen", charset="utf-8", fuzzy=False)
    blank = []
    for code, kind in sorted(ALL.items()):
        for text in filter(None, dict.fromkeys((kind.title, kind.message, kind.hint))):
            known = old.get(text, code)
            new.add(text, known.string if known else "", context=code)
            if not (known and known.string):
                blank.append(f"{code}: {text}")
    for context in (FRAME, PHRASE):
        for message in old:
            if message.context == context:
                new.add(message.id, message.string, context=context)
    with path.open("wb") as stream:
        write_po(stream, new, width=0, omit_header=True)
    return blank


def main() -> int:
    """Rewrite the catalogues; returns 1 where a message has no translation."""
    template, blank = extracted(), 0
    for path in sorted((ROOT / "templates" / "messages").glob("*.po")):
        with path.open("rb") as stream:
            old = read_po(stream, locale=path.stem)
        new = Catalog(
            locale=path.stem,
            project="kpigen",
            charset="utf-8",
            header_comment="# Chinese messages of kpigen; `make messages` keeps them.",
            fuzzy=False,
        )
        for message in template:
            if message.id:
                known = old.get(message.id)
                translation = known.string if known else ""
                if isinstance(message.id, tuple) and not isinstance(translation, tuple | list):
                    translation = (translation,)
                new.add(message.id, translation, locations=())
                if not any([translation] if isinstance(translation, str) else translation):
                    blank += 1
                    print(f"{path.name}: no translation of {message.id!r}")
        with path.open("wb") as stream:
            write_po(stream, new, width=0, sort_output=True, omit_header=True)
    for path in sorted((ROOT / "templates" / "messages" / "diagnostics").glob("*.po")):
        for text in diagnostics(path):
            blank += 1
            print(f"diagnostics/{path.name}: no translation of {text!r}")
    return 1 if blank else 0


if __name__ == "__main__":
    sys.exit(main())
