"""Checks whether clones get the evidence as it is: a seal covers its bytes, and must fit in each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.diagnostics.terms import foreign
from kpigen.diagnostics.values import Value, phrase
from kpigen.model.reviews import Review
from kpigen.repository.git.kept import Altered, Fate, altered_in_clones
from kpigen.repository.git.repository import GitFailed, GitRepository

#: The line of `.gitattributes` that keeps the bytes of evidence, whatever lines come before it.
KEPT = "reviews/** -text -ident -filter !working-tree-encoding"


def evidence_in_clones(repository: GitRepository, reviews: Iterable[Review]) -> Iterator[Diagnostic]:
    """Report evidence of these reviews that clones would get otherwise, or not at all."""
    named_by: dict[str, list[str]] = defaultdict(list)
    places: dict[str, tuple[str, Span]] = {}
    for review in reviews:
        for id_, items in review.evidence.items():
            for item in items:
                if not item.is_link:
                    named_by[item.path].append(review.path)
                    places.setdefault(item.path, (item.name, review.span(f"evidence.{id_}.{item.name}")))
    try:
        for altered in altered_in_clones(repository, named_by):
            name, span = places[altered.path]
            kind = catalogue.EVIDENCE_ALTERED if altered.in_all else catalogue.EVIDENCE_DEPENDS
            yield kind.at(span, path=shorten(name), reason=_reason(altered), advice=_advice(altered))
    except GitFailed as error:
        yield catalogue.GIT_FAILED.at(Span(repository.prefix or "."), reason=foreign(error.reason))


def _reason(altered: Altered) -> Value:
    """Say what git does to a file."""
    match altered.fate:
        case Fate.IGNORED:
            return phrase("git ignores the file")
        case Fate.NOT_ADDED:
            return phrase("git holds the review, but not this file")
        case Fate.STORED_BEFORE:
            return phrase("git stored other bytes of it before `.gitattributes` said that they are kept")
        case Fate.IDENT:
            return phrase("git writes an id in the place of `$Id$`")
        case Fate.ENCODING:
            return phrase("git changes its encoding")
        case Fate.FILTER_FAILS:
            return phrase("the filter `{filter}` fails here", filter=altered.filter)
        case Fate.FILTER if altered.in_all:
            return phrase("the filter `{filter}` does not give it back as it is", filter=altered.filter)
        case Fate.FILTER:
            return phrase("it depends on the filter `{filter}`, which a clone may lack", filter=altered.filter)
        case Fate.LINE_ENDS if altered.in_all:
            return phrase("git stores it with other line ends")
        case Fate.LINE_ENDS:
            return phrase("with `core.autocrlf` as usual on Windows, its line ends become CR LF")


def _advice(altered: Altered) -> Value:
    """Say what to do, so that clones get the file as it is."""
    match altered.fate:
        case Fate.IGNORED:
            return phrase("`git add --force {path}`, or change `.gitignore`", path=altered.path)
        case Fate.NOT_ADDED:
            return phrase("`git add {path}`", path=altered.path)
        case Fate.STORED_BEFORE:
            return phrase("`git add --renormalize {path}`, and commit it", path=altered.path)
        case _:
            return phrase(
                "write `{line}` at the end of `.gitattributes`, then `git add --renormalize {path}`, and commit both",
                line=KEPT,
                path=altered.path,
            )
