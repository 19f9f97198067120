"""Nothing of the program keeps it from being imported and run on Windows and macOS."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.forms import ROOT

MODULES = sorted((ROOT / "kpigen").rglob("*.py"))

#: Modules of the standard library that Windows does not have.
ABSENT = ("fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")

#: Names that Windows, or macOS too, does not have.
POSIX_ONLY = {
    "os": r"fork(pty)?|getpgid|getpgrp|get(e|res)?[ug]id|getgroups|set(sid|pgid|pgrp|[ug]id)|l?chown|fch(own|mod|dir)|mkfifo|"
    r"mknod|nice|uname|getloadavg|killpg|wait[34]?|ttyname|openpty|f?statvfs|f?pathconf|sysconf|confstr|sync|sendfile|"
    r"p(read|write)v?|posix_\w+|memfd_create|register_at_fork|eventfd|splice|sched_\w+|O_(NOFOLLOW|NONBLOCK|CLOEXEC|"
    r"DIRECTORY|SYNC|TMPFILE|PATH)|EX_\w+|W(IF|EXIT|TERM|STOP)\w+|[a-z]*xattr|copy_file_range|get_blocking|set_blocking",
    "signal": r"SIG(KILL|HUP|ALRM|USR[12]|CHLD|PIPE|QUIT|TSTP|WINCH)|alarm|pause|[gs]etitimer|sigwait\w*|pthread_\w+",
    "select": r"e?poll|kqueue|select",
    "socket": r"AF_UNIX|SO_REUSEPORT",
    "time": r"tzset|clock_\w+",
}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_every_module_is_imported_without_what_windows_lacks() -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in MODULES]
    names.remove("kpigen.__main__")
    code = f"""
import importlib, os, sys
# What kpigen stands on may look for these modules and do without; it is imported first, so that only kpigen is asked.
import subprocess, tempfile, click, filelock, jinja2, yaml, babel, markdown_it, PIL, pikepdf, watchfiles, weasyprint, segno
for name in {ABSENT!r}:
    sys.modules[name] = None
for name in {names!r}:
    importlib.import_module(name)
print(len({names!r}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) == len(names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "kpigen").as_posix())
def test_a_module_asks_the_system_only_for_what_every_system_has(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = POSIX_ONLY.get(node.value.id)
            assert not (names and re.fullmatch(names, node.attr)), f"line {node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.ImportFrom) and node.module in POSIX_ONLY:
            found = [name.name for name in node.names if re.fullmatch(POSIX_ONLY[node.module], name.name)]
            assert not found, f"line {node.lineno}: {found}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.match(r"/(dev|proc|tmp|etc|usr)/", node.value), f"line {node.lineno}: {node.value}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "kpigen").as_posix())
def test_a_text_is_read_and_written_in_a_named_encoding(path: Path) -> None:
    for name, call in calls(ast.parse(path.read_text("utf-8"))):
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        if name.endswith((".read_text", ".write_text")) and not name.startswith("super()"):
            named = "encoding" in keywords or len(call.args) > (1 if name.endswith(".write_text") else 0)
        elif name.endswith(".open") or name == "open":
            mode = call.args[0] if call.args and name != "open" else keywords.get("mode")
            binary = isinstance(mode, ast.Constant) and "b" in str(mode.value)
            named = (
                binary or "encoding" in keywords or name in ("os.open", "pikepdf.open", "Image.open", "webbrowser.open")
            )
        elif name.startswith("subprocess."):
            named = "encoding" in keywords or not {"text", "universal_newlines"} & keywords.keys()
        else:
            continue
        assert named, f"line {call.lineno}: {ast.unparse(call)}"
