from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from campaigns.prints.certificates import CertificateText, certificate_pdf
from campaigns.prints.errors import TextTooLong, UnprintableText

Decode = Callable[[Image.Image], list[str]]
Rendered = Callable[..., list[Image.Image]]

NUMBER = "LD26-7K3M-0QXW-9BTA"
ORDINARY = CertificateText(
    title="合格证书",
    name="张晓明",
    campaign="2026年全国节能宣传周公共机构节能降碳知识竞答",
    points=95,
    mark=60,
    date="2026年7月4日",
    number=NUMBER,
    address=f"https://quiz.example.gov.cn/certificates/{NUMBER}",
    unit="虎丘区发展和改革委员会（能源管理科）",
    organiser="苏州市机关事务管理局",
    brand="绿色低碳，节能先行",
)
CROWDED = replace(
    ORDINARY,
    title="公共机构绿色低碳节能先行知识竞赛参与荣誉证书",
    name="阿卜杜热合曼·买买提依明江·阿不都拉",
    campaign="四川省成都市" * 8 + "二〇二六年公共机构节能降碳主题宣传活动",
    mark=0,
    address=f"https://{'quiz.jieneng.example.gov.cn/' * 4}certificates/{NUMBER}",
    unit="四川省成都市龙泉驿区" * 5,
    organiser="四川省机关事务管理局、四川省生态环境厅、四川省发展和改革委员会、四川省住房和城乡建设厅",
)


@pytest.mark.parametrize("text", [ORDINARY, CROWDED], ids=["ordinary", "crowded"])
def test_a_rendered_certificate_is_scanned_as_its_address(
    text: CertificateText, decode: Decode, rendered: Rendered, tmp_path: Path
) -> None:
    (page,) = rendered(certificate_pdf(text), tmp_path)
    assert decode(page) == [text.address]
    assert page.width > page.height
    white = round(8 / 297 * page.width)
    ink = ImageChops.invert(page.convert("L")).getbbox()
    assert ink is not None
    assert min(ink[0], ink[1], page.width - ink[2], page.height - ink[3]) >= white, "printers leave the edge white"


def test_a_certificate_says_whose_it_is_for_what_and_where_it_is_checked(
    text_of: Callable[[bytes], list[str]],
) -> None:
    said = text_of(certificate_pdf(ORDINARY))
    assert said[:4] == ["绿色低碳，节能先行", "合格证书", "张晓明", ORDINARY.unit]
    assert (
        "在“2026年全国节能宣传周公共机构节能降碳知识竞答”中完成答题，成绩 95 分，达到合格要求，特发此证。"
        in "".join(said)
    )
    assert said[-5:] == [
        f"编号 {NUMBER}",
        "扫码查验真伪，或打开下面的网址，输入编号",
        "https://quiz.example.gov.cn/certificates/",
        "苏州市机关事务管理局",
        "2026年7月4日",
    ]


def test_who_took_part_is_not_said_to_have_passed(text_of: Callable[[bytes], list[str]]) -> None:
    said = "".join(text_of(certificate_pdf(replace(ORDINARY, mark=0))))
    assert "成绩 95 分，特发此证。" in said
    assert "合格要求" not in said


def test_the_same_certificate_is_the_same_bytes() -> None:
    first = certificate_pdf(ORDINARY, created=1)
    certificate_pdf.cache_clear()
    assert certificate_pdf(ORDINARY, created=1) == first
    assert len(first) < 100_000


def test_a_name_that_the_fonts_lack_is_refused_and_so_is_one_without_end() -> None:
    with pytest.raises(UnprintableText, match="龘"):
        certificate_pdf(replace(ORDINARY, name="张龘"))
    with pytest.raises(TextTooLong, match="姓名"):
        certificate_pdf(replace(ORDINARY, name="张" * 200))
