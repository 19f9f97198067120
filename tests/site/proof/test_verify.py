"""`kpigen verify`: untouched PDFs pass offline; tampered and forged ones get the right three answers, with the reason."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pikepdf
import pytest

from kpigen.site.proof import pdf_file
from tests.helpers import tamper
from tests.helpers.forms import ROOT, kpigen, make_repository, run
from tests.helpers.world import (
    DESK,
    FRONT,
    OTHER,
    PEOPLE,
    ROUND,
    World,
    answers,
    codes,
    holds,
    pdf_of,
)

# --- untouched -------------------------------------------------------------------------------------------------------


def test_an_untouched_pdf_passes_offline_outside_any_repository(world: World, tmp_path: Path) -> None:
    for name in (FRONT, ROUND):
        shutil.copy(pdf_of(world.root / "unsigned", name), tmp_path / f"{name}.pdf")
        result = kpigen("verify", tmp_path / f"{name}.pdf", cwd=tmp_path)
        assert "consistent  yes" in result.stdout
        assert "printed again: the same to the byte" in result.stdout
        assert "on record   –" in result.stdout
        assert "signed      –" in result.stdout


def test_a_signed_pdf_is_consistent_on_record_and_signed(world: World) -> None:
    paths = [pdf_of(world.root / "site", name) for name in (FRONT, OTHER, ROUND)]
    for record in (world.root, world.root / "site", world.root / "site/seals.json"):
        code, said = answers(paths, "--record", record, "--trust", world.trust)
        assert code == 0, said
        for item in said.values():
            assert holds(item) == [True, True, True]
            assert "Example HR" in str(item["answers"][2]["notes"])


def test_the_answers_are_in_chinese_where_that_is_asked_for(world: World) -> None:
    """All that is said of good and bad files has a translation; codes and exit codes stay."""
    signed, plain = pdf_of(world.root / "site", FRONT), pdf_of(world.root / "unsigned", FRONT)
    more = ("--language", "zh", "--record")
    good = run(world.root, "verify", signed, *more, world.root, "--trust", world.trust).output
    assert re.search(
        r"^  前后一致    是   重新计算了 \d+ 项指标的得分、内容摘要和封印\n {19}重新排印：逐字节相同，其后附有签名\n",
        good,
        re.MULTILINE,
    )
    assert re.search(r"^  有案可查    是   .+：现行有效，\d{4}-\d\d-\d\d 发布$", good, re.MULTILINE)
    assert re.search(r"^  签名        是   由 .*Example HR.* 签名，签名人时钟为 \d{4}-", good, re.MULTILINE)
    bad = run(world.root, "verify", plain, *more, world.root / "site", "--trust", world.trust, code=8).output
    assert "  签名        否\n" in bad
    assert "error[KPI" in bad
    assert "未比对（封印不涵盖）" in bad
    asked = run(world.root, "verify", signed, plain, "--language", "zh").output
    for text in (good, bad, asked):
        assert not re.search(r"\b(compared|printed|signature|asked|current|score|hint)\b", text), text


def test_what_is_signed_already_is_not_signed_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPIGEN_SIGN_PASSWORD", "secret")
    again = run(world.root, "build", "--out", world.root / "site", "--sign", world.p12)
    assert " 0 written" in again.stderr
    monkeypatch.setenv("KPIGEN_SIGN_PASSWORD", "wrong")
    assert "KPI919" in run(world.root, "build", "--sign", world.p12, code=1).stderr


def test_a_pdf_says_nothing_confidential(world: World) -> None:
    pdf = pdf_file.read_pdf(world.pdf("unsigned", ROUND))
    text = b"\n".join(pdf.attachments.values()).decode()
    source = (world.root / f"reviews/2026-03/{ROUND}.md").read_text("utf-8")
    salt = re.search(r"submitted: \{on: \S+, salt: (\w+)\}", source)
    assert salt
    assert salt[1] not in text
    assert "71.5" not in text
    assert "93.25" not in text
    assert "peers: [" not in pdf.attachments["review.md"].decode()


# --- tampered --------------------------------------------------------------------------------------------------------

FORGED, UNSIGNED, SIGNED = "forged", "unsigned", "site"
REVIEW, RULES, SCORE, PAPER = "review.md", "rules.yaml", "score.json", "paper.json"
MORE_CALLS = tamper.attach(REVIEW, tamper.swap("follow_up_calls: 593", "follow_up_calls: 600"))
WHITE = "1 g 370 690 190 90 re f"


def tampered(world: World) -> dict[str, tuple[bytes, set[str]]]:
    """name → the file, and the codes of what must be found; each is the unsigned PDF of the first person unless it says so."""
    plain, other = world.pdf(UNSIGNED, FRONT), world.pdf(UNSIGNED, OTHER)
    circle = world.pdf(UNSIGNED, ROUND)
    others = pdf_file.read_pdf(other).attachments
    circles = pdf_file.read_pdf(circle).attachments
    edit = tamper.edited

    old_print = tamper.attach(PAPER, lambda data: re.sub(rb'"template": "\w+"', b'"template": "0"', data))
    old_engine = tamper.attach(PAPER, lambda data: re.sub(rb'"weasyprint": "[\d.]+"', b'"weasyprint": "1.0"', data))
    return {
        # what is printed
        "total": (edit(plain, tamper.retype("90.00", "98.00")), {"KPI906", "KPI907"}),
        "total-below": (edit(plain, tamper.retype("90.00", "98.00", nth=1)), {"KPI906", "KPI907"}),
        "grade": (edit(other, tamper.retype("A", "9")), {"KPI906", "KPI907"}),
        "points": (edit(plain, tamper.retype("3.00", "8.00")), {"KPI906", "KPI907"}),
        "actual": (edit(plain, tamper.retype("593", "598")), {"KPI906", "KPI907"}),
        "comment": (edit(plain, tamper.retype("系统停机两天", "系统停机三天")), {"KPI906", "KPI907"}),
        "name-in-margin": (edit(plain, tamper.retype("2026年3月", "2026年6月", nth=1)), {"KPI906", "KPI907"}),
        "heading": (edit(plain, tamper.retype("上级评分", "上级上级")), {"KPI906", "KPI907"}),
        "working": (edit(plain, tamper.retype("593", "598", page=1)), {"KPI906", "KPI907"}),
        # what is attached
        "metric": (edit(plain, MORE_CALLS), {"KPI609", "KPI610", "KPI905", "KPI906", "KPI907"}),
        "total-attached": (
            edit(plain, tamper.attach(REVIEW, tamper.swap("total: 90.00", "total: 97.00"))),
            {"KPI609", "KPI610", "KPI921"},
        ),
        "confirmation": (
            edit(plain, tamper.attach(REVIEW, tamper.swap("role: hr", "role: leader"))),
            {"KPI609", "KPI921"},
        ),
        "body": (
            edit(plain, tamper.attach(REVIEW, tamper.swap("三月平稳", "三月很好"))),
            {"KPI609", "KPI905", "KPI906", "KPI907"},
        ),
        "rule": (edit(plain, tamper.attach(RULES, tamper.swap("short_of: 600", "short_of: 590"))), {"KPI904"}),
        "rule-grades": (
            edit(plain, tamper.attach(RULES, tamper.swap("grades: {A: 90,", "grades: {A: 91,"))),
            {"KPI609", "KPI610", "KPI905", "KPI906", "KPI907"},
        ),
        "rule-text": (
            edit(plain, tamper.attach(RULES, tamper.swap("zh: 客户回访,", "zh: 客户电访,"))),
            {"KPI906", "KPI907"},
        ),
        "other-form": (edit(plain, tamper.take(circles, RULES)), {"KPI904"}),
        "score": (edit(plain, tamper.attach(SCORE, tamper.swap('"3.00"', '"9.00"'))), {"KPI905", "KPI921"}),
        "no-score": (edit(plain, tamper.detach(SCORE)), {"KPI903"}),
        "no-review": (edit(plain, tamper.detach(REVIEW)), {"KPI903"}),
        "nothing": (edit(plain, *map(tamper.detach, (REVIEW, RULES, SCORE, PAPER))), {"KPI902"}),
        "others-review": (edit(plain, tamper.take(others, REVIEW)), {"KPI905", "KPI906", "KPI907"}),
        "all-of-another": (
            edit(plain, tamper.take(others, REVIEW, RULES, SCORE, PAPER)),
            {"KPI906", "KPI907"},
        ),
        "shown-of-confidential": (
            edit(circle, tamper.attach(REVIEW, lambda data: re.sub(rb"count: (\d)", b"count: 9", data, count=1))),
            {"KPI609", "KPI905", "KPI906", "KPI907"},
        ),
        "organisation": (
            edit(plain, tamper.attach(PAPER, lambda d: re.sub(rb'"organisation": "[^"]*"', b'"organisation": "X"', d))),
            {"KPI906", "KPI907"},
        ),
        "paper": (edit(plain, tamper.attach(PAPER, lambda _: b"[]")), {"KPI904"}),
        "more-attached": (edit(plain, tamper.add_file), {"KPI908", "KPI921"}),
        # how it looks
        "painted-over": (edit(plain, tamper.paint(WHITE)), {"KPI907"}),
        "painted-on-page-2": (edit(plain, tamper.paint("1 g 60 700 90 20 re f", page=1)), {"KPI907"}),
        "rewritten": (
            edit(plain, tamper.paint(f"{WHITE} BT /F1 14 Tf 0 g 400 720 Td (99.00 A) Tj ET")),
            {"KPI906", "KPI907"},
        ),
        "hidden": (edit(plain, tamper.hide("90.00")), {"KPI907"}),
        "annotated": (edit(plain, tamper.annotate("FreeText")), {"KPI908"}),
        "script": (edit(plain, tamper.run_script), {"KPI908"}),
        "page-away": (edit(plain, tamper.page_away), {"KPI906"}),
        "page-twice": (edit(plain, tamper.page_twice), {"KPI908", "KPI921"}),
        "pages-turned": (edit(plain, tamper.pages_turned), {"KPI906", "KPI907"}),
        "updated": (tamper.updated(plain), {"KPI908"}),
        "updated-without-end": (tamper.updated(plain).removesuffix(b"%%EOF\n"), {"KPI908"}),
        # what some viewers show and others do not
        "field": (edit(plain, tamper.widget(4)), {"KPI908"}),
        "field-of-text": (edit(plain, tamper.widget(4, sign=False)), {"KPI908"}),
        "field-on-paper": (edit(plain, tamper.widget(4 | 32)), {"KPI908"}),
        "field-hidden": (edit(plain, tamper.widget(2)), {"KPI908"}),
        "link-with-border": (edit(plain, tamper.link(Border=[0, 0, 80], C=[1, 1, 1])), {"KPI908"}),
        "link-that-starts": (
            edit(plain, tamper.link(A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="x.exe"))),
            {"KPI908"},
        ),
        "text-for-the-ear": (edit(plain, tamper.on_each("StructElem", ActualText="98.00")), {"KPI908"}),
        "larger-unit": (edit(plain, tamper.on_page(UserUnit=2)), {"KPI908"}),
        "other-box": (edit(plain, tamper.on_page(CropBox=[0, 0, 200, 200])), {"KPI908"}),
        "endless-page": (edit(plain, tamper.on_page(MediaBox=[0, 0, 1e30, 1e30])), {"KPI906", "KPI907", "KPI921"}),
        "other-drawing": (edit(plain, tamper.paint("BX 1 g 300 680 260 80 zz EX")), {"KPI907"}),
        "for-printers": (edit(plain, tamper.post_script), {"KPI907"}),
        "second-font": (edit(plain, tamper.on_each("FontDescriptor", Panose="x")), {"KPI908"}),
        "no-signature": (edit(plain, tamper.no_signature), {"KPI908"}),
        "no-signature-updated": (tamper.updated(edit(plain, tamper.no_signature)), {"KPI908", "KPI921"}),
        "other-file-for-some": (edit(plain, tamper.other_file_for_some), {"KPI908"}),
        "not-listed": (edit(plain, tamper.not_listed), {"KPI908"}),
        # what would crash or never end
        "endless-words": (
            edit(plain, tamper.attach(REVIEW, lambda data: data + b"*a_" * 60_000)),
            {"KPI904"},
        ),
        "two-of-a-name": (edit(plain, tamper.two_of_a_name), {"KPI901"}),
        "branching": (edit(plain, tamper.branching), {"KPI901"}),
        "forms-in-forms": (edit(plain, tamper.forms_in_forms), {"KPI901"}),
        "listed-bomb": (tamper.listed_bomb(), {"KPI901"}),
        "bomb": (edit(plain, tamper.bomb), {"KPI901"}),
        "key-twice": (edit(plain, tamper.attach(SCORE, tamper.swap("{", '{"total": "98.00",'))), {"KPI904"}),
        "half-a-character": (
            edit(plain, tamper.attach(PAPER, tamper.swap('"organisation": "', '"organisation": "\\ud800'))),
            {"KPI904"},
        ),
        # what cannot be compared
        "older-print": (edit(plain, old_print, tamper.retype("3.00", "8.00")), {"KPI906", "KPI909"}),
        "older-print-total": (edit(plain, old_print, tamper.retype("90.00", "98.00")), {"KPI906", "KPI909"}),
        "older-engine": (edit(plain, old_engine, tamper.retype("3.00", "8.00")), {"KPI906", "KPI909"}),
        # no PDFs
        "locked": (tamper.locked(plain), {"KPI901"}),
        "cut-off": (plain[: len(plain) // 3], {"KPI901", "KPI902", "KPI903"}),
        "text": (b"hello", {"KPI901"}),
        "empty": (b"", {"KPI901"}),
    }


def test_tampered_pdfs_are_not_consistent_and_say_why(world: World, tmp_path: Path) -> None:
    cases = tampered(world)
    assert len(cases) >= 25
    for name, (data, _) in cases.items():
        (tmp_path / f"{name}.pdf").write_bytes(data)
    _, said = answers(sorted(tmp_path.glob("*.pdf")), "--record", world.root)
    wrong = []
    for name, (_, expected) in cases.items():
        item = said[f"{name}.pdf"]
        found = codes({"answers": [one for one in item["answers"] if one["question"] == "consistent"]})
        fits = found & expected if name == "cut-off" else found == expected
        if holds(item)[0] is not False or not item["exit_code"] & 1 or not fits:
            wrong.append((name, holds(item), sorted(found), sorted(expected)))
    assert wrong == [], "\n".join(map(str, wrong))
    assert "object at 0x" not in str(said), "a reason is for people"


def test_the_reason_names_what_is_printed_and_what_should_be(world: World, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(tamper.edited(world.pdf(UNSIGNED, FRONT), tamper.retype("90.00", "98.00")))
    text = run(ROOT, "verify", path, code=1).stdout
    assert "error[KPI906] after `" in text
    assert "the PDF prints `98.00`, but its attachments give `90.00`" in text
    assert "error[KPI907] page 1 draws something else than a fresh print of its attachments" in text


# --- forged ----------------------------------------------------------------------------------------------------------


def test_a_consistent_forgery_fails_the_second_and_third_question(world: World) -> None:
    """Somebody with all of kpigen publishes 600 calls where it were 593: everything fits, but it is not on record."""
    for site in ("unsigned", "site"):
        forgery = pdf_of(world.forged / site, FRONT)
        for record in (world.root, world.root / "site/seals.json"):
            code, said = answers([forgery], "--record", record, "--trust", world.trust)
            (item,) = said.values()
            assert item["report"]["total"] == "97.00"
            assert holds(item) == [True, False, False]
            assert code == 4 + 8
            assert codes(item) == {"KPI910", "KPI915" if site == "unsigned" else "KPI917"}


def test_a_signature_says_what_came_after_it(world: World, tmp_path: Path) -> None:
    signed = world.pdf(SIGNED, FRONT)
    flipped = bytearray(signed)
    flipped[signed.index(b"/Producer")] ^= 1
    cases = {
        "updated": (tamper.updated(signed), {"KPI908", "KPI918"}),
        "stripped": (world.pdf(UNSIGNED, FRONT), {"KPI915"}),
        "flipped": (bytes(flipped), {"KPI908", "KPI916"}),
        "no-signature": (tamper.edited(world.pdf(UNSIGNED, FRONT), tamper.no_signature), {"KPI908", "KPI915"}),
        "false": (tamper.edited(world.pdf(UNSIGNED, FRONT), tamper.false_signature), {"KPI908", "KPI916"}),
    }
    for name, (data, expected) in cases.items():
        (tmp_path / f"{name}.pdf").write_bytes(data)
        _, said = answers([tmp_path / f"{name}.pdf"], "--trust", world.trust)
        assert holds(said[f"{name}.pdf"])[2] is False, name
        assert codes(said[f"{name}.pdf"]) == expected, name


def test_without_the_extra_a_signature_is_named_and_not_judged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyhanko.pdf_utils.reader", "pyhanko.sign", "pyhanko.pdf_utils.misc"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    path = pdf_of(world.root / "site", FRONT)
    code, said = answers([path])
    assert code == 0
    assert holds(said["front-desk.pdf"]) == [True, None, None]
    assert "kpigen[sign]" in str(said["front-desk.pdf"]["answers"][2]["notes"])
    code, said = answers([path], "--trust", world.trust)
    assert code == 8
    assert "KPI919" in run(world.root, "build", "--sign", world.p12, code=1).stderr


# --- on record -------------------------------------------------------------------------------------------------------


@pytest.fixture
def changed(world: World, tmp_path: Path) -> Path:
    """The repository after one review was amended and another withdrawn, its site built."""
    import subprocess

    root = tmp_path / "later"
    shutil.copytree(world.root, root, ignore=shutil.ignore_patterns("site", "unsigned"))
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "published"]):
        subprocess.run([*git, *words], check=True)
    file = root / f"reviews/2026-03/{FRONT}.md"
    file.write_text(file.read_text("utf-8").replace("follow_up_calls: 593", "follow_up_calls: 598"), "utf-8")
    why = ("--reason", "补录", "--by", "林", "--date", "2026-04-10", "--yes")
    run(root, "amend", file, *why)
    run(root, "withdraw", root / f"reviews/2026-03/{OTHER}.md", *why)
    run(root, "build", "--no-pdf")
    return root


def test_amended_and_withdrawn_since(world: World, changed: Path) -> None:
    paths = {name: pdf_of(world.root / "unsigned", name) for name in (FRONT, OTHER, ROUND)}
    for record, details in ((changed, True), (changed / "site/seals.json", False)):
        for name, code in ((FRONT, "KPI911"), (OTHER, "KPI912"), (ROUND, None)):
            exit_, said = answers([paths[name]], "--record", record)
            (item,) = said.values()
            assert codes(item) == ({code} if code else set())
            assert exit_ == (4 if code else 0)
            if code and details:
                assert "on 2026-04-10 by 林" in str(item["answers"][1]["problems"])
    _, said = answers([paths[FRONT]], "--record", changed)
    assert "its total is 95.00 A now" in str(said)


def test_what_no_seal_covers_is_held_against_the_repository(world: World, tmp_path: Path) -> None:
    """Names of rules, the organisation and late entries can be changed under the same seal: the repository tells."""
    pdfs = {}
    for name, path, change in (
        ("rule", "rules/front-desk/2026-01.yaml", tamper.swap("zh: 客户回访,", "zh: 总分 98.00,")),
        ("organisation", "kpigen.toml", lambda data: 'organisation = "总分 98.00"\n'.encode() + data),
        (
            "objection",
            f"reviews/2026-03/{FRONT}.md",
            tamper.swap(
                "\n---\n\n",
                "\nobjections:\n  - {role: employee, date: 2026-04-05, of: 000000000000, text: 分数有误, "
                "resolution: 总分 98.00, resolved: 2026-04-06}\n---\n\n",
            ),
        ),
    ):
        root = tmp_path / name
        shutil.copytree(world.root, root, ignore=shutil.ignore_patterns("site", "unsigned"))
        (root / path).write_bytes(change((root / path).read_bytes()))
        run(root, "build")
        pdfs[name] = shutil.copy(pdf_of(root / "site", FRONT), tmp_path / f"{name}.pdf")
    code, said = answers(list(pdfs.values()), "--record", world.root)
    assert code == 4
    for name in pdfs:
        item = said[f"{name}.pdf"]
        assert (holds(item), codes(item)) == ([True, False, None], {"KPI920"}), name
    code, said = answers(list(pdfs.values()), "--record", world.root / "site/seals.json")
    assert code == 0
    assert all("not compared, as no seal covers it" in str(item["answers"][1]["notes"]) for item in said.values())
    # What came after a PDF was printed does not make it wrong.
    code, said = answers([pdf_of(world.root / "unsigned", FRONT)], "--record", tmp_path / "objection")
    assert (code, holds(said["front-desk.pdf"])) == (0, [True, True, None])


def test_a_submitted_report_is_held_against_the_content_on_record(world: World, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", ("front-desk",), PEOPLE)
    file = root / f"reviews/2026-03/{FRONT}.md"
    file.parent.mkdir()
    file.write_text(DESK.format(id="P-001", name="林晚秋", calls="593"), "utf-8")
    run(root, "submit", file, "--date", "2026-04-01", "--yes")
    run(root, "build")
    pdf = pdf_of(root / "site", FRONT)
    code, said = answers([pdf], "--record", root)
    assert (code, holds(said["front-desk.pdf"])) == (0, [True, True, None])
    _, said = answers([pdf], "--record", root / "site/seals.json")
    assert codes(said["front-desk.pdf"]) == {"KPI914"}, "a list of seals knows nothing of what is not published"
    shutil.copy(pdf, tmp_path / "old.pdf")
    file.write_text(file.read_text("utf-8").replace("follow_up_calls: 593", "follow_up_calls: 594"), "utf-8")
    code, said = answers([tmp_path / "old.pdf"], "--record", root)
    assert (code, codes(said["old.pdf"])) == (4, {"KPI913"})
    file.unlink()
    assert codes(answers([tmp_path / "old.pdf"], "--record", root)[1]["old.pdf"]) == {"KPI910"}


def test_a_record_that_is_none(world: World, tmp_path: Path) -> None:
    pdf = pdf_of(world.root / "unsigned", FRONT)
    (tmp_path / "seals.json").write_text('{"schema": 2}', "utf-8")
    assert codes(answers([pdf], "--record", tmp_path / "seals.json")[1]["front-desk.pdf"]) == {"KPI914"}
    (tmp_path / "empty").mkdir()
    assert "neither a repository" in run(ROOT, "verify", pdf, "--record", tmp_path / "empty", code=2).stderr
    broken = tmp_path / "broken"
    shutil.copytree(world.root, broken, ignore=shutil.ignore_patterns("site", "unsigned"))
    file = broken / f"reviews/2026-03/{FRONT}.md"
    file.write_text(file.read_text("utf-8").replace("follow_up_calls: 593", "follow_up_calls: 594"), "utf-8")
    _, said = answers([pdf], "--record", broken)
    assert codes(said["front-desk.pdf"]) == {"KPI914"}, "a record that was tampered with proves nothing"


def test_a_drafts_pdf_carries_nothing(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", ("front-desk",), PEOPLE)
    file = root / f"reviews/2026-03/{FRONT}.md"
    file.parent.mkdir()
    file.write_text(DESK.format(id="P-001", name="林晚秋", calls="593"), "utf-8")
    run(root, "build", "--drafts", "--out", tmp_path / "preview")
    code, said = answers([pdf_of(tmp_path / "preview", FRONT)])
    assert (code, codes(said["front-desk.pdf"])) == (1, {"KPI902"})
