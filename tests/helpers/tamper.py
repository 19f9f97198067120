"""Ways to tamper with a PDF: each is a small edit, a function of an open PDF. For tests of `kpigen verify`."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, Pdf, Stream, String

Edit = Callable[[Pdf], None]


def edited(data: bytes, *edits: Edit) -> bytes:
    """Return the file after these edits, completely rewritten."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for edit in edits:
            edit(pdf)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, fix_metadata_version=False)
    return out.getvalue()


def _characters(font: Dictionary) -> dict[bytes, str]:
    """Return the text of each character code, from the font's ToUnicode map."""
    cmap = bytes(font.ToUnicode.read_bytes()).decode()
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be")
    return found


def retype(old: str, new: str, page: int = 0, nth: int = 0) -> Edit:
    """Return an edit that replaces a text in the content stream, with characters of the same font. The structure is kept."""
    assert len(old) == len(new)

    def edit(pdf: Pdf) -> None:
        sheet, left = pdf.pages[page], nth
        fonts, changed, seen = {}, [], False
        for instruction in pikepdf.parse_content_stream(sheet):
            operands, operator = list(instruction.operands), str(instruction.operator)
            if operator == "Tf":
                font = sheet.Resources.Font[operands[0]]
                fonts["now"] = _characters(font)
            if operator == "TJ" and not seen:
                known = fonts["now"]
                width = len(next(iter(known)))
                pieces = [(i, bytes(item)) for i, item in enumerate(operands[0]) if isinstance(item, String)]
                codes = [(i, raw[n : n + width]) for i, raw in pieces for n in range(0, len(raw), width)]
                text = "".join(known.get(code, "?") for _, code in codes)
                if old in text:
                    if left:
                        left -= 1
                    else:
                        seen, start = True, text.index(old)
                        back = {char: code for code, char in known.items()}
                        for offset, char in enumerate(new):
                            codes[start + offset] = (codes[start + offset][0], back[char])
                        parts = list(operands[0])
                        for i, _ in pieces:
                            parts[i] = String(b"".join(code for place, code in codes if place == i))
                        operands = [Array(parts)]
            changed.append((operands, Operator(operator)))
        assert seen, f"{old} is not on page {page + 1}"
        sheet.Contents = pdf.make_stream(pikepdf.unparse_content_stream(changed))

    return edit


def paint(commands: str, page: int = 0) -> Edit:
    """Return an edit that draws over a page."""

    def edit(pdf: Pdf) -> None:
        sheet = pdf.pages[page]
        sheet.contents_add(pdf.make_stream(f"Q q {commands} Q".encode()), prepend=False)
        sheet.contents_add(pdf.make_stream(b"q"), prepend=True)

    return edit


def hide(text: str, page: int = 0) -> Edit:
    """Return an edit that makes the first occurrence of a text on a page invisible."""

    def edit(pdf: Pdf) -> None:
        sheet, changed, hidden = pdf.pages[page], [], False
        known: dict[bytes, str] = {}
        for instruction in pikepdf.parse_content_stream(sheet):
            operands, operator = list(instruction.operands), str(instruction.operator)
            if operator == "Tf":
                known = _characters(sheet.Resources.Font[operands[0]])
            shown = ""
            if operator == "TJ":
                width = len(next(iter(known)))
                raw = b"".join(bytes(item) for item in operands[0] if isinstance(item, String))
                shown = "".join(known.get(raw[n : n + width], "?") for n in range(0, len(raw), width))
            if text in shown and not hidden:
                changed += [([3], Operator("Tr")), (operands, Operator(operator)), ([0], Operator("Tr"))]
                hidden = True
                continue
            changed.append((operands, Operator(operator)))
        assert hidden
        sheet.Contents = pdf.make_stream(pikepdf.unparse_content_stream(changed))

    return edit


def attach(name: str, change: Callable[[bytes], bytes]) -> Edit:
    """Return an edit that changes the bytes of an attachment."""

    def edit(pdf: Pdf) -> None:
        before = pdf.attachments[name].get_file().read_bytes()
        after = change(before)
        assert after != before, name
        _put(pdf, name, after)

    return edit


def _put(pdf: Pdf, name: str, data: bytes) -> None:
    pdf.attachments[name].obj.EF.F = pdf.make_stream(data, Type=Name.EmbeddedFile)


def take(files: dict[str, bytes], *names: str) -> Edit:
    """Return an edit that takes attachments from another PDF."""

    def edit(pdf: Pdf) -> None:
        for name in names:
            _put(pdf, name, files[name])

    return edit


def swap(old: str, new: str) -> Callable[[bytes], bytes]:
    """Return a function that replaces a text, which must be present."""

    def change(data: bytes) -> bytes:
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode(), 1)

    return change


def detach(name: str) -> Edit:
    def edit(pdf: Pdf) -> None:
        del pdf.attachments[name]

    return edit


def add_file(pdf: Pdf) -> None:
    pdf.attachments["note.txt"] = b"hello"


def annotate(subtype: str) -> Edit:
    def edit(pdf: Pdf) -> None:
        box = Dictionary(Type=Name.Annot, Subtype=Name(f"/{subtype}"), Rect=[300, 680, 560, 760], F=4)
        box.Contents, box.C, box.IC, box.DA = String("95.00 A"), [1, 1, 1], [1, 1, 1], String("/Helv 12 Tf 0 g")
        form = Stream(pdf, b"1 g 0 0 260 80 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 260, 80])
        box.AP = Dictionary(N=pdf.make_indirect(form))
        pdf.pages[0].Annots = Array([*pdf.pages[0].get("/Annots", []), pdf.make_indirect(box)])

    return edit


def widget(flags: int, sign: bool = True) -> Edit:
    """Return an edit that covers the total with a field. `flags` show it on the screen, only on paper, or only after a script."""

    def edit(pdf: Pdf) -> None:
        cover = Stream(pdf, b"1 g 0 0 260 80 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 260, 80])
        kind = Name.Sig if sign else Name.Tx
        box = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=kind, T=String("S"), F=flags, Rect=[300, 680, 560, 760]
        )
        box.AP = Dictionary(N=pdf.make_indirect(cover))
        field = pdf.make_indirect(box)
        pdf.pages[0].Annots, pdf.Root.AcroForm = Array([field]), Dictionary(Fields=Array([field]))

    return edit


def link(**entries: object) -> Edit:
    """Return an edit that puts a link over the total."""

    def edit(pdf: Pdf) -> None:
        box = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[300, 680, 560, 760], **entries)
        pdf.pages[0].Annots = Array([pdf.make_indirect(box)])

    return edit


def on_page(**entries: object) -> Edit:
    """Return an edit that sets entries of the first page."""

    def edit(pdf: Pdf) -> None:
        for key, value in entries.items():
            pdf.pages[0].obj[f"/{key}"] = value

    return edit


def on_each(type_: str, **entries: object) -> Edit:
    """Return an edit that sets entries of all objects of a type."""

    def edit(pdf: Pdf) -> None:
        for item in pdf.objects:
            if isinstance(item, Dictionary) and item.get("/Type") == f"/{type_}":
                for key, value in entries.items():
                    item[f"/{key}"] = value

    return edit


def no_signature(pdf: Pdf) -> None:
    """Add a signature field filled with something that is not a signature."""
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("S"), V=Dictionary(Type=Name.Sig)))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def false_signature(pdf: Pdf) -> None:
    """Add a signature field whose signature consists of zeros."""
    no_signature(pdf)
    value = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), SubFilter=Name("/ETSI.CAdES.detached"))
    value.ByteRange, value.Contents = Array([0, 10, 20, 10]), String(bytes(20))
    pdf.Root.AcroForm.Fields[0].V = value


def other_file_for_some(pdf: Pdf) -> None:
    """Change an attachment for viewers that read /UF."""
    pdf.attachments["review.md"].obj.EF.UF = pdf.make_stream(b"other")


def two_of_a_name(pdf: Pdf) -> None:
    names = pdf.Root.Names.EmbeddedFiles.Names
    other = Dictionary(Type=Name.Filespec, F=String("review.md"), EF=Dictionary(F=pdf.make_stream(b"other")))
    pdf.Root.Names.EmbeddedFiles.Names = Array([String("review.md"), pdf.make_indirect(other), *names])


def not_listed(pdf: Pdf) -> None:
    """Add an attachment that is listed only in the document catalog."""
    other = Dictionary(Type=Name.Filespec, F=String("real.md"), EF=Dictionary(F=pdf.make_stream(b"other")))
    pdf.Root.AF = Array([*pdf.Root.AF, pdf.make_indirect(other)])


def post_script(pdf: Pdf) -> None:
    """Add content that only printers draw."""
    drawing = pdf.make_stream(b"300 680 moveto", Type=Name.XObject, Subtype=Name("/PS"))
    pdf.pages[0].Resources.XObject = Dictionary(X=drawing)
    pdf.pages[0].contents_add(pdf.make_stream(b"/X Do"), prepend=False)


def branching(pdf: Pdf) -> None:
    """Nest the structure 24 levels deep with each part listed twice: 2 to the 24th paths through it."""
    root = pdf.Root.StructTreeRoot
    part = root.K[0] if isinstance(root.K, Array) else root.K
    for _ in range(24):
        above = Dictionary(Type=Name.StructElem, S=Name.Div, K=Array([part, part]), Pg=pdf.pages[0].obj)
        part.P = part = pdf.make_indirect(above)
    part.P, root.K = root, Array([part])


def forms_in_forms(pdf: Pdf) -> None:
    """Nest drawings five levels deep, each drawn a hundred times by the next."""
    form = pdf.make_stream(b"f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    for _ in range(5):
        within = Dictionary(XObject=Dictionary(X=form))
        kind = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": [0, 0, 9, 9], "Resources": within}
        form = pdf.make_stream(b"/X Do " * 100, **kind)
    pdf.pages[0].Resources.XObject = Dictionary(X=form)
    pdf.pages[0].contents_add(pdf.make_stream(b"/X Do"), prepend=False)


def bomb(pdf: Pdf) -> None:
    """Add 300 MB of spaces to a page, compressed to 300 KB."""
    pack = zlib.compressobj(9)
    packed = b"".join(pack.compress(b" " * 1_000_000) for _ in range(300)) + pack.flush()
    stream = Stream(pdf, b"")
    stream.write(packed, filter=Name.FlateDecode)
    pdf.pages[0].contents_add(stream, prepend=False)


def listed_bomb() -> bytes:
    """Return a file whose object stream unpacks to 100 MB when it is opened."""
    pack = zlib.compressobj(9)
    packed = b"".join(pack.compress(b" " * 1_000_000) for _ in range(100)) + pack.flush()
    head = b"%%PDF-1.7\n1 0 obj\n<</Type/ObjStm/N 1/First 8/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    return head + packed + b"\nendstream\nendobj\nstartxref\n0\n%%EOF\n"


def run_script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def page_away(pdf: Pdf) -> None:
    del pdf.pages[-1]


def page_twice(pdf: Pdf) -> None:
    pdf.pages.append(pdf.pages[0])


def pages_turned(pdf: Pdf) -> None:
    pdf.pages.reverse()


def updated(data: bytes) -> bytes:
    """Return the file with a harmless incremental update, as an editor would save it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        size, root = int(pdf.trailer.Size), pdf.Root.objgen[0]
    offset = len(data) + 1
    previous = re.findall(rb"startxref\s+(\d+)", data)[-1].decode()
    added = f"\n{size} 0 obj\n<</Note (x)>>\nendobj\n"
    table = f"xref\n{size} 1\n{offset:010d} 00000 n \ntrailer\n"
    trailer = f"<</Size {size + 1}/Root {root} 0 R/Prev {previous}>>\nstartxref\n{len(data) + len(added)}\n%%EOF\n"
    return data + (added + table + trailer).encode()


def locked(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()
