"""The language in which commands speak, and texts in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kpigen.diagnostics.terms import foreign
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.i18n.findings import words
from kpigen.i18n.languages import CODES
from kpigen.i18n.messages import Messages, messages

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: Where a command keeps its language once it is known.
_KEPT = "kpigen.language"


def language_here() -> str:
    """Return the language of commands.

    It is what KPIGEN_LANGUAGE asks for; else the language of the settings, if they have only one; else that of the
    environment (LC_ALL, LC_MESSAGES, LANG); else English.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return _language(None)
    top = context.find_root()
    if context is top:  # `--root` may not have been read yet
        return _language(top.params.get("root"))
    kept: str | None = context.meta.get(_KEPT)
    if kept is None:
        kept = context.meta[_KEPT] = _language(top.obj)
    return kept


def _language(root: str | None) -> str:
    asked = os.environ.get("KPIGEN_LANGUAGE", "").strip()
    if asked:
        return _spoken(asked) or ORIGINAL
    return _only_language(root) or _of_locale() or ORIGINAL


def _spoken(name: str) -> str | None:
    """Return the language of a name such as `zh`, `zh_CN.UTF-8` or `zh-Hans`, if kpigen speaks it."""
    code = name.strip().lower().replace("-", "_").partition(".")[0].partition("@")[0].partition("_")[0]
    return code if code in CODES else None


def _of_locale() -> str | None:
    """Return the language of the environment. The first of the variables that is set decides."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return _spoken(next(filter(None, names), ""))


def _only_language(given: str | None) -> str | None:
    """Return the language of the repository, if its settings have only one."""
    from kpigen.base.sources import WorkTree
    from kpigen.commands.place import root_above
    from kpigen.files.config import load_config

    root = Path(given) if given else root_above(Path.cwd())
    if root is None or not root.is_dir():
        return None
    languages = load_config(WorkTree(root))[0].languages
    return languages[0] if len(languages) == 1 else None


def words_here() -> Messages:
    """Return the messages of commands, apart from diagnostics, in their language."""
    return messages(language_here())


def said_here(text: str, /, **values: object) -> str:
    """Return a text in the language of commands, with its places filled. `tools/messages.py` finds the text here."""
    return words_here().gettext(text).format(**values)


def reason_here(reason: str) -> str:
    """Return what another program says: in the language of commands if it is known, otherwise as it is."""
    return words(foreign(reason), language_here())


def language_option(of: str) -> Callable[[_Command], _Command]:
    """Return the option `--language` of a command. `of` says for its help which part of the output it affects."""
    return click.option(
        "--language",
        type=click.Choice(CODES),
        default=language_here,
        help=f"The language of {of} (default: the language of commands).",
    )
