"""What is wrong or doubtful in a question, or between the questions of a bank. Pure: the same for readers and people.

`review` looks at one question, `duplicates` at a bank, `review_bank` does both. An error means that the question
cannot be used as it stands, a warning that a person should look at it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from questions.model import ALTERNATIVES, FALSE, LETTERS, TRUE, Kind, Problem, Question, Severity

NO_ANSWER = "没有答案，还不能使用；请补上答案。"

_BLANK_MARKS = re.compile(r"_{2,}|＿{2,}|﹍{2,}|[（(【\[][\s_　＿]*[）)】\]]|…{3,}|-{4,}")
_PICTURE = re.compile(
    r"\.(?:gif|png|jpe?g|bmp|webp)\b|<img\b|如[下上右左]?图|[下上右左]图[所中是为]|图中|图示|!\[", re.IGNORECASE
)
_MARKUP = re.compile(
    r"&(?:nbsp|lt|gt|amp|quot|#\d+);|</?(?:p|br|span|div|font|b|strong|sub|sup|table)\b[^>]*>", re.IGNORECASE
)
_RUBBISH = re.compile(r"\ufffd|锟斤拷|烫烫烫|[\x80-\x9f]|[\ue000-\uf8ff]")
_STRANGE = re.compile(r"[图<&!锟烫\ufffd\x80-\x9f\ue000-\uf8ff]|\.[gjpbwGJPBW]")
"""Whatever the three above can match begins or ends with one of these: one quick pass clears most questions."""
_SAID = re.compile(
    r"(?:正确|标准|参考)?(?:答案|选项)\s*(?:应?[是为]|[:：]|应?选|应该选|应为|故选)+\s*[“\"（(]?([A-J](?:[、，,\s]*[A-J])*)(?![A-Za-z])|故选\s*([A-J]+)(?![A-Za-z])"
)
_FILLED_BRACKET = re.compile(r"[（(【]\s*([^（(【】)）]{1,30}?)\s*[】)）]")
_SERIAL_DAY = re.compile(r"[23456]\d{4}")
_DAY_WORDS = re.compile(r"[年月日号]|时间|日期|何时|哪天|什么时候")
_LONGEST_STEM = 400
_LONGEST_OPTION = 150

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
    if len(options) < 2:
        yield Severity.ERROR, f"{question.kind.label}题只有 {len(options)} 个选项；请补上选项，或改正题型。"
    if any(not option.text.strip() for option in options):
        yield Severity.ERROR, "有一个选项是空的；请补上选项的文字。"
    letters = [option.letter for option in options]
    if letters != list(LETTERS[: len(letters)]):
        yield Severity.ERROR, "选项的字母不是从 A 起依次排列；请改正选项。"
    if outside := [letter for letter in answer if letter not in letters]:
        yield Severity.ERROR, f"答案 {''.join(outside)} 不在选项里；请改正答案，或补上选项。"
    if question.kind is Kind.SINGLE and len(answer) > 1:
        yield Severity.ERROR, f"单选题有 {len(answer)} 个答案；请改正答案，或把题型改为多选。"
    texts = ["".join(option.text.split()) for option in options]
    if len(set(texts)) < len(texts):
        twice = next(option.text for index, option in enumerate(options) if texts[index] in texts[:index])
        yield Severity.ERROR, f"有两个选项都是“{twice[:30]}”；请改正其中一个。"


def _warnings(question: Question) -> Iterable[_Finding]:
    kind, stem = question.kind, question.stem
    if kind is Kind.MULTIPLE and len(question.answer) == 1:
        yield Severity.WARNING, f"多选题只有一个答案 {question.answer[0]}；请核对答案和题型。"
    if kind is Kind.ESSAY:
        yield Severity.WARNING, "简答题不能自动判分，会保留在题库里，但不会出现在答题中。"
    if kind is Kind.BLANK and question.answer:
        yield from _blank_warnings(question)
    if question.explanation:
        yield from _contradiction(question)
    yield from _leak(question)
    yield from _strange_text(question)
    if len(stem) > _LONGEST_STEM or any(len(option.text) > _LONGEST_OPTION for option in question.options):
        yield Severity.WARNING, "题目很长，聊天里只能显示一部分；最好缩短题干或选项。"
    yield from _serial_days(question)


def _strange_text(question: Question) -> Iterable[_Finding]:
    whole = "\n".join([question.stem, *(option.text for option in question.options)])
    if not _STRANGE.search(whole):
        return
    if _PICTURE.search(whole):
        yield Severity.WARNING, "题目提到图片，而图片读不进来；请核对没有图片时能否作答。"
    if _MARKUP.search(whole):
        yield Severity.WARNING, "题目里有网页代码，会原样显示；如果不是题目的内容，请去掉。"
    if _RUBBISH.search(whole):
        yield Severity.WARNING, "题目里有乱码或认不出的字符；请核对文字。"


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
    """The answer's own text standing in the stem's bracket, or a blank's answer elsewhere in its stem."""
    if not question.answer:
        return
    if question.kind in {Kind.SINGLE, Kind.MULTIPLE}:
        held = {_folded(found) for found in _FILLED_BRACKET.findall(question.stem)}
        right = [option for option in question.options if option.letter in question.answer]
        leaked = [option.text for option in right if held and _folded(option.text) in held]
        letters = "".join(question.answer).casefold()
        if leaked or letters in held:
            yield (
                Severity.WARNING,
                f"题干的括号里写着“{leaked[0] if leaked else letters.upper()}”，像是泄露了答案；请核对题干。",
            )
    elif question.kind is Kind.BLANK:
        for part in question.answer:
            leaked = [text for text in part.split(ALTERNATIVES) if len(text) > 2 and text in question.stem]
            if leaked:
                yield Severity.WARNING, f"题干里已经出现了答案“{leaked[0][:30]}”；请核对题干。"


def _serial_days(question: Question) -> Iterable[_Finding]:
    """A spreadsheet's day number (35612 for 1997-07-01) where the question is about a date."""
    texts = [option.text for option in question.options] or list(question.answer)
    numbers = [text for text in texts if _SERIAL_DAY.fullmatch(text)]
    if numbers and (_DAY_WORDS.search(question.stem) or any(_DAY_WORDS.search(text) for text in texts)):
        yield Severity.WARNING, f"“{numbers[0]}”像是被表格软件变成数字的日期；请核对，把单元格设为文本后重填。"


def _folded(text: str) -> str:
    """For comparing: one width, one case, no spacing, no full stop at the end. Signs stay: -5 is not 5."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.casefold().split()).rstrip(".。?")


def blank_marks(stem: str) -> int:
    """How many blanks a stem shows: underscores or empty brackets."""
    return len(_BLANK_MARKS.findall(stem))


def duplicates(questions: Sequence[Question]) -> list[Problem]:
    """Questions that say the same: with one answer a warning, with different answers an error, nearly alike a warning.

    Each is reported once, at the later question, and names the earlier one's place. Time is near linear in the
    number of questions.
    """
    found: list[Problem] = []
    first: dict[str, list[Question]] = defaultdict(list)
    distinct: list[tuple[str, Question]] = []
    for question in questions:
        stem = _folded(question.stem)
        if not stem:
            continue
        others = first[stem]
        same = next((other for other in others if _option_texts(other) == _option_texts(question)), None)
        if same is not None:
            found.append(_same(question, same))
        elif len(others) < _MOST_ALIKE:
            others.append(question)
            distinct.append((stem, question))
    return found + _near(distinct)


def _option_texts(question: Question) -> frozenset[str]:
    return frozenset(_folded(option.text) for option in question.options)


def _same(question: Question, earlier: Question) -> Problem:
    if question.kind in {Kind.BLANK, Kind.ESSAY} or not (question.answer and earlier.answer):
        differ = False
    else:
        differ = question.kind is earlier.kind and _answer_texts(question) != _answer_texts(earlier)
    if differ:
        message = f"与{_place(earlier)}是同一道题，答案却不同；请核对哪一个对，删去另一道。"
        return Problem(question.where, Severity.ERROR, message)
    return Problem(question.where, Severity.WARNING, f"与{_place(earlier)}重复；请删去其中一道。")


def _answer_texts(question: Question) -> frozenset[str]:
    texts = {option.letter: _folded(option.text) for option in question.options}
    return frozenset(texts.get(part, part) for part in question.answer)


def _place(question: Question) -> str:
    return question.where or f"编号为 {question.number} 的题"


_NOT_WORDS = re.compile(r"[\W_]+")
_EDGE = 8
_MOST_ALIKE = 12
_ALIKE = 0.86


def _near(distinct: Iterable[tuple[str, Question]]) -> list[Problem]:
    """Stems that begin or end alike and share nearly all pairs of characters, numbers apart from numbers.

    Stems differing in their numbers ask different things (夏季26度, 冬季20度), as do those of different options.
    """
    found: list[Problem] = []
    buckets: dict[str, list[tuple[str, Question]]] = defaultdict(list)
    for folded, question in distinct:
        stem = _NOT_WORDS.sub("", folded)
        if len(stem) < 2 * _EDGE:
            continue
        starts, ends = buckets[f"^{stem[:_EDGE]}"], buckets[f"{stem[-_EDGE:]}$"]
        candidates = [*starts[-_MOST_ALIKE:], *ends[-_MOST_ALIKE:]]
        near = next((other for text, other in candidates if _close(stem, text) and _alike(question, other)), None)
        if near is not None:
            found.append(Problem(question.where, Severity.WARNING, f"与{_place(near)}几乎相同；请核对是否重复。"))
        starts.append((stem, question))
        ends.append((stem, question))
    return found


def _close(stem: str, other: str) -> bool:
    if abs(len(stem) - len(other)) > (1 - _ALIKE) * max(len(stem), len(other)) or _numbers(stem) != _numbers(other):
        return False
    mine, theirs = _pairs(stem), _pairs(other)
    return len(mine & theirs) >= _ALIKE * len(mine | theirs)


def _pairs(text: str) -> set[str]:
    return {text[index : index + 2] for index in range(len(text) - 1)}


_DIGITS = re.compile(r"\d+")


def _numbers(text: str) -> list[str]:
    return _DIGITS.findall(text)


def _alike(question: Question, other: Question) -> bool:
    """Whether options do not tell the two apart: at least half of them are shared, or there are none."""
    mine, theirs = _option_texts(question), _option_texts(other)
    return 2 * len(mine & theirs) >= max(len(mine), len(theirs))
