"""What HTML shows, as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_files import a_picture_in_base64

from questions.model import Picture
from questions.readers.pictures import Pictures
from questions.readers.rich_text import VERBATIM, embedded, looks_marked_up, shown


def nothing(source: str, alt: str) -> Picture | None:
    return None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>夏季空调</p><p>多少&nbsp;度？</p>", "夏季空调\n多少 度？"),
        ("甲<br>乙<br/>丙", "甲\n乙\n丙"),
        ("  甲\n   乙  ", "甲 乙"),
        ("CO<sub>2</sub>、10<sup>-3</sup>、x<sup>ab</sup>、P<sub>max</sub>", "CO₂、10⁻³、x^(ab)、Pmax"),
        ("&lt;a&gt; &amp;lt; &#9312;", "<a> &lt; ①"),
        ("a<b 且 c>d", "a<b 且 c>d"),
        ("<foo>甲</foo>", "<foo>甲</foo>"),
        ("<a>", "<a>"),
        ("<p></p>", ""),
        ("<u>&nbsp;&nbsp;&nbsp;</u>度", "____度"),
        ("<ol><li>甲</li><li><p>乙</p></li></ol>丙", "1. 甲\n2. 乙\n丙"),
        ("<table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table>", "甲\t1\n乙\t2"),
        ("<pre>if x:\n    y</pre>", "if x:\n    y"),
        ("<script>alert(1)</script><style>p{}</style>甲<!-- 乙 -->", "甲"),
        ("<o:p></o:p>甲<b>乙</b><font color=red>丙</font>", "甲乙丙"),
        (r"\(x^2 &lt; 3\)，$$a_1$$", r"\(x^2 < 3\)，$$a_1$$"),
        ('<img class="equation_image" alt="LaTeX: x^2">', r"\(x^2\)"),
        ('<math alttext="x^2"><mi>x</mi></math>', r"\(x^2\)"),
        (f"{VERBATIM}  甲  \n\n&lt;b&gt;\xa0乙 </div>", "  甲  \n\n<b>\xa0乙 "),
    ],
)
def test_what_shows_stays_and_the_rest_goes(markup: str, text: str) -> None:
    found = shown(markup, nothing)
    assert (found.text, found.lost) == (text, [])


@pytest.mark.parametrize(
    ("markup", "lost"),
    [
        ('<img src="a/b/灯.png">', "图片“灯.png”"),
        ('<img src="data:image/png;base64,xx" alt="灯">', "图片“灯”"),
        ("<math><mi>x</mi></math>", "公式"),
        ("<svg><path/></svg>", "图形"),
        ('<audio src="a.mp3"></audio>', "音频"),
        ('<iframe src="https://example.com"></iframe>', "嵌入的网页"),
    ],
)
def test_what_cannot_be_shown_is_named(markup: str, lost: str) -> None:
    assert shown(f"甲{markup}乙", nothing).lost == [lost]
    assert shown(f"甲{markup}乙", nothing).text == "甲乙"


def test_a_picture_in_an_address_is_kept() -> None:
    pictures = Pictures()
    found = shown(f'<img src="data:image/png;base64,{a_picture_in_base64()}" alt=" 一\n盏灯 ">', embedded(pictures))
    assert [picture.alt for picture in found.pictures] == ["一 盏灯"]
    assert list(pictures.kept) == [found.pictures[0].sha256]


@pytest.mark.parametrize(
    ("text", "marked"),
    [("<p>甲</p>", True), ("甲&nbsp;乙", True), ("甲<br>乙", True), ("<a>", False), ("a<b", False), ("A&B", False)],
)
def test_html_is_told_from_text(text: str, marked: bool) -> None:
    assert looks_marked_up(text) is marked


@given(st.text(st.sampled_from("<>/&;\"'= pbrulitdscm甲!-#1x:"), max_size=80), st.booleans())
def test_any_text_shows_something_or_nothing(markup: str, line_feeds: bool) -> None:
    assert isinstance(shown(markup, nothing, line_feeds=line_feeds).text, str)
