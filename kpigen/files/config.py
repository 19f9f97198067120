"""Settings: `[tool.kpigen]` of pyproject.toml, or `kpigen.toml`. A frozen record; unknown keys are diagnostics."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from kpigen.base.sources import Tree
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, nearest
from kpigen.model.forms import Text

FILES = ("kpigen.toml", "pyproject.toml")
LANGUAGES = ("zh", "en")


_NAMELESS = Text((("en", "Performance reviews"), ("zh", "绩效考核")))


@dataclass(frozen=True)
class HrLogin:
    """A login of human resources; `departments` None is all of them."""

    login: str
    departments: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Config:
    """The settings of a repository of reviews."""

    organisation: Text = _NAMELESS
    languages: tuple[str, ...] = ("zh", "en")
    pdf_languages: tuple[str, ...] = ("zh",)
    hr: tuple[HrLogin, ...] = ()
    auditors: tuple[str, ...] = ()
    pdf_font: str = ""
    contact: str = ""
    days_to_object: int = 0


_KEYS = ("organisation", "languages", "pdf_languages", "hr", "auditors", "pdf_font", "contact", "days_to_object")


def load_config(tree: Tree) -> tuple[Config, list[Diagnostic]]:
    """Read the settings; where there are none, or they are wrong (reported), the defaults hold."""
    for path in FILES:
        try:
            data = tree.read(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            return Config(), [catalogue.UNREADABLE.at(Span(path), reason=error.strerror or "unknown")]
        try:
            tables = tomllib.loads(data.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, a number or nesting beyond bounds
            return Config(), [
                catalogue.SETTINGS_SYNTAX.at(_place(path, data, str(error)), problem=str(error).split(" (at ")[0])
            ]
        tool = tables.get("tool", {})
        table = tables if path == "kpigen.toml" else tool.get("kpigen") if isinstance(tool, dict) else None
        if table is not None:
            return _Settings(path, data.decode("utf-8-sig"), table).read()
    return Config(), []


def _place(path: str, data: bytes, problem: str) -> Span:
    """Return where tomllib says that something is wrong."""
    place = re.search(r"at line (\d+), column (\d+)", problem)
    if place:
        return Span(path, int(place[1]), int(place[2]))
    lines = data.decode("utf-8-sig", "replace").split("\n") if "at end of document" in problem else [""]
    return Span(path, len(lines), len(lines[-1]) + 1)


class _Settings:
    def __init__(self, path: str, text: str, table: dict[str, Any]) -> None:
        self.path, self.lines, self.table = path, text.split("\n"), table
        self.found: list[Diagnostic] = []

    def span(self, key: str) -> Span:
        """Return where a key stands: below `[tool.kpigen]`, where the file has other tables too."""
        begins = next((n for n, line in enumerate(self.lines) if re.match(r"\s*\[\s*tool\s*\.\s*kpigen\b", line)), 0)
        for number, line in enumerate(self.lines[begins:], begins + 1):
            match = re.match(rf"\s*(?:\[+\s*(?:tool\.kpigen\.)?)?[\"']?({re.escape(key)})\b", line)
            if match:
                return Span(self.path, number, match.start(1) + 1)
        return Span(self.path)

    def wrong(self, key: str, expected: str) -> None:
        self.found.append(catalogue.SETTINGS_VALUE.at(self.span(key), key=key, expected=expected))

    def read(self) -> tuple[Config, list[Diagnostic]]:
        if not isinstance(self.table, dict):
            self.wrong("kpigen", "a table")
            return Config(), self.found
        for key in self.table:
            if key not in _KEYS:
                self.found.append(
                    catalogue.UNKNOWN_KEY.at(
                        self.span(key), near=nearest(key, _KEYS), key=key, where="the settings", known=", ".join(_KEYS)
                    )
                )
        languages = self.languages("languages", Config.languages)
        config = Config(
            self.organisation(),
            languages,
            self.languages("pdf_languages", languages[:1]),
            self.hr(),
            self.words("auditors"),
            self.text("pdf_font"),
            self.address("contact"),
            self.days("days_to_object"),
        )
        return config, self.found

    def organisation(self) -> Text:
        value = self.table.get("organisation")
        if isinstance(value, str) and value:
            return Text((("", value),))
        if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
            return Text(tuple(sorted(value.items())))
        if value is not None:
            self.wrong("organisation", "a name, or one for each language")
        return _NAMELESS

    def words(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if isinstance(value, list) and all(isinstance(word, str) and word for word in value):
            return tuple(value)
        self.wrong(key, "a list of texts")
        return ()

    def text(self, key: str) -> str:
        value = self.table.get(key, "")
        if isinstance(value, str):
            return value
        self.wrong(key, "a text")
        return ""

    def address(self, key: str) -> str:
        value = self.table.get(key, "")
        if value == "" or (isinstance(value, str) and re.fullmatch(r"[^@\s<>,;?&]+@[^@\s<>,;?&]+", value)):
            return str(value)
        self.wrong(key, "an e-mail address")
        return ""

    def days(self, key: str) -> int:
        value = self.table.get(key, 0)
        if type(value) is int and 0 <= value <= 365:
            return value
        self.wrong(key, "a number of days, at most 365")
        return 0

    def languages(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        if key not in self.table:
            return default
        words = self.table[key]
        if (
            isinstance(words, list)
            and words
            and all(word in LANGUAGES for word in words)
            and len(set(words)) == len(words)
        ):
            return tuple(words)
        self.wrong(key, f"a list of {' and '.join(LANGUAGES)}, each once")
        return default

    def hr(self) -> tuple[HrLogin, ...]:
        value = self.table.get("hr", [])
        logins = []
        for entry in value if isinstance(value, list) else [None]:
            if isinstance(entry, str) and entry:
                logins.append(HrLogin(entry))
            elif isinstance(entry, dict) and set(entry) == {"login", "departments"} and _is_login(**entry):
                logins.append(HrLogin(entry["login"], tuple(entry["departments"])))
            else:
                self.wrong("hr", 'a list of logins, or of {login = "…", departments = ["…"]}')
        return tuple(logins)


def _is_login(login: object, departments: object) -> bool:
    texts = [login, *departments] if isinstance(departments, list) else [None]
    return all(isinstance(text, str) and text for text in texts)
