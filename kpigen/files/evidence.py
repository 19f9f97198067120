"""Which files may be evidence: by their names, and by how they begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kpigen.base.kinds import HEAD, is_of_its_kind, is_page, refused_ending
from kpigen.base.names import Trouble, folded, trouble_of
from kpigen.base.sources import Tree
from kpigen.base.stored import placeholder_of
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Kind, Span, shorten
from kpigen.diagnostics.values import Value, phrase
from kpigen.model.reviews import Evidence, Review

_TROUBLES = {
    Trouble.INVISIBLE: phrase("it has characters that nobody sees, or that turn the direction of the others"),
    Trouble.RESERVED: phrase('it has one of the characters `<>:"|?*`, which Windows does not allow'),
    Trouble.DEVICE: phrase("Windows opens a device by a part of it"),
    Trouble.END: phrase("a part of it ends with a point or a blank, which Windows drops"),
}


#: Why a file may not be evidence: the kind of finding, and the reason that it gives.
Refusal = tuple[Kind, Value]


def refusal_of_name(name: str) -> Refusal | None:
    """Return why a file with this name may not be evidence, or None if it may."""
    ending = refused_ending(name)
    if ending is not None:
        return catalogue.EVIDENCE_KIND, _why(name, ending)
    trouble = trouble_of(name)
    return None if trouble is None else (catalogue.EVIDENCE_NAME, _TROUBLES[trouble])


def _why(name: str, ending: str) -> Value:
    if not ending:
        return phrase("its name has no ending")
    if name.endswith(ending):
        return phrase("the ending `{ending}`", ending=shorten(ending))
    return phrase("`{ending}` inside its name counts as an ending too; write `-` for the point", ending=ending)


def refusal_of_content(tree: Tree, item: Evidence) -> Refusal | None:
    """Return why what an evidence file holds is refused, or None if it is not. Endings are not looked at."""
    try:
        head = tree.head(item.path, HEAD)
    except OSError:  # gone since its digest was read: the next reading says so
        return None
    if is_page(head):
        return catalogue.EVIDENCE_KIND, phrase("it begins like a web page")
    if placeholder_of(head):
        return catalogue.EVIDENCE_PLACEHOLDER, ""
    if refused_ending(item.name) is None and not is_of_its_kind(item.name, head):
        return catalogue.EVIDENCE_CONTENT, phrase("what it holds is not what its ending says")
    return None


def check_contents(tree: Tree, reviews: Iterable[Review]) -> tuple[list[Review], list[Diagnostic]]:
    """Return the reviews, and findings about what their evidence holds.

    Published evidence whose content is refused is marked in the reviews, so that the site can give it another name.
    """
    kept, found = [], []
    refusals: dict[Evidence, Refusal | None] = {}
    for review in reviews:
        refused = set()
        for item, span in _files(review):
            if item not in refusals:
                refusals[item] = refusal_of_content(tree, item)
            kind, why = refusals[item] or (None, "")
            if kind is catalogue.EVIDENCE_PLACEHOLDER:
                if not review.status.is_released:  # a broken seal says so otherwise
                    found.append(kind.at(span, path=shorten(item.name)))
            elif kind is not None:
                if review.status.is_released:
                    kind = catalogue.EVIDENCE_KIND_PUBLISHED
                    refused.add(item)
                found.append(kind.at(span, path=shorten(item.name), why=why))
        kept.append(_marked(review, refused) if refused else review)
    return kept, [*found, *_alike(kept)]


def _files(review: Review) -> Iterator[tuple[Evidence, Span]]:
    """Yield the evidence files of a review, each with its place."""
    for id_, items in review.evidence.items():
        for item in items:
            if not item.is_link:
                yield item, review.span(f"evidence.{id_}.{item.name}")


def _marked(review: Review, refused: set[Evidence]) -> Review:
    marked = {
        id_: tuple(replace(item, is_refused=True) if item in refused else item for item in items)
        for id_, items in review.evidence.items()
    }
    return replace(review, evidence=marked)


def _alike(reviews: Iterable[Review]) -> Iterator[Diagnostic]:
    """Report evidence files that are one file where capital letters make no difference."""
    by_name: dict[str, str] = {}
    for review in reviews:
        for item, span in _files(review):
            other = by_name.setdefault(folded(item.path), item.path)
            if other != item.path and not review.status.is_released:
                why = phrase("on Windows and macOS it is the same file as `{other}`", other=shorten(other))
                yield catalogue.EVIDENCE_NAME.at(span, path=shorten(item.name), why=why)
