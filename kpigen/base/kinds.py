"""The kinds of files that may be evidence: what a browser shows or saves, and never runs.

Evidence lies on the same site as the reports. A page, script or picture with scripts among it could read these with the
permissions of whoever opens it. So kinds are allowed by name, content has to be of the kind that the name says, and
everything else is refused.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from kpigen.base.names import folded

#: The endings of the kinds that are allowed, in groups as the documentation lists them.
KINDS = (
    ("pdf", "ofd"),
    ("png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif", "avif"),
    ("txt", "md", "csv", "tsv", "log", "rtf"),
    ("xlsx", "xls", "et", "ods", "docx", "doc", "wps", "odt", "pptx", "ppt", "dps", "odp"),
    ("eml", "msg"),
    ("mp3", "m4a", "wav", "amr", "ogg", "opus", "flac", "aac", "mp4", "mov", "webm", "avi", "mkv"),
    ("zip", "7z", "rar"),
)
_ALLOWED = frozenset(ending for group in KINDS for ending in group)

#: How many bytes of a file are looked at: more than any browser looks at to tell a page.
HEAD = 4096

# What stands between points and is no ending: numbers, versions and periods (`2026`, `v2`, `Q1`).
_NUMBERED = re.compile(r"[a-z]?\d+")
# The longest ending that any server knows is shorter.
_LONGEST = 16
# The elements of HTML, and the roots of other languages that browsers show or run. Browsers recognise a page by less than
# these (WHATWG, MIME Sniffing), older ones by others.
_ELEMENTS = (
    b"a|abbr|acronym|address|applet|area|article|aside|audio|b|base|basefont|bdi|bdo|bgsound|big|blink|blockquote|body|br|"
    b"button|canvas|caption|center|cite|code|col|colgroup|data|datalist|dd|del|details|dfn|dialog|dir|div|dl|dt|em|embed|"
    b"fieldset|figcaption|figure|font|footer|form|frame|frameset|h1|h2|h3|h4|h5|h6|head|header|hgroup|hr|html|i|iframe|image|"
    b"img|input|ins|isindex|kbd|keygen|label|layer|legend|li|link|listing|main|map|mark|marquee|math|menu|meta|meter|nav|"
    b"nobr|noembed|noframes|noscript|object|ol|optgroup|option|output|p|param|picture|plaintext|portal|pre|progress|q|rp|rt|"
    b"ruby|s|samp|script|search|section|select|slot|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|"
    b"td|template|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|var|video|wbr|xmp|"
    b"feed|rdf|rss|stylesheet|transform|vml|wml|xml|xul"
)
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff|\s)*<(?:!--|!doctype|\?|%%|/?(?:[a-z0-9]+:)?(?:%b)(?=[\s/>]|\Z))" % _ELEMENTS,
    re.IGNORECASE,
)

_ZIP, _OLE, _RTF = rb"PK(?:\x03\x04|\x05\x06|\x07\x08)", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", rb"\{\\rtf"
_FTYP = rb".{4}ftyp"
_OFFICE = _ZIP + rb"|" + _OLE + rb"|" + _RTF
_PICTURE = (
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|BM|II[*+]\x00|MM\x00[*+]|" + _FTYP  # HEIF and AVIF
)
_RECORDING = (
    rb"ID3|\xff[\xe0-\xff]|RIFF.{4}(?:WAVE|AVI )|OggS|fLaC|#!AMR|ADIF|\x1a\x45\xdf\xa3|.{4}(?:moov|mdat|wide|free|skip)|"
    + _FTYP
)
_ARCHIVE = _ZIP + rb"|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07"

# How files of a kind begin; texts have no such mark. Any picture may have the ending of any other, and so on: people rename
# them, a protected .docx is what an old .doc is, and no browser is misled by it.
_BEGINS = {
    **dict.fromkeys(KINDS[1], _PICTURE),
    **dict.fromkeys(KINDS[3], _OFFICE),
    **dict.fromkeys(KINDS[5], _RECORDING),
    **dict.fromkeys(KINDS[6], _ARCHIVE),
    "pdf": rb"%PDF-",
    "ofd": _ZIP,
    "rtf": _RTF,
    "msg": _OLE,
}
_BEGINNING = {ending: re.compile(pattern, re.DOTALL) for ending, pattern in _BEGINS.items()}
# Bytes that no text has (WHATWG, MIME Sniffing), and marks of documents that begin like texts.
_NO_TEXT = re.compile(rb"%PDF-|\{\\rtf|.*?[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]", re.DOTALL)
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def refused_ending(name: str) -> str | None:
    """Return the first ending in a file's name that is of no allowed kind, or None if all are; "" if it has none.

    The last one decides what a browser does, but servers go by the ones before it too.

    >>> refused_ending("客服 v1.2.PDF"), refused_ending("page.shtml"), refused_ending("a.php.pdf"), refused_ending("list")
    (None, '.shtml', '.php', '')
    """
    _, *endings = PurePosixPath(name).name.split(".")
    if not endings or not endings[-1]:
        return ""
    *inner, last = endings
    for part in map(_plain, inner):
        if part not in _ALLOWED and _may_be_ending(part):
            return f".{part}"
    return None if last.lower() in _ALLOWED else f".{last}"


def _plain(part: str) -> str:
    """Return a part of a name as a lenient server takes it: small, without full-width forms and invisible characters."""
    return "".join(char for char in folded(part) if unicodedata.category(char)[0] != "C").strip()


def _may_be_ending(part: str) -> bool:
    """Return whether a server may know this ending: Latin, short, in one word, and more than a number."""
    is_word = part.isascii() and not any(char.isspace() for char in part)
    return is_word and 0 < len(part) <= _LONGEST and not _NUMBERED.fullmatch(part)


def is_page(head: bytes) -> bool:
    """Return whether a file that begins like this could be taken for a web page, a picture with scripts or a server's template.

    Its name makes no difference, nor does its encoding: UTF-16 is read by leaving out its zero bytes.
    """
    return _PAGE.match(head.replace(b"\0", b"")) is not None


def is_of_its_kind(name: str, head: bytes) -> bool:
    """Return whether a file of an allowed ending that begins like this is of the kind that its ending says.

    >>> is_of_its_kind("a.pdf", b"%PDF-1.7"), is_of_its_kind("a.png", b"%PDF-1.7"), is_of_its_kind("a.csv", b"x,y")
    (True, False, True)
    """
    ending = PurePosixPath(name).suffix.lstrip(".").lower()
    if ending in _BEGINNING:
        return _BEGINNING[ending].match(head) is not None
    encoding = _WIDE.get(head[:2])
    text = head if encoding is None else head.decode(encoding, "replace").encode()
    return _NO_TEXT.match(text) is None
