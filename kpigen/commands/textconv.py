"""`kpigen textconv`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kpigen.base import disk
from kpigen.base.sources import WorkTree
from kpigen.commands.place import root_above


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.pass_obj
def textconv(root: str | None, file: str) -> None:
    """Print a review as plain lines, so that `git diff` and `git log -p` show what it says and scores instead of its layout.

    The roster is printed as comma-separated lines in one order and in UTF-8. Any other file, or one with errors, is printed as
    it is. FILE may be anywhere: git passes temporary files. The
    rules are the current ones of the repository here or in the nearest folder above. To switch it on:

    \b
      git config diff.kpigen.textconv "kpigen textconv"
      echo "reviews/*/*.md diff=kpigen" >> .gitattributes
      echo "reviews/people.csv diff=kpigen" >> .gitattributes
    """
    try:
        data = disk.read_given(Path(file), disk.MAX_EVIDENCE)
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    folder = Path(root) if root else root_above(Path.cwd())
    lines = _lines(folder, data) if folder else None
    sys.stdout.buffer.write(data if lines is None else "".join(f"{line}\n" for line in lines).encode())


def _lines(folder: Path, data: bytes) -> tuple[str, ...] | None:
    """Return the lines, or None if there are none for any reason: an old file must not break `git log`."""
    from kpigen.repository.diff.lines import review_lines, roster_lines

    try:
        tree = WorkTree(folder)
        return review_lines(tree, data) or roster_lines(tree, data)
    except Exception:
        return None
