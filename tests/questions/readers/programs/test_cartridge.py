"""Packages: by their manifest, never outside themselves."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from bank_files import answers, errors, only, warnings
from program_files import (
    a_picture,
    equal,
    manifest,
    package,
    qti1,
    qti1_choice,
    qti1_item,
    qti1_rule,
    qti2,
    qti2_choice,
    qti2_declared,
)

from questions.model import UnreadableFile
from questions.readers import read_bank

LAMPS = {"a": "白炽灯", "b": "LED 灯"}


def item(stem: str, right: str = "b") -> str:
    return qti2(f"<p>{stem}</p>{qti2_choice(LAMPS)}", qti2_declared(right))


def classic(stem: str, title: str = "节能测验") -> str:
    return qti1(qti1_item(stem, qti1_choice(LAMPS), qti1_rule(equal("b"))), title=title)


def test_items_come_in_the_manifests_order() -> None:
    read = read_bank(
        package(
            {
                "imsmanifest.xml": manifest("items/2.xml", "items/1.xml"),
                "items/1.xml": item("甲"),
                "items/2.xml": item("乙", "a"),
            }
        )
    )
    assert read.format == "cartridge"
    assert [question.stem for question in read.questions] == ["乙", "甲"]
    assert [question.where for question in read.questions] == ["items/2.xml", "items/1.xml"]
    assert answers(read) == [("A",), ("B",)]


def test_a_test_orders_and_names_its_items() -> None:
    test = (
        "<assessmentTest><testPart><assessmentSection title='节水' visible='true'><assessmentItemRef href='../b.xml'/>"
        "</assessmentSection><assessmentSection title='x' visible='false'><assessmentItemRef href='../a.xml'/>"
        "</assessmentSection></testPart></assessmentTest>"
    )
    members = {"imsmanifest.xml": manifest("a.xml", "b.xml", "t/test.xml"), "a.xml": item("甲"), "b.xml": item("乙")}
    read = read_bank(package({**members, "t/test.xml": test}))
    assert [(question.stem, question.category) for question in read.questions] == [("乙", "节水"), ("甲", "")]


def test_items_need_no_manifest() -> None:
    read = read_bank(package({"10.xml": item("丙"), "2.xml": item("乙"), "1.xml": item("甲"), "a.png": a_picture()}))
    assert [question.stem for question in read.questions] == ["甲", "乙", "丙"]


def test_a_quiz_that_canvas_exports_twice_is_read_once() -> None:
    read = read_bank(
        package(
            {
                "imsmanifest.xml": manifest("g1/assessment_qti.xml", "g1/assessment_meta.xml"),
                "g1/assessment_qti.xml": classic("甲"),
                "g1/assessment_meta.xml": "<quiz><title>节能测验</title></quiz>",
                "non_cc_assessments/g1.xml.qti": classic("甲"),
            }
        )
    )
    assert (only(read).stem, only(read).category) == ("甲", "节能测验")


def test_a_canvas_quiz_export_is_read() -> None:
    data = {
        "imsmanifest.xml": manifest("g1/g1.xml", type="imsqti_xmlv1p2"),
        "g1/g1.xml": classic("甲"),
        "g1/assessment_meta.xml": "<quiz/>",
    }
    assert only(read_bank(package(data))).answer == ("B",)


def test_a_blackboard_pool_is_read() -> None:
    resources = (
        '<manifest xmlns:bb="http://www.blackboard.com/content-packaging/"><resources><resource bb:file="res00001.dat" '
        'identifier="res00001" type="assessment/x-bb-qti-pool" xml:base="res00001"/></resources></manifest>'
    )
    data = {"imsmanifest.xml": resources, "res00001.dat": classic("甲"), ".bb-package-info": "x"}
    read = read_bank(package(data))
    assert only(read).stem == "甲"
    assert errors(read) == []


@pytest.mark.parametrize(
    ("source", "member"),
    [
        ("pic/灯 1.png", "items/pic/灯 1.png"),
        ("pic/%E7%81%AF%201.png", "items/pic/灯 1.png"),
        ("../a.png", "a.png"),
        ("%24IMS-CC-FILEBASE%24/a.png?canvas_download=1", "web_resources/a.png"),
        ("$IMS-CC-FILEBASE$/Uploaded%20Media/a.png", "web_resources/Uploaded Media/a.png"),
        ("@X@EmbeddedFile.requestUrlStub@X@bbcswebdav/xid-12_1", "csfiles/home_dir/灯__xid-12_1.png"),
    ],
)
def test_pictures_are_taken_from_members(source: str, member: str) -> None:
    text = item(f'看<img src="{source}" alt="灯"/>')
    read = read_bank(package({"imsmanifest.xml": manifest("items/1.xml"), "items/1.xml": text, member: a_picture()}))
    assert list(read.pictures.values()) == [a_picture()]


@pytest.mark.parametrize(
    "source", ["../../etc/passwd.png", "https://example.com/a.png", "//example.com/a.png", "no.png"]
)
def test_pictures_that_are_not_in_the_package_are_said(source: str) -> None:
    read = read_bank(package({"imsmanifest.xml": manifest("1.xml"), "1.xml": item(f'看<img src="{source}"/>')}))
    assert "图片" in warnings(read)[0]
    assert read.pictures == {}


@pytest.mark.parametrize("name", ["../evil.xml", "/evil.xml", "a/../../evil.xml", "C:\\evil.xml", "..\\evil.xml"])
def test_members_that_point_outside_are_left_out_and_said(name: str) -> None:
    read = read_bank(package([("imsmanifest.xml", manifest(name, "1.xml")), (name, item("恶")), ("1.xml", item("甲"))]))
    assert only(read).stem == "甲"
    assert any("指向包外面" in warning for warning in warnings(read))


def test_a_link_among_the_members_is_left_out_and_said() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1.xml", item("甲"))
        link = zipfile.ZipInfo("2.xml")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    read = read_bank(out.getvalue())
    assert only(read).stem == "甲"
    assert "指向包外面" in warnings(read)[0]


def test_a_listed_member_that_is_missing_is_an_error() -> None:
    read = read_bank(package({"imsmanifest.xml": manifest("1.xml", "2.xml"), "1.xml": item("甲")}))
    assert len(read.questions) == 1
    assert "“2.xml”不在压缩包里" in errors(read)[0]


def test_an_unsound_member_is_an_error_and_the_others_are_read() -> None:
    read = read_bank(package({"1.xml": item("甲"), "2.xml": item("乙").replace("</p>", "")}))
    assert only(read).stem == "甲"
    assert any(error.startswith("2.xml：没有读入") for error in errors(read))


@pytest.mark.parametrize(
    "members",
    [
        {"imsmanifest.xml": manifest("a.html"), "a.html": "<p>甲</p>"},
        {"imsmanifest.xml": manifest("1.xml")},
        {"a.xml": "<svg/>"},
    ],
)
def test_a_package_without_questions_says_what_to_do(members: dict[str, str]) -> None:
    with pytest.raises(UnreadableFile, match="没有找到题目"):
        read_bank(package(members))


def test_a_bomb_of_entities_in_a_member_or_the_manifest_is_refused() -> None:
    bomb = '<!DOCTYPE assessmentItem [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><assessmentItem>&b;</assessmentItem>'
    for members in (
        {"1.xml": bomb},
        {"imsmanifest.xml": bomb.replace("assessmentItem", "manifest"), "1.xml": item("甲")},
    ):
        with pytest.raises(UnreadableFile, match="实体"):
            read_bank(package(members))
