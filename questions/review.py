"""What is wrong or doubtful in a question, or between the questions of a bank. Pure: the same for readers and people.

`review` looks at one question, `duplicates` at a bank, `duplicates_against` at what would be added to one. An error
means that the question cannot be used as it stands, a warning that a person should look at it. A doubt that is wrong
more than one time in ten is worse than none: what is searched for here is what was found in real banks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from questions.duplicates import comparable, duplicates, duplicates_against
from questions.laws import superseded
from questions.model import (
    ALTERNATIVES,
    EXPLANATION,
    FALSE,
    LETTERS,
    TRUE,
    TRUE_FALSE_TEXTS,
    Kind,
    Problem,
    Question,
    Severity,
)

__all__ = ["NO_ANSWER", "blank_marks", "chat_size", "duplicates", "duplicates_against", "review", "review_bank"]

NO_ANSWER = "没有答案，还不能使用；请补上答案。"

CHAT_CHARACTERS, CHAT_BYTES = 600, 2_048
"""What a chat's reply may be at most; the doors' own limits are held to be these by a test."""

_BLANK_MARKS = re.compile(r"_{2,}|＿{2,}|﹍{2,}|[（(【\[][\s_　＿]*[）)】\]]|…{3,}|-{4,}")
_PICTURE = re.compile(
    r"\w\.(?:gif|png|jpe?g|bmp|webp)\b|<img\s[^>]*\bsrc\b|!\[[^\]]*\]\(|[\[【(（]\s*(?:[见如看]?[上下左右附]?图片?|图\s*\d+)\s*[)）】\]]"
    r"|[如见据依照][上下左右]图(?!书)|(?<![例假比犹譬])如图(?![书片形像案表腾文谋])|[上下左右]图[所中是为示]"
    r"|(?<![试企意力妄希版地宏蓝])图中|图示(?!仪)",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"&(?:nbsp|lt|gt|amp|quot|#\d+);|</?(?:p|br|span|div|font|b|strong|sub|sup|table)\b[^>]*>", re.IGNORECASE
)
_ABOUT_MARKUP = re.compile(r"html|xml|标签|标记|网页|代码", re.IGNORECASE)
_RUBBISH = re.compile(r"\ufffd|锟斤拷|烫烫烫|[\x80-\x9f]|[\ue000-\uf8ff]")
_STRANGE = re.compile(r"[图<&!锟烫\ufffd\x80-\x9f\ue000-\uf8ff]|\.[gjpbwGJPBW]")
"""Whatever the three above can match begins or ends with one of these: one quick pass clears most questions."""
_SAID = re.compile(
    r"(?:正确|标准|参考)?(?:答案|选项)\s*(?:应?[是为]|[:：]|应?选|应该选|应为|故选)+\s*[“\"（(]?([A-J](?:[、，,\s]*[A-J])*)(?![A-Za-z])|故选\s*([A-J]+)(?![A-Za-z])"
)
_BRACKET = re.compile(r"[（(【]\s*[^\s】)）]")
_FILLED_BRACKET = re.compile(r"[（(【]\s*([^（(【】)）]{1,30}?)\s*[】)）]")
_NUMERIC = re.compile(r"^[^一-鿿A-Za-z]*\d[^一-鿿]*$|^\d")
_SERIAL_DAY = re.compile(r"[23456]\d{4}")
_ASKS_DAY = re.compile(
    r"哪一?[天日年]|哪[个一]?月|何[时日年]|什么(?:时候|时间|日子)|几[月日号]|日期|纪念|周年|[节日][是为在]"
    r"|(?:成立|发布|公布|颁布|实施|施行|生效|通过|启动|诞生|回归|签署|召开|建成|举行|开始|始)[于在是]"
    r"|[_）)][\s_）)]*[年月日](?!均)"
)
"""A question that asks for a day, and not for a figure of a year."""
_DAY = re.compile(r"\d\s*[年月日]|\d{4}[-/.]\d")
_TOLD = re.compile(
    r"(?:正确|标准|参考)?答案\s*(?:应?[是为]|[:：])\s*[“\"（(]?\s*(?:[A-J](?![A-Za-z])|[√×✓✔✗✘]|[对错](?!误|的?是)|正确|错误)"
)
_TRUTH_LEFT = re.compile(r"[（(【\[]\s*([√×✓✔✗✘❌对错]|正确|错误)\s*[】)）\]]|[（(]\s*([TF])\s*[)）]\s*[。.]?$")
_ASKS_FOR_MORE = re.compile(r"(?:哪[个些种项一里儿类几]|什么|多少|几[个种项类]|谁).*[?？]\s*(?:[（(]\s*[)）])?\s*$")
_ASKS_WHETHER = re.compile(r"(?:吗|(?<!什)么)\s*[?？]|对不对|是不是|是否|对否|正确与否")
_ABOVE = re.compile("以上|上述|前述")
_SUMS_UP = re.compile(r"(?:以上|上述|前述).{0,4}?(?:[都均皆全]|各?选?项|答案|说法)")
_STANDS_LAST = re.compile(r"以上|上述|前述|[都均皆全不无]|其[他它余]|没有|[A-H]\s*(?:[和与、,，及]|项)")
_MEANS_LITTLE = re.compile(
    "正确|错误|全部|所有|[有相]关|其[他它]|可以|应[当该]|必须|需要|不[能得]|以[上下]|我国|国家|单位|没有"
)
"""Words that may be an option and yet stand in any stem."""
_HEADER = "【第100/100题·单选·100分】"
_SEVERAL = "（可多选，如回复 AC）"
_BLANKS = "（共 {count} 空，答案之间用分号隔开）"
_PICTURE_LINK = 160
"""About how many characters a question's link to its picture takes."""
_SURELY_FITS = CHAT_BYTES // 4 - _PICTURE_LINK - 4 * len(LETTERS)
"""How long a question without its header and letters may be, and yet fit, whatever it is made of."""

_Finding = tuple[Severity, str]


def review(question: Question) -> list[Problem]:
    """Everything wrong or doubtful in one question, errors first."""
    found = [*_errors(question), *_warnings(question)]
    return [Problem(question.where, severity, message) for severity, message in found]


def review_bank(questions: Sequence[Question]) -> list[Problem]:
    """Every question's own problems, then those between questions."""
    return [problem for question in questions for problem in review(question)] + duplicates(questions)


def _errors(question: Question) -> Iterable[_Finding]:
    kind, options, answer = question.kind, question.options, question.answer
    if not question.stem.strip():
        yield Severity.ERROR, "没有题干；请补上题干。"
    if kind in {Kind.SINGLE, Kind.MULTIPLE}:
        yield from _option_errors(question)
    elif kind is Kind.TRUE_FALSE and answer and answer not in {(TRUE,), (FALSE,)}:
        yield Severity.ERROR, "判断题的答案既不是正确也不是错误；请改正答案。"
    if options and kind not in {Kind.SINGLE, Kind.MULTIPLE}:
        yield Severity.ERROR, f"{kind.label}题不应有选项；请改正题型，或去掉选项。"
    if not answer and kind is not Kind.ESSAY:
        yield Severity.ERROR, NO_ANSWER
    if kind is Kind.BLANK and any(not part.strip() for part in answer):
        yield Severity.ERROR, "有一个空没有答案；请补上。"


def _option_errors(question: Question) -> Iterable[_Finding]:
    options, answer = question.options, question.answer
    letters = [option.letter for option in options]
    texts = ["".join(option.text.split()) for option in options]
    if len(options) < 2:
        yield Severity.ERROR, f"{question.kind.label}题只有 {len(options)} 个选项；请补上选项，或改正题型。"
    if not all(texts) and not _are_pictures(question):
        yield Severity.ERROR, "有一个选项是空的；请补上选项的文字。"
    if letters != list(LETTERS[: len(letters)]):
        yield Severity.ERROR, "选项的字母不是从 A 起依次排列；请改正选项。"
    if not set(letters).issuperset(answer):
        outside = "".join(letter for letter in answer if letter not in letters)
        yield Severity.ERROR, f"答案 {outside} 不在选项里；请改正答案，或补上选项。"
    if question.kind is Kind.SINGLE and len(answer) > 1:
        yield Severity.ERROR, f"单选题有 {len(answer)} 个答案；请改正答案，或把题型改为多选。"
    if len(set(texts)) < len(texts) and (twice := _shown_twice(question, texts)) is not None:
        yield Severity.ERROR, f"有两个选项都是“{twice[:30]}”；请改正其中一个。"


def _are_pictures(question: Question) -> bool:
    """Whether each option without a text is a picture."""
    pictured = {picture.place for picture in question.pictures}
    return all(option.text.strip() or option.letter in pictured for option in question.options)


def _shown_twice(question: Question, texts: Sequence[str]) -> str | None:
    """The text of an option that looks like an earlier one, its pictures included."""
    seen = set()
    for option, text in zip(question.options, texts, strict=True):
        shown = (text, *(picture.sha256 for picture in question.pictures if picture.place == option.letter))
        if shown in seen:
            return option.text
        seen.add(shown)
    return None


def _warnings(question: Question) -> Iterable[_Finding]:
    """The checks in order, each behind the quickest test that spares most questions from it."""
    kind, answer, explanation = question.kind, question.answer, question.explanation
    asked = "\n".join([question.stem, *[option.text for option in question.options]])
    if kind is Kind.MULTIPLE and len(answer) == 1:
        yield Severity.WARNING, f"多选题只有一个答案 {answer[0]}；请核对答案和题型。"
    if kind is Kind.ESSAY:
        yield Severity.WARNING, "简答题不能自动判分，会保留在题库里，但不会出现在答题中。"
    elif len(asked) > _SURELY_FITS:
        yield from _too_long(question)
    if kind is Kind.BLANK and answer:
        yield from _blank_warnings(question)
    if question.options and _ABOVE.search(asked):
        yield from _sum_that_is_not_last(question)
    if explanation and ("答案" in explanation or "选" in explanation):
        yield from _contradiction(question)
    if answer:
        yield from _leak(question)
    if _STRANGE.search(asked):
        yield from _strange_text(question, asked)
    yield from _serial_days(question)
    if cited := superseded(f"{asked}\n{explanation}\n{question.source}"):
        laws = {citation.law: citation for citation in reversed(cited)}
        yield from ((Severity.WARNING, citation.message) for citation in reversed(laws.values()))


def chat_size(question: Question) -> tuple[int, int]:
    """The characters and the UTF-8 bytes of a question alone in a chat's reply, without markup for tapping.

    A ``<`` counts as the full-width one that chats show in its place.
    """
    lines = [_HEADER, question.stem]
    if question.kind is Kind.TRUE_FALSE:
        lines += [f"{letter}. {text}" for letter, text in zip(LETTERS, TRUE_FALSE_TEXTS.values(), strict=False)]
    lines += [f"{option.letter}. {option.text}" for option in question.options]
    if question.kind is Kind.MULTIPLE:
        lines.append(_SEVERAL)
    if question.kind is Kind.BLANK and len(question.answer) > 1:
        lines.append(_BLANKS.format(count=len(question.answer)))
    text = "\n".join(line for line in lines if line).replace("<", "＜").replace(">", "＞")
    more = _PICTURE_LINK if _has_picture(question) else 0
    return len(text) + more, len(text.encode(errors="replace")) + more


def _too_long(question: Question) -> Iterable[_Finding]:
    characters, size = chat_size(question)
    if characters > CHAT_CHARACTERS:
        measured = f"约 {characters:,} 字，最多 {CHAT_CHARACTERS} 字"
    elif size > CHAT_BYTES:
        measured = f"约 {size:,} 字节，最多 {CHAT_BYTES:,} 字节"
    else:
        return
    yield Severity.WARNING, f"在聊天里放不下（{measured}），放不下的部分会换成链接；最好缩短题干或选项。"


def _has_picture(question: Question) -> bool:
    """Whether one is shown with the question itself."""
    return any(picture.place != EXPLANATION for picture in question.pictures)


def _strange_text(question: Question, asked: str) -> Iterable[_Finding]:
    if _PICTURE.search(asked) and not _has_picture(question):
        yield Severity.WARNING, "题目提到图片，而图片读不进来；请核对没有图片时能否作答。"
    if _MARKUP.search(asked) and not _ABOUT_MARKUP.search(asked):
        yield Severity.WARNING, "题目里有网页代码，会原样显示；如果不是题目的内容，请去掉。"
    if _RUBBISH.search(asked):
        yield Severity.WARNING, "题目里有乱码或认不出的字符；请核对文字。"


def _sum_that_is_not_last(question: Question) -> Iterable[_Finding]:
    """以上都对 above other options: the options were read, or written, in another order than was meant."""
    for place, option in enumerate(question.options):
        if _SUMS_UP.match(option.text):
            behind = [later.text for later in question.options[place + 1 :]]
            if not all(_STANDS_LAST.match(text) for text in behind):
                message = f"选项 {option.letter} 是“{option.text[:12]}”，后面却还有别的选项；请核对选项的顺序。"
                yield Severity.WARNING, message


def _blank_warnings(question: Question) -> Iterable[_Finding]:
    marks = blank_marks(question.stem)
    if marks and marks != len(question.answer):
        yield Severity.WARNING, f"题干里有 {marks} 个空，答案却有 {len(question.answer)} 个；请核对。"


def _contradiction(question: Question) -> Iterable[_Finding]:
    if (
        question.kind in {Kind.SINGLE, Kind.MULTIPLE}
        and question.answer
        and (found := _SAID.search(question.explanation))
    ):
        said = tuple(sorted(set(re.sub(r"[^A-J]", "", found[1] or found[2]))))
        if said != question.answer:
            yield (
                Severity.WARNING,
                f"解析里说答案是 {''.join(said)}，答案却是 {''.join(question.answer)}；请核对哪一个对。",
            )


def _leak(question: Question) -> Iterable[_Finding]:
    """The answer standing in the stem: said, in a bracket, or as the only option whose text the stem holds."""
    kind, stem = question.kind, question.stem
    if "答案" in stem and (told := _TOLD.search(stem)):
        yield Severity.WARNING, f"题干里写着“{told[0]}”，泄露了答案；请从题干里去掉。"
    if kind is Kind.TRUE_FALSE:
        yield from _true_false_doubts(stem)
    elif kind is Kind.BLANK:
        for part in question.answer:
            leaked = [text for text in part.split(ALTERNATIVES) if len(text) > 2 and _stands_in(text, stem)]
            if leaked:
                yield Severity.WARNING, f"题干里已经出现了答案“{leaked[0][:30]}”；请核对题干。"
    elif question.options:
        yield from _choice_leak(question)


def _choice_leak(question: Question) -> Iterable[_Finding]:
    stem, answer = question.stem, question.answer
    right = [option.text for option in question.options if option.letter in answer]
    if _BRACKET.search(stem) and (said := _in_a_bracket(stem, right, "".join(answer))):
        yield Severity.WARNING, f"题干的括号里写着“{said}”，像是泄露了答案；请核对题干。"
    elif right and right[0] in stem and all(_stands_in(text, stem) and _says_something(text) for text in right):
        wrong = [option.text for option in question.options if option.letter not in answer]
        if wrong and not any(text in stem for text in wrong):
            said = "”“".join(text[:30] for text in right)
            yield Severity.WARNING, f"题干里有正确选项的原文“{said}”，而没有别的选项的，像是泄露了答案；请核对题干。"


def _in_a_bracket(stem: str, right: Sequence[str], letters: str) -> str:
    """The right option's text, or the right letters, if a bracket of the stem holds nothing else."""
    held = {comparable(found) for found in _FILLED_BRACKET.findall(stem)}
    return next((said for said in (*right, letters) if comparable(said) in held), "")


def _stands_in(text: str, stem: str) -> bool:
    """Whether a stem holds a text, not merely the digits of a longer number, nor the question whether it is so."""
    if text not in stem or f"{text}吗" in stem:
        return False
    return not _NUMERIC.search(text) or re.search(rf"(?<![\d.]){re.escape(text)}(?![\d.])", stem) is not None


def _says_something(text: str) -> bool:
    """Whether an option is more than a word or a number that may stand in any stem."""
    return len(text) >= 2 and not _MEANS_LITTLE.fullmatch(text) and not _NUMERIC.search(text)


def _true_false_doubts(stem: str) -> Iterable[_Finding]:
    if left := _TRUTH_LEFT.search(stem):
        yield Severity.WARNING, f"题干里留着“{left[0].strip()}”，像是泄露了答案；请把括号清空。"
    if ("？" in stem or "?" in stem) and _ASKS_FOR_MORE.search(stem) and not _ASKS_WHETHER.search(stem):
        yield Severity.WARNING, "判断题的题干却像在问“哪个、什么”，不能用对错回答；请核对题型。"


def _serial_days(question: Question) -> Iterable[_Finding]:
    """A spreadsheet's day number (35612 for 1997-07-01) where the question is about a date."""
    texts = [option.text for option in question.options] or list(question.answer)
    numbers = [text for text in texts if len(text) == 5 and _SERIAL_DAY.fullmatch(text)]
    if numbers and (_ASKS_DAY.search(question.stem) or any(map(_DAY.search, texts))):
        yield Severity.WARNING, f"“{numbers[0]}”像是被表格软件变成数字的日期；请核对，把单元格设为文本后重填。"


def blank_marks(stem: str) -> int:
    """How many blanks a stem shows: underscores or empty brackets."""
    return len(_BLANK_MARKS.findall(stem))
