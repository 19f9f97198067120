"""Honest ways to write a PDF anew: programs that people, mail gateways and print shops use. For tests of `kpigen verify`."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

#: Command lines by name; `{i}` is the file, `{o}` what to write.
COMMANDS = {
    "qpdf": "qpdf {i} {o}",
    "qpdf-linear": "qpdf --linearize {i} {o}",
    "qpdf-linear-plain": "qpdf --linearize --object-streams=disable {i} {o}",
    "qpdf-plain": "qpdf --object-streams=disable {i} {o}",
    "qpdf-packed": "qpdf --recompress-flate --compression-level=9 --object-streams=generate {i} {o}",
    "qpdf-unpacked": "qpdf --stream-data=uncompress {i} {o}",
    "qpdf-qdf": "qpdf --qdf {i} {o}",
    "qpdf-normal": "qpdf --normalize-content=y {i} {o}",
    "qpdf-locked": "qpdf --encrypt {none} owner 256 -- {i} {o}",
    "qpdf-pages": "qpdf --empty --pages {i} 1-z -- {o}",
    "mutool": "mutool clean {i} {o}",
    "mutool-linear": "mutool clean -l {i} {o}",
    "mutool-unpacked": "mutool clean -d {i} {o}",
    "mutool-tidy": "mutool clean -gggg -z -s {i} {o}",
    "mutool-packed": "mutool clean -z -f -i {i} {o}",
    "ghostscript": "gs -q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -o {o} {i}",
    "ghostscript-1.4": "gs -q -dNOPAUSE -dBATCH -dCompatibilityLevel=1.4 -sDEVICE=pdfwrite -o {o} {i}",
    "ghostscript-screen": "gs -q -dNOPAUSE -dBATCH -dPDFSETTINGS=/screen -sDEVICE=pdfwrite -o {o} {i}",
    "cairo": "pdftocairo -pdf {i} {o}",
    "separate-unite": "pdfunite {i} {i} {o}",
}

_SAVES: dict[str, dict[str, object]] = {
    "pikepdf": {},
    "pikepdf-linear": {"linearize": True},
    "pikepdf-plain": {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
    "pikepdf-packed": {"recompress_flate": True, "object_stream_mode": pikepdf.ObjectStreamMode.generate},
    "pikepdf-tidy": {"normalize_content": True},
}

#: All ways.
WAYS = (*COMMANDS, *_SAVES)


def rewritten(data: bytes, way: str) -> bytes:
    """Return the file as a program writes it anew. Skip the test where that program is not installed."""
    if way in _SAVES:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            out = io.BytesIO()
            pdf.save(out, **_SAVES[way])  # type: ignore[arg-type]
        return out.getvalue()
    words = COMMANDS[way].split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed: tools/setup.sh dev installs it")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.pdf"), Path(folder, "out.pdf")
        source.write_bytes(data)
        command = [word.format(i=source, o=target, none="") for word in words]
        subprocess.run(command, capture_output=True, check=True, timeout=120)
        return target.read_bytes()


def each(ways: tuple[str, ...] = WAYS) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that runs a test for each way."""
    return pytest.mark.parametrize("way", ways)
