"""Measures `check`, `score` and `build --no-pdf` on generated reviews, and profiles the largest build.

No time should grow faster than the number of reviews.

make bench            (500, 1000 and 2000 reviews)
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from generate import generate

SIZES = [int(word) for word in sys.argv[1:]] or [500, 1000, 2000]


def timed(*command: str, cwd: Path) -> float:
    """Run a command and return its CPU seconds, which a busy machine affects least. Fails if the command fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a table of seconds in total and milliseconds per review, then a profile of the largest build."""
    kpigen = [sys.executable, "-m", "kpigen"]
    with tempfile.TemporaryDirectory() as folder:
        print(
            f"{'reviews':>8} {'check':>8} {'score':>8} {'build':>8} {'again':>8}   processor seconds (build: ms a review)"
        )
        for size in SIZES:
            root = Path(folder, str(size))
            generate(size, root)
            files = [str(path) for path in sorted(root.glob("reviews/*/*.md"))]
            check = timed(*kpigen, "check", cwd=root)
            score = timed(*kpigen, "score", "--format", "json", *files, cwd=root)
            build = timed(*kpigen, "build", "--no-pdf", cwd=root)
            again = timed(*kpigen, "build", "--no-pdf", cwd=root)
            print(f"{size:>8} {check:>8.2f} {score:>8.2f} {build:>8.2f} {again:>8.2f}   {build / size * 1000:.1f}")
        profile = Path(folder, "profile")
        subprocess.run(
            [
                sys.executable,
                "-m",
                "cProfile",
                "-o",
                str(profile),
                "-m",
                "kpigen",
                "build",
                "--no-pdf",
                "--out",
                str(Path(folder, "site")),
            ],
            cwd=Path(folder, str(SIZES[-1])),
            check=True,
            stderr=subprocess.DEVNULL,
        )
        subprocess.run(
            [
                sys.executable,
                "-c",
                f"import pstats; pstats.Stats({str(profile)!r}).sort_stats('cumulative').print_stats('kpigen|markdown_it|jinja2/env', 28)",
            ],
            check=True,
        )


if __name__ == "__main__":
    main()
