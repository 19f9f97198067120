"""Measures `kpigen log` and the history of the audit pages on a generated git history, with a cold and a warm memo.

The history has branches, merges, edits of numbers and texts, changes of several files, and corrected and changed rules.

make bench-history    (10,000 commits over 2,000 reviews)
"""

from __future__ import annotations

import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from generate import GOLDEN, ROOT, one_review, published

from kpigen.base.sources import WorkTree
from kpigen.commands.history import History, history_of, signatures_of
from kpigen.repository.project import load_rules

COMMITS, REVIEWS = [*(int(word) for word in sys.argv[1:]), 10_000, 2_000][:2]
#: How many commits there are for each merge (of a branch of three), change of a rule's text, and change of its numbers.
MERGE, TEXT, SCORING = 20, 500, 3_000


class Importer:
    """Writes a stream for `git fast-import`."""

    def __init__(self, root: Path) -> None:
        """Start git in a new repository."""
        subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
        self.process = subprocess.Popen(["git", "-C", str(root), "fast-import", "--quiet"], stdin=subprocess.PIPE)
        assert self.process.stdin is not None
        self.out, self.count = self.process.stdin, 0

    def commit(self, branch: str, files: dict[str, bytes], subject: str, parents: Iterable[int] = ()) -> int:
        """Write a commit and return its mark."""
        self.count += 1
        who = f"HR {self.count % 7} <hr{self.count % 7}@example.com> {1_700_000_000 + 600 * self.count} +0800"
        head = f"commit refs/heads/{branch}\nmark :{self.count}\nauthor {who}\ncommitter {who}\n"
        self.out.write(f"{head}data {len(subject.encode())}\n{subject}\n".encode())
        for word, parent in zip(("from", "merge"), parents, strict=False):
            self.out.write(f"{word} :{parent}\n".encode())
        for path, data in files.items():
            self.out.write(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
        return self.count

    def close(self) -> None:
        """Wait until git has finished."""
        self.out.close()
        if self.process.wait():
            raise SystemExit("git fast-import failed")


def make(root: Path) -> None:
    """Write the history."""
    chance = random.Random(1)
    git = Importer(root)
    rules = {path: (ROOT / path).read_bytes() for path in WorkTree(ROOT).paths("rules")}
    reviews = dict(all_reviews())
    paths = list(reviews)
    last = git.commit("main", {"kpigen.toml": b'languages = ["zh", "en"]\n', **rules}, "Rules")
    for start in range(0, len(paths), 40):
        last = git.commit("main", {path: reviews[path] for path in paths[start : start + 40]}, "July", [last])

    def edited(some: Iterable[str]) -> dict[str, bytes]:
        for path in some:
            reviews[path] = edit(reviews[path], chance)
        return {path: reviews[path] for path in some}

    while git.count < COMMITS:
        if git.count % MERGE == 0:
            some = chance.sample(paths, 4)
            side = last
            for path in some[:3]:
                side = git.commit("side", edited([path]), "Numbers of a branch", [side])
            last = git.commit("main", edited(some[3:]), "Meanwhile", [last])
            merged = {path: reviews[path] for path in some[:3]}
            last = git.commit("main", merged, "Merge", [last, side])
        elif git.count % TEXT == 1 or git.count % SCORING == 2:
            path = chance.choice([path for path in rules if path.endswith(".yaml")])
            rules[path] = mend(rules[path], git.count, git.count % SCORING == 2)
            last = git.commit("main", {path: rules[path]}, "Rules mended", [last])
        else:
            some = chance.sample(paths, chance.choice([1, 1, 1, 1, 1, 1, 1, 1, 5]))
            last = git.commit("main", edited(some), "Correct numbers", [last])
    git.close()
    subprocess.run(["git", "-C", str(root), "reset", "-q", "--hard", "main"], check=True)


def all_reviews() -> Iterable[tuple[str, bytes]]:
    """Yield path and bytes of each published review. Each golden review is published once and copied for many people."""
    rules, _ = load_rules(WorkTree(ROOT), WorkTree(ROOT).paths("rules"), ("zh", "en"))
    made: dict[tuple[int, int], str] = {}
    forms = len({path.name.rsplit("-", 1)[0] for path in GOLDEN})
    for number in range(REVIEWS):
        person, month = divmod(number, 6)
        path, data, _ = one_review(person, month + 1)
        kind = (person % forms, month)
        if kind not in made:
            made[kind] = published(path, data, rules, "0" * 32).decode()
        text = re.sub(r"  id: \S+", f"  id: P-{person:06d}", made[kind])
        yield path, re.sub(r"  name: \S+", f"  name: 员工{person}", text, count=1).encode()


def edit(data: bytes, chance: random.Random) -> bytes:
    """Return a review with another number, or another sentence in its narrative."""
    text = data.decode()
    start, end = text.index("\nmetrics:"), text.index("\n---", 4)
    numbers = list(re.finditer(r"(?<=: )\d{1,4}(?=[,}\n])", text[start:end]))
    if numbers and chance.random() < 0.75:
        found = chance.choice(numbers)
        value = str(max(0, int(found[0]) + chance.choice([-1, 1])))
        return (text[: start + found.start()] + value + text[start + found.end() :]).encode()
    words = chance.choice(["已按计划完成回访。", "新增一次培训。", "客户反馈有所改善，继续保持。"])
    body = text.rstrip("\n").removesuffix(words)
    return f"{body}{words}{chance.randrange(10_000)}\n".encode()


def mend(data: bytes, count: int, scoring: bool) -> bytes:
    """Return a rule file with another comment, or with `scoring` another bound of its second grade."""
    text = data.decode()
    if scoring:
        text = re.sub(r"(\bB: )(\d+)", lambda found: f"{found[1]}{int(found[2]) - 1}", text, count=1)
    return f"{text}# {count}\n".encode()


def timed(call: Callable[[], object]) -> str:
    """Run a call and return its wall-clock and CPU seconds as text."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

    def used() -> float:
        return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))

    clock, before = time.perf_counter(), used()
    call()
    return f"{time.perf_counter() - clock:8.2f} s on the clock {used() - before:8.2f} s of the processor"


def main() -> None:
    """Print the seconds, and the size of the memo."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "reviews")
        print(f"making {COMMITS} commits over {REVIEWS} reviews:", timed(lambda: make(root)), flush=True)
        log = [sys.executable, "-m", "kpigen", "--root", str(root), "log"]
        audit = [
            sys.executable,
            "-c",
            f"from pathlib import Path\nfrom kpigen.commands.history import history_of\nhistory_of(Path({str(root)!r}))",
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        for what, command in (
            ("kpigen log, cold", log),
            ("kpigen log, warm", log),
            ("history for hr/audit/, warm", audit),
        ):
            run = partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL, env=environment)
            print(f"{what:>28}:", timed(run), flush=True)
        entries = history_of(root)
        assert isinstance(entries, History)
        print(f"{'signatures alone, warm':>28}:", timed(lambda: signatures_of(root, entries.entries)))
        (memo,) = (root / ".git/kpigen").iterdir()
        print(f"the memo takes {memo.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
