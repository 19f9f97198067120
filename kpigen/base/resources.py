"""Find the templates and rule files that come with kpigen: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

from kpigen.base.places import TEMPLATES

_PACKAGE = Path(__file__).parent.parent


def resource(name: str) -> Path:
    """Return the folder `templates` or `rules` that comes with kpigen."""
    inside = _PACKAGE / "data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def template_folders(root: Path | None) -> list[Path]:
    """Return where templates may lie, a repository's own first; without a repository those that come with kpigen.

    A link is not followed; `kpigen check` reports it.
    """
    own = [root / TEMPLATES] if root and not (root / TEMPLATES).is_symlink() else []
    return list(dict.fromkeys((*own, resource("templates"))))
