"""Moodle XML → questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from questions.model import EXPLANATION, Kind, Picture, Problem, Severity
from questions.readers.pictures import Pictures
from questions.readers.programs.cloze import read_cloze
from questions.readers.programs.exact import Choice, Exact, Number, number_in
from questions.readers.programs.gift import category_of
from questions.readers.reading import Reading
from questions.readers.rich_text import Find, Shown, base64_bytes, embedded, looks_marked_up, shown
from questions.readers.xml import child_text, parse_xml, without_namespaces

OURS = "<!-- 绿答 lvda-questions moodle 1 -->"
"""Stands in a file that `questions.writers.moodle` wrote: its texts stay as they are."""
DIFFICULTY = "难度:"
"""A tag that begins so holds the question's difficulty; Moodle has no other place for it."""
PLAIN_TAG = "标签:"
"""In front of a tag that begins as one of these two do."""
SOURCE_OPENS = '<div class="lvda-source">来源：'
"""In front of the source, at the end of the general feedback, until the end of that `div`."""

_SOURCE = re.compile(rf"{re.escape(SOURCE_OPENS)}(.*)</div>\s*$", re.DOTALL)
_FILES = "@@PLUGINFILE@@/"
_FOREIGN = {
    "matching": "匹配题",
    "randomsamatch": "随机匹配题",
    "ddwtos": "拖拽填词题",
    "gapselect": "选词填空题",
    "ddimageortext": "拖图题",
    "ddmarker": "拖拽标记题",
    "ordering": "排序题",
    "calculated": "计算题",
    "calculatedsimple": "计算题",
    "calculatedmulti": "计算题",
    "coderunner": "编程题",
    "stack": "STACK 数学题",
    "kprime": "KPrime 题",
    "mtf": "多项判断题",
    "gapfill": "拖拽填空题",
    "wordselect": "选词题",
    "recordrtc": "录音题",
    "random": "随机题",
    "poodllrecording": "录音题",
}


def read_moodle(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    """Multiple choice, true/false, short answer, numerical, essay, and cloze whose gaps are to be filled in.

    Raises UnreadableFile where the text is no sound XML.
    """
    root = without_namespaces(parse_xml(text))
    reading = Reading("moodle", encoding)
    pictures = Pictures()
    ours = OURS in text[:400]
    category, place = "", 0
    for question in root.iter("question"):
        kind = question.get("type", "").strip().lower()
        if kind == "category":
            path = child_text(question, "category")
            category = _own_category(path) if ours else category_of(path)
            continue
        place += 1
        item = Exact(f"第{place}题", category=category)
        if kind == "description":
            told = "这是一段说明文字，不是题目，没有读入。"
            reading.problems.append(Problem(item.where, Severity.WARNING, told))
            continue
        _Question(question, item, pictures, ours).read(kind)
        reading.settled.append(item.settled(verbatim=ours))
    reading.pictures = pictures.kept
    return reading


def _own_category(path: str) -> str:
    return path.removeprefix("$course$/top").removeprefix("/").replace("//", "/")


class _Question:
    def __init__(self, element: Element, item: Exact, pictures: Pictures, ours: bool) -> None:
        self._element, self._item, self._pictures, self._ours = element, item, pictures, ours

    def read(self, kind: str) -> None:
        item, element = self._item, self._element
        item.number = child_text(element, "idnumber") or number_in(child_text(element, "name"))
        self._tags()
        if kind not in {"cloze", "multianswer"}:
            item.stem = item.take(self._shown(element.find("questiontext")))
        match kind:
            case "multichoice" | "multichoiceset" | "oumultiresponse" | "multianswerset":
                self._choices(several=kind != "multichoice" or not self._single())
            case "truefalse":
                self._truth()
            case "shortanswer" | "pmatch" | "regexp":
                self._words(kind)
            case "numerical":
                self._numbers()
            case "essay" | "essayautograde":
                self._essay()
            case "cloze" | "multianswer":
                self._cloze()
            case _:
                item.be_foreign(_FOREIGN.get(kind, kind or "没有写"))
        self._explanation()

    def _single(self) -> bool:
        return child_text(self._element, "single").strip().lower() not in {"false", "0"}

    def _tags(self) -> None:
        for tag in self._element.iterfind("tags/tag"):
            text = "".join(tag.itertext()) if self._ours else "".join(tag.itertext()).strip()
            if text.startswith(DIFFICULTY):
                self._item.difficulty = text.removeprefix(DIFFICULTY).strip()
            elif text:
                self._item.tags.append(text.removeprefix(PLAIN_TAG))

    def _answers(self) -> Iterator[tuple[Element, float]]:
        """Each answer with its share of the whole mark."""
        for answer in self._element.iterfind("answer"):
            try:
                share = float(answer.get("fraction", "0")) / 100
            except ValueError:
                share = 0.0
            yield answer, share

    def _choices(self, *, several: bool) -> None:
        form = self._element.find("questiontext")
        inherited = "html" if form is None else form.get("format", "html")
        self._item.choose(
            [
                Choice(self._shown(answer, inherited), share, self._feedback(answer))
                for answer, share in self._answers()
            ],
            several=several,
        )

    def _truth(self) -> None:
        verdicts = {
            _own_text(answer).strip().lower(): (share, self._feedback(answer)) for answer, share in self._answers()
        }
        right = [word for word, (share, _) in verdicts.items() if share > 0]
        known = {"true": True, "false": False}
        self._item.judge(known.get(right[0]) if len(right) == 1 else None)
        self._item.explain(feedback for _, feedback in sorted(verdicts.values(), key=lambda verdict: -verdict[0]))

    def _words(self, kind: str) -> None:
        right, partly, feedbacks = list[str](), list[str](), list[str]()
        for answer, share in self._answers():
            text = _own_text(answer) if self._ours else _own_text(answer).strip()
            if share > 0.999:
                right.append(self._item.literal_stars(text))
                feedbacks.append(self._feedback(answer))
            elif share > 0:
                partly.append(text)
        self._item.fill([right] if right else [])
        self._item.report_partial(partly)
        if kind != "shortanswer" and right:
            self._item.warning("答案是一个匹配式，这里按它的文字读入；请改成确切的答案。")
        self._item.explain(feedbacks)

    def _numbers(self) -> None:
        numbers, partly, feedbacks = list[Number](), list[str](), list[str]()
        for answer, share in self._answers():
            value = _own_text(answer).strip()
            if share > 0.999:
                numbers.append(Number.around(value, child_text(answer, "tolerance").strip()))
                feedbacks.append(self._feedback(answer))
            elif share > 0:
                partly.append(value)
        self._item.count([number for number in numbers if number.value != "*"])
        self._item.report_partial(partly)
        if self._element.find("units/unit") is not None:
            self._item.warning("答案可以带单位，这里只认数字；请核对。")
        self._item.explain(feedbacks)

    def _essay(self) -> None:
        self._item.kind = Kind.ESSAY
        model = self._shown(self._element.find("graderinfo"))
        text = model.text if self._ours else model.text.strip()
        self._item.answer = (text,) if text else ()

    def _cloze(self) -> None:
        part = self._element.find("questiontext")
        read_cloze(self._item, _own_text(part) if part is not None else "", self._find(part))

    def _explanation(self) -> None:
        item, part = self._item, self._element.find("generalfeedback")
        told = item.explanation
        text = "" if part is None else _own_text(part)
        if (source := _SOURCE.search(text)) is not None:
            item.source = shown(source[1], self._find(part)).text
            text = text[: source.start()]
        item.explanation = item.take(self._text(text, part, "html"), EXPLANATION)
        item.explain([told])

    def _feedback(self, answer: Element) -> str:
        return self._shown(answer.find("feedback")).text

    def _shown(self, part: Element | None, inherited: str = "html") -> Shown:
        return Shown("") if part is None else self._text(_own_text(part), part, inherited)

    def _text(self, text: str, part: Element | None, inherited: str) -> Shown:
        form = "html" if part is None else part.get("format") or inherited
        if form == "html":
            return shown(text, self._find(part))
        if form == "moodle_auto_format" and looks_marked_up(text):
            return shown(text, self._find(part), line_feeds=True)
        return Shown(text)

    def _find(self, part: Element | None) -> Find:
        """Pictures from the files that stand beside a text, or from its addresses themselves."""
        within = embedded(self._pictures)

        def find(source: str, alt: str) -> Picture | None:
            if not source.startswith(_FILES):
                return within(source, alt)
            wanted = unquote(source.removeprefix(_FILES).partition("?")[0])
            for file in () if part is None else part.iterfind("file"):
                if (file.get("path", "/") + file.get("name", "")).lstrip("/") == wanted.lstrip("/"):
                    return self._pictures.keep(base64_bytes(file.text or ""), alt)
            return None

        return find


def _own_text(part: Element) -> str:
    """What stands in ``<text>``, or in the element itself as old files have it."""
    text = part.find("text")
    if text is not None:
        return "".join(text.itertext())
    return part.text or ""
