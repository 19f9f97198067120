"""Reads the origins of names and numbers, and finds those without an origin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpigen.diagnostics import catalogue
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode
from kpigen.document.reader import Reader
from kpigen.model.forms import Origin, OriginKind
from kpigen.scoring.methods import WORD_KEYS

INDICATOR_KEYS = ("name", "weight", "inputs", "limits", "when_zero", "measure", "score", "evidence")
FORM_KEYS = (*INDICATOR_KEYS, "cycle", "grades", "confirmations", "outcomes", "bonus", "veto", "out_of")
_KINDS = tuple(kind.value for kind in OriginKind)

# These keys of `score` hold words, not numbers, so they need no origin of their own.
_WORDS = {"method", *WORD_KEYS}


def names_origins(root: MappingNode) -> bool:
    """Return True if a rule file says of anything where it comes from. Then it has to say it of everything."""
    return any(node.get("origin") is not None for node in with_origin(root))


def with_origin(root: MappingNode) -> tuple[MappingNode, ...]:
    """Return the mappings of a rule file that may have the key `origin`."""
    sections = [root, *_entries(root.get("sections"))]
    indicators = [item for section in sections for item in _entries(section.get("indicators"))]
    bonus = root.get("bonus")
    items = _entries(bonus.get("items")) if isinstance(bonus, MappingNode) else []
    shared = [each for section in sections if isinstance(each := section.get("each"), MappingNode)]
    return (*sections, *shared, *indicators, *items, *_entries(root.get("veto")), *_entries(root.get("results")))


def _entries(node: Node | None) -> list[MappingNode]:
    """Return the mappings in a list."""
    return [item for item in node.items if isinstance(item, MappingNode)] if isinstance(node, SequenceNode) else []


def read_origin(reader: Reader, node: Node | None, key: str, languages: Sequence[str]) -> Origin | None:
    """Return one origin, written as a word or as `{is, quote, note}`."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        word = reader.one_of(node, key, _KINDS)
        return Origin(OriginKind(word)) if word else None
    values = reader.mapping(node, key, ("is", "quote", "note"), required=("is",))
    word = reader.one_of(values.get("is"), f"{key}.is", _KINDS)
    quote = reader.text(values.get("quote"), f"{key}.quote")
    note = reader.local_text(values.get("note"), f"{key}.note", languages)
    return Origin(OriginKind(word), quote, note) if word else None


def read_origins(
    reader: Reader, node: Node | None, where: str, known: Iterable[str], languages: Sequence[str]
) -> dict[str, Origin]:
    """Return an `origin` mapping. Each key must start with one of the known words."""
    allowed = tuple(known)
    origins = {}
    for key, value in reader.pairs(node, where):
        if key.text.split(".")[0] not in allowed:
            reader.add(catalogue.ORIGIN_UNKNOWN, key, key=key.text)
            continue
        origin = read_origin(reader, value, f"{where}.{key.text}", languages)
        if origin is not None:
            origins[key.text] = origin
    return origins


def origin_of(key: str, *scopes: Mapping[str, Origin]) -> Origin | None:
    """Return the origin for a key, or None.

    More exact keys take precedence, and inner scopes over outer ones: indicator, section, form.
    """
    for scope in scopes:
        parts = key.split(".")
        for length in range(len(parts), 0, -1):
            found = scope.get(".".join(parts[:length]))
            if found is not None:
                return found
    return None


def number_keys(score: Node | None) -> Iterator[str]:
    """Yield the dotted keys in a `score` mapping that hold numbers: `score.target`, `score.deductions.1.points`."""
    if isinstance(score, MappingNode):
        yield from _number_keys(score, "score")


def _number_keys(node: Node, key: str) -> Iterator[str]:
    if isinstance(node, MappingNode):
        for name, value in node.items:
            if name.text == "parts" and isinstance(value, SequenceNode):
                for part in value.items:
                    id_ = part.get("id") if isinstance(part, MappingNode) else None
                    yield from _number_keys(part, f"{key}.parts.{id_.text if isinstance(id_, Scalar) else '?'}")
            elif name.text not in _WORDS:
                yield from _number_keys(value, f"{key}.{name.text}")
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.items, 1):
            yield from _number_keys(value, f"{key}.{index}")
    elif re.search(r"\d|full", node.text):
        yield key


def check_origins(
    reader: Reader,
    node: Node,
    needed: Iterable[str],
    scopes: Sequence[Mapping[str, Origin]],
    own: Mapping[str, Origin],
    where: Node | None,
) -> None:
    """Report keys in `needed` without an origin, and keys in `own` that match nothing."""
    wanted = list(needed)
    for key in wanted:
        if origin_of(key, *scopes) is None:
            reader.add(catalogue.ORIGIN_MISSING, node, what=key)
    for key in own:
        deep = key.startswith("score.")
        if deep and not any(name == key or name.startswith(key + ".") for name in wanted):
            reader.add(catalogue.ORIGIN_UNKNOWN, where or node, key=key)
