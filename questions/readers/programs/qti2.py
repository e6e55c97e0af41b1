"""QTI 2.0, 2.1, 2.2 and 3.0 (assessmentItem) → questions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from questions.model import EXPLANATION, Kind, UnreadableFile
from questions.readers.pictures import Pictures
from questions.readers.programs.exact import GAP, Choice, Exact, Number, number_in, verdicts_in
from questions.readers.reading import Reading
from questions.readers.rich_text import Find, Page, Shown, embedded
from questions.readers.xml import local, parse_xml

_ONLY_NAMES = "这个文件只列出题目的文件名，没有题目本身；请导入整个压缩包（zip）。"
_INTERACTIONS = {
    "choiceinteraction": "",
    "textentryinteraction": "",
    "extendedtextinteraction": "",
    "inlinechoiceinteraction": "下拉选择题",
    "orderinteraction": "排序题",
    "matchinteraction": "匹配题",
    "associateinteraction": "配对题",
    "gapmatchinteraction": "拖拽填空题",
    "graphicgapmatchinteraction": "拖图题",
    "hottextinteraction": "选词题",
    "hotspotinteraction": "热点题",
    "selectpointinteraction": "标点题",
    "graphicorderinteraction": "图形排序题",
    "graphicassociateinteraction": "图形配对题",
    "positionobjectinteraction": "摆放题",
    "sliderinteraction": "滑块题",
    "mediainteraction": "音视频题",
    "drawinginteraction": "画图题",
    "uploadinteraction": "文件上传题",
    "endattemptinteraction": "提示按钮",
    "custominteraction": "自定义题",
    "portablecustominteraction": "自定义题",
}
_HIDDEN = {"rubricblock", "stylesheet", "feedbackinline", "feedbackblock", "templateinline", "templateblock", "catalog"}
_WRONG = re.compile(r"incorrect|wrong|错", re.IGNORECASE)
_NUMERIC = {"integer", "float"}


def read_qti2(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    """Raises UnreadableFile where the text is no sound XML, or a test whose items are files of their own."""
    root = plain_names(parse_xml(text))
    reading = Reading("qti2", encoding)
    pictures = Pictures()
    elements = list(items_in(root))
    if not elements and root.tag == "assessmenttest":
        raise UnreadableFile(_ONLY_NAMES)
    for place, element in enumerate(elements, 1):
        reading.settled.append(read_item(element, Exact(f"第{place}题"), embedded(pictures)).settled())
    reading.pictures = pictures.kept
    return reading


def plain_names(root: Element) -> Element:
    """The same tree with the names that all versions share: ``qti-choice-interaction`` → ``choiceinteraction``."""
    for element in root.iter():
        element.tag = _plain_name(element.tag)
        element.attrib = {_plain_name(name): value for name, value in element.attrib.items()}
    return root


def _plain_name(name: str) -> str:
    return local(name).lower().removeprefix("qti-").replace("-", "")


def items_in(root: Element) -> list[Element]:
    return list(root.iter("assessmentitem"))


@dataclass(slots=True)
class _Declared:
    """A response that an item declares."""

    cardinality: str = "single"
    type: str = ""
    correct: list[str] = field(default_factory=list)
    mapped: dict[str, float] = field(default_factory=dict)

    def shares(self) -> dict[str, float]:
        """The share of the whole mark of each value that earns something."""
        if self.correct:
            return {**self._parts(), **dict.fromkeys(self.correct, 1.0)}
        if self.cardinality in {"multiple", "ordered"}:
            return {value: 1.0 for value, score in self.mapped.items() if score > 0}
        return self._parts()

    def _parts(self) -> dict[str, float]:
        if self.cardinality != "single":
            return {}
        most = max(self.mapped.values(), default=0.0)
        return {value: score / most for value, score in self.mapped.items() if most > 0 and score > 0}


def read_item(element: Element, item: Exact, find: Find) -> Exact:
    """The item, filled from an assessmentItem whose names are plain."""
    item.number = number_in(element.get("title", ""))
    _Item(element, item, find).read()
    return item


class _Item:
    def __init__(self, element: Element, item: Exact, find: Find) -> None:
        self._element, self._item, self._find = element, item, find
        self._declared = {
            declared.get("identifier", ""): _declared(declared) for declared in element.iter("responsedeclaration")
        }
        self._interactions: list[Element] = []

    def read(self) -> None:
        item, body = self._item, self._element.find("itembody")
        if body is None:
            body = Element("itembody")
        item.stem = item.take(self._shown(body, self._instead_in_stem))
        found = self._interactions
        if len(found) == 1 and found[0].tag == "textentryinteraction":
            item.stem = item.stem.removesuffix(GAP).strip()
        tags = {one.tag for one in found}
        told = next((name for tag in sorted(tags) if (name := _INTERACTIONS[tag])), "")
        if not found:
            item.kind = Kind.ESSAY
            item.error("这一题没有作答的地方，不能在答题中使用；请改成单选、多选、判断或填空。")
        elif len(found) > 1 and tags != {"textentryinteraction"}:
            item.be_foreign(told or "组合题")
        elif tags == {"inlinechoiceinteraction"}:
            self._choice(found[0], "inlinechoice")
        elif told:
            item.be_foreign(told)
        elif tags == {"choiceinteraction"}:
            self._choice(found[0], "simplechoice")
        elif tags == {"extendedtextinteraction"}:
            self._essay(found[0])
        else:
            self._blanks(found)
        self._explanation()

    def _instead_in_stem(self, part: Element) -> str | None:
        """What stands for a part of the body in the stem; None for what it shows."""
        if part.tag in _INTERACTIONS:
            if part.tag == "endattemptinteraction":
                return ""
            self._interactions.append(part)
            if part.tag in {"textentryinteraction", "inlinechoiceinteraction"}:
                return GAP
            prompt = part.find("prompt")
            return "" if prompt is None else f"\n{self._item.take(self._shown(prompt))}\n"
        return "" if part.tag in _HIDDEN else None

    def _shown(self, element: Element, instead: object = None) -> Shown:
        page = Page(self._find)
        page.tree(element, self._instead_in_stem if instead is not None else _instead)
        return page.finished()

    def _response(self, interaction: Element) -> _Declared:
        return self._declared.get(interaction.get("responseidentifier", ""), _Declared())

    def _choice(self, interaction: Element, tag: str) -> None:
        item, declared = self._item, self._response(interaction)
        shares = declared.shares() or self._matched(interaction)
        choices = [
            (choice.get("identifier", ""), self._shown(choice), self._inline_feedback(choice))
            for choice in interaction.iter(tag)
        ]
        several = declared.cardinality == "multiple" or interaction.get("maxchoices", "1") not in {"0", "1", ""}
        truths = verdicts_in([(ident, shown.text) for ident, shown, _ in choices])
        if truths is not None and not several:
            right = [truths[ident] for ident, _, _ in choices if shares.get(ident, 0) >= 1]
            item.judge(right[0] if len(right) == 1 else None)
            return
        told = [Choice(shown, shares.get(ident, 0.0), feedback) for ident, shown, feedback in choices]
        item.choose(told, several=several)
        if set(declared.correct) - {ident for ident, _, _ in choices}:
            item.error("正确答案不在选项里；请改正答案，或补上选项。")

    def _matched(self, interaction: Element) -> dict[str, float]:
        """What the item's own rules compare the response with, where nothing declares what is right."""
        name = interaction.get("responseidentifier", "")
        found: dict[str, float] = {}
        for condition in self._element.iter("responseif"):
            if condition.find(".//not") is not None or not _earns(condition):
                continue
            for test in condition.iter():
                variable, value = test.find("variable"), test.find("basevalue")
                if test.tag not in {"match", "member"} or variable is None or value is None:
                    continue
                if variable.get("identifier") == name:
                    found[(value.text or "").strip()] = 1.0
        return found

    def _inline_feedback(self, choice: Element) -> str:
        return "\n".join(self._shown(part).text for part in choice.iter("feedbackinline"))

    def _essay(self, interaction: Element) -> None:
        declared = self._response(interaction)
        self._item.kind = Kind.ESSAY
        self._item.answer = tuple(declared.correct[:1])

    def _blanks(self, interactions: Sequence[Element]) -> None:
        item, declared = self._item, [self._response(one) for one in interactions]
        if len(declared) == 1 and declared[0].type in _NUMERIC:
            item.count([Number(value) for value, share in declared[0].shares().items() if share > 0.999])
        else:
            item.fill([value for value, share in one.shares().items() if share > 0.999] for one in declared)
        partly = [value for one in declared for value, share in one.shares().items() if share <= 0.999]
        item.report_partial(partly)
        modes = {part.get("tolerancemode", "exact") for part in self._element.iter("equal")}
        if modes - {"exact"}:
            item.warning("答案允许有误差，这里只认写出的数；请核对。")
        if any(True for _ in self._element.iter("patternmatch")) or any(True for _ in self._element.iter("substring")):
            item.warning("原来按匹配式判分，这里要与答案相同；请核对。")

    def _explanation(self) -> None:
        parts = [*self._element.iterfind("modalfeedback"), *self._element.iter("feedbackblock")]
        right = [part for part in parts if not _WRONG.search(part.get("identifier", ""))]
        told = [self._item.take(self._shown(part), EXPLANATION) for part in right or parts]
        before = self._item.explanation
        self._item.explanation = ""
        self._item.explain([*told, before])


def _instead(part: Element) -> str | None:
    return "" if part.tag in _HIDDEN else None


def _declared(element: Element) -> _Declared:
    found = _Declared(element.get("cardinality", "single").lower(), element.get("basetype", "").lower())
    found.correct = [
        text for value in element.iterfind("correctresponse/value") if (text := (value.text or "").strip())
    ]
    for entry in element.iterfind("mapping/mapentry"):
        try:
            found.mapped[entry.get("mapkey", "").strip()] = float(entry.get("mappedvalue", "0"))
        except ValueError:
            continue
    return found


def _earns(condition: Element) -> bool:
    """Whether a rule sets the score to more than nothing."""
    for outcome in condition.iter("setoutcomevalue"):
        value = outcome.find("basevalue")
        if outcome.get("identifier", "").upper().startswith(("SCORE", "FEEDBACK")) and value is not None:
            text = (value.text or "").strip().lower()
            return text in {"correct", "true"} or bool(re.fullmatch(r"0*[1-9]\d*(?:\.\d+)?|0?\.\d*[1-9]\d*", text))
    return False
