"""Builds the site in a temporary folder and fails if the committed one differs. The contents of PDFs are not compared.

Their bytes depend on the versions of Pango and of the font; pages, data and assets do not.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
LEFT_OUT = {"hr/manifest.json"}


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a site by path, without PDFs, the manifest (it lists their digests), and unversioned files."""
    return {
        path: file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and (path := file.relative_to(folder).as_posix()) not in LEFT_OUT
        and not path.startswith("hr/audit/")
        and not file.name.startswith(".kpigen-")
        and file.suffix != ".pdf"
    }


def main() -> int:
    """Compare the sites. Return the exit code: 1 if the build failed or files differ."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "kpigen", "--root", str(ROOT), "build", "--no-audit", "--out", folder]
        if subprocess.run(command, check=False).returncode:
            return 1
        fresh, committed = files(Path(folder)), files(ROOT / "site")
        pdfs = {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.pdf")}
    old = {path.relative_to(ROOT / "site").as_posix() for path in (ROOT / "site").rglob("*.pdf")}
    differ = sorted(path for path in fresh.keys() | committed.keys() if fresh.get(path) != committed.get(path))
    differ += sorted(f"{path} (missing or left over)" for path in pdfs ^ old)
    for path in differ:
        print(f"site/{path} is out of date")
    if differ:
        print(f"{len(differ)} files are out of date: run `make site` and commit site/")
        return 1
    print(f"site/ is up to date: {len(fresh)} files and {len(pdfs)} PDFs compared")
    return 0


if __name__ == "__main__":
    sys.exit(main())
