"""After `mutmut run`: hold the mutants that no test noticed against those that are known to do the same as the original.

A mutant is named by what it does, so that the list outlives line numbers: module, function, and the changed lines before
and after. In `equivalent.md` beside this file each item of a list is a mutant, or a pattern of them between slashes; the
paragraph above says why nothing can notice it. The exit code is 1 where a survivor is not listed, and where an item of the
list stands for no survivor any more.
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
MUTANTS = HERE.parent.parent / "mutants"
LIST = HERE / "equivalent.md"

#: How the tests of a mutant ended, by mutmut's exit codes; with any other code they noticed it.
ENDED = {0: "survived", 33: "without a test", 37: "refused by the types", None: "not run"}
NOT_NOTICED = ("survived", "without a test")


def mutants() -> Iterator[tuple[Path, str, str]]:
    """Return every mutant: its module, its name, and how its tests ended."""
    for meta in sorted(MUTANTS.glob("kpigen/**/*.py.meta")):
        for name, code in json.loads(meta.read_text("utf-8"))["exit_code_by_key"].items():
            yield meta.with_suffix(""), name, ENDED.get(code, "noticed")


def said(module: Path, name: str) -> str:
    """Return what a mutant does: `module function: old lines → new lines`."""
    spans = json.loads(module.with_name(module.name + ".spans").read_text("utf-8"))["spans"]
    lines = module.read_text("utf-8").splitlines()
    function = name.rpartition(".")[2]
    original = re.sub(r"__mutmut_\d+$", "__mutmut_orig", function)
    old, new = (lines[start - 1 : end] for start, end in (spans[original], spans[function]))
    parts: dict[str, list[str]] = {"-": [], "+": []}
    for line in ndiff(old, new):
        if line[0] in parts and "__mutmut_" not in line:
            parts[line[0]].append(line[2:].strip())
    *scope, plain = re.sub(r"__mutmut_\d+$", "", function).replace("ǁ", " ").split()
    where = ".".join([*(part for part in scope if part != "x"), plain.removeprefix("x_")])
    return f"{module.relative_to(MUTANTS).as_posix()} {where}: `{' '.join(parts['-'])}` → `{' '.join(parts['+'])}`"


def stands_for(item: str, mutant: str) -> bool:
    """Return True if an item of the list means this mutant."""
    return bool(re.fullmatch(item[1:-1], mutant)) if item.startswith("/") else item == mutant


def main() -> int:
    """Print what no test noticed and is not listed, and what is listed for nothing."""
    found = list(mutants())
    cut_off = not found or any(ended == "not run" for *_, ended in found)
    if cut_off:
        print("the run was cut off: not every mutant has a result")
    print(", ".join(f"{count} {ended}" for ended, count in Counter(ended for *_, ended in found).most_common()))
    survivors = sorted({said(module, name) for module, name, ended in found if ended in NOT_NOTICED})
    items = re.findall(r"^- (.*)$", LIST.read_text("utf-8"), re.MULTILINE)
    unlisted = [one for one in survivors if not any(stands_for(item, one) for item in items)]
    needless = [item for item in items if not any(stands_for(item, one) for one in survivors)]
    for one in unlisted:
        print(f"not noticed: {one}")
    for item in needless:
        print(f"listed, but noticed or gone: {item}")
    print(f"{len(survivors) - len(unlisted)} of {len(survivors)} that were not noticed are listed as doing the same")
    return int(bool(unlisted or needless or cut_off))


if __name__ == "__main__":
    sys.exit(main())
