"""A form of one's own out of another form: text in, text out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kpigen.base.places import rule_path
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors
from kpigen.diagnostics.values import phrase
from kpigen.document import text as text_file
from kpigen.document.cuts import TextCut, applied, comments, without
from kpigen.document.edit import CannotEdit, after_line, end_of
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode, parse
from kpigen.document.text import SourceText
from kpigen.files.rules.examples import filled_in
from kpigen.files.rules.form import read_form
from kpigen.files.rules.origins import with_origin
from kpigen.model.forms import Form
from kpigen.scoring.score import score

#: The rounding of new forms.
ROUNDING = ("rounding", "total")
#: After the first of these keys that is there, `rounding` is put.
_BEFORE_ROUNDING = ("out_of", "full", "grades", "cycle", "title", "form")
#: What speaks of the form that the names and numbers were taken from.
_REFERENCE = re.compile(r"参考(?:表|方案)|\b[Tt]he reference\b")


@dataclass(frozen=True)
class OwnForm:
    """A form of one's own: its file, and how many worked examples have another total than before."""

    path: str
    data: bytes
    new_totals: int


def own_form(
    path: str, data: bytes, id_: str, version: str, languages: Sequence[str]
) -> tuple[OwnForm | None, list[Diagnostic]]:
    """Return a form of one's own out of a rule file; None if the file has errors, and the findings.

    It has the id `id_`, no origins, none of the notes and comments about the reference that the names and numbers were taken
    from, and `rounding: total` unless the form says how it rounds. The totals of its examples are those that it gives.
    Everything else stays as it is written. Raise CannotEdit if the file is laid out in a way that cannot be edited.
    """
    form, found = read_form(path, data, languages)
    source, _ = text_file.decode(path, data)
    if form is None or source is None or has_errors(found):
        return None, found
    own = rule_path(id_, version)
    text = _own_text(source, _root(source), id_, form.has_origins)
    form, found = read_form(own, text.encode(), languages)
    if form is None:
        return None, found
    text, count = _with_totals(own, text, form)
    _, found = read_form(own, text.encode(), languages)
    return (None if has_errors(found) else OwnForm(own, source.encode(text), count)), found


def _root(source: SourceText) -> MappingNode:
    root, _ = parse(source)
    if not isinstance(root, MappingNode):
        raise CannotEdit(phrase("it could not be read again"))
    return root


def _own_text(source: SourceText, root: MappingNode, id_: str, has_origins: bool) -> str:
    text, id_node = source.text, root.get("form")
    assert isinstance(id_node, Scalar)
    cuts = [TextCut(id_node.start, id_node.end, id_)]
    gone = _about_reference(root) if has_origins else {}
    for node, entries in gone.items():
        cuts += without(text, node, entries)
    if has_origins:
        cuts += comments(text, root, lambda comment: _REFERENCE.search(comment) is not None)
    after = next((key for key in _BEFORE_ROUNDING if root.get(key) is not None), "")
    if root.get(ROUNDING[0]) is None:
        cuts.append(_rounding(source, root, after))
    wanted = dict(_said(root, gone))
    wanted[("form",)] = id_
    wanted.setdefault((ROUNDING[0],), ROUNDING[1])
    text = applied(text, cuts)
    if dict(_said(_root(replace(source, text=text)), {})) != wanted:
        raise CannotEdit(phrase("it could not be read again"))
    return text


def _rounding(source: SourceText, root: MappingNode, after: str) -> TextCut:
    """Return what puts `rounding` behind a key of the form."""
    node = root.get(after)
    assert node is not None
    key, value = ROUNDING
    if root.flow:
        return TextCut(end_of(node), end_of(node), f", {key}: {value}")
    at = after_line(source.text, end_of(node))
    first = root.items[0][0].start
    indent = source.text[source.text.rfind("\n", 0, first) + 1 : first]
    begin = "" if source.text[:at].endswith("\n") else source.newline
    return TextCut(at, at, f"{begin}{indent}{key}: {value}{source.newline}")


def _about_reference(root: MappingNode) -> dict[MappingNode | SequenceNode, frozenset[int]]:
    """Return the numbers of the entries that are about the reference: origins and notes."""
    found: dict[MappingNode | SequenceNode, frozenset[int]] = {}
    for node in with_origin(root):
        gone = {number for number, (key, _) in enumerate(node.items) if key.text == "origin"}
        for number, (key, notes) in enumerate(node.items):
            if key.text == "notes" and isinstance(notes, SequenceNode):
                about = {place for place, note in enumerate(notes.items) if _is_about_reference(note)}
                if about and len(about) == len(notes.items):
                    gone.add(number)
                elif about:
                    found[notes] = frozenset(about)
        if gone:
            found[node] = frozenset(gone)
    return found


def _is_about_reference(note: Node) -> bool:
    texts = [value for _, value in note.items] if isinstance(note, MappingNode) else [note]
    return any(isinstance(text, Scalar) and _REFERENCE.search(text.text) for text in texts)


def _said(
    node: Node, gone: Mapping[MappingNode | SequenceNode, frozenset[int]], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text of a file with its path, without the entries that are gone."""
    if isinstance(node, Scalar):
        yield path, node.text
        return
    left = [item for number, item in enumerate(node.items) if number not in gone.get(node, ())]
    if not left:
        yield path, ""
    for number, item in enumerate(left):
        key, value = (item[0].text, item[1]) if isinstance(item, tuple) else (str(number), item)
        yield from _said(value, gone, (*path, key))


def _with_totals(path: str, text: str, form: Form) -> tuple[str, int]:
    """Return a rule file with the totals and grades that its examples give, and how many of them were others."""
    entries = _root(SourceText(path, text)).get("examples")
    nodes = entries.items if isinstance(entries, SequenceNode) else ()
    cuts: list[TextCut] = []
    count = 0
    for node, example in zip(nodes, form.examples, strict=True):
        card, _ = score(form, *filled_in(form, example))
        if card.total is None or example.total is None or not isinstance(node, MappingNode):
            continue
        old = form.printed(example.total), example.grade or ""
        new = form.printed(card.total), card.grade or ""
        for key, before, after in zip(("total", "grade"), old, new, strict=True):
            place = node.get(key)
            if before != after and place is not None:
                cuts.append(TextCut(place.start, place.end, after))
        count += old != new
    return applied(text, cuts), count
