"""Measures the live preview on generated reviews: the time from saving a file until the updated page is served.

make bench-serve            (2000 reviews)
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO
from urllib.request import urlopen

from generate import generate

SIZE = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
SAVES = 15


def main() -> None:
    """Print the time until the preview is ready, and the seconds for each save."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        generate(SIZE, root)
        file = sorted(root.glob("reviews/*/*.md"))[SIZE // 2]
        original = file.read_text("utf-8")
        started = time.perf_counter()
        server = subprocess.Popen(
            [sys.executable, "-m", "kpigen", "serve", "--port", "0"],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        try:
            assert server.stdout
            address = server.stdout.readline().split()[0]
            print(f"{SIZE} reviews, ready after {time.perf_counter() - started:.2f} s")
            employee, form = file.stem.split(".", 1)
            page = f"{address}people/{employee}/{file.parent.name}/{form}.html"
            events = urlopen(f"{address}_kpigen/events")
            next_event(events)
            seconds = []
            for number in range(SAVES):
                words = f"第 {number} 次保存"
                start = time.perf_counter()
                file.write_text(original.rstrip("\n") + f"\n\n{words}\n", "utf-8")
                next_event(events)
                told = time.perf_counter() - start
                assert words in text_of(page)
                seconds.append(time.perf_counter() - start)
                print(f"  told after {told:.2f} s, page after {seconds[-1]:.2f} s")
                time.sleep(0.5)
            print(f"median {statistics.median(seconds):.2f} s, slowest {max(seconds):.2f} s")
        finally:
            server.terminate()
            server.wait()


def next_event(events: IO[bytes]) -> None:
    """Wait for the event that makes the browser reload the page."""
    while not events.readline().startswith(b"data:"):
        pass


def text_of(page: str) -> str:
    """Return the text of a page from the server."""
    with urlopen(page) as answer:
        return str(answer.read().decode())


if __name__ == "__main__":
    main()
