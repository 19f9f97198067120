"""Settings, read from `[tool.kpigen]` in pyproject.toml or from `kpigen.toml`. Unknown keys are reported."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from kpigen.base.sources import Tree
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, nearest
from kpigen.diagnostics.terms import foreign, why
from kpigen.diagnostics.values import Join, Value, as_written, listed, phrase, phrase_by_count
from kpigen.i18n.languages import CODES
from kpigen.model.forms import Text

FILES = ("kpigen.toml", "pyproject.toml")

#: Reads the value of a setting. Returns None if it is invalid; in a tuple, None marks each invalid entry.
Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """The declaration of one setting: how it is read, described and documented.

    `expected` completes the finding for an invalid value. `value` and `without` are the cells of docs/settings.md: the
    allowed values, and what applies if the key is missing. `follows` derives a default from settings declared earlier.
    """

    name: str
    default: Any
    read: Read
    expected: Value
    value: str
    without: str
    follows: Callable[[dict[str, Any]], Any] | None = None


def _setting(
    read: Read,
    expected: Value,
    *,
    value: str,
    without: str,
    follows: Callable[[dict[str, Any]], Any] | None = None,
) -> dict[str, Any]:
    """Declare a field of `Config` as a setting. This is the only place where a setting is registered."""
    return {"read": read, "expected": expected, "value": value, "without": without, "follows": follows}


# --- reading values ---


def _name(value: Any) -> Text | None:
    if isinstance(value, str) and value:
        return Text((("", value),))
    if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
        return Text(tuple(sorted(value.items())))
    return None


def _languages(value: Any) -> tuple[str, ...] | None:
    known = isinstance(value, list) and bool(value) and all(word in CODES for word in value)
    return tuple(value) if known and len(set(value)) == len(value) else None


def _words(value: Any) -> tuple[str, ...] | None:
    are_texts = isinstance(value, list) and all(isinstance(word, str) and word for word in value)
    return tuple(value) if are_texts else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _address(value: Any) -> str | None:
    is_address = isinstance(value, str) and (not value or re.fullmatch(r"[^@\s<>,;?&]+@[^@\s<>,;?&]+", value))
    return str(value) if is_address else None


def _days(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= 365 else None


def _hr(value: Any) -> tuple[HrLogin | None, ...]:
    logins: list[HrLogin | None] = []
    for entry in value if isinstance(value, list) else [None]:
        if isinstance(entry, str) and entry:
            logins.append(HrLogin(entry))
        elif isinstance(entry, dict) and set(entry) == {"login", "departments"} and _is_login(**entry):
            logins.append(HrLogin(entry["login"], tuple(entry["departments"])))
        else:
            logins.append(None)
    return tuple(logins)


def _is_login(login: object, departments: object) -> bool:
    texts = [login, *departments] if isinstance(departments, list) else [None]
    return all(isinstance(text, str) and text for text in texts)


_EACH_LANGUAGE = phrase("a list of {languages}, each once", languages=listed(CODES, Join.AND))


@dataclass(frozen=True)
class HrLogin:
    """A login of the HR department. If `departments` is None, it covers all departments."""

    login: str
    departments: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Config:
    """The settings of a review repository. Each is declared once, in the order of the documentation."""

    organisation: Text = field(
        default=Text((("en", "Performance reviews"), ("zh", "绩效考核"))),
        metadata=_setting(
            _name,
            phrase("a name, or one for each language"),
            value="the name on every page: a text, or one per language",
            without="绩效考核, Performance reviews",
        ),
    )
    languages: tuple[str, ...] = field(
        default=("zh", "en"),
        metadata=_setting(
            _languages,
            _EACH_LANGUAGE,
            value=f"a list of {' and '.join(f'`{code}`' for code in CODES)}. The first is the default: its pages are in the "
            "folders themselves, the others in a subfolder. It is also the default of `--language`",
            without='`["zh", "en"]`',
        ),
    )
    pdf_languages: tuple[str, ...] = field(
        default=("zh",),
        metadata=_setting(
            _languages,
            _EACH_LANGUAGE,
            value="the languages of the PDFs",
            without="the first of `languages`",
            follows=lambda read: read["languages"][:1],
        ),
    )
    hr: tuple[HrLogin, ...] = field(
        default=(),
        metadata=_setting(
            _hr,
            phrase("a list of logins, or of {entry}", entry='{login = "…", departments = ["…"]}'),
            value="logins of human resources. A plain login reads everything; `{login, departments}` reads the reports of "
            "people in these departments, but not `hr/`, `teams/` and the pages over all periods",
            without="nobody",
        ),
    )
    auditors: tuple[str, ...] = field(
        default=(),
        metadata=_setting(
            _words,
            phrase("a list of texts"),
            value="logins of auditors: they read everything",
            without="nobody",
        ),
    )
    pdf_font: str = field(
        default="",
        metadata=_setting(
            _text,
            phrase("a text"),
            value="an installed font family, or the path of a font file",
            without="Noto Sans CJK SC, Noto Sans SC or Source Han Sans",
        ),
    )
    contact: str = field(
        default="",
        metadata=_setting(
            _address,
            phrase("an e-mail address"),
            value="the e-mail address for answers to a submitted report. The report's page offers two prefilled mails, to agree "
            "and to object, which name the report and its content number",
            without="the page says to tell the assessor or HR",
        ),
    )
    days_to_object: int = field(
        default=0,
        metadata=_setting(
            _days,
            phrase("a number of days, at most 365"),
            value="how many days after submission an objection is accepted; the page shows the last day. kpigen does not enforce it",
            without="no last day is shown",
        ),
    )


#: The largest file of settings, and the most keys; there are about a dozen settings.
MAX_BYTES, MAX_KEYS = 100_000, 100

#: All settings, taken from the fields of `Config`.
SETTINGS = tuple(Setting(name=item.name, default=item.default, **item.metadata) for item in fields(Config))


def load_config(tree: Tree) -> tuple[Config, list[Diagnostic]]:
    """Return the settings and the findings. Missing or invalid settings (reported) keep their defaults."""
    for path in FILES:
        try:
            data = tree.read(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            return Config(), [catalogue.UNREADABLE.at(Span(path), reason=why(error))]
        if len(data) > MAX_BYTES:
            return Config(), [
                _too_large(path, phrase_by_count("{count} byte", "{count} bytes", count=len(data)), MAX_BYTES)
            ]
        try:
            tables = tomllib.loads(data.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, or a number or nesting too large
            return Config(), [
                catalogue.SETTINGS_SYNTAX.at(
                    _place(path, data, str(error)), problem=foreign(str(error).split(" (at ")[0])
                )
            ]
        tool = tables.get("tool", {})
        table = tables if path == "kpigen.toml" else tool.get("kpigen") if isinstance(tool, dict) else None
        if table is not None:
            return _SettingsReader(path, data.decode("utf-8-sig"), table).read()
    return Config(), []


def _too_large(path: str, size: Value, limit: int) -> Diagnostic:
    return catalogue.SETTINGS_TOO_LARGE.at(Span(path), size=size, limit=f"{limit:,}")


def _place(path: str, data: bytes, problem: str) -> Span:
    """Return the place of a syntax error that tomllib found."""
    place = re.search(r"at line (\d+), column (\d+)", problem)
    if place:
        return Span(path, int(place[1]), int(place[2]))
    lines = data.decode("utf-8-sig", "replace").split("\n") if "at end of document" in problem else [""]
    return Span(path, len(lines), len(lines[-1]) + 1)


class _SettingsReader:
    """A reader for one table of settings."""

    def __init__(self, path: str, text: str, table: dict[str, Any]) -> None:
        self.path, self.table = path, table
        # Only these lines can have a key: a long comment or text is not gone through for each key.
        self.lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if "=" in line or "[" in line]
        self.found: list[Diagnostic] = []

    def span(self, key: str) -> Span:
        """Return the place of a key; in pyproject.toml only below `[tool.kpigen]`."""
        begins = next((n for n, line in self.lines if re.match(r"\s*\[\s*tool\s*\.\s*kpigen\b", line)), 0)
        for number, line in self.lines:
            if number < begins:
                continue
            match = re.match(rf"\s*(?:\[+\s*(?:tool\.kpigen\.)?)?[\"']?({re.escape(key)})\b", line)
            if match:
                return Span(self.path, number, match.start(1) + 1)
        return Span(self.path)

    def wrong(self, key: str, expected: Value) -> None:
        self.found.append(catalogue.SETTINGS_VALUE.at(self.span(key), key=key, expected=expected))

    def read(self) -> tuple[Config, list[Diagnostic]]:
        if not isinstance(self.table, dict):
            self.wrong("kpigen", phrase("a table"))
            return Config(), self.found
        if len(self.table) > MAX_KEYS:
            keys = phrase_by_count("{count} key", "{count} keys", count=len(self.table))
            return Config(), [_too_large(self.path, keys, MAX_KEYS)]
        names = [setting.name for setting in SETTINGS]
        for key in self.table:
            if key not in names:
                self.found.append(
                    catalogue.UNKNOWN_KEY.at(
                        self.span(key),
                        near=nearest(key, names),
                        key=key,
                        where=phrase("the settings"),
                        known=as_written(names),
                    )
                )
        values: dict[str, Any] = {}
        for setting in SETTINGS:
            default = setting.follows(values) if setting.follows else setting.default
            values[setting.name] = self.value(setting, default) if setting.name in self.table else default
        return Config(**values), self.found

    def value(self, setting: Setting, default: Any) -> Any:
        """Return the value of a setting that is present, without its invalid parts (reported)."""
        value = setting.read(self.table[setting.name])
        if isinstance(value, tuple):
            for _ in range(value.count(None)):
                self.wrong(setting.name, setting.expected)
            return tuple(entry for entry in value if entry is not None)
        if value is None:
            self.wrong(setting.name, setting.expected)
            return default
        return value
