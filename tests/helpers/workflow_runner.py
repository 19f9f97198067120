"""Runs workflow files locally: the `run` steps and `script` lines unchanged, in order, in a real clone.

Services of the host are replaced: `uses: actions/…` by a local equivalent; `gh`, `curl`, `sudo` and `apt-get` by programs
that record their arguments. Only those operators and functions work in expressions that the files use; others are errors.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

#: Replaces a program: records its arguments, one JSON list per line, and prints the answer prepared by the test.
_FAKE = """#!/bin/sh
exec "$FAKES_PYTHON" -I -c '
import json, os, pathlib, sys
name, folder = sys.argv[1], pathlib.Path(os.environ["FAKES"])
words = [pathlib.Path(word.partition("=@")[2] or word.partition("@")[2]).read_text("utf-8") if word.startswith("body") and "@" in word
         else word for word in sys.argv[2:]]
if "--config" in words:
    words += pathlib.Path(words[words.index("--config") + 1]).read_text("utf-8").splitlines()
with (folder / "calls").open("a", encoding="utf-8") as calls:
    calls.write(json.dumps([name, *words]) + chr(10))
for key, answer in json.loads((folder / "answers").read_text("utf-8")).items():
    if key in " ".join([name, *words]):
        print(answer["prints"])
        sys.exit(answer.get("code", 0))
' {name} "$@"
"""


class Fakes:
    """Programs on PATH that record their calls. `answers` maps a text in the call to the output and the exit code."""

    def __init__(self, folder: Path, python: Path, *names: str) -> None:
        self.folder, self.bin = folder, folder / "bin"
        self.bin.mkdir(parents=True)
        for name in names:
            (self.bin / name).write_text(_FAKE.replace("{name}", name), "utf-8")
            (self.bin / name).chmod(0o755)
        self.environment = {"FAKES": str(folder), "FAKES_PYTHON": str(python)}
        self.answer({})

    def answer(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        (self.folder / "answers").write_text(json.dumps(answers), "utf-8")
        (self.folder / "calls").write_text("", "utf-8")

    def calls(self, name: str) -> list[list[str]]:
        lines = (self.folder / "calls").read_text("utf-8").splitlines()
        return [words[1:] for words in map(json.loads, lines) if words[0] == name]


# --- expressions -----------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\s*(?:(?P<text>'[^']*')|(?P<op>\|\||&&|==|!=|!|\(|\))|(?P<name>[A-Za-z_][\w.-]*))")


class Expression:
    """One `${{ }}`: `a.b`, texts, `==`, `!=`, `!`, `&&`, `||`, `success()`, `cancelled()`."""

    def __init__(self, text: str, context: Mapping[str, Any], failed: bool) -> None:
        self.context, self.failed = context, failed
        self.tokens = []
        place = 0
        while place < len(text.rstrip()):
            match = _TOKEN.match(text, place)
            assert match, f"cannot read the expression {text!r}"
            self.tokens.append(match[0].strip())
            place = match.end()

    def value(self) -> Any:
        result = self._or()
        assert not self.tokens, f"left over: {self.tokens}"
        return result

    def _take(self, *which: str) -> str:
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in which else ""

    def _or(self) -> Any:
        left = self._and()
        while self._take("||"):
            right = self._and()
            left = left or right
        return left

    def _and(self) -> Any:
        left = self._equal()
        while self._take("&&"):
            right = self._equal()
            left = left and right
        return left

    def _equal(self) -> Any:
        left = self._one()
        while operator := self._take("==", "!="):
            left = (left == self._one()) == (operator == "==")
        return left

    def _one(self) -> Any:
        if self._take("!"):
            return not self._one()
        if self._take("("):
            inner = self._or()
            assert self._take(")")
            return inner
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1]
        if self._take("("):
            assert self._take(")")
            return {"success": not self.failed, "cancelled": False}[token]
        value: Any = self.context
        for part in token.split("."):
            value = value.get(part, "") if isinstance(value, Mapping) else ""
        return value


def fill(text: str, context: Mapping[str, Any], failed: bool = False) -> str:
    """Return a text with its expressions evaluated."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(Expression(found[1], context, failed).value()), text)


def holds(condition: str, context: Mapping[str, Any], failed: bool) -> bool:
    """Return True if the `if` of a step holds. Without a status function, it also requires that no step has failed."""
    bare = re.sub(r"^\s*\$\{\{(.*)\}\}\s*$", r"\1", condition, flags=re.DOTALL)
    value = bool(Expression(bare, context, failed).value())
    return value and (not failed or "cancelled()" in bare)


# --- GitHub ----------------------------------------------------------------------------------------------------------


@dataclass
class Ran:
    """The result of a job: its output, the steps that ran and failed, artifacts, the job summary."""

    output: str = ""
    steps: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    artifacts: dict[str, Path] = field(default_factory=dict)
    summary: str = ""
    folder: Path = Path()

    @property
    def ok(self) -> bool:
        return not self.failed


def bash(script: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub does with `shell: bash`, and GitLab almost so."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def run_github(
    file: Path, context: Mapping[str, Any], origin: Path, ref: str, work: Path, environment: Mapping[str, str]
) -> Ran:
    """Run the only job of a workflow file. `ref` is what the checkout step takes from `origin`."""
    workflow = yaml.safe_load(file.read_text("utf-8"))
    ((_, job),) = workflow["jobs"].items()
    assert workflow["defaults"]["run"]["shell"] == "bash"
    ran = Ran(folder=work / "clone")
    temporary = work / "temp"
    temporary.mkdir(parents=True)
    files = {name: temporary / name.lower() for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
    for path in files.values():
        path.touch()
    context = {**context, "runner": {"temp": str(temporary)}}
    if "if" in job and not holds(job["if"], context, False):
        return ran
    base = {
        **environment,
        **{name: str(path) for name, path in files.items()},
        "RUNNER_TEMP": str(temporary),
        **{f"GITHUB_{key.upper()}": str(value) for key, value in context["github"].items() if isinstance(value, str)},
        **{key: fill(str(value), context) for key, value in workflow.get("env", {}).items()},
    }
    for step in job["steps"]:
        if not holds(step.get("if", "success()"), context, bool(ran.failed)):
            continue
        ran.steps.append(step["name"])
        if "uses" in step:
            _use(step, context, origin, ref, ran)
            continue
        added = dict(line.split("=", 1) for line in files["GITHUB_ENV"].read_text("utf-8").splitlines())
        own = {key: fill(str(value), context) for key, value in step.get("env", {}).items()}
        assert "${{" not in step["run"], "values reach a script by the environment only"
        done = bash(step["run"], ran.folder, {**base, **added, **own})
        ran.output += done.stdout + done.stderr
        if done.returncode:
            ran.failed.append(step["name"])
    ran.summary = files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
    return ran


def _use(step: Mapping[str, Any], context: Mapping[str, Any], origin: Path, ref: str, ran: Ran) -> None:
    """Run the local equivalent of an action."""
    action, _, version = step["uses"].partition("@")
    assert re.fullmatch(r"[0-9a-f]{40}", version), f"{action} is not pinned"
    inputs = {key: fill(str(value), context) for key, value in step.get("with", {}).items()}
    if action == "actions/checkout":
        assert inputs["fetch-depth"] == "0", "kpigen needs the history"
        clone(origin, ref, ran.folder)
    elif action == "actions/upload-artifact":
        kept = ran.folder.parent / "artifacts" / inputs["name"]
        shutil.copytree(inputs["path"], kept)
        ran.artifacts[inputs["name"]] = kept
    else:
        assert action == "actions/setup-python"


def clone(origin: Path, ref: str, folder: Path) -> None:
    """Clone with all branches, with a detached HEAD at the commit of a ref."""
    for command in (
        ["clone", origin, folder],
        ["-C", folder, "fetch", "origin", ref],
        ["-C", folder, "checkout", "FETCH_HEAD"],
    ):
        subprocess.run(["git", *map(str, command)], check=True, capture_output=True)


# --- GitLab ----------------------------------------------------------------------------------------------------------


def run_gitlab(
    file: Path,
    job: str,
    variables: Mapping[str, str],
    origin: Path,
    ref: str,
    work: Path,
    environment: Mapping[str, str],
) -> Ran:
    """Run one job of a GitLab file: variables, before_script and script in one shell, artifacts."""
    config = yaml.safe_load(file.read_text("utf-8"))
    spec = {**config.get(config[job].get("extends", ""), {}), **config[job]}
    given = {
        key: str(value["value"] if isinstance(value, dict) else value) for key, value in config["variables"].items()
    }
    known = {**given, **variables}
    for key, value in spec.get("variables", {}).items():
        known[key] = re.sub(r"\$(\w+)", lambda found: known.get(found[1], ""), str(value))
    ran = Ran(folder=work / "clone")
    clone(origin, ref, ran.folder)
    done = bash("\n".join([*spec.get("before_script", ()), *spec["script"]]), ran.folder, {**environment, **known})
    ran.output, ran.failed = done.stdout + done.stderr, [job] if done.returncode else []
    for path in _kept(spec.get("artifacts", {})):
        if (ran.folder / path).exists():
            ran.artifacts[path] = ran.folder / path
    return ran


def _kept(artifacts: Mapping[str, Any]) -> Iterator[str]:
    yield from artifacts.get("paths", ())
    yield from artifacts.get("reports", {}).values()
