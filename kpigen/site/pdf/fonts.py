"""Fonts for print: found by fontconfig, cut once to a fixed set of characters, and the only ones that WeasyPrint sees.

The set is fixed and does not depend on the reviews; otherwise every new name would change every PDF. The full font is the
fallback for characters that the cut font lacks.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import subprocess
from collections.abc import Container, Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from kpigen.base import disk
from kpigen.base.cache import cache_folder
from kpigen.base.files import is_own, write_atomically
from kpigen.diagnostics.values import Phrase, phrase

#: Families to look for if no font is set, the best first.
FAMILIES = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN")

#: Raise this whenever the contents of cut fonts change, so that older ones in the cache are not used.
CUT_VERSION = "1"

#: The files of a cut font.
_FILES = ("Regular", "Bold")

#: Characters beyond GB 2312 and Latin-1: signs in the working, punctuation, marks.
_MORE = "‐–—―‘’“”„†•…‰′″‹›※€℃№™←↑→↓↔∅∈∏∑−√∝∞∧∨∩∪∴∼≈≠≡≤≥≦≧⊕⊥⌀■□▲△▼▽◆◇○◎●★☆☑⚠✓✔✕✗①②③④⑤⑥⑦⑧⑨⑩▏█"


def characters() -> frozenset[int]:
    """Return the code points of the fixed set: all of GB 2312, Latin-1, and the signs used in the working."""
    pairs = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    chinese = "".join(pair.decode("gb2312", errors="ignore") for pair in pairs)
    return frozenset([*map(ord, chinese + _MORE), *range(0x20, 0x7F), *range(0xA0, 0x100)])


@dataclass(frozen=True)
class Face:
    """One face of a font file."""

    path: Path
    index: int


@dataclass(frozen=True)
class Fonts:
    """A family with its regular and bold face. Without a bold face, both are the regular one."""

    family: str
    regular: Face
    bold: Face


@dataclass(frozen=True)
class Unfound:
    """The reason why no font was found."""

    reason: Phrase


@dataclass(frozen=True)
class Cut:
    """The cut fonts: their folder and family name."""

    folder: Path
    family: str


def fonts_folder() -> Path:
    """Return the folder of cut fonts."""
    return cache_folder() / "fonts"


def find_fonts(font: str = "") -> Fonts | Unfound:
    """Return the configured font (a family or a file), or if none is set, the first installed one of `FAMILIES`."""
    if font and ("/" in font or os.sep in font or font.lower().endswith((".ttf", ".otf", ".ttc"))):
        return _from_file(Path(font))
    try:
        found = (_from_family(family) for family in ((font,) if font else FAMILIES))
        fonts = next((item for item in found if item), None)
    except (OSError, subprocess.SubprocessError) as error:
        return Unfound(phrase("fontconfig's fc-match cannot be run ({reason})", reason=str(error)))
    return fonts or Unfound(phrase("the font {name} is not installed", name=font or FAMILIES[0]))


def _from_family(family: str) -> Fonts | None:
    faces = []
    for weight in ("regular", "bold"):
        # fc-match always answers: with another family if this one is not installed.
        said = subprocess.run(
            ["fc-match", "--format", "%{family}\n%{file}\n%{index}", f"{family.replace('-', chr(92) + '-')}:{weight}"],
            capture_output=True,
            check=True,
            timeout=60,
            encoding="utf-8",
        ).stdout.split("\n")
        if family.casefold() not in said[0].casefold().split(","):
            return None
        faces.append(Face(Path(said[1]), int(said[2]) & 0xFFFF))  # the higher bits hold the instance of a variable font
    return Fonts(family, *faces)


def _from_file(path: Path) -> Fonts | Unfound:
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    path = path.expanduser().absolute()
    try:
        with disk.opened_given(path, disk.MAX_FONT) as stream:
            is_collection = stream.read(4) == b"ttcf"
            stream.seek(0)
            file = TTCollection(stream, lazy=True) if is_collection else TTFont(stream, lazy=True)
            names = [face["name"].getBestFamilyName() or "" for face in getattr(file, "fonts", [file])]
    except (OSError, TTLibError, KeyError) as error:  # KeyError: a font without a table of names
        return Unfound(phrase("the font {name} cannot be read ({reason})", name=str(path), reason=str(error)))
    index = next((number for number, name in enumerate(names) if name.endswith((" SC", " CN"))), 0)
    face, bold = Face(path, index), path.with_name(path.name.replace("Regular", "Bold"))
    return Fonts(names[index], face, Face(bold, index) if _may_be_read(bold) else face)


def _may_be_read(path: Path) -> bool:
    try:
        with disk.opened_given(path, disk.MAX_FONT):
            return True
    except OSError:
        return False


def code_points(fonts: Fonts) -> frozenset[int] | None:
    """Return the code points that a family has glyphs for. None if its file cannot be read."""
    from fontTools.ttLib import TTFont

    try:
        with TTFont(fonts.regular.path, fontNumber=fonts.regular.index, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except Exception:  # fontTools raises all kinds of errors on odd fonts; printing says what is wrong with them
        return None


def cut_fonts(fonts: Fonts, folder: Path, wanted: frozenset[int] | None = None) -> Cut | None:
    """Return the cut fonts from the cache, making them if necessary. None if they cannot be cut or stored."""
    import fontTools

    wanted = characters() if wanted is None else wanted
    family = f"{fonts.family} Cut"
    digest = hashlib.sha256()
    for part in (CUT_VERSION, fontTools.version, family, ",".join(map(str, sorted(wanted)))):
        digest.update(f"{part}\n".encode())
    for face in (fonts.regular, fonts.bold):
        digest.update(f"{face.index}\n".encode() + hashlib.sha256(face.path.read_bytes()).digest())
    cut = Cut(folder / digest.hexdigest()[:32], family)
    try:
        cut.folder.mkdir(parents=True, exist_ok=True)
        for face, weight, name in zip((fonts.regular, fonts.bold), (400, 700), _FILES, strict=True):
            target = cut.folder / f"{name}.otf"
            if is_own(target):  # another user's font could draw other numbers
                continue
            if not os.access(cut.folder, os.W_OK):
                return None
            write_atomically(cut.folder, target.name, cut_face(face, wanted, family, name, weight))
    except Exception:  # fontTools raises all kinds of errors on odd fonts; these are used uncut
        return None
    return cut


def digest_of_fonts(fonts: Fonts, cut: Cut | None) -> str:
    """Return the digest of the font files used for printing: 16 hex digits."""
    faces = [fonts.regular.path, fonts.bold.path] + ([cut.folder / f"{name}.otf" for name in _FILES] if cut else [])
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in faces)).hexdigest()[:16]


def cut_face(face: Face, wanted: Iterable[int], family: str, name: str, weight: int) -> bytes:
    """Return a font file with only the wanted characters of a face, under a different family name."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    # Keep only kerning: the other features (vertical text, regional glyph forms) would keep thousands of glyphs.
    options.layout_features = ["kern"]
    options.drop_tables += ["BASE", "DSIG", "GSUB", "VORG", "vhea", "vmtx"]
    options.hinting, options.notdef_outline = False, True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=list(wanted))
    stream = io.BytesIO()
    with TTFont(face.path, fontNumber=face.index, lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
        subsetter.subset(font)
        if "fvar" in font:
            from fontTools.varLib.instancer import instantiateVariableFont

            places = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
            instantiateVariableFont(font, {**places, **({"wght": weight} if "wght" in places else {})}, inplace=True)
        _rename(font, family, name)
        _renumber(font)
        font.save(stream)
    return stream.getvalue()


def _rename(font: Any, family: str, name: str) -> None:
    """Rename a cut font, so that it cannot be mistaken for the full one."""
    table = font["name"]
    table.names = []
    for number, text in ((1, family), (2, name), (4, f"{family} {name}"), (6, f"{family} {name}".replace(" ", ""))):
        table.setName(text, number, 3, 1, 0x409)


def _renumber(font: Any) -> None:
    """Renumber a CFF font's glyphs consecutively. The list of old numbers would add 15 KB to every PDF; it hardly compresses."""
    if "CFF " not in font:
        return
    top = font["CFF "].cff.topDictIndex[0]
    if not hasattr(top, "ROS"):
        return  # glyphs have names instead of numbers
    old = top.charset
    new = [".notdef", *(f"cid{number:05d}" for number in range(1, len(old)))]
    top.CharStrings.charStrings = {
        there: top.CharStrings.charStrings[here] for here, there in zip(old, new, strict=True)
    }
    top.charset = new


def bare(data: bytes, blanks: Container[int] = ()) -> bytes | None:
    """Return the outlines of a font to embed, without its empty glyphs. None if the font must stay unchanged.

    WeasyPrint keeps glyph positions and empties the glyphs that a document does not use: 14 KB of nothing in each font. A PDF
    looks up the glyphs of a numbered CFF font by number, not by position, so empty ones can be removed. `blanks` are glyphs
    that are used although they are empty, such as the space.
    """
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), lazy=True, recalcBBoxes=False)
    if "CFF " not in font:
        return None
    fonts = font["CFF "].cff
    top = fonts.topDictIndex[0]
    if not hasattr(top, "ROS") or not hasattr(top, "FDSelect"):
        return None
    outlines, families, numbers = top.CharStrings.charStringsIndex, top.FDSelect.gidArray, top.charset
    ends = outlines.offsets
    lengths = [
        after - before for before, after in itertools.pairwise(ends)
    ]  # an empty glyph has one byte, its end mark
    used = [glyph for glyph, length in enumerate(lengths) if length > 1 or glyph == 0 or glyph in blanks]
    if any(numbers[glyph] != f"cid{glyph:05d}" for glyph in used[1:]):
        return None  # WeasyPrint writes positions, which differ from the numbers here
    outlines.items = [outlines[glyph] for glyph in used]
    top.FDSelect.gidArray = [families[glyph] for glyph in used]
    top.charset = [numbers[glyph] for glyph in used]
    top.CharStrings.charStrings = {number: place for place, number in enumerate(top.charset)}
    stream = io.BytesIO()
    fonts.compile(stream, font, isCFF2=False)
    return stream.getvalue()


def configuration(fonts: Fonts, cut: Cut | None, folder: Path) -> str:
    """Return a fontconfig file that makes only these fonts visible, whatever is installed or configured on the machine."""
    files = [str(fonts.regular.path), str(fonts.bold.path)]
    folders = [str(fonts.regular.path.parent), str(fonts.bold.path.parent)]
    if cut:
        files += [str(cut.folder / f"{name}.otf") for name in _FILES]
        folders.append(str(cut.folder))
    lines = [f"<dir>{escape(item, quote=False)}</dir>" for item in dict.fromkeys(folders)]
    # Our cache is for the cut fonts; the machine's saves reading a large folder of fonts again.
    lines += [
        f"<cachedir>{escape(item, quote=False)}</cachedir>"
        for item in (str(folder / "fontconfig"), "/var/cache/fontconfig")
    ]
    accepted = "".join(f"<glob>{escape(item, quote=False)}</glob>" for item in dict.fromkeys(files))
    lines.append(f"<selectfont><rejectfont><glob>*</glob></rejectfont><acceptfont>{accepted}</acceptfont></selectfont>")
    return "\n".join(["<fontconfig>", *lines, "</fontconfig>"]) + "\n"
