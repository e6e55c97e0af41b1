"""QTI 1.2 (questestinterop) → questions: as the standard has it, and as Canvas, Blackboard and Common Cartridge do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from questions.model import EXPLANATION, Kind, Picture, Problem, Severity
from questions.readers.pictures import Pictures
from questions.readers.programs.exact import GAP, Choice, Exact, number_in, verdicts_in
from questions.readers.programs.scoring import Scoring
from questions.readers.reading import Reading
from questions.readers.rich_text import Find, Page, Shown, base64_bytes, embedded, looks_marked_up, shown
from questions.readers.xml import child_text, parse_xml, without_namespaces

_MOST_CHOICES = 100
"""That are tried out; no question of ours has as many."""

_FOREIGN = (
    (r"(?<!pattern_)match", "匹配题"),
    (r"order|sequenc|jumbled", "排序题"),
    (r"dropdown", "下拉选择题"),
    (r"calculat|formula", "计算题"),
    (r"file_?\s?upload", "文件上传题"),
    (r"hot_?\s?spot", "热点题"),
    (r"opinion|likert|survey", "量表题"),
    (r"quiz bowl", "抢答题"),
    (r"categorization", "分类题"),
    (r"stimulus", "材料题"),
)
_ESSAY = re.compile(r"essay|short response|long answer|cc\.essay", re.IGNORECASE)
_NUMBER = re.compile(r"numer", re.IGNORECASE)
_TEXT_ONLY = re.compile(r"text_only|text_no_question|description", re.IGNORECASE)
_RESPONSES = {"response_lid", "response_str", "response_num", "response_grp", "response_xy", "response_na"}
_WRONG = re.compile(r"incorrect|wrong|错", re.IGNORECASE)
_RIGHT = re.compile(r"correct|right|对", re.IGNORECASE)


def read_qti1(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    """Raises UnreadableFile where the text is no sound XML."""
    reading = Reading("qti1", encoding)
    pictures = Pictures()
    read_items(without_namespaces(parse_xml(text)), reading, pictures, embedded(pictures))
    reading.pictures = pictures.kept
    return reading


def read_items(
    root: Element, reading: Reading, pictures: Pictures, find: Find, *, within: str = "", category: str = ""
) -> None:
    """Adds every item of a tree. `within` names the member of a package; `category` is theirs that have no section."""
    parents = {child: parent for parent in root.iter() for child in parent}
    for place, element in enumerate(root.iter("item"), 1):
        where = f"{within}第{place}题" if within else f"第{place}题"
        item = Exact(where, category=_section(element, parents) or category)
        if _Item(element, item, pictures, find).read():
            reading.settled.append(item.settled())
        else:
            told = "这一项只有说明文字，不是题目，没有读入。"
            reading.problems.append(Problem(where, Severity.WARNING, told))


def _section(element: Element, parents: Mapping[Element, Element]) -> str:
    """The titles of the sections and the bank around an item, outermost first."""
    titles: list[str] = []
    above = parents.get(element)
    while above is not None:
        if above.tag == "section" and above.get("title") and above.get("ident") != "root_section":
            titles.append(" ".join(above.get("title", "").split()))
        elif above.tag == "objectbank" and (name := _metadata(above, deep=False).get("bank_title")):
            titles.append(name)
        above = parents.get(above)
    return "/".join(reversed(titles))


def _metadata(element: Element, *, deep: bool = True) -> dict[str, str]:
    """Labels, in lower case, and entries."""
    path = "itemmetadata//qtimetadatafield" if deep else "qtimetadata/qtimetadatafield"
    found = {
        child_text(field, "fieldlabel").strip().lower(): child_text(field, "fieldentry").strip()
        for field in element.iterfind(path)
    }
    for field in element.iterfind("itemmetadata/*"):
        found.setdefault(field.tag.lower(), "".join(field.itertext()).strip())
    return found


@dataclass(frozen=True, slots=True)
class _Label:
    """A choice of a response."""

    ident: str
    shown: Shown


class _Item:
    def __init__(self, element: Element, item: Exact, pictures: Pictures, find: Find) -> None:
        self._element, self._item, self._pictures, self._find = element, item, pictures, find
        self._scoring = Scoring(element)
        found = _metadata(element)
        names = ("question_type", "bbmd_questiontype", "cc_profile", "qmd_itemtype", "interaction_type")
        self._type = next((found[name] for name in names if found.get(name)), "")

    def read(self) -> bool:
        """False for an item that asks nothing."""
        self._item.number = number_in(self._element.get("title", ""))
        responses = self._presentation()
        if not responses and (_TEXT_ONLY.search(self._type) or not self._type):
            return False
        foreign = next((name for pattern, name in _FOREIGN if re.search(pattern, self._type, re.IGNORECASE)), "")
        feedback = _Feedback(self._element, self._item, self.material)
        self._item.explanation = feedback.general
        if foreign:
            self._item.be_foreign(foreign)
        else:
            self._by_responses(responses, feedback)
        if self._scoring.strange:
            self._item.warning("评分规则里有看不懂的条件；请核对答案。")
        return True

    def _presentation(self) -> list[Element]:
        """Takes the stem, with a gap where a response stands inside it; gives the responses in order."""
        responses: list[Element] = []
        pieces: list[str] = []
        for part in _in_order(self._element.find("presentation")):
            if part.tag == "material":
                pieces.append(self._item.take(self.material(part)))
            else:
                responses.append(part)
                pieces.append(GAP if part.tag in {"response_str", "response_num"} else "")
        written = sum(piece == GAP for piece in pieces)
        behind = all(piece in {GAP, ""} for piece in pieces[pieces.index(GAP) :]) if written else False
        if behind and written == 1:
            pieces = [piece for piece in pieces if piece != GAP]
        self._item.stem = _joined(pieces)
        return responses

    def _by_responses(self, responses: Sequence[Element], feedback: _Feedback) -> None:
        lists = [response for response in responses if response.tag == "response_lid"]
        texts = [response for response in responses if response.tag in {"response_str", "response_num"}]
        item = self._item
        if _ESSAY.search(self._type) or not responses or self._is_open(texts, lists):
            item.kind = Kind.ESSAY
            item.answer = (feedback.solution,) if feedback.solution else ()
        elif len(lists) + len(texts) < len(responses):
            item.be_foreign("图形题")
        elif len(lists) == 1 and not texts:
            self._choice(lists[0], feedback)
        elif lists and not texts and "fill_in_multiple_blanks" in self._type:
            self._named_blanks(lists)
        elif lists:
            item.be_foreign("组合题")
        elif len(texts) == 1 and (_NUMBER.search(self._type) or self._counts(texts[0])):
            item.count(self._scoring.numbers())
        else:
            self._words(texts)

    def _is_open(self, texts: Sequence[Element], lists: Sequence[Element]) -> bool:
        """A text of several lines that nothing marks."""
        return (
            len(texts) == 1
            and not lists
            and not self._type
            and not self._scoring.values()
            and not self._counts(texts[0])
        )

    def _counts(self, response: Element) -> bool:
        fib = response.find(".//render_fib")
        typed = "" if fib is None else fib.get("fibtype", "")
        return (
            response.tag == "response_num"
            or typed.lower() in {"integer", "decimal", "scientific"}
            or self._scoring.ranged
        )

    def _choice(self, response: Element, feedback: _Feedback) -> None:
        item, several = self._item, response.get("rcardinality", "Single").lower() == "multiple"
        if response.get("rcardinality", "").lower() == "ordered":
            item.be_foreign("排序题")
            return
        labels = [_Label(label.get("ident", ""), self.material(label)) for label in response.iter("response_label")]
        several = several or bool(re.search(r"multiple_answers|multiple_response|multiple answer", self._type, re.I))
        idents = [label.ident for label in labels[:_MOST_CHOICES]]
        shares = self._scoring.shares(response.get("ident", ""), idents, several=several)
        verdicts = verdicts_in([(label.ident, label.shown.text) for label in labels])
        if verdicts is not None and not several:
            right = [verdicts[label.ident] for label in labels if shares.get(label.ident, 0) >= 1]
            item.judge(right[0] if len(right) == 1 else None)
            item.explain(feedback.by_choice.get(label.ident, "") for label in labels)
            return
        item.choose(
            [
                Choice(label.shown, shares.get(label.ident, 0.0), feedback.by_choice.get(label.ident, ""))
                for label in labels
            ],
            several=several,
        )
        if several and not self._scoring.sure:
            item.warning("评分规则不要求选全，这里要选全才算对；请核对答案。")

    def _named_blanks(self, responses: Sequence[Element]) -> None:
        """Canvas names its blanks in the stem ([color]) and lists what each accepts."""
        item = self._item
        blanks: list[tuple[int, list[str]]] = []
        for response in responses:
            name = "".join(self.material(material).text for material in response.findall("material"))
            mark = f"[{name}]"
            place = item.stem.find(mark)
            item.stem = item.stem.replace(mark, GAP, 1)
            words = [self.material(label).text for label in response.iter("response_label")]
            blanks.append((place if place >= 0 else len(item.stem), list(dict.fromkeys(words))))
        item.fill(words for _, words in _by_gap(blanks))

    def _words(self, responses: Sequence[Element]) -> None:
        values = self._scoring.values()
        most = max((score for *_, score in values), default=0.0)
        blanks: list[list[str]] = []
        for response in responses:
            mine = [(text, score) for ident, text, score in values if ident in {response.get("ident"), ""}]
            full = [text for text, score in mine if len(responses) > 1 or score >= most]
            self._item.report_partial([text for text, _ in mine if text not in full])
            blanks.append(list(dict.fromkeys(text.strip() for text in full)))
        self._item.fill(blanks)
        if self._scoring.by_part:
            self._item.warning("原来只要包含答案的文字就算对，这里要与答案相同；请核对。")

    def material(self, element: Element) -> Shown:
        """All that the materials in an element show."""
        whole = Shown("")
        texts: list[str] = []
        for part in element.iter():
            found: Shown | None = None
            if part.tag in {"mattext", "matemtext", "mat_formattedtext"}:
                found = self._text(part)
            elif part.tag == "matimage":
                found = self._image(part)
            elif part.tag == "matbreak":
                texts.append("\n")
            elif part.tag in {"mataudio", "matvideo", "matapplet", "matapplication"}:
                whole.lost.append("音频、视频或程序")
            if found is not None:
                texts.append(found.text)
                whole.pictures += found.pictures
                whole.lost += found.lost
        whole.text = _joined(texts)
        return whole

    def _text(self, part: Element) -> Shown:
        if len(part):
            page = Page(self._find)
            page.tree(part, lambda _: None)
            return page.finished()
        text, form = part.text or "", (part.get("texttype") or part.get("type") or "").lower()
        if "html" in form or looks_marked_up(text):
            return shown(text, self._find, line_feeds="html" not in form)
        return Shown(text.strip())

    def _image(self, part: Element) -> Shown:
        source = part.get("uri", "")
        alt = part.get("label", "") or part.get("alt", "")
        picture: Picture | None = None
        if part.get("embedded", "").lower() == "base64":
            picture = self._pictures.keep(base64_bytes(part.text or ""), alt)
        elif source:
            picture = self._find(unquote(source), alt)
        return Shown("", [picture]) if picture else Shown("", lost=[f"图片“{source[-40:] or alt[:40]}”"])


def _in_order(presentation: Element | None) -> Iterator[Element]:
    """Materials and responses of a presentation; what stands inside a response belongs to it."""
    waiting = [] if presentation is None else [presentation]
    while waiting:
        element = waiting.pop()
        if element.tag in _RESPONSES:
            prompt = [material for material in element.findall("material") if element.tag == "response_lid"]
            if len(prompt) == 1 and element.get("ident", "").startswith("response_"):
                prompt = []  # the name of a Canvas blank
            yield from prompt
            yield element
        elif element.tag == "material":
            yield element
        else:
            waiting += reversed(element)


def _by_gap(blanks: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    return sorted(blanks, key=lambda blank: blank[0])


def _joined(pieces: Sequence[str]) -> str:
    """Texts on lines of their own; a gap within the line that it stands in."""
    whole = ""
    for piece in pieces:
        if not piece:
            continue
        within = piece in {GAP, "\n"} or whole.endswith((GAP, "\n"))
        letters = whole[-1:].isascii() and piece[:1].isascii() and (whole[-1:].isalnum() or piece[:1].isalnum())
        whole += piece if within and not letters else f" {piece}" if within else f"\n{piece}" if whole else piece
    return whole.strip()


class _Feedback:
    """What an item says after it was answered."""

    def __init__(self, element: Element, item: Exact, shows: Callable[[Element], Shown]) -> None:
        texts = {one.get("ident", ""): shows(one) for one in element.iterfind("itemfeedback")}
        self.solution = ""
        self.by_choice: dict[str, str] = {}
        general: list[str] = []
        right: list[str] = []
        wrong: list[str] = []
        for condition in element.iter("respcondition"):
            links = [link.get("linkrefid", "") for link in condition.iter("displayfeedback")]
            chosen = [value.text or "" for value in condition.iter("varequal")]
            if len(chosen) == 1 and condition.find("setvar") is None:
                self.by_choice |= {chosen[0].strip(): texts.pop(link).text for link in links if link in texts}
        for ident, part in texts.items():
            solution = element.find(f"itemfeedback[@ident='{ident}']/solution") if "'" not in ident else None
            if solution is not None:
                self.solution = part.text
            elif _WRONG.search(ident):
                wrong.append(part.text)
            elif _RIGHT.search(ident):
                right.append(part.text)
            else:
                general.append(part.text)
        for part in texts.values():
            item.pictures += [Picture(picture.sha256, EXPLANATION, picture.alt) for picture in part.pictures]
        told = [text for text in [*general, *right] if text] or [text for text in wrong if text]
        self.general = "\n".join(dict.fromkeys(told))
