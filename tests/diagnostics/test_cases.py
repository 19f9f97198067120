"""Every kind of problem has a small bad file (`cases/<CODE>/`), with exactly the findings that its `expected.txt` lists.

A case is laid out like a repository and uses the repository's rules unless it has its own. What cannot stand in a file of
the repository (bytes that are no text, links) is in `document/test_reader.py`; what needs a seal is built here.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from kpigen.diagnostics.catalogue import ALL
from kpigen.diagnostics.diagnostic import Diagnostic, Span, sort_key
from kpigen.diagnostics.values import Listing, Phrase, Value
from kpigen.i18n.findings import Finding
from kpigen.i18n.findings import findings as in_words
from kpigen.repository.lifecycle.transitions import submit
from tests.helpers.forms import TESTS
from tests.helpers.tiny import DRAFT, REVIEW, TINY, Files, check_files, places, publish, take, tiny

CASES = sorted(path for path in (TESTS / "cases").iterdir() if path.is_dir())

# Codes without a case of their own, and what covers them.
ELSEWHERE = {
    **dict.fromkeys(["KPI101", "KPI102"], "document/test_text.py"),
    **dict.fromkeys(["KPI120", "KPI121", "KPI641"], "repository/git/test_barriers.py"),
    "KPI122": "repository/git/test_sparse.py",
    "KPI642": "repository/checks/test_comparison.py",
    **dict.fromkeys(["KPI117", "KPI119", "KPI123"], "base/test_sources.py"),
    **dict.fromkeys(["KPI130", "KPI131"], "base/test_disk.py"),
    "KPI132": "repository/git/test_settings.py",
    "KPI804": "files/test_config.py",
    "KPI339": "files/test_evidence.py",
    **dict.fromkeys(["KPI125", "KPI128", "KPI129", "KPI141", "KPI142", "KPI143"], "files/test_amounts.py"),
    **dict.fromkeys(["KPI351", "KPI353"], "files/test_hidden_text.py"),
    **dict.fromkeys(
        ["KPI362", "KPI422", "KPI423", "KPI424", "KPI609", "KPI610", "KPI611", "KPI617", "KPI625", "KPI626", "KPI627"],
        "diagnostics/test_cases.py",
    ),
    **dict.fromkeys([f"KPI{code}" for code in (*range(612, 616), 619, 620)], "commands"),
    **dict.fromkeys([f"KPI{code}" for code in (*range(621, 625), 628, *range(630, 641))], "amendments and git"),
    **dict.fromkeys([f"KPI{code}" for code in range(660, 668)], "repository/checks/test_versions.py"),
    **dict.fromkeys([f"KPI{code}" for code in range(701, 709)], "building"),
    "KPI709": "site/output/test_writer.py",
    **dict.fromkeys(["KPI710", "KPI711"], "commands/test_build.py"),
    "KPI712": "commands/test_common.py",
    **dict.fromkeys(["KPI645", "KPI646"], "repository/git/test_repository.py"),
    "KPI363": "repository/test_alike.py",
    "KPI650": "repository/checks/test_seals.py",
    **dict.fromkeys(["KPI651", "KPI652"], "repository/checks/test_clones.py"),
    "KPI715": "site/pages/test_audit.py",
    **dict.fromkeys(["KPI653", "KPI654", "KPI655"], "repository/checks/test_dates.py"),
    "KPI656": "repository/checks/test_names.py",
    "KPI657": "repository/checks/test_taken.py",
    "KPI447": "repository/checks/test_own.py",
    **dict.fromkeys(["KPI629", "KPI648", "KPI649"], "commands/test_lifecycle.py"),
    **dict.fromkeys(["KPI643", "KPI644", "KPI647"], "commands/test_selection.py"),
    **dict.fromkeys(["KPI430", "KPI435"], "repository/checks/test_readers.py"),
    "KPI658": "repository/checks/test_against_base.py",
    "KPI140": "diagnostics/test_amount.py",
    "KPI144": "files/test_config.py",
    "KPI720": "site/pdf/test_coverage.py",
    **dict.fromkeys(["KPI721", "KPI722", "KPI723"], "site/render/test_sandbox.py"),
    "KPI724": "site/pdf/test_pdf.py",
    **dict.fromkeys([f"KPI{code}" for code in range(901, 922)], "site/proof/test_verify.py"),
    "KPI922": "site/proof/test_issued.py",
    "KPI445": "repository/checks/test_acknowledged.py",
    "KPI449": "repository/checks/test_team.py",
    "KPI803": "commands",
}


def files_of(case: Path) -> dict[str, bytes]:
    found = (path for path in case.rglob("*") if path.is_file() and path != case / "expected.txt")
    return {path.relative_to(case).as_posix(): path.read_bytes() for path in found}


#: Names that stay in a Chinese text.
NAMES = {
    *(
        "YAML",
        "Windows",
        "HTML",
        "Markdown",
        "GBK",
        "GB",
        "UTF",
        "CSV",
        "TOML",
        "PDF",
        "ZIP",
        "LFS",
        "Git",
        "git",
        "https",
        "kpigen",
        "Excel",
        "Tab",
        "U",
        "Q",
        "H",
    ),
    *("Origins", "docs", "md", "rules", "settings"),
}


def from_files(value: Value) -> str:
    """Return the texts of a value that are no words of kpigen: from files, paths and keys."""
    if isinstance(value, Phrase):
        return " ".join(from_files(inner) for _, inner in value.args)
    if isinstance(value, Listing):
        return " ".join(map(from_files, value.items))
    return value if isinstance(value, str) else ""


def english_in(said: Finding, of: Diagnostic) -> set[str]:
    """Return the English words of a finding in Chinese that are neither code nor out of a file, nor a key in brackets."""
    text = re.sub(r"`[^`]*`|（[a-z]+）", " ", f"{said.title} {said.message} {said.hint}")
    given = " ".join(from_files(value) for _, value in of.args)
    return {word for word in re.findall(r"[A-Za-z]+", text) if word not in given} - NAMES


def written(findings: tuple[Diagnostic, ...], with_hints: bool) -> list[str]:
    lines = []
    for item in findings:
        lines.append(f"{item.span} {item.code}")
        if with_hints and item.near:
            lines.append(f"  hint: did you mean `{item.near}`?")
    return lines


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_has_exactly_its_findings(case: Path) -> None:
    expected = (case / "expected.txt").read_text("utf-8").splitlines()
    findings = check_files(files_of(case))
    assert written(findings, any(line.startswith("  hint:") for line in expected)) == expected
    assert case.name.partition("-")[0] in {item.code for item in findings}
    assert list(findings) == sorted(findings, key=sort_key)
    for item, said in zip(findings, in_words(findings, "zh"), strict=True):
        assert item.message.strip()
        assert not re.search(r"\{[a-z_]+\}", item.message + item.hint)
        assert english_in(said, item) == set()


def test_every_code_has_a_case() -> None:
    cases = {case.name.partition("-")[0] for case in CASES}
    assert cases <= ALL.keys()
    assert sorted(ALL.keys() - cases - ELSEWHERE.keys()) == []
    assert sorted(cases & ELSEWHERE.keys()) == []
    for code, where in ELSEWHERE.items():
        assert not where.endswith(".py") or code in (TESTS / where).read_text("utf-8")


@pytest.mark.parametrize("code", ALL)
def test_a_kind_renders_with_the_words_that_its_templates_name(code: str) -> None:
    kind = ALL[code]
    fields = {name for template in (kind.message, kind.hint) for _, name, _, _ in Formatter().parse(template) if name}
    found = kind.at(Span("x"), near="word", **dict.fromkeys(fields, "{value}"))
    assert kind.title
    assert re.sub(r"\{value\}", "", found.message + found.hint).count("{") == 0
    assert found.hint.startswith("did you mean `word`?")


# --- what needs a seal -----------------------------------------------------------------------------------------------

TEAM_RULE = (TESTS / "cases" / "KPI420" / TINY).read_text("utf-8").replace("form: tiny", "form: team")
MANAGER = "reviews/2026-01/M-1.team.md"
SECOND = REVIEW.replace("A-1", "A-2")


AMENDED = "calls: 80\namendments:\n  - {{date: 2026-02-09, by: lin, reason: 补记{}}}"
BEFORE = ", total: '80.00', grade: A, seal: 'k1:sha256:" + "0" * 64 + "'"
WITHDRAWN = ", changes: [{field: status, old: published, new: withdrawn}]"

# what is edited after publication → codes
SEALED = [
    (REVIEW, "status: published", "status: published", []),
    (REVIEW, "period: 2026-01", "period: '2026-01'", []),
    (REVIEW, "calls: 80", "calls: 80.0", ["KPI317", "KPI601", "KPI609", "KPI610"]),
    (REVIEW, "calls: 80", "calls: 080", []),
    (REVIEW, "calls: 80", "calls: 80\ncomments: {calls: 补记}", ["KPI609"]),
    (REVIEW, "name: 甲", "name: 乙", ["KPI609", "KPI656"]),
    (REVIEW, "见上表。", "见下表。", ["KPI609"]),
    (REVIEW, "calls: 80", "calls: 81", ["KPI609", "KPI610"]),
    (REVIEW, 'total: "80.00"', 'total: "80"', ["KPI362"]),
    (REVIEW, 'total: "80.00"', "total: 80", ["KPI362"]),
    (REVIEW, 'total: "80.00"', "total: 80.0", ["KPI362"]),
    (REVIEW, 'total: "80.00"', 'total: "080.00"', ["KPI362"]),
    (REVIEW, 'total: "80.00"', 'total: "80.000"', ["KPI362"]),
    (REVIEW, 'total: "80.00"', 'total: "81"', ["KPI609", "KPI610"]),
    (REVIEW, 'total: "80.00"', 'total: "80,00"', ["KPI310"]),
    (REVIEW, "grade: A", "grade: B", ["KPI609", "KPI610"]),
    (REVIEW, "on: 2026-02-05", "on: 2026-02-06", ["KPI609"]),
    (REVIEW, "confirmations: 1", "confirmations: 2", ["KPI611"]),
    (REVIEW, "role: employee", "role: leader", ["KPI609"]),
    (REVIEW, "form: tiny\n", "form: tiny@2026-01\n", []),
    (REVIEW, "form: tiny\n", "form: tiny@2026-02\n", ["KPI616"]),
    (REVIEW, "engine: 2", "engine: 3", ["KPI618"]),
    (REVIEW, "status: published", "status: withdrawn", ["KPI617"]),
    (REVIEW, "status: published", "status: submitted", ["KPI606"]),
    (REVIEW, "calls: 80", AMENDED.format(BEFORE), ["KPI625"]),
    (REVIEW, "calls: 80", AMENDED.format(""), ["KPI625", "KPI626"]),
    (REVIEW, "calls: 80", AMENDED.format(BEFORE + WITHDRAWN), ["KPI625", "KPI627"]),
    (TINY, "A: 60", "A: 61", ["KPI609"]),
    (TINY, "zh: 每次一分", "zh: 一次一分", []),
]


@pytest.mark.parametrize(("path", "old", "new", "codes"), SEALED)
def test_a_change_after_publication_is_found(path: str, old: str, new: str, codes: list[str]) -> None:
    files = publish(tiny(), confirmed=True)
    data = files[path]
    text = data if isinstance(data, str) else data.decode()
    assert old in text
    found = check_files({**files, path: text.replace(old, new, 1)})
    assert [item.code for item in sorted(found, key=lambda item: item.code)] == codes


UNNAMED = [
    ("published", "", ["KPI424"]),
    ("published", ", manager: M-9", ["KPI424"]),
    ("published", ", manager: M-1", []),
    ("submitted", "", ["KPI422"]),
    ("draft", "", ["KPI422"]),
    ("none", "", ["KPI422"]),
]


def _team(people: str, member: str) -> Files:
    """Return a repository with a roster, a review of a member of a team, and one of its manager that takes the team's totals."""
    manager = DRAFT.replace("A-1", "M-1").replace("name: 甲", "name: 丙").replace("tiny", "team").replace("80", "auto")
    return {
        TINY: tiny()[TINY],
        "rules/team/2026-01.yaml": TEAM_RULE,
        "reviews/people.csv": people,
        REVIEW: member,
        MANAGER: manager,
    }


@pytest.mark.parametrize(("status", "manager", "expected"), UNNAMED)
def test_a_published_review_that_names_no_manager_is_not_to_be_published_first(
    status: str, manager: str, expected: list[str]
) -> None:
    people = "id,name,login,email,department,position,manager,form,from,to\n"
    people += "M-1,丙,,,,,,,,\nA-1,甲,,,,,M-1,,,\nA-2,乙,,,,,M-1,,,\nM-9,丁,,,,,,,,\n"
    member = DRAFT.replace("position: 客服", "position: 客服, manager: M-1")
    own = DRAFT.replace("A-1", "A-2").replace("position: 客服", f"position: 客服{manager}")
    files = _team(people, member) | ({} if status == "none" else {SECOND: own})
    files = publish(files)
    if status == "submitted":
        files = take(files, SECOND, submit, "2026-02-01", lambda: "0" * 32)
    elif status == "published":
        files = publish(files, SECOND)
    found = [item for item in check_files(files) if item.span.path == MANAGER]
    assert [item.code for item in found] == expected
    for item in found:
        assert "A-2 乙" in item.message
        assert ("publish" in item.hint) == (item.code == "KPI422")


def test_nobody_of_the_team_names_the_manager() -> None:
    people = "id,name,login,email,department,position,manager,form,from,to\nM-1,丙,,,,,,,,\nA-1,甲,,,,,M-1,,,\n"
    files = publish(_team(people, DRAFT))
    assert "KPI424" in {item.code for item in check_files(files) if item.span.path == MANAGER}


def test_the_team_that_auto_takes() -> None:
    member = DRAFT.replace("position: 客服", "position: 客服, manager: M-1")
    people = "id,name,login,email,department,position,manager,form,from,to\n"
    people += "M-1,丙,,,,,,,,\nA-1,甲,,,,,M-1,,,\nA-2,甲,,,,,M-1,,,\n"
    files: Files = {
        TINY: tiny()[TINY],
        "rules/team/2026-01.yaml": TEAM_RULE,
        "reviews/people.csv": people,
        REVIEW: member,
        SECOND: member.replace("A-1", "A-2").replace("80", "70"),
        MANAGER: DRAFT.replace("A-1", "M-1")
        .replace("name: 甲", "name: 丙")
        .replace("tiny", "team")
        .replace("80", "auto"),
    }
    files = publish(files)
    assert places(check_files(files)) == [f"{MANAGER}:7:10 KPI422"]
    files = publish(files, MANAGER)
    assert {item.code for item in check_files(files)} == {"KPI422"}
    files = publish(files, SECOND)
    (found,) = check_files(files)
    assert (found.code, found.span.path) == ("KPI423", MANAGER)
    assert "1 total with mean 80.00 when published, and would take 2 totals with mean 75.00" in found.message
