from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import python_calamine
from PIL import Image

from campaigns.prints import logos, posters
from campaigns.prints.errors import TextTooLong, UnprintableText, UnusableAddress
from campaigns.prints.fonts import Faces
from campaigns.prints.index_sheets import HEADER
from campaigns.prints.posters import Poster
from campaigns.prints.unit_archives import UnitPrint, archive

Decode = Callable[[Image.Image], list[str]]

ADDRESS = "https://jieneng.example.gov.cn/q/week"
MOMENT = 1_796_000_000_000
NAME = "节能宣传周答题"
EVERYBODY = UnitPrint("", NAME, (), ADDRESS, ADDRESS)
TICKET = "http://weixin.qq.com/q/02mYcampaignWeekUnit"


def unit(code: str, name: str, *above: str) -> UnitPrint:
    return UnitPrint(code, name, above, f"{ADDRESS}?u={code}", f"{TICKET}{code}")


UNITS = [
    EVERYBODY,
    unit("C1", "市财政局", "江苏省", "苏州市"),
    unit("c1", "市财政局", "江苏省", "苏州市"),
    unit("N1", "A/B:C*局", "江苏省"),
    unit("R1", "龘王府"),
    unit("E1", "=HYPERLINK(1)"),
]


def draw(one: UnitPrint, faces: Faces) -> bytes:
    return posters.pdf(_poster(one), posters.A4, created=MOMENT, faces=faces)


def _poster(one: UnitPrint) -> Poster:
    unit = one.name if one.code else ""
    return Poster(NAME, "", "", one.address, unit=unit, code=one.content, logo=logos.leaf())


def pieces(units: list[UnitPrint], skipped: list[tuple[str, str]] | None = None) -> Iterator[bytes]:
    told = skipped if skipped is not None else []
    return archive(
        NAME,
        units,
        draw,
        letters=posters.characters(_poster(EVERYBODY)),
        skipped=lambda one, why: told.append((one.code, why)),
        logo=logos.leaf(),
        created=MOMENT,
    )


@pytest.fixture(scope="module")
def made() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces(UNITS))))


def test_every_unit_has_its_files_in_folders_as_the_tree(made: zipfile.ZipFile) -> None:
    assert made.testzip() is None
    assert made.namelist() == [
        *("活动.png", "活动.pdf"),
        *("单位/江苏省/苏州市/C1 市财政局.png", "单位/江苏省/苏州市/C1 市财政局.pdf"),
        *("单位/江苏省/苏州市/c1 市财政局-2.png", "单位/江苏省/苏州市/c1 市财政局-2.pdf"),
        *("单位/江苏省/N1 A_B_C_局.png", "单位/江苏省/N1 A_B_C_局.pdf"),
        "单位/R1 龘王府.png",
        *("单位/E1 =HYPERLINK(1).png", "单位/E1 =HYPERLINK(1).pdf"),
        *("索引.pdf", "索引.xlsx"),
    ]
    assert all(info.flag_bits & 0x800 for info in made.infolist() if not info.filename.isascii())
    assert not any(info.flag_bits & 0x08 for info in made.infolist())  # sizes are where simple readers look


def test_every_code_in_it_is_read_back(
    made: zipfile.ZipFile, decode: Decode, picture_in: Callable[[bytes], Image.Image]
) -> None:
    wanted = dict(zip(dict.fromkeys(name[:-4] for name in made.namelist()[:-2]), UNITS, strict=True))
    for name in made.namelist()[:-2]:
        data = made.read(name)
        if name.endswith(".png"):
            assert decode(Image.open(io.BytesIO(data))) == [wanted[name[:-4]].content]
        else:
            assert decode(picture_in(data)) == [wanted[name[:-4]].content]


def test_the_index_shows_a_code_of_each_that_can_be_scanned(
    decode: Decode, rendered: Callable[..., list[Image.Image]], tmp_path: Path
) -> None:
    units = [EVERYBODY, *(unit(f"D{n:02}", f"第{n}处室" * (1 + 9 * (n == 3)), "市") for n in range(16))]
    made = archive(
        NAME,
        units,
        lambda one, faces: b"",
        letters="",
        skipped=lambda one, why: None,
        logo=logos.leaf(),
        created=MOMENT,
    )
    archived = zipfile.ZipFile(io.BytesIO(b"".join(made)))
    pages = rendered(archived.read("索引.pdf"), tmp_path, dots=120)
    assert [len(decode(page)) for page in pages] == [15, 2]
    assert {text for page in pages for text in decode(page)} == {one.content for one in units}


def test_the_table_has_a_row_for_each_as_text_and_says_what_could_not_be_printed(made: zipfile.ZipFile) -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(made.read("索引.xlsx")))
    rows = book.get_sheet_by_index(0).to_python()
    assert tuple(rows[0]) == HEADER
    assert [row[:2] for row in rows[1:]] == [[one.name, one.code] for one in UNITS]
    assert rows[2][2:5] == ["江苏省 / 苏州市", f"{ADDRESS}?u=C1", f"{TICKET}C1"]
    assert {row[5] for row in rows[1:]} == {name for name in made.namelist() if name.endswith(".png")}
    assert [bool(row[6]) for row in rows[1:]] == [False, False, False, False, True, False]
    assert "龘" in str(rows[5][6])


def test_what_could_not_be_printed_is_told() -> None:
    skipped: list[tuple[str, str]] = []
    for _ in pieces([EVERYBODY, unit("R1", "龘王府"), unit("L1", "区" * 300)], skipped):
        pass
    assert [code for code, _ in skipped] == ["R1", "L1"]
    assert all(why.endswith("。") for _, why in skipped)


def test_the_same_units_give_the_same_bytes() -> None:
    assert b"".join(pieces(UNITS[:2])) == b"".join(pieces(UNITS[:2]))


def test_it_comes_in_pieces_a_unit_each() -> None:
    sizes = [len(piece) for piece in pieces(UNITS[:3])]
    assert len(sizes) == 4
    assert max(sizes[:-1]) < 100_000


def test_where_not_even_the_campaign_can_be_printed_it_is_refused_before_the_first_piece() -> None:
    def fail(one: UnitPrint, faces: Faces) -> bytes:
        raise TextTooLong("活动名称")

    with pytest.raises(TextTooLong):
        next(archive(NAME, [EVERYBODY], fail, letters="", skipped=lambda one, why: None, created=MOMENT))
    with pytest.raises(UnusableAddress):
        next(pieces([replace(EVERYBODY, content="week")]))


def test_a_date_before_1980_is_the_first_that_a_zip_can_hold() -> None:
    letters = posters.characters(_poster(EVERYBODY))
    made = archive(NAME, [EVERYBODY], draw, letters=letters, skipped=lambda one, why: None, created=0)
    members = zipfile.ZipFile(io.BytesIO(b"".join(made))).infolist()
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}


def test_letters_that_were_forgotten_are_refused_and_no_empty_boxes() -> None:
    with pytest.raises(UnprintableText):
        next(archive(NAME, [EVERYBODY], draw, letters="", skipped=lambda one, why: None, created=MOMENT))
