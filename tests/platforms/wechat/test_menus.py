from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intents import read_intent
from campaigns.errors import NotFound, Refused
from platforms.wechat.menus import Meanings, described, differences, read_menu

PUBLIC = "https://quiz.example.gov.cn"
SHIPPED = Path(__file__).parents[3] / "deploy" / "wechat-menu.toml"


def entry(slug: str) -> str:
    if slug != "week":
        raise NotFound(f"没有代号为 {slug} 的活动。")
    return f"{PUBLIC}/q/{slug}"


MEANINGS = Meanings(PUBLIC, lambda text: read_intent(text) is not None, entry)


def read(text: str) -> list[dict[str, object]]:
    return read_menu(text.encode(), MEANINGS)


def refusal(text: str) -> str:
    with pytest.raises(Refused) as refused:
        read(text)
    return str(refused.value)


def entries(count: int, head: str = "[[menu]]") -> str:
    return "\n".join(f'{head}\nname = "第{number}"\ntext = "答题"' for number in range(count))


# --- what is read ------------------------------------------------------------------------------------------------


def test_a_text_is_a_click_whose_key_is_what_the_chat_understands() -> None:
    assert read('[[menu]]\nname = "答题"\ntext = "答题"') == [{"name": "答题", "type": "click", "key": "答题"}]


def test_campaigns_and_addresses_are_views_and_a_slash_is_under_our_own_address() -> None:
    menu = read(
        '[[menu]]\nname = "本期"\ncampaign = "week"\n[[menu]]\nname = "主页"\nurl = "/"\n'
        '[[menu]]\nname = "官网"\nurl = "https://www.example.gov.cn/a"'
    )
    assert [(one["type"], one["url"]) for one in menu] == [
        ("view", f"{PUBLIC}/q/week"),
        ("view", f"{PUBLIC}/"),
        ("view", "https://www.example.gov.cn/a"),
    ]


def test_children_are_a_submenu_without_an_action_of_its_own() -> None:
    (one,) = read('[[menu]]\nname = "我的"\n[[menu.children]]\nname = "我的成绩与名次"\ntext = "成绩"')
    assert one == {"name": "我的", "sub_button": [{"name": "我的成绩与名次", "type": "click", "key": "成绩"}]}


def test_a_file_of_windows_with_its_byte_order_mark_is_read() -> None:
    assert read_menu('[[menu]]\r\nname = "答题"\r\ntext = "答题"\r\n'.encode("utf-8-sig"), MEANINGS)


def test_the_menu_that_comes_with_the_program_is_one() -> None:
    menu = read_menu(SHIPPED.read_bytes(), MEANINGS)
    assert [len(one.get("sub_button", [])) for one in menu] == [0, 4, 3]


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1 到 3 项"),
        ("menu = 3", "1 到 3 项"),
        ("[[menu]]\nname = 答题", "第 2 行"),
        ('[[menus]]\nname = "答题"', "menus"),
        (entries(4), "最多放 3 项"),
        ('[[menu]]\nname = "我的"\n' + entries(6, "[[menu.children]]"), "最多放 5 项"),
        ('[[menu]]\ntext = "答题"', "第 1 项没有名称"),
        ('[[menu]]\nname = ""\ntext = "答题"', "没有名称"),
        ('[[menu]]\nname = "甲\\n乙"\ntext = "答题"', "没有名称"),
        ('[[menu]]\nname = "节能宣传周"\ntext = "答题"', "“节能宣传周”的名称太长：手机上只显示 4 个汉字"),
        ('[[menu]]\nname = "我的"\n[[menu.children]]\nname = "节能宣传周答题成绩"\ntext = "成绩"', "只显示 8 个汉字"),
        ('[[menu]]\nname = "答题"', "“答题”要做什么不清楚"),
        ('[[menu]]\nname = "答题"\ntext = "答题"\nurl = "/"', "正好写一个"),
        ('[[menu]]\nname = "答题"\ntxt = "答题"', "“txt”不能用"),
        ('[[menu]]\nname = "答题"\ntext = "答提"', "“答提”，但它不是命令"),
        ('[[menu]]\nname = "答题"\ntext = ""', "text 是空的"),
        ('[[menu]]\nname = "答题"\ntext = 1', "text 是空的"),
        ('[[menu]]\nname = "本期"\ncampaign = "nowhere"', "没有代号为 nowhere 的活动"),
        ('[[menu]]\nname = "官网"\nurl = "www.example.gov.cn"', "“官网”的网址不能用"),
        (f'[[menu]]\nname = "官网"\nurl = "/{"x" * 1024}"', "网址不能用"),
        ('[[menu]]\nname = "我的"\nchildren = []', "1 到 5 项"),
        (
            '[[menu]]\nname = "我的"\n[[menu.children]]\nname = "更多"\n[[menu.children.children]]\nname = "答题"',
            "子菜单下面不能再有子菜单",
        ),
    ],
)
def test_what_the_platform_would_not_take_is_refused_by_one_sentence_that_names_it(text: str, told: str) -> None:
    sentence = refusal(text)
    assert told in sentence
    assert "\n" not in sentence


def test_a_file_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(Refused, match="UTF-8"):
        read_menu('[[menu]]\nname = "答题"'.encode("gb18030"), MEANINGS)


@given(st.text(alphabet=string.printable + "答题成绩“”🙂", max_size=80))
def test_a_name_that_is_taken_is_within_the_platforms_limits(name: str) -> None:
    quoted = "".join(f"\\U{ord(character):08x}" for character in name)
    try:
        (one,) = read(f'[[menu]]\nname = "{quoted}"\ntext = "答题"')
    except Refused:
        return
    assert 0 < len(str(one["name"]).encode()) <= 16


# --- what is shown -----------------------------------------------------------------------------------------------

THERE = [
    {"type": "click", "name": "答题", "key": "答题", "sub_button": []},
    {
        "name": "更多",
        "sub_button": [
            {"type": "view", "name": "官网", "url": "https://a.cn"},
            {"type": "miniprogram", "name": "小程序", "url": "https://b.cn", "appid": "wx1", "pagepath": "pages/i"},
        ],
    },
]


def test_a_menu_is_shown_a_line_an_entry_whoever_made_it() -> None:
    assert described(THERE) == [
        "答题 → 发送“答题”",
        "更多",
        "    官网 → 打开 https://a.cn",
        "    小程序 → miniprogram wx1 pages/i",
    ]


def test_what_changes_is_shown_by_signs_and_the_same_menu_has_no_differences() -> None:
    wanted = [{"name": "答题", "type": "click", "key": "答题"}]
    assert differences(THERE, THERE[:1] + THERE[1:]) == []
    assert [line[0] for line in differences(THERE, wanted)] == [" ", "-", "-", "-"]
    assert differences([], wanted) == ["+ 答题 → 发送“答题”"]
    assert differences(THERE[:1], wanted) == [], "an empty submenu is none"
