"""Measures the structure of a package: how many modules, how long they and their functions are, how well documented.

    python tools/house.py kpigen --tests tests

Prints a Markdown table. Works with any package, for comparison; the package is parsed and never imported. Measured are:

- doors: modules and subpackages directly in the package, without its `__init__`.
- lines: all lines of a module, or of a function from `def` to its end, including nested functions.
- complexity: 1, plus one for each `if`, `elif`, `for`, `while`, `except`, `case`, conditional expression, `for` and `if`
  in a comprehension, and each `and` or `or`. Nested functions are counted separately.
- record fields: annotated fields in the body of a dataclass or NamedTuple, without inherited ones.
- comment and docstring lines per 100 lines of code: comments at the end of a line count. Lines of code are neither
  blank, nor only a comment, nor part of a docstring.
- imports: the number of modules of the same package that a module imports, anywhere in the file.
- tests by name: modules with a `test_MODULE.py` anywhere in the tests folder, out of all except `__init__`.

Nine in ten values are at or below the 90th percentile (p90).
"""

from __future__ import annotations

import argparse
import ast
import io
import statistics
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case, ast.IfExp)
COMPLEX = 10


@dataclass(frozen=True)
class Module:
    """The measurements of one module."""

    name: str  # `site.pages.team`, without the package name; empty for the package's own `__init__`
    is_init: bool
    lines: int
    code: int
    comments: int
    docstrings: int
    functions: tuple[tuple[int, int], ...]  # lines and complexity of each function
    records: tuple[int, ...]  # number of fields of each record
    imports: frozenset[str]


def modules_of(package: Path) -> Iterator[Module]:
    """Yield the measurements of every module in a package."""
    files = {_name(package, path): path for path in sorted(package.rglob("*.py"))}
    for name, path in files.items():
        yield _module(package.name, name, path, frozenset(files))


def _name(package: Path, path: Path) -> str:
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _module(package: str, name: str, path: Path, names: frozenset[str]) -> Module:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    lines = text.splitlines()
    comments = [token for token in _tokens(text) if token.type == tokenize.COMMENT]
    docstrings = {number for node in nodes for number in _docstring_lines(node)}
    words = docstrings | {token.start[0] for token in comments if token.line.lstrip().startswith("#")}
    folder = name if path.stem == "__init__" else name.rpartition(".")[0]
    return Module(
        name,
        path.stem == "__init__",
        len(lines),
        sum(bool(line.strip()) and number not in words for number, line in enumerate(lines, 1)),
        len(comments),
        len(docstrings),
        tuple((_lines(node), complexity(node)) for node in nodes if isinstance(node, FUNCTIONS)),
        tuple(_fields(node) for node in nodes if isinstance(node, ast.ClassDef) and _is_record(node)),
        frozenset(found for node in nodes for found in _imports(node, package, folder, names)) - {name},
    )


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(text).readline)


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _docstring_lines(node: ast.AST) -> range:
    """Return the line numbers of a docstring; empty if there is none."""
    documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    if not documented or ast.get_docstring(node, clean=False) is None:
        return range(0)
    first = node.body[0].lineno
    return range(first, first + _lines(node.body[0]))


def complexity(function: ast.AST) -> int:
    """Return the complexity of a function, as defined at the top of this file."""
    return 1 + sum(map(_branches, _own(function)))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the descendants of a node, except those inside nested functions and classes."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            yield from _own(child)


def _branches(node: ast.AST) -> int:
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return 1 + len(node.ifs)
    return int(isinstance(node, BRANCHES))


def _is_record(node: ast.ClassDef) -> bool:
    decorators = " ".join(map(ast.unparse, node.decorator_list))
    return "dataclass" in decorators or any("NamedTuple" in ast.unparse(base) for base in node.bases)


def _fields(node: ast.ClassDef) -> int:
    return sum(isinstance(item, ast.AnnAssign) for item in node.body)


def _imports(node: ast.AST, package: str, folder: str, names: frozenset[str]) -> Iterator[str]:
    """Yield the modules of the package, without its name, that a statement imports."""
    if isinstance(node, ast.Import):
        wanted = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        parts = [package, *folder.split(".")] if folder else [package]
        above = parts[: len(parts) - node.level + 1] if node.level else []
        start = ".".join([*above, *([node.module] if node.module else [])])
        inside = start.partition(".")[2]
        wanted = [
            f"{start}.{alias.name}" if f"{inside}.{alias.name}".lstrip(".") in names else start for alias in node.names
        ]
    else:
        wanted = []
    for name in wanted:
        head, _, tail = name.partition(".")
        if head == package:
            yield tail


def measures(package: Path, tests: Path | None) -> Iterator[tuple[str, str]]:
    """Yield label and value of each row of the table. Without a tests folder, tests are not counted."""
    modules = list(modules_of(package))
    code = sum(module.code for module in modules)
    functions = [function for module in modules for function in module.functions]
    fields = [record for module in modules for record in module.records]
    doors = {module.name.partition(".")[0] for module in modules} - {""}
    hard = sum(complexity > COMPLEX for _, complexity in functions)
    yield "modules / lines", f"{len(modules)} / {sum(module.lines for module in modules):,}"
    yield "doors (modules and folders at the top)", f"{len(doors)}"
    yield "module lines median / p90 / max", _spread([module.lines for module in modules])
    yield "function lines median / p90 / max", _spread([lines for lines, _ in functions])
    yield f"functions of complexity above {COMPLEX}", f"{100 * hard / max(len(functions), 1):.1f}%"
    yield "record fields p90 / max", _spread(fields, median=False)
    words = (sum(module.comments for module in modules), sum(module.docstrings for module in modules))
    yield (
        "comment / docstring lines per 100 of code",
        " / ".join(f"{100 * count / max(code, 1):.1f}" for count in words),
    )
    yield (
        "imports of own modules a module, median / p90",
        _spread([len(module.imports) for module in modules], top=False),
    )
    if tests is not None:
        tested = {path.stem.removeprefix("test_") for path in tests.rglob("test_*.py")}
        named = [module.name.rpartition(".")[2] for module in modules if not module.is_init]
        yield "a test file of the module's name", f"{sum(name in tested for name in named)} of {len(named)}"


def _spread(numbers: Sequence[int], median: bool = True, top: bool = True) -> str:
    if not numbers:
        return "–"
    ordered = sorted(numbers)
    shown = [ordered[9 * len(ordered) // 10]]
    if median:
        shown.insert(0, statistics.median_low(ordered))
    if top:
        shown.append(ordered[-1])
    return " / ".join(map(str, shown))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure how a package is built.")
    parser.add_argument("package", type=Path, help="the folder of the package")
    parser.add_argument("--tests", type=Path, help="the folder of its tests")
    arguments = parser.parse_args()
    package = arguments.package.resolve()
    print(f"| | {package.name} |\n|---|---|")
    for label, value in measures(package, arguments.tests):
        print(f"| {label} | {value} |")


if __name__ == "__main__":
    main()
