"""Settings, read from `[tool.kpigen]` in pyproject.toml or from `kpigen.toml`. Unknown keys are reported."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from kpigen.base.disk import MAX_TEXT, Barred
from kpigen.base.names import folded
from kpigen.base.periods import parse_period
from kpigen.base.sources import Tree
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, nearest, shorten
from kpigen.diagnostics.terms import foreign, why
from kpigen.diagnostics.values import Join, Value, as_written, listed, phrase, phrase_by_count
from kpigen.document.text import unread
from kpigen.files.logins import why_no_login
from kpigen.files.spreadsheet import GB18030, UTF8
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


def _acknowledged(value: Any) -> tuple[Acknowledgement | None, ...]:
    return tuple(_acknowledgement(entry) for entry in (value if isinstance(value, list) else [None]))


def _acknowledgement(entry: Any) -> Acknowledgement | None:
    known = {"code", "reason", "path", "employee", "period"}
    if not isinstance(entry, dict) or not entry.keys() <= known or not {"code", "reason"} <= entry.keys():
        return None
    if not all(isinstance(text, str) and text.strip() for text in entry.values()):
        return None
    if not {"path", "employee"} & entry.keys() or ("period" in entry and parse_period(entry["period"]) is None):
        return None
    return Acknowledgement(**entry)


def _encoding(value: Any) -> str | None:
    named = value.lower() if isinstance(value, str) else ""
    return GB18030 if named in ("gb18030", "gbk", "gb2312") else UTF8 if named in ("utf-8", "utf8") else None


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
class Acknowledgement:
    """An exception: findings of a code that are meant, in a file or about an employee, maybe in one period; and why."""

    code: str
    reason: str
    path: str = ""
    employee: str = ""
    period: str = ""
    span: Span = field(default=Span(FILES[0]), compare=False)


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
    roster_encoding: str = field(
        default=UTF8,
        metadata=_setting(
            _encoding,
            listed((UTF8, GB18030), Join.OR),
            value="how [the roster](roster.md) is encoded if its first bytes do not say so: `utf-8` or `gb18030` (also for GBK and "
            "GB2312, which Excel writes in China)",
            without="`utf-8`",
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
    acknowledged: tuple[Acknowledgement, ...] = field(
        default=(),
        metadata=_setting(
            _acknowledged,
            phrase("a list of tables with `code`, `reason`, and `path` or `employee`; `period` is optional"),
            value="exceptions that are meant, [each with its reason](#acknowledged-exceptions)",
            without="every finding is shown",
        ),
    )


#: The largest file of settings, and the most keys; there are about a dozen settings.
MAX_BYTES, MAX_KEYS = 100_000, 100

#: All settings, taken from the fields of `Config`.
SETTINGS = tuple(Setting(name=item.name, default=item.default, **item.metadata) for item in fields(Config))


#: A key with more parts than any settings have: `a.a.a.…`.
_DEEP_KEY = re.compile(rb"(?:[\w\"'-]+[ \t]*\.[ \t]*){50}[\w\"'-]")


def load_config(tree: Tree) -> tuple[Config, list[Diagnostic]]:
    """Return the settings and the findings. Missing or invalid settings (reported) keep their defaults."""
    for path in FILES:
        try:
            data = tree.read(path, MAX_TEXT)
        except FileNotFoundError:
            continue
        except OSError as error:
            return Config(), [unread(Span(path), error)]
        if len(data) > MAX_BYTES:
            return Config(), [
                _too_large(path, phrase_by_count("{count} byte", "{count} bytes", count=len(data)), MAX_BYTES)
            ]
        deep = _DEEP_KEY.search(data)
        if deep is not None:  # tomllib needs the square of it in memory
            line = data.count(b"\n", 0, deep.start()) + 1
            return Config(), [
                catalogue.SETTINGS_SYNTAX.at(Span(path, line), problem=phrase("a key has more than 50 parts"))
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
            reader = _SettingsReader(path, data.decode("utf-8-sig"), table)
            config, found = reader.read()
            return config, [*found, *_font_problems(tree, config, reader.span("pdf_font"))]
    return Config(), []


def _font_problems(tree: Tree, config: Config, span: Span) -> list[Diagnostic]:
    """Return a finding if the font for print, or its bold face, is a file of the repository that is not read, such as a link."""
    for path in dict.fromkeys((config.pdf_font, config.pdf_font.replace("Regular", "Bold"))):
        try:
            if path:
                tree.head(path, 1)
        except OSError as error:
            is_elsewhere = isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError)
            if isinstance(error, Barred) or not is_elsewhere:
                return [catalogue.SETTINGS_FILE.at(span, key="pdf_font", path=path, reason=why(error))]
    return []


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

    def entry_spans(self, key: str, count: int) -> list[Span]:
        """Return the places of the entries of a list: of `[[key]]` for each that has one, otherwise of the key."""
        pattern = re.compile(rf"\s*\[\[\s*(?:tool\s*\.\s*kpigen\s*\.\s*)?[\"']?{re.escape(key)}[\"']?\s*\]\]")
        headers = [Span(self.path, number) for number, line in self.lines if pattern.match(line)]
        return (headers + [self.span(key)] * count)[:count]

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
        values |= self.logins(values["hr"], values["auditors"])
        return Config(**values), self.found

    def logins(self, hr: tuple[HrLogin, ...], auditors: tuple[str, ...]) -> dict[str, Any]:
        """Return the two settings without entries that are not the login of one person (reported)."""
        first: dict[str, str] = {}
        kept: dict[str, list[Any]] = {"hr": [], "auditors": []}
        entries = [*(("hr", entry.login, entry) for entry in hr), *(("auditors", login, login) for login in auditors)]
        for key, login, entry in entries:
            why_not, other = why_no_login(login), first.setdefault(folded(login), login)
            if why_not is not None:
                self.found.append(catalogue.LOGIN_SHAPE.at(self.span(key), login=shorten(login), why=why_not))
            else:
                kept[key].append(entry)
            if other != login:
                who = phrase("the settings")
                self.found.append(catalogue.LOGINS_ALIKE.at(self.span(key), login=login, other=other, who=who))
        return {key: tuple(entries) for key, entries in kept.items()}

    def value(self, setting: Setting, default: Any) -> Any:
        """Return the value of a setting that is present, without its invalid parts (reported)."""
        value = setting.read(self.table[setting.name])
        if isinstance(value, tuple):
            spans = self.entry_spans(setting.name, len(value))
            self.found += [
                catalogue.SETTINGS_VALUE.at(span, key=setting.name, expected=setting.expected)
                for entry, span in zip(value, spans, strict=True)
                if entry is None
            ]
            return tuple(
                replace(entry, span=span) if isinstance(entry, Acknowledgement) else entry
                for entry, span in zip(value, spans, strict=True)
                if entry is not None
            )
        if value is None:
            self.wrong(setting.name, setting.expected)
            return default
        return value
