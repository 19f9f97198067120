"""How many findings there are, in words."""

from __future__ import annotations

from kpigen.diagnostics.values import phrase, phrase_by_count
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.i18n.findings import words


def tally(errors: int, warnings: int, language: str = ORIGINAL, acknowledged: int = 0) -> str:
    """Return how many errors and warnings there are, and acknowledged ones if there are any, in words."""
    said = phrase(
        "{errors}, {warnings}",
        errors=phrase_by_count("{count} error", "{count} errors", count=errors),
        warnings=phrase_by_count("{count} warning", "{count} warnings", count=warnings),
    )
    if acknowledged:
        accepted = phrase_by_count("{count} acknowledged", "{count} acknowledged", count=acknowledged)
        said = phrase("{found}, {acknowledged}", found=said, acknowledged=accepted)
    return words(said, language)


def account(
    reviews: int,
    rules: int,
    errors: int,
    warnings: int,
    language: str = ORIGINAL,
    acknowledged: int = 0,
    *,
    still_open: int = 0,
    drafts: int = 0,
) -> str:
    """Return how many reviews and rule files were read, what was found, and what drafts leave open, in words.

    `still_open` counts the numbers that these `drafts` have no value for.
    """
    said = phrase(
        "{reviews}, {rules}: {found}",
        reviews=phrase_by_count("{count} review", "{count} reviews", count=reviews),
        rules=phrase_by_count("{count} rule file", "{count} rule files", count=rules),
        found=tally(errors, warnings, language, acknowledged),
    )
    if still_open:
        said = phrase(
            "{all}; {numbers} in {drafts}",
            all=said,
            numbers=phrase_by_count("{count} open number", "{count} open numbers", count=still_open),
            drafts=phrase_by_count("{count} draft", "{count} drafts", count=drafts),
        )
    return words(said, language)
