"""Which files may be evidence, by their names and by how they begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpigen.base.kinds import HEAD, is_page, refused_ending
from kpigen.base.sources import Tree
from kpigen.base.stored import placeholder_of
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, shorten
from kpigen.diagnostics.values import Value, phrase
from kpigen.model.reviews import Review


def why_refused(name: str) -> Value | None:
    """Return why a file with this name may not be evidence, or None if it may."""
    ending = refused_ending(name)
    if ending is None:
        return None
    if not ending:
        return phrase("its name has no ending")
    if name.endswith(ending):
        return phrase("the ending `{ending}`", ending=shorten(ending))
    return phrase("`{ending}` inside its name counts as an ending too; write `-` for the point", ending=ending)


def check_contents(tree: Tree, reviews: Iterable[Review]) -> Iterator[Diagnostic]:
    """Report evidence that begins like a web page, and placeholders of Git LFS."""
    heads: dict[str, bytes] = {}
    for review in reviews:
        for id_, items in review.evidence.items():
            for item in items:
                if item.is_link:
                    continue
                if item.path not in heads:
                    heads[item.path] = _head(tree, item.path)
                span = review.span(f"evidence.{id_}.{item.name}")
                if is_page(heads[item.path]):
                    released = review.status.is_released
                    kind = catalogue.EVIDENCE_KIND_PUBLISHED if released else catalogue.EVIDENCE_KIND
                    yield kind.at(span, path=shorten(item.name), why=phrase("it begins like a web page"))
                elif placeholder_of(heads[item.path]) and not review.status.is_released:
                    yield catalogue.EVIDENCE_PLACEHOLDER.at(span, path=shorten(item.name))


def _head(tree: Tree, path: str) -> bytes:
    try:
        return tree.head(path, HEAD)
    except OSError:  # gone since its digest was read: the next reading says so
        return b""
