"""Reports: total and grade, status, confirmations, objections, source, what is withdrawn."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from tests.helpers.forms import NINE
from tests.helpers.html import bare, of_class, row_of, rows_of, said, section_of
from tests.helpers.sample import Sample, rule_file


def test_every_report_shows_total_grade_and_every_points_cell(sample: Sample) -> None:
    assert len(sample.reports) > 35
    for path, card in sample.reports.items():
        for language_path in (
            path,
            path.replace("/2026", "/2026", 1).rpartition("/")[0] + "/en/" + path.rpartition("/")[2],
        ):
            page = sample.page(language_path)
            result = section_of(page, "result")
            assert result is not None
            assert said(of_class(result, "figure")[0]) == card["total"], language_path
            assert said(of_class(result, "grade")[0]) == card["grade"], language_path
            assert said(of_class(page, "sum")[0]).endswith(card["total"])
            assert [item[0].get("id") for item in of_class(page, "item")] == [item["id"] for item in card["indicators"]]
            for item in card["indicators"]:
                points = said(of_class(row_of(page, item["id"]), "row-points")[0])
                weight = f"{float(item['weight']):.2f}".rstrip("0").rstrip(".")
                if item["not_applicable"]:
                    assert not re.search(r"\d", points), (language_path, item["id"])
                else:
                    assert points == f"{item['points']} / {weight}", (language_path, item["id"])


def test_a_submitted_report_says_so_and_who_still_has_to_confirm(sample: Sample) -> None:
    waiting = {key for key, status in sample.status.items() if status == "submitted"}
    roles = {form: _confirmations(form) for form in NINE}
    confirmed = {("2026-04", "PM-0001", "property-cs"): {"employee"}}
    names = {"employee": "员工", "assessor": "考核人", "leader": "领导", "hr": "人力资源部经理"}
    assert len(waiting) >= 9
    for key in waiting:
        period, id_, form = key
        page = sample.page(f"people/{id_}/{period}/{form}.html")
        box = section_of(page, "await")
        assert box is not None
        objected = key in OBJECTED
        assert ("有异议，尚未处理" if objected else "待确认") in said(page.find(".//h1")), key
        number = sample.json(f"people/{id_}/{period}/{form}.json")["content"][:12]
        assert number in said(box)
        assert "2026年7月3日" in said(box)
        awaited = [names[role] for role in roles[form] if role not in confirmed.get(key, ())]
        assert awaited
        assert f"尚待确认：{'、'.join(awaited)}。" in said(box), key
        assert not re.search("k1:sha256", said(page)), "nothing is sealed yet"
        english = said(section_of(sample.page(f"people/{id_}/{period}/en/{form}.html"), "await"))
        assert ("Objection, not resolved yet" if objected else "Awaiting confirmation") in english
        assert number in english


#: The sample's submitted review with an objection that is not resolved.
OBJECTED = {("2026-04", "CS-0002", "cs-practical")}


def _confirmations(form: str) -> list[str]:
    return rule_file(form)["confirmations"]


def test_a_published_report_shows_its_seal_and_is_not_marked(sample: Sample) -> None:
    seals = {item["seal"] for item in sample.json("seals.json")["seals"] if item["status"] == "current"}
    shown = set()
    for (period, id_, form), status in sample.status.items():
        if status == "published":
            page = sample.page(f"people/{id_}/{period}/{form}.html")
            assert not of_class(page, "status"), (period, id_)
            assert section_of(page, "await") is None
            shown.add(next(word for item in page.iter("code") if (word := said(item)).startswith("k1:sha256:")))
    assert shown == seals


def test_a_report_says_where_it_comes_from(sample: Sample) -> None:
    for path in sample.reports:
        _, id_, period, name = path.split("/")
        form = name.removesuffix(".html")
        source = said(section_of(sample.page(path), "source"))
        data = sample.json(path.removesuffix("html") + "json")
        assert f"reviews/{period}/{id_}.{form}.md" in source
        assert data["content"] in source
        assert data["rules_digest"][:12] in source
        assert f"{form}@2026-01" in source


def test_objections_stand_on_the_report_with_their_answers(sample: Sample) -> None:
    box = section_of(sample.page("people/CS-0002/2026-04/cs-practical.html"), "record")
    assert box is not None
    first, second = of_class(box, "objection")
    assert "流失一人是试用期同事" in said(first)
    assert "规则不分" in said(first)
    assert "2026年7月6日" in said(first)
    assert "响应时间含系统停机" in said(second)
    assert "员工" in said(second)
    assert said(second[0]) != said(first[0]), "an objection to earlier content is marked"


def test_confirmations_stand_on_the_report_with_name_and_date(sample: Sample) -> None:
    centre = said(section_of(sample.page("people/CS-0001/2026-01/support-center.html"), "record"))
    assert [name in centre for name in ("员工 沈知远", "领导 许静怡", "人力资源部经理 林主管", "2026年7月2日")] == [
        True
    ] * 4
    late = [
        said(item)
        for item in (section_of(sample.page("people/CS-0003/2026-05/cs-latest.html"), "record") or Element("x")).iter(
            "li"
        )
    ]
    assert len(late) == 3
    assert "2026年7月9日" in late[2]
    assert len(late[2].split(" – ")) == 2, "an entry after publication is marked"
    assert not [line for line in late[:2] if " – " in line]


def test_a_bonus_stands_apart(sample: Sample) -> None:
    path = "people/PM-0001/2026-02/property-cs.html"
    card = sample.reports[path]
    bonus = {item["id"]: item["points"] for item in card["bonus"]}
    assert bonus["owner_praise"] == "3.00"
    page = sample.page(path)
    table = next(table for table in page.iter("table") if "解决业主困难受表扬" in said(table))
    rows = {row["项目"]: row for row in rows_of(table)}
    for name, expected in (("解决业主困难受表扬", ("3", "1", "3.00")), ("本人受奖", ("5", "0", "0.00"))):
        assert (rows[name]["每次"], rows[name]["次数"], rows[name]["得分"]) == expected
    base = float(card["total"]) - 3
    assert f"{base:.2f}" in said(of_class(page, "facts")[0])


def test_the_words_of_a_review_stand_on_its_report(sample: Sample) -> None:
    for path in sample.reports:
        _, id_, period, name = path.split("/")
        text = (sample.root / f"reviews/{period}/{id_}.{name.removesuffix('html')}md").read_text("utf-8")
        body = re.sub(r"[*#`>\-]|^\d+\. ", "", text.partition("\n---\n")[2], flags=re.MULTILINE)
        shown = bare(said(sample.page(path)).replace("-", ""))
        for line in body.splitlines():
            assert line.startswith("|") or bare(line) in shown, (path, line)


def test_the_way_to_the_next_grade_is_said(sample: Sample) -> None:
    told = 0
    for path, card in sample.reports.items():
        bounds = sorted(map(float, rule_file(card["form"])["grades"].values()))
        above = [bound for bound in bounds if bound > float(card["total"])]
        facts = said(of_class(sample.page(path), "facts")[0])
        if above:
            assert f"{above[0] - float(card['total']):.2f}" in facts, path
            told += 1
    assert told > 20


WITHDRAWN = "people/EC-0002/2026-02/"


def test_a_withdrawn_report_says_so_and_shows_no_score(sample: Sample) -> None:
    card = sample.cards["2026-02", "EC-0002", "ecommerce-cs"]
    assert sorted(path for path in sample.files if path.startswith(WITHDRAWN)) == [
        f"{WITHDRAWN}ecommerce-cs.html",
        f"{WITHDRAWN}en/ecommerce-cs.html",
    ]
    for path, word in (("ecommerce-cs.html", "已撤回"), ("en/ecommerce-cs.html", "Withdrawn")):
        page = sample.page(WITHDRAWN + path)
        text = said(page.find(".//main"))
        assert word in said(page.find(".//h1"))
        assert "数据取自另一个店铺，全部作废" in text
        assert "林主管" in text
        assert "罗一鸣" in text
        assert card["total"] not in text
        assert not [item for item in card["indicators"] if item["points"] in text]
        assert not of_class(page, "grade")
        assert not of_class(page, "item")
