"""After `mutmut run`: hold the mutants that no test noticed against those that are known to be equivalent.

A mutant is named by what it does, so that the list outlives line numbers: module, function, and each changed line before
and after. `equivalent.md` beside this file has one line `- MUTANT: reason` a mutant. The result is a summary and exit
code 1 where a survivor is not listed, or a listed one does not survive any more.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from difflib import ndiff
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MUTANTS = ROOT / "mutants"
LIST = HERE / "equivalent.md"

#: mutmut's exit codes of a mutant's tests; everything else is a mutant that ended some other way, and was noticed so.
SURVIVED, NO_TESTS, REFUSED_BY_TYPES, NOT_RUN = 0, 33, 37, None


def outcomes() -> Iterator[tuple[Path, str, int | None]]:
    """Return every mutant: its module, its name, and how its tests ended."""
    for meta in sorted(MUTANTS.glob("kpigen/**/*.py.meta")):
        for name, code in json.loads(meta.read_text("utf-8"))["exit_code_by_key"].items():
            yield meta.with_suffix(""), name, code


def said(module: Path, name: str) -> str:
    """Return what a mutant does: `module function: old line → new line`."""
    spans = json.loads(module.with_name(module.name + ".spans").read_text("utf-8"))["spans"]
    lines = module.read_text("utf-8").splitlines()
    function = name.rpartition(".")[2]
    original = re.sub(r"__mutmut_\d+$", "__mutmut_orig", function)
    old, new = (lines[start - 1 : end] for start, end in (spans[original], spans[function]))
    parts = {"-": [], "+": []}
    for line in ndiff(old, new):
        if line[0] in parts and "__mutmut_" not in line:
            parts[line[0]].append(line[2:].strip())
    *scope, plain = re.sub(r"__mutmut_\d+$", "", function).replace("ǁ", " ").split()
    where = ".".join([*(part for part in scope if part != "x"), plain.removeprefix("x_")])
    return f"{module.relative_to(MUTANTS).as_posix()} {where}: `{' '.join(parts['-'])}` → `{' '.join(parts['+'])}`"


def listed(text: str) -> dict[str, str]:
    """Return the mutants of the list with their reasons."""
    entries = re.findall(r"^- (.*?` → `.*?`): (.*)$", text, re.MULTILINE)
    return dict(entries)


def main() -> int:
    """Print what survived and is not listed, and what is listed and did not survive."""
    counts: Counter[str] = Counter()
    survivors = []
    for module, name, code in outcomes():
        kind = {
            SURVIVED: "survived",
            NO_TESTS: "without a test",
            REFUSED_BY_TYPES: "refused by types",
            NOT_RUN: "not run",
        }.get(code, "noticed")
        counts[kind] += 1
        if code in (SURVIVED, NO_TESTS):
            survivors.append(said(module, name))
        elif code is NOT_RUN:
            survivors.append(f"{name} was not run")
    known = listed(LIST.read_text("utf-8")) if LIST.exists() else {}
    print(", ".join(f"{count} {kind}" for kind, count in counts.most_common()))
    for survivor in sorted(set(survivors) - known.keys()):
        print(f"not noticed: {survivor}")
    for mutant in sorted(known.keys() - set(survivors)):
        print(f"listed as equivalent, but noticed or gone: {mutant}")
    return int(set(survivors) != known.keys())


if __name__ == "__main__":
    sys.exit(main())
