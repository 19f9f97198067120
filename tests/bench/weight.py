"""Measures the site of this repository: the heaviest page and the heaviest PDF of each form, in bytes.

make bench
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def heaviest(reports: list[Path], language: str) -> tuple[int, str]:
    """Return the size in bytes of the heaviest of some files in a language, and its review: `PM-0001/2026-06`."""
    folders = [(path, path.parent.parent if path.parent.name == "en" else path.parent) for path in reports]
    sizes = [
        (path.stat().st_size, f"{folder.parent.name}/{folder.name}")
        for path, folder in folders
        if (folder != path.parent) == (language == "en")
    ]
    return max(sizes, default=(0, "–"))


def main() -> None:
    """Build the site with PDFs in a temporary folder, and print a table of bytes by form and language."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        command = [sys.executable, "-m", "kpigen", "build", "--no-audit", "--out", str(site)]
        subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
        print(f"{'form':<16}    {'page':>8} {'':<18} {'PDF':>8}")
        for form in sorted(path.name for path in (ROOT / "rules").iterdir() if path.is_dir()):
            for language in ("zh", "en"):
                (page, whose), (paper, whose_paper) = (
                    heaviest(
                        [*site.glob(f"people/*/*/{form}.{end}"), *site.glob(f"people/*/*/en/{form}.{end}")], language
                    )
                    for end in ("html", "pdf")
                )
                print(f"{form:<16} {language} {page:>8,} {whose:<18} {paper:>8,} {whose_paper}")


if __name__ == "__main__":
    main()
