"""Catalogues of translations: .po files under `templates/messages`, read by Babel, plural rules included."""

from __future__ import annotations

import gettext
import io

from kpigen.base.resources import resource
from kpigen.i18n.languages import language_of


def translations(folder: str, code: str) -> gettext.NullTranslations:
    """Return a language's catalogue in a folder below `templates`; without a file, one in which every text is its own translation."""
    path = resource("templates") / folder / f"{code}.po"
    if not path.exists():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    binary = io.BytesIO()
    with path.open("rb") as stream:
        write_mo(binary, read_po(stream, locale=language_of(code).locale))
    binary.seek(0)
    return gettext.GNUTranslations(binary)
