"""QR codes as inline SVG."""

from __future__ import annotations

from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """Return a QR code of a text as inline SVG that scales with its box. Upper-case hex digits and `:` give the smallest code."""
    import segno

    code = segno.make_qr(text.upper(), error="m")
    width, height = code.symbol_size(border=0)
    path = "".join(
        f"M{column} {row}h{length}v1h-{length}z"
        for row, line in enumerate(code.matrix)
        for column, length in _runs(line)
    )
    return Markup(
        f'<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{path}"/></svg>'
    )


def _runs(line: bytearray) -> list[tuple[int, int]]:
    """Return the dark runs of a line as (start, length), in modules."""
    runs: list[tuple[int, int]] = []
    for column, dark in enumerate(line):
        if not dark:
            continue
        if runs and sum(runs[-1]) == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((column, 1))
    return runs
