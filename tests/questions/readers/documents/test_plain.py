"""Text files: whether they are tables, Markdown or running text, and what is read from each."""

from __future__ import annotations

from textwrap import dedent

import pytest
from bank_files import answers, errors, kinds, only, texts, warnings
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.model import Bank, Kind, UnreadableFile
from questions.readers import read_bank
from questions.readers.documents.plain import MOST_LINES, NOTHING


def bank_of(text: str, encoding: str = "utf-8") -> Bank:
    return read_bank(dedent(text).strip("\n").encode(encoding))


WRITTEN = """
节能知识题库

一、单选题
1.哪种灯最省电？
A.白炽灯，费电
B.节能灯，省电
答案：B
解析：节能灯，省电。

二、判断题
1.随手关灯，是好习惯。（√）
"""


@pytest.mark.parametrize(("encoding", "named"), [("utf-8", "utf-8"), ("gbk", "gb18030"), ("utf-16", "utf-16")])
def test_running_text_is_read_in_every_encoding(encoding: str, named: str) -> None:
    bank = bank_of(WRITTEN, encoding)
    assert (bank.format, bank.encoding) == ("txt", named)
    assert answers(bank) == [("B",), ("true",)]
    assert texts(bank.questions[0]) == ["白炽灯，费电", "节能灯，省电"]
    assert [question.where for question in bank.questions] == ["第4行", "第11行"]
    assert bank.problems == ()


def test_lines_may_end_as_in_any_system() -> None:
    text = dedent(WRITTEN).strip("\n")
    assert read_bank(text.replace("\n", "\r\n").encode()).questions == read_bank(text.encode()).questions


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("题目,选项A,选项B,答案\n哪个？,甲,乙,B\n哪个呢？,丙,丁,A", "csv"),
        ("题目\t选项A\t选项B\t答案\n哪个？\t甲\t乙\tB\n哪个呢？\t丙\t丁\tA", "tsv"),
        ("题目|选项|答案\n哪个？|甲 乙|B\n哪个呢？|丙 丁|A", "csv"),
        ("哪个？,甲,乙,B\n哪个呢？,丙,丁,A\n还有哪个？,丙,丁,A", "csv"),
        ("1,哪个？,甲,乙,B\n2,哪个呢？,丙,丁,A\n3,还有哪个？,丙,丁,A", "csv"),
        ("1.哪个？A.甲 B.乙 答案：B\n2.哪个呢？A.丙 B.丁 答案：A", "txt"),
        ("1.哪个？，A.甲，B.乙，答案：B\n2.哪个呢？，A.丙，B.丁，答案：A", "txt"),
        ("1. 哪个？\tA.甲\tB.乙\n答案：B\n2. 哪个呢？\tA.丙\tB.丁\n答案：A", "txt"),
        (
            "说明：每题包括题目，选项A，选项B，答案\n1.哪个？\nA.甲\nB.乙\n答案：B\n2.哪个呢？\nA.丙\nB.丁\n答案：A",
            "txt",
        ),
        ("# 题库\n1. 哪个？\n- A. 甲\n- B. 乙\n\n答案：B\n\n2. 哪个呢？\n- A. 丙\n- B. 丁\n\n答案：A", "md"),
    ],
)
def test_what_a_text_is_is_told_by_its_content(text: str, form: str) -> None:
    bank = bank_of(text)
    assert bank.format == form
    assert answers(bank)[:2] == [("B",), ("A",)]


@pytest.mark.parametrize(
    "text",
    [
        "节能工作总结\n一年来，我们做了许多工作。\n1.加强领导。\n2.狠抓落实。",
        "hello world",
        "关于开展节能宣传周活动的通知\n各部门：\n请认真组织。",
        "((((((((",
    ],
)
def test_a_text_without_questions_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        bank_of(text)
    assert str(refused.value) == NOTHING
    assert "答案：B" in NOTHING


def test_a_text_of_too_many_lines_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=str(MOST_LINES)):
        read_bank(b"x\n" * (MOST_LINES + 2))


def test_a_separate_numbering_in_every_section_gives_way_to_places_in_the_file() -> None:
    assert [question.number for question in bank_of(WRITTEN).questions] == ["1", "2"]


def test_headings_of_markdown_are_kinds_and_chapters() -> None:
    bank = bank_of(
        """
        # 节能题库

        ## 第一章 照明

        ### 一、单选题

        #### 1. 哪种灯最省电？

        A. 白炽灯
        B. 节能灯

        **答案：B**

        > 解析：节能灯省电。

        ### 二、判断题

        1. 随手关灯。

        **答案**：正确
        """
    )
    assert bank.format == "md"
    assert kinds(bank) == ["single", "true_false"]
    assert answers(bank) == [("B",), ("true",)]
    assert bank.questions[0].stem == "哪种灯最省电？"
    assert bank.questions[0].explanation == "节能灯省电。"
    assert {question.category for question in bank.questions} == {"第一章 照明"}
    assert errors(bank) == []


def test_ticked_boxes_of_a_list_are_answers() -> None:
    bank = bank_of(
        """
        1. 哪些省电？
           - [x] 节能灯
           - [ ] 白炽灯
           - [X] 自然光
        2. 哪个费电？
           - [ ] A. 节能灯
           - [x] B. 白炽灯
        """
    )
    assert answers(bank) == [("A", "C"), ("B",)]
    assert texts(bank.questions[0]) == ["节能灯", "白炽灯", "自然光"]
    assert texts(bank.questions[1]) == ["节能灯", "白炽灯"]


def test_bold_options_are_answers_and_that_is_said_once() -> None:
    bank = bank_of("1. 哪个？\n\n- A. 甲\n- **B. 乙**\n\n2. 哪个呢？\n\n- **A. 丙**\n- B. 丁")
    assert answers(bank) == [("B",), ("A",)]
    assert texts(bank.questions[0]) == ["甲", "乙"]
    assert len(warnings(bank)) == 1


def test_emphasis_is_no_part_of_the_text() -> None:
    question = only(
        bank_of("# 题\n1. **哪个**不是==节能==灯？\nA. <u>甲</u>\nB. <font color=red>乙</font>灯\n\n答案：B")
    )
    assert question.stem == "哪个不是节能灯？"
    assert texts(question) == ["甲", "乙灯"]


def test_a_line_between_single_stars_is_its_text() -> None:
    bank = bank_of("""
        ### 1. **哪个省电？**

        A. 白炽灯

        B. 节能灯

        *参考答案：B*
    """)
    assert answers(bank) == [("B",)]
    assert bank.problems == ()


def test_a_heading_that_is_half_a_sentence_is_a_stem() -> None:
    bank = bank_of("""
        ### 1. 清朝前中期的大一统不是简单的攻城略地，而是重视政治认同与文
        化认同的产物。

        **答案：** 对

        ### 2. 随手关灯。

        **答案：** 对
    """)
    assert [question.stem[:5] for question in bank.questions] == ["清朝前中期", "随手关灯。"]


SCRAPED = """
题量: 3 满分: 15.0
最终成绩10分
重做 (剩余 2 次)
第1次作答
窗体顶端
一. 单选题（共2题,10分）
1. (单选题, 5分)哪个省电？
A. 白炽灯
B. 节能灯
我的答案: A:白炽灯;正确答案: B:节能灯;
答案解析：
节能灯省电。
知识点：照明
5分
2. (单选题, 5分)哪个费电？
A. 白炽灯
B. 节能灯
我的答案: A:白炽灯;正确答案: A:白炽灯;
5分
窗体底端
二. 判断题（共3题,5分）
1. (判断题, 5分)随手关灯。
A. 对
B. 错
我的答案: 对;正确答案: 对;
5分
2. (判断题, 5分)** 2018年起，各族人民都要随手关灯。
我的答案: 对;正确答案: 错;
5分
3. (判断题, 5分)各族人民都要随手关灯。
我的答案: 对;正确答案: 对;
5分
"""


def test_what_a_web_page_adds_is_left_out() -> None:
    bank = bank_of(SCRAPED)
    assert answers(bank) == [("B",), ("A",), ("true",), ("false",), ("true",)]
    assert [question.explanation for question in bank.questions[:2]] == ["节能灯省电。", ""]
    assert bank.questions[0].category == "照明"
    assert bank.problems == ()


def test_the_last_bracket_may_answer_a_stem_with_blanks() -> None:
    bank = bank_of("""
        [选择题]
        1.市场（ ）、（ ）的优势 (AB)
        A.大 B.多 C.小 D.少
        2.影响健康的是________(C)
        A.环境 B.遗传 C.年龄 D.体重
        [填空题]
        3.最高约_______m，最深约____m。((8848;;11034))
    """)
    assert answers(bank) == [("A", "B"), ("C",), ("8848", "11034")]
    assert [question.stem for question in bank.questions] == [
        "市场（ ）、（ ）的优势",
        "影响健康的是________",
        "最高约_______m，最深约____m。",
    ]


def test_what_markdown_escapes_is_what_was_meant() -> None:
    question = only(
        bank_of("1\\. 哪个标签是链接&lt;a&gt;？\n\nA\\. `<link>`\n\nB\\. `<a>`\n\nC\\. \\*\n\n答案：B\n\n> 说明")
    )
    assert question.stem == "哪个标签是链接<a>？"
    assert texts(question) == ["<link>", "<a>", "*"]


def test_a_pipe_table_under_a_header_is_a_table() -> None:
    bank = bank_of(
        """
        # 题库

        | 题目 | A | B | 答案 | 解析 |
        |---|:-:|---|---|---|
        | 哪个<br>省电？ | 甲\\|灯 | 乙 | B | 省。 |
        | 哪个呢？ | 丙 | 丁 | A | |

        1. 还有哪个？
        A. 戊
        B. 己

        答案：B
        """
    )
    assert bank.format == "md"
    assert answers(bank) == [("B",), ("A",), ("B",)]
    assert texts(bank.questions[0]) == ["甲|灯", "乙"]
    assert bank.questions[0].explanation == "省。"


def test_hidden_answers_are_answers() -> None:
    bank = bank_of(
        """
        1. 哪个？
        A. 甲
        B. 乙

        <details>
        <summary>查看答案</summary>

        答案：B

        </details>
        """
    )
    assert only(bank).answer == ("B",)
    assert only(bank).explanation == ""


def test_pictures_and_formulas_stay_as_they_are_written() -> None:
    bank = bank_of(
        "# 题\n1. 看图![灯](a.png)，$x_1*x_2$ 是什么？详见[网站](https://example.com)。\nA. 甲\nB. 乙\n\n答案：A"
    )
    assert "![灯](a.png)" in only(bank).stem
    assert "$x_1*x_2$" in only(bank).stem
    assert "网站。" in only(bank).stem
    assert any("图片" in warning for warning in warnings(bank))


def test_what_stands_in_a_fence_is_text() -> None:
    question = only(bank_of("# 题\n1. 输出什么？\n```python\n# 一级标题\nprint(1 ** 2)\n```\nA. 1\nB. 2\n\n答案：A"))
    assert question.stem == "输出什么？\n# 一级标题\nprint(1 ** 2)"


words = st.text(st.sampled_from("节能减排空调照明办公室水电气碳中和绿色出行管理制度"), min_size=2, max_size=9)

NUMBERS = ["{}.", "{}、", "{}．", "（{}）", "第{}题 ", "{})", "【{}】", "Q{}. ", "题{}：", "{} ", "{}"]
LABELS = ["{}.{}", "{}、{}", "{}．{}", "{}. {}", "{}) {}", "({}) {}", "（{}）{}", "{}：{}", "{} {}", "{}{}", "[{}] {}"]
HEADINGS = ["一、{}", "（一）{}", "【{}】", "{}", "第一部分 {}", "一、{}（每题2分，共10分）", "# {}"]
ANSWERS = ["答案：{}", "【答案】{}", "正确答案：{}", "参考答案：{}", "答案:{}", "Answer: {}", "答案：{}。", "答案 {}"]
SIGNS = {"true": ["√", "对", "正确"], "false": ["×", "错", "错误"]}
NAMES = {Kind.SINGLE: "单选题", Kind.MULTIPLE: "多选题", Kind.TRUE_FALSE: "判断题", Kind.BLANK: "填空题"}
Made = tuple[Kind, str, tuple[str, ...], tuple[str, ...]]


@st.composite
def made_questions(draw: st.DrawFn, kind: Kind) -> Made:
    """A question of office words: its kind, stem without a bracket for the answer, options and answer."""
    stem = f"关于{draw(words)}，"
    if kind is Kind.BLANK:
        return kind, f"{stem}应当是____。", (), (draw(words),)
    if kind is Kind.TRUE_FALSE:
        return kind, f"{stem}应当重视{draw(words)}。", (), (draw(st.sampled_from(["true", "false"])),)
    options = tuple(draw(st.lists(words, min_size=2, max_size=5, unique=True)))
    letters = st.sampled_from("ABCDE"[: len(options)])
    least, most = (1, 1) if kind is Kind.SINGLE else (2, len(options))
    chosen = tuple(sorted(draw(st.sets(letters, min_size=least, max_size=most))))
    return kind, f"{stem}哪种说法对？", options, chosen


@st.composite
def written_banks(draw: st.DrawFn) -> tuple[str, list[Made]]:
    """A bank in one of the ways in which people write them, and what it says."""
    number, label = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(LABELS))
    heading, answer = draw(st.sampled_from(HEADINGS)), draw(st.sampled_from(ANSWERS))
    style = draw(st.sampled_from(["line", "bracket", "key", "sections", "tick"]))
    abreast = draw(st.sampled_from([1, 2, 4]))
    gap = draw(st.sampled_from(["    ", "\t", "　　"]))
    empty = draw(st.sampled_from(["", "\n"]))
    restart = draw(st.booleans())
    sign = draw(st.sampled_from([0, 1, 2]))
    lines: list[str] = [draw(st.sampled_from(["", "节能知识竞赛题库\n"]))]
    asked: list[Made] = []
    keys: list[str] = []
    place = 0
    choices = [Kind.SINGLE, Kind.MULTIPLE]
    others = [] if style == "tick" else [Kind.TRUE_FALSE, *([Kind.BLANK] if style == "line" else [])]
    for kind in [*choices, *others]:
        found = draw(st.lists(made_questions(kind), min_size=2, max_size=4, unique_by=lambda made: made[1]))
        place = 0 if restart else place
        lines.append(heading.format(NAMES[kind]))
        key: list[str] = []
        for made in found:
            place += 1
            _, stem, options, right = made
            said = "".join(right) if kind in choices else SIGNS[right[0]][sign] if kind is Kind.TRUE_FALSE else right[0]
            key.append(f"{place}.{said}")
            bracket = f"（ {said} ）" if style == "bracket" else "" if kind is Kind.BLANK else "（　）"
            lines.append(number.format(place) + stem + bracket)
            shown = [
                label.format(letter, text) + (" √" if style == "tick" and letter in right else "")
                for letter, text in zip("ABCDE", options, strict=False)
            ]
            lines += [gap.join(shown[first : first + abreast]) for first in range(0, len(shown), abreast)]
            if style == "line":
                lines.append(answer.format(said))
            lines.append(empty.strip("\n") if not empty else "")
            asked.append(made)
        keys += [heading.format(NAMES[kind]), "  ".join(key)]
        if style == "sections":
            lines.append(f"答案：{'  '.join(key)}")
    if style == "key":
        lines += ["参考答案", *keys]
    return "\n".join(lines), asked


def _bare(text: str) -> str:
    return "".join(text.split()).replace("（）", "")


@given(written_banks())
@settings(max_examples=60, deadline=None)
def test_a_bank_is_read_as_it_was_written_or_says_what_is_doubtful(made: tuple[str, list[Made]]) -> None:
    text, asked = made
    bank = read_bank(text.encode())
    doubted = {problem.where for problem in bank.problems}
    assert len(bank.questions) == len(asked)
    for question, (kind, stem, options, answer) in zip(bank.questions, asked, strict=True):
        given = tuple(part.removesuffix("。") for part in question.answer)
        read = (question.kind, _bare(question.stem), tuple(texts(question)), given)
        assert read == (kind, _bare(stem), options, answer) or question.where in doubted


pieces = st.sampled_from(
    [
        "1.",
        "2、",
        "（3）",
        "第4题 ",
        "5",
        "A.",
        "B、",
        "(C)",
        "D ",
        "a. ",
        "①",
        "□",
        "☑",
        "√",
        "×",
        "答案：",
        "【答案】",
        "参考答案",
        "解析：",
        "难度：易",
        "题型：多选题",
        "一、单选题",
        "二、判断题",
        "填空题",
        "第一章 总则",
        "# ",
        "- [x] ",
        "| a | b |",
        "|---|---|",
        "```",
        "**",
        "（ ）",
        "（ B ）",
        "____",
        "__26__",
        "1-5 ABCDA",
        "1.A 2.B",
        "题号\t1\t2",
        "答案\tA\tB",
        "？",
        "。",
        "对",
        "ABD",
        "-----",
        "第 1 页",
        " ",
        "\t",
        "\n",
        "\n\n",
        "节能",
        "<b>",
        "&lt;",
        "\\.",
        "$x$",
        "问：",
        "Q:",
        "选项：",
        "题目：",
        "我的答案：A",
    ]
)


def _read_or_refused(text: str) -> Bank:
    """An empty bank for a text that is refused."""
    try:
        return read_bank(text.encode("utf-8", "replace"))
    except UnreadableFile:
        return Bank("", "")


some_text = st.lists(pieces | st.text(max_size=4), max_size=40).map("".join)


@given(some_text)
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_bank_of_consistent_questions_or_refused(text: str) -> None:
    bank = _read_or_refused(text)
    wrong = {problem.where for problem in bank.problems if problem.severity == "error"}
    for question in bank.questions:
        letters = [option.letter for option in question.options]
        assert letters == list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(letters)])
        if question.kind in {Kind.SINGLE, Kind.MULTIPLE}:
            assert set(question.answer) <= set(letters)
            assert question.kind is Kind.MULTIPLE or len(question.answer) <= 1
        else:
            assert not letters
        assert question.kind is not Kind.TRUE_FALSE or question.answer in {(), ("true",), ("false",)}
        assert question.answer or question.kind is Kind.ESSAY or question.where in wrong


@pytest.mark.parametrize(
    "line",
    [
        "(",
        "（",
        "A",
        "A.",
        "A.B.",
        "1",
        "1.",
        " ",
        "(  ",
        "_",
        "答案：",
        "【答案】",
        "答案：C1、x",
        "*",
        "**x",
        "|",
        "①",
        "□",
        '"',
    ],
)
@pytest.mark.parametrize("end", ["", "\n"])
def test_no_text_takes_long(line: str, end: str) -> None:
    """Nothing is asserted but that it ends: a pattern that goes wrong here takes minutes."""
    count = 20_000 if end else 200_000
    text = f"1.哪个？{end}" + (line + end) * (count // len(line + end)) + "y"
    _read_or_refused(text)


def test_the_word_answer_without_a_colon_is_no_part_of_a_blanks_answer() -> None:
    bank = read_bank("一、填空题\n1.节约____。\n答案 能源\n2.夏季不低于____℃。\n答案 二十六\n".encode())
    assert answers(bank) == [("能源",), ("二十六",)]
