"""Logins: which texts mean exactly one person to every web server."""

from __future__ import annotations

import re
import unicodedata

from kpigen.base.names import folded, is_device

# Words that servers, directories and access lists of programs read as more than one person, or as nobody in particular.
_MANY = re.compile(
    r"all|allusers|any|anybody|anyone|anonymous|authenticated|authenticated-users|authenticatedusers|default|deny-all|everybody|"
    r"everyone|group|guest|guests|nobody|none|null|other|others|permit-all|public|require|self|undefined|unknown|user|users|"
    r"valid-user|world|jeder|alle|tous|todos|tutti|domain[-_ ]users|authenticated[-_]users|匿名用户|所有人|任何人|全体|全员|匿名|访客|来宾"
)
_PART = r"\w[\w.+'-]*"
# A name, with a domain before it (`CORP\jia`) or behind it (`jia@example.com`). Words and patterns are separated by what is
# left out here: blanks, commas, `*`, `@group`, `%group`, `:`.
_ONE = re.compile(rf"(?:{_PART}\\)?{_PART}(?:@{_PART})?")


def is_of_many(login: str) -> bool:
    """Return whether servers read a login as everybody, a group or nobody in particular.

    >>> is_of_many("Everyone"), is_of_many("CON"), is_of_many("con.li")
    (True, True, False)
    """
    name = folded(login).rpartition("\\")[2].partition("@")[0]
    if re.fullmatch(r"s-1-\d+(-\d+)*", name) is not None:
        return True  # a security identifier of Windows, most of which are groups
    return _MANY.fullmatch(name) is not None or (is_device(name) and "." not in name)


def is_one_word(login: str) -> bool:
    r"""Return whether a login has only what no server separates names by, or reads as a pattern.

    >>> is_one_word("jia@example.com"), is_one_word("CORP\\jia"), is_one_word("jia, yi"), is_one_word("@staff")
    (True, True, False, False)
    """
    return _ONE.fullmatch(unicodedata.normalize("NFC", login)) is not None
