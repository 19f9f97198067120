"""The languages that kpigen speaks. Adding one takes a line in `LANGUAGES` and its two catalogues under `templates/messages`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its code, and what follows from it.

    `locale` is Babel's name for it; dates, plurals and lists follow from that. `tag` is the BCP 47 tag that its pages carry.
    Both are the code by default. `is_cjk` is True for Chinese and the like: no spaces between words or sentences, full-width
    punctuation, shorter texts.
    """

    code: str
    locale: str = ""
    tag: str = ""
    is_cjk: bool = False

    def __post_init__(self) -> None:
        """Fill in the defaults."""
        object.__setattr__(self, "locale", self.locale or self.code)
        object.__setattr__(self, "tag", self.tag or self.code)

    @property
    def own_name(self) -> str:
        """The language's own name: `中文`, `English`."""
        from babel import Locale

        name = Locale.parse(self.code).language_name
        assert isinstance(name, str)
        return name[:1].upper() + name[1:]


#: The languages of pages and messages.
LANGUAGES = (Language("zh", locale="zh_Hans_CN", tag="zh-Hans", is_cjk=True), Language("en", locale="en_GB"))

CODES = tuple(language.code for language in LANGUAGES)


def language_of(code: str) -> Language:
    """Return a language by its code; for an unknown one, such as a rule file's own, only the code is set."""
    return next((language for language in LANGUAGES if language.code == code), Language(code))
