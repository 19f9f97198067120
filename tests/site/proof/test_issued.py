"""Only the file that was issued gets a yes: forgeries that some viewers fall for, honest rewritings, and signatures."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from kpigen.site.proof import appended
from kpigen.site.proof.signature import Signer
from tests.helpers import rewriting, tamper
from tests.helpers.world import FRONT, OTHER, ROUND, World, answers, certificate, codes

pytestmark = pytest.mark.papers

UNSIGNED, SIGNED = "unsigned", "site"
OVERLAY = "1 g 370 690 190 90 re f 0 g 400 720 m 420 760 l 440 720 l h f"
AWAY = {
    "too many operands": "1 0 0 1 0 0 1 0 0 1 5000 5000 cm",
    "too few operands": "0 0 1 5000 5000 cm",
    "an array for operands": "[1 0 0 1 5000 0] cm",
    "a clip with too many": "0 0 600 900 9000 9000 1 1 re W n",
    "a name for a number": "/x 0 0 1 5000 0 cm",
    "a number that underflows": "0.00000000000000000000000000000000000000000000001 0 0 1 0 0 cm",
    "a number that overflows": "1 0 0 1 99999999999999999999999999 0 cm",
    "a colour with too many": "0 0 0 1 1 1 rg",
    "a matrix of text with too many": "BT 9 9 1 0 0 1 5000 5000 Tm ET",
    "an operator without a state": "Q Q Q",
    "a comment with an operator": "% 1 0 0 1 5000 0 cm\n",
}


def consistent(folder: Path, data: bytes, *options: str | Path) -> tuple[bool | None, set[str], str, int]:
    """Return the first answer with its codes and its text, and the exit code."""
    path = folder / "x.pdf"
    path.write_bytes(data)
    code, said = answers([path], *options)
    first = said["x.pdf"]["answers"][0]
    return first["holds"], codes({"answers": [first]}), str(first), code


# --- forged ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", AWAY.values(), ids=AWAY)
def test_drawing_that_viewers_read_in_different_ways_is_refused(world: World, tmp_path: Path, prefix: str) -> None:
    data = tamper.edited(world.pdf(UNSIGNED, FRONT), tamper.paint(f"q {prefix} {OVERLAY} Q"))
    holds, found, _, code = consistent(tmp_path, data)
    assert (holds, found, code) == (False, {"KPI907"}, 1)


def _twice(data: bytes, number: int = 0) -> bytes:
    """Add an object of a number that the file has, which no table lists, before the last table."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        number = number or pdf.pages[0].Contents.objgen[0]
    place = data.rindex(b"startxref")
    hidden = f"{number} 0 obj\n<</Length 5>>\nstream\nq Q f\nendstream\nendobj\n".encode()
    return data[:place] + hidden + data[place:]


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "a line before": lambda data: b"%!PS\n" + data,
    "another file before": lambda data: b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n" + data,
    "an object twice": _twice,
    "an object that no table lists": lambda data: _twice(data, 99_999),
    "an object of an odd form": lambda data: _twice(data, 99_998).replace(b"99998 0 obj", b"99998\n0\robj"),
    "something after the end": lambda data: data + b"1 0 obj\n<<>>\nendobj\n",
    "a second end": lambda data: data + b"startxref\n0\n%%EOF\n",
    "a line after the end": lambda data: data + b"hello\n",
    "a blank after the end": lambda data: data + b"\n",
}


@pytest.mark.parametrize("change", BYTES.values(), ids=BYTES)
def test_bytes_beside_the_tables_are_refused(world: World, tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    holds, found, said, code = consistent(tmp_path, change(world.pdf(UNSIGNED, FRONT)))
    assert (holds, code) == (False, 1), said
    assert found <= {"KPI908", "KPI921", "KPI901"}, said


def _info(**entries: str) -> tamper.Edit:
    def edit(pdf: Pdf) -> None:
        for key, text in entries.items():
            pdf.trailer.Info[f"/{key}"] = String(text)

    return edit


def _xmp(old: bytes, new: bytes) -> tamper.Edit:
    def edit(pdf: Pdf) -> None:
        data = bytes(pdf.Root.Metadata.read_bytes())
        assert old in data
        pdf.Root.Metadata.write(data.replace(old, new, 1))

    return edit


def _spec(name: str, **entries: object) -> tamper.Edit:
    def edit(pdf: Pdf) -> None:
        for key, value in entries.items():
            pdf.attachments[name].obj[f"/{key}"] = value

    return edit


def _exchanged(pdf: Pdf) -> None:
    """Exchange the names that viewers show of two attachments."""
    one, other = pdf.attachments["review.md"].obj, pdf.attachments["rules.yaml"].obj
    one.UF, other.UF = String("rules.yaml"), String("review.md")


def _outline(pdf: Pdf) -> None:
    pdf.Root.Outlines.First.Title = String("98.00 A")


def _element(**entries: object) -> tamper.Edit:
    """Set entries of the first element of the structure that has text."""

    def edit(pdf: Pdf) -> None:
        element = pdf.Root.StructTreeRoot.K[0]
        while isinstance(kids := element.K, Array) and isinstance(kids[0], Dictionary):
            element = kids[0]
        for key, value in entries.items():
            element[f"/{key}"] = value

    return edit


def _content_text(pdf: Pdf) -> None:
    """Give marked content another text for readers and for copying."""
    sheet, changed, done = pdf.pages[0], [], False
    for operands, operator in pikepdf.parse_content_stream(sheet):
        if str(operator) == "BDC" and not done:
            operands[1].ActualText, done = String("98.00"), True
        changed.append((operands, operator))
    assert done
    sheet.Contents = pdf.make_stream(pikepdf.unparse_content_stream(changed))


def _language(pdf: Pdf) -> None:
    pdf.Root.Lang = String("en")


def _table(pdf: Pdf) -> None:
    """Exchange what a font's codes stand for, so that copied text differs from what is shown."""
    font = next(iter(pdf.pages[0].Resources.Font.values()))
    font.ToUnicode.write(bytes(font.ToUnicode.read_bytes()).replace(b"<0030>", b"<0039>"))


EDITS: dict[str, tamper.Edit] = {
    "Alt": _element(Alt=String("98.00 A")),
    "ActualText": _element(ActualText=String("98.00 A")),
    "E": _element(E=String("98.00 A")),
    "T": _element(T=String("98.00 A")),
    "Lang of an element": _element(Lang=String("en")),
    "ActualText in the content": _content_text,
    "a bookmark": _outline,
    "the title": _info(Title="98.00 A"),
    "the author": _info(Author="somebody"),
    "the date": _info(CreationDate="D:20200101"),
    "the title in XMP": _xmp(b"2026-03</rdf:li>", b"2026-04</rdf:li>"),
    "TrimBox": tamper.on_page(TrimBox=[0, 0, 100, 100]),
    "BleedBox": tamper.on_page(BleedBox=[0, 0, 100, 100]),
    "CropBox": tamper.on_page(CropBox=[0, 0, 100, 100]),
    "ArtBox": tamper.on_page(ArtBox=[0, 0, 100, 100]),
    "a turned page": tamper.on_page(Rotate=180),
    "names of attachments": _exchanged,
    "F": _spec("review.md", F=String("review.exe")),
    "UF": _spec("review.md", UF=String("review.html")),
    "Desc": _spec("review.md", Desc=String("The rules")),
    "the relationship": _spec("review.md", AFRelationship=Name.Alternative),
    "a comment in the review": tamper.attach("review.md", tamper.swap("metrics:", "# 98.00 A\nmetrics:")),
    "another order in the review": tamper.attach("review.md", tamper.swap("status: published\n", "")),
    "blanks in the score": tamper.attach("score.json", lambda data: data + b" "),
    "blanks in the paper": tamper.attach("paper.json", lambda data: data + b" "),
    "the language": _language,
    "what codes stand for": _table,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_everything_in_the_file_is_compared(world: World, tmp_path: Path, edit: tamper.Edit) -> None:
    holds, found, said, code = consistent(tmp_path, tamper.edited(world.pdf(UNSIGNED, FRONT), edit))
    assert (holds, code) == (False, 1), said
    assert found, said


def test_a_file_whose_only_difference_is_a_font_cannot_be_told(world: World, tmp_path: Path) -> None:
    """Another version of a library cuts fonts in another way, and a forger could exchange a digit's outline."""

    def other_font(pdf: Pdf) -> None:
        for item in pdf.objects:
            if isinstance(item, Dictionary) and "/FontFile3" in item:
                item.FontFile3.write(bytes(item.FontFile3.read_bytes()) + b" ")

    holds, found, _, code = consistent(tmp_path, tamper.edited(world.pdf(UNSIGNED, FRONT), other_font))
    assert (holds, found, code) == (None, {"KPI909"}, 16)


PAINTED = tamper.paint(OVERLAY)


@pytest.mark.parametrize("key", ["weasyprint", "pydyf", "pango", "fonts", "style", "template", "kpigen"])
def test_a_version_that_cannot_be_makes_no_yes(world: World, tmp_path: Path, key: str) -> None:
    """What a PDF was made with stands under no seal. Where the look cannot be compared, the answer is neither yes nor no."""
    other = tamper.attach(
        "paper.json", lambda data: re.sub(rb'"%b": "[^"]*"' % key.encode(), b'"%b": "99"' % key.encode(), data)
    )
    holds, found, said, code = consistent(tmp_path, tamper.edited(world.pdf(UNSIGNED, FRONT), other, PAINTED))
    if key == "kpigen":  # it does not decide how a file is compared
        assert (holds, found, code) == (False, {"KPI907"}, 1), said
    else:
        assert (holds, found, code) == (None, {"KPI909"}, 16), said


# --- written anew ----------------------------------------------------------------------------------------------------


@rewriting.each()
def test_an_honest_rewriting_gets_the_true_reason(world: World, tmp_path: Path, way: str) -> None:
    data = rewriting.rewritten(world.pdf(UNSIGNED, ROUND), way)
    holds, found, said, code = consistent(tmp_path, data, "--record", world.root)
    assert holds is not True, said
    assert found <= {"KPI902", "KPI907", "KPI908", "KPI921", "KPI922"}, said
    if way.startswith("mutool"):
        assert "rounded" in said or found == {"KPI907"}, said
    elif way.startswith(("ghostscript", "cairo", "separate", "qpdf-pages")):
        assert re.search(r"wrote it|carries no review|is missing", said), said
    elif way == "qpdf-locked":
        assert "it is encrypted" in said, said
    elif way.startswith("qpdf"):
        assert (found, code) == ({"KPI922"}, 16), said


def test_a_name_tree_in_several_pieces_is_read(world: World, tmp_path: Path) -> None:
    def kids(pdf: Pdf) -> None:
        names = pdf.Root.Names.EmbeddedFiles.Names
        halves = [pdf.make_indirect(Dictionary(Names=Array(list(names)[at : at + 4]))) for at in (0, 4)]
        pdf.Root.Names.EmbeddedFiles = pdf.make_indirect(Dictionary(Kids=Array(halves)))

    holds, found, said, code = consistent(
        tmp_path, tamper.edited(world.pdf(UNSIGNED, FRONT), kids), "--record", world.root
    )
    assert (holds, found, code) == (False, {"KPI921", "KPI908"}, 1), said


# --- signed ----------------------------------------------------------------------------------------------------------


def _added_by(world: World, change: Callable[[Any], None]) -> bytes:
    """Return the unsigned PDF after an update by pyHanko, which is then signed: what a forger with a certificate can do."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    from kpigen.site.proof.signature import _apart

    signer = signers.SimpleSigner.load_pkcs12(str(world.p12), passphrase=b"secret")  # type: ignore[no-untyped-call]
    file = IncrementalPdfFileWriter(io.BytesIO(world.pdf(UNSIGNED, FRONT)))
    change(file)
    meta = signers.PdfSignatureMetadata(
        field_name="Signature1", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    out = io.BytesIO()
    _apart(lambda: signers.sign_pdf(file, meta, signer=signer, output=out))
    return out.getvalue()


def _nothing(_: Any) -> None:
    pass


def _other_title(file: Any) -> None:
    from pyhanko.pdf_utils.generic import TextStringObject

    info = file.trailer["/Info"]
    info["/Title"] = TextStringObject("98.00 A")
    file.update_container(info)


def _repainted(file: Any) -> None:
    from pyhanko.pdf_utils.generic import StreamObject

    page = file.root["/Pages"]["/Kids"][0]
    old = page["/Contents"].data
    page["/Contents"] = file.add_object(StreamObject(stream_data=old + OVERLAY.encode()))
    file.update_container(page)


def _loose_object(file: Any) -> None:
    from pyhanko.pdf_utils.generic import StreamObject

    file.add_object(StreamObject(stream_data=b"hello"))


def _other_language(file: Any) -> None:
    from pyhanko.pdf_utils.generic import TextStringObject

    file.root["/Lang"] = TextStringObject("en")
    file.update_root()


def _other_box(file: Any) -> None:
    from pyhanko.pdf_utils.generic import ArrayObject, NumberObject, pdf_name

    page = file.root["/Pages"]["/Kids"][0]
    page[pdf_name("/CropBox")] = ArrayObject(map(NumberObject, (0, 0, 100, 100)))
    file.update_container(page)


UPDATES = {
    "another title": _other_title,
    "a painted page": _repainted,
    "a loose object": _loose_object,
    "another language": _other_language,
    "another box": _other_box,
}


def test_a_signature_of_its_own_changes_nothing(world: World, tmp_path: Path) -> None:
    for data in (_added_by(world, _nothing), world.pdf(SIGNED, FRONT), world.pdf(SIGNED, ROUND)):
        holds, found, said, code = consistent(tmp_path, data)
        assert (holds, found, code) == (True, set(), 0), said


@pytest.mark.parametrize("rsa", [False, True])
def test_a_signature_is_one_with_any_kind_of_key_in_any_zone(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rsa: bool
) -> None:
    p12, _ = certificate(tmp_path, "Key", rsa)
    printed = world.pdf(UNSIGNED, ROUND)
    for zone in ("UTC", "Asia/Shanghai", "America/St_Johns", "Pacific/Kiritimati"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert appended.is_signature(Signer(p12, "secret").sign(printed, None), printed), zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("change", UPDATES.values(), ids=UPDATES)
def test_an_update_below_a_valid_signature_is_refused(
    world: World, tmp_path: Path, change: Callable[[Any], None]
) -> None:
    data = _added_by(world, change)
    holds, found, said, code = consistent(tmp_path, data, "--trust", world.trust)
    assert (holds, found, code) == (False, {"KPI908"}, 1), said


def _after(data: bytes) -> dict[str, bytes]:
    """Return variants of a signed file whose end was changed by hand."""
    place = data.rindex(b"startxref")
    return {
        "an object that no table lists": data[:place] + b"7 0 obj\n<<>>\nendobj\n" + data[place:],
        "two ends": data + data[place:],
        "a blank field": data.replace(b"/Rect [ 0 0 0 0 ]", b"/Rect [ 0 0 9 9 ]"),
        "a field that is shown": data.replace(b"/F 132", b"/F 4  "),
        "another catalog": data.replace(b"/DisplayDocTitle true", b"/DisplayDocTitle null", 1),
        "twice signed": tamper.updated(data),
    }


def test_a_signed_file_changed_by_hand_is_refused(world: World, tmp_path: Path) -> None:
    signed = world.pdf(SIGNED, FRONT)
    for name, data in _after(signed).items():
        assert data != signed, name
        holds, found, said, _ = consistent(tmp_path, data)
        assert holds is False, (name, said)
        assert found <= {"KPI908", "KPI921", "KPI901"}, (name, said)


TAILS: dict[str, tuple[bytes, bytes]] = {
    "an entry twice": (b"/Parent 1 0 R\n", b"/Tabs /S\n/T 1\n"),
    "an escaped name": (b"/Tabs /S\n", b"/#54abs/S\n"),
    "a comment": (b"/Tabs /S\n", b"%ab\n/S 1\n"),
    "an entry more": (b"/Tabs /S\n", b"/Tabz /S\n"),
    "another value": (b"/SigFlags 3", b"/SigFlags 1"),
    "a text for a hidden reader": (b"/T (Signature1)", b"/T (Total 98 A)"),
    "a field that is seen": (b"/Rect [ 0 0 0 0 ]", b"/Rect [ 0 0 9 9 ]"),
    "another filter": (b"/Adobe.PPKLite", b"/Total.98.00.A"),
    "another subfilter": (b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached"),
    "a time that is none": (b"/M (D\\0722", b"/M (D\\0729"),
    "another program": (b"pyHanko", b"98.00 A"),
    "another creator": (b"/Creator (kpigen)", b"/Creator (98.00A)"),
    "lower case": (b"/Contents <308", b"/Contents <3a8"),
    "another place in the table": (b"/Prev 1", b"/Prev 2"),
    "blanks": (b"/Subtype /XML\n", b"/Subtype/XML \n"),
}


@pytest.mark.parametrize(("old", "new"), TAILS.values(), ids=TAILS)
def test_nothing_in_the_appended_part_is_left_to_how_it_is_parsed(
    world: World, monkeypatch: pytest.MonkeyPatch, old: bytes, new: bytes
) -> None:
    """Whoever forges can sign anew, so the digest of the file must not be what finds these."""
    printed, signed = world.pdf(UNSIGNED, FRONT), world.pdf(SIGNED, FRONT)
    monkeypatch.setattr(appended, "_is_made_over", lambda *_: True)
    assert appended.is_signature(signed, printed)
    tail = signed[len(printed) :]
    assert old in tail
    assert not appended.is_signature(printed + tail.replace(old, new, 1), printed)


def test_what_stands_behind_a_print_is_a_signature_made_over_it(world: World) -> None:
    printed, signed = world.pdf(UNSIGNED, FRONT), world.pdf(SIGNED, FRONT)
    other = world.pdf(SIGNED, OTHER)[len(world.pdf(UNSIGNED, OTHER)) :]
    for tail in (b"", b"\n", b"\0\0", b"%%EOF\n", other, signed[len(printed) :] * 2, signed[len(printed) : -7]):
        assert not appended.is_signature(printed + tail, printed), tail[:20]
    gap = signed.index(b"/Contents <") + len(b"/Contents <")
    end = signed.index(b">", gap)
    for hidden in (b"AB", b"01"):
        assert not appended.is_signature(signed[: end - 2] + hidden + signed[end:], printed)


def test_a_signature_that_pyhanko_cannot_read_is_no_traceback(world: World, tmp_path: Path) -> None:
    def direct(pdf: Pdf) -> None:
        tamper.false_signature(pdf)
        pdf.Root.AcroForm.Fields[0].V = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String("x"))

    def stream(pdf: Pdf) -> None:
        tamper.false_signature(pdf)
        pdf.Root.AcroForm.Fields[0].V = pdf.make_stream(b"x", Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]))

    for edit in (direct, stream):
        data = tamper.edited(world.pdf(UNSIGNED, FRONT), edit)
        holds, _, said, code = consistent(tmp_path, data, "--trust", world.trust)
        assert (holds, code) == (False, 9), said


def test_a_font_is_never_run(world: World, tmp_path: Path) -> None:
    """A font whose outlines call each other without end keeps no reader of texts busy."""

    def endless(pdf: Pdf) -> None:
        for item in pdf.objects:
            if isinstance(item, Dictionary) and "/FontFile3" in item:
                item.FontFile3 = Stream(pdf, bytes(range(256)) * 500, Subtype=Name.CIDFontType0C)

    holds, found, _, code = consistent(tmp_path, tamper.edited(world.pdf(UNSIGNED, FRONT), endless))
    assert (holds, found, code) == (None, {"KPI909"}, 16)
