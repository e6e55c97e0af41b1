"""Blocks → drafts: the stem, options, answer and explanation of one question, put together from its pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from questions.model import EXPLANATION, LETTERS, Kind, Picture, Severity
from questions.readers.drafts import Draft
from questions.readers.meaning.answers import fold, letters_in, truth_of
from questions.readers.meaning.kinds import Named, kind_named
from questions.readers.meaning.options import split_options
from questions.readers.written.answering import lone_answer
from questions.readers.written.blocks import OPTION, TEXT, Block, Entry
from questions.readers.written.fields import Part
from questions.readers.written.folding import folded
from questions.readers.written.labels import first_lone_label
from questions.readers.written.titles import kind_inside, kind_prefix, kind_suffix

_RIGHT = re.compile(
    r"\s*+[(\[]\s*+(?:正确答案|正确选项|正确|答案|对|√|正解|本题答案|right|correct)\s*+[)\]]\s*+|\s*+[√✓✔✅☑★]\s*+$|\s*+[←<]-*\s*正确答案$",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[√✓✔✅☑★×✗✘❌✖]$|[)）\]】]$|正确答案$|[(（\[【](?:正确|答案|对|√|right|correct)", re.IGNORECASE)
_WRONG = re.compile(r"\s*+(?:[×✗✘❌✖]|[(\[]\s*+(?:错误|错|×|不正确|wrong|incorrect)\s*+[)\]])\s*+$", re.IGNORECASE)
_TRUTH_LINE = re.compile(
    r"(?:[A]\s?[.、:]?\s?)?(?:\(\s?\)\s?)?(正确|对|√|是)[\s/|,、;]++(?:[B]\s?[.、:]?\s?)?(?:\(\s?\)\s?)?(错误|错|×|否)(?:\s?\(\s?\))?"
)
_CORRECTED = re.compile(r"[(\[]\s*+(√|×|✓|✗|✔|✘|❌|对|错|正确|错误)\s*+[,。.:;、]\s*+([^()\[\]]{2,120})[)\]]$")
_BEHIND_OPTIONS = re.compile(r"(?:\s{2,}|\t)[(\[]\s*+([A-J](?:[\s,、]{0,2}[A-J]){0,9})\s*+[)\]]$")
_JOINED = 16
"""A line of at least so many characters that ends within a sentence was broken by its width, not by its writer."""
_PARTS = (Part.CATEGORY, Part.DIFFICULTY, Part.SOURCE)


def compose(block: Block) -> Draft:
    """The draft of one block; what it says itself goes before what stands above it."""
    draft = Draft(where=block.seen.line.where, parted=True)
    for severity, message in block.notes:
        draft.error(message) if severity is Severity.ERROR else draft.warning(message)
    _about(draft, block)
    value = block.value
    if value is not None:
        draft.number = str(value)
        if block.seen.number is not None and block.seen.number.doubtful:
            draft.warning(f"题号和题干连在一起，已读作第 {value} 题；请核对题干的开头。")
    parts = _Parts(block, draft)
    parts.place()
    return draft


def _about(draft: Draft, block: Block) -> None:
    about, said = block.about, block.about.said
    draft.section = about.section
    if kind := said.get(Part.KIND):
        draft.section = kind_named(kind) or (Named(Kind.ESSAY, kind) if kind else draft.section)
    draft.category = said.get(Part.CATEGORY, "") or about.chapter
    draft.difficulty = said.get(Part.DIFFICULTY, "")
    draft.source = said.get(Part.SOURCE, "")
    draft.tags = _tags(said.get(Part.TAGS, ""))
    draft.kind = block.kind
    number = block.seen.number
    if block.numbered and number is not None and number.kind:
        draft.kind = number.kind


def _tags(text: str) -> list[str]:
    return [tag for tag in re.split(r"[、,，;；\s]+", text) if tag]


class _Parts:
    """Puts the pieces of one block into its draft."""

    def __init__(self, block: Block, draft: Draft) -> None:
        self.block, self.draft = block, draft
        self.stem: list[Entry] = []
        self.options: list[list[Entry]] = []
        self.letters: list[str] = []
        self.answers: list[list[str]] = []
        self.explanation: list[str] = []
        self.listed: list[str] = []
        self.lone: list[str] = []
        self.ticked = ""

    def place(self) -> None:
        last: str = TEXT
        entries = self._truths(self.block.entries)
        options = next((place for place, entry in enumerate(entries) if entry.what == OPTION), 0)
        for place, entry in enumerate(entries):
            early = place < options and last == Part.ANSWER and (not self.answers or any(self.answers[-1]))
            last = self._piece(entry, TEXT if early else last)
        self._stem_options()
        self._write_stem()
        self._write_options()
        self._write_answer()
        self.draft.explanation = "\n".join(part for part in self.explanation if part)

    def _truths(self, entries: list[Entry]) -> list[Entry]:
        """``正确`` and ``错误`` on two lines below each other are options without letters."""
        for place, entry in enumerate(entries[:-1]):
            if entry.what == OPTION:
                break
            below = entries[place + 1]
            if entry.what == below.what == TEXT and place and _opposite(entry, below):
                options = [replace(entry, what=OPTION, letter="A"), replace(below, what=OPTION, letter="B")]
                return [*entries[:place], *options, *entries[place + 2 :]]
        return entries

    def _piece(self, entry: Entry, last: str) -> str:
        """Places one piece; what a bare text belongs to is what stands before it."""
        what = entry.what
        if what == TEXT:
            what = self._text(entry, last)
        elif what == OPTION:
            self.options.append([entry])
            self.letters.append(entry.letter)
        elif what == Part.ANSWER:
            self.answers.append([entry.text])
        elif what == Part.EXPLANATION:
            self.explanation.append(entry.text)
        elif what == Part.KIND:
            self.draft.kind = entry.text.strip("。.;； ")
        elif what == Part.TAGS:
            self.draft.tags = _tags(entry.text)
        elif what in _PARTS:
            setattr(self.draft, str(what), entry.text.strip("；; "))
        if entry.seen.line.pictures:
            self._pictures(entry, what)
        return what

    def _text(self, entry: Entry, last: str) -> str:
        """Places a bare text; gives what it turned out to be."""
        match last:
            case "text":
                return self._in_stem(entry)
            case "option":
                return self._below_options(entry)
            case Part.OPTIONS:
                self.listed.append(entry.text)
                return last
            case Part.ANSWER if self._goes_on(entry):
                return last
        if last == Part.ANSWER:
            self.draft.warning(f"答案下面的“{entry.text[:20]}”没有写是什么，已当作解析；请核对。")
        self.explanation.append(entry.text)
        return Part.EXPLANATION

    def _in_stem(self, entry: Entry) -> str:
        if self._verdicts(entry):
            return OPTION
        lone = lone_answer(entry.folded)
        if self.stem and lone and not self.options:
            self.lone.append(lone)
            return Part.ANSWER
        if self.stem or entry.folded not in _VERDICTS:
            self.stem.append(entry)
        return TEXT

    def _below_options(self, entry: Entry) -> str:
        """A line below options goes on in the last one, or is the answer, or only a verdict on somebody's own."""
        lone = lone_answer(entry.folded)
        if not lone or len(self.options) < 2 or not self.options[-1][-1].text:
            self.options[-1].append(entry)
            return OPTION
        judged = any(truth_of(option[0].text) is not None for option in self.options)
        if judged or letters_in(lone) is not None:
            self.lone.append(lone)
        return Part.IGNORED

    def _goes_on(self, entry: Entry) -> bool:
        """Whether a line belongs to the answer above it."""
        said = bool(self.answers) and any(self.answers[-1])
        blank = self._is_blank() or any("__" in stem.folded for stem in self.stem)
        if not self.answers or (said and (blank or _complete(self.answers[-1]))):
            return False
        self.answers[-1].append(entry.text)
        return True

    def _verdicts(self, entry: Entry) -> bool:
        """``正确 错误`` on a line of its own are the two options of a true/false question."""
        found = _TRUTH_LINE.fullmatch(entry.folded) if len(entry.folded) < 30 else None
        if found is None or not self.stem or self.options:
            return False
        for group, letter in ((1, "A"), (2, "B")):
            start = entry.start + entry.seen.folded[entry.start : entry.end].index(found[group])
            self.options.append([replace(entry, start=start, end=start + len(found[group]))])
            self.letters.append(letter)
        return True

    def _pictures(self, entry: Entry, what: str) -> None:
        """A line's pictures belong to its last piece."""
        pictures = entry.seen.line.pictures
        if any(entry.seen is later.seen for later in self.block.entries[self._index(entry) + 1 :]):
            return
        row = [held for held in self.block.entries if held.seen is entry.seen]
        options = [held for held in row if held.what == OPTION]
        if what == OPTION and len(options) > 1 and len(options) == len(pictures):
            places = [held.letter for held in options]
        elif what == OPTION:
            places = [self.letters[-1]] * len(pictures)
            if len(options) > 1:
                self.draft.warning("这一行有几个选项，图片看不出属于哪一个，已放到最后一个选项；请核对。")
        elif what in {Part.EXPLANATION, Part.ANSWER}:
            places = [EXPLANATION] * len(pictures)
        else:
            places = [""] * len(pictures)
        self.draft.pictures += [
            Picture(picture.sha256, place, picture.alt) for picture, place in zip(pictures, places, strict=True)
        ]

    def _index(self, entry: Entry) -> int:
        return next(place for place, held in enumerate(self.block.entries) if held is entry)

    def _stem_options(self) -> None:
        """An option A behind the stem in its line, where the line below begins with B."""
        if not self.stem or not self.letters or self.letters[0] != "B":
            return
        last = self.stem[-1]
        label = first_lone_label(last.seen.folded, last.start, last.end)
        if label is not None:
            self.options.insert(0, [replace(last, start=label.end)])
            self.letters.insert(0, "A")
            self.stem[-1] = replace(last, end=label.start)

    def _write_stem(self) -> None:
        stem = self._without_bare_options()
        while stem and self._kind_before(stem):
            pass
        while stem and self._kind_behind(stem):
            pass
        self.draft.stem = self._corrected(joined([entry.text for entry in stem]))

    def _corrected(self, stem: str) -> str:
        """``…。（×，应为 26 ℃）``: the verdict, and what would be right."""
        found = _CORRECTED.search(folded(stem)) if stem[-1:] in ")）】]" and not self.options else None
        if found is None:
            return stem
        self.lone.append(found[1])
        self.explanation.insert(0, stem[found.start(2) : found.end(2)].strip())
        return f"{stem[: found.start()]}（　）"

    def _without_bare_options(self) -> list[Entry]:
        """The stem up to the line that ends with the kind; lines below it are options without letters."""
        for place, entry in enumerate(self.stem[:-1]):
            found = kind_suffix(entry.seen.folded[: entry.end].rstrip(), entry.start)
            if found is None or not found[0] or self.options:
                continue
            named = kind_named(found[0])
            if named is not None and named.kind in {None, Kind.SINGLE, Kind.MULTIPLE} and len(self.stem) > place + 2:
                bare = self.stem[place + 1 :]
                for letter, option in zip(LETTERS, bare, strict=False):
                    self.options.append([option])
                    self.letters.append(letter)
                if not any(_RIGHT.search(option.folded) for option in bare):
                    self.draft.warning("选项没有字母，已把题干下面的每一行当作一个选项；请核对。")
                return self.stem[: place + 1]
        return list(self.stem)

    def _kind_before(self, stem: list[Entry]) -> bool:
        first = stem[0]
        if inside := kind_inside(first.folded):
            kind, start, end = inside
            self.draft.kind = kind
            text = f"{first.text[:start].rstrip()}{first.text[end:]}"
            stem[0] = replace(first, seen=replace(first.seen, text=text, folded=folded(text)), start=0, end=len(text))
            return True
        found = kind_prefix(first.seen.folded[: first.end], first.start)
        if found is None:
            return False
        kind, start = found
        rest = first.seen.text[start : first.end].strip()
        if not rest and len(stem) == 1:
            return False
        self.draft.kind = kind or self.draft.kind
        stem[0] = replace(first, start=start)
        if not rest:
            stem.pop(0)
        return True

    def _kind_behind(self, stem: list[Entry]) -> bool:
        last = stem[-1]
        found = kind_suffix(last.seen.folded[: last.end].rstrip(), last.start)
        if found is None:
            return False
        kind, end = found
        if not kind and self._is_blank(Kind.ESSAY):
            return False
        if not last.seen.text[last.start : end].strip() and len(stem) == 1:
            return False
        self.draft.kind = kind or self.draft.kind
        stem[-1] = replace(last, end=end)
        if not stem[-1].text:
            stem.pop()
        return True

    def _is_blank(self, *others: Kind) -> bool:
        named = kind_named(self.draft.kind) if self.draft.kind else self.draft.section
        return named is not None and named.kind in {Kind.BLANK, *others}

    def _write_options(self) -> None:
        texts: dict[int, str] = {}
        ticked: list[str] = []
        for letter, pieces in zip(self.letters, self.options, strict=True):
            text, right = _cleaned(self._answer_behind(joined([piece.text for piece in pieces]), pieces), pieces)
            place = LETTERS.find(letter)
            if place in texts:
                self.draft.warning(f"有两个选项 {letter}，已按先后排列；请核对选项和答案。")
                place = max(texts) + 1
            texts[place] = text
            if right:
                ticked.append(LETTERS[place] if place < len(LETTERS) else "")
        if self.letters != sorted(self.letters) and len(set(self.letters)) == len(self.letters):
            self.draft.warning("选项没有按字母的顺序写，已按字母排好；请核对。")
        if texts:
            self.draft.options = [texts.get(place, "") for place in range(max(texts) + 1)]
        elif self.listed:
            self.draft.options = split_options("\n".join(self.listed))
        self._last_full_stop()
        boxes = bool(self.options) and (label := self.options[0][0].label) is not None and label.boxed
        if ticked and (len(ticked) < len(texts) or (len(texts) > 1 and not boxes)):
            self.ticked = "".join(sorted(ticked))
            self.block.ticked = boxes
        elif ticked:
            self.block.all_ticked = "".join(sorted(ticked))

    def _answer_behind(self, text: str, pieces: Sequence[Entry]) -> str:
        """The last option without the answer that stands in a bracket behind all of them."""
        if pieces is not self.options[-1] or self.answers or text[-1:] not in ")）】]":
            return text
        found = _BEHIND_OPTIONS.search(folded(text))
        if found is None or not text[: found.start()].strip():
            return text
        self.lone.append(found[1])
        return text[: found.start()]

    def _last_full_stop(self) -> None:
        """``A.甲；B.乙；C.丙。``: the full stop ends the list, not the last option."""
        options = self.draft.options
        rows = {id(pieces[0].seen) for pieces in self.options}
        alone = len(options) > 1 and not any("。" in option for option in options[:-1])
        if alone and len(rows) == 1 and options[-1].endswith("。"):
            options[-1] = options[-1][:-1]

    def _write_answer(self) -> None:
        draft = self.draft
        given = self.block.seen.number.given if self.block.numbered and self.block.seen.number else ""
        given = given or next((entry.seen.given for entry in self.block.entries if entry.seen.given), "")
        said = ["\n".join(part for part in answer if part).strip() for answer in self.answers]
        said = [self._circled(text) for text in said if text]
        said += [text for text in (self.block.answer or "", given.strip(), *self.lone[:1], self.ticked) if text]
        if self.block.explanation:
            self.explanation.append(self.block.explanation)
        said = list(dict.fromkeys(said))
        if not said:
            return
        if len({_meaning(text) for text in said}) > 1:
            shown = "”和“".join(text[:20] for text in said[:2])
            draft.error(f"写着两个不同的答案“{shown}”；请核对哪一个对。")
            return
        draft.answer = said[0]

    def _circled(self, text: str) -> str:
        """Circled numbers as the letters of options that are numbered so."""
        entries = self.block.options
        if not entries or entries[0].label is None or entries[0].label.look != "circle":
            return text
        letters = [LETTERS[ord(sign) - ord("①")] for sign in text if "①" <= sign <= "⑳"]
        return "".join(letters) or text


_VERDICTS = {"正确", "错误", "对", "错", "不正确", "部分正确", "√", "×"}


def _opposite(upper: Entry, lower: Entry) -> bool:
    if len(upper.folded) > 14 or len(lower.folded) > 14:
        return False
    first, second = (truth_of(_RIGHT.sub("", entry.folded)) for entry in (upper, lower))
    return first is not None and second is (not first)


def _meaning(text: str) -> object:
    truth = truth_of(text)
    return truth if truth is not None else letters_in(text) or fold(text)


def _complete(parts: Sequence[str]) -> bool:
    """Whether an answer is said in full, so that what follows is something else."""
    said = [part for part in parts[:3] if part]
    return len(said) == 1 and (letters_in(said[0]) is not None or truth_of(said[0]) is not None)


def _cleaned(text: str, pieces: Sequence[Entry]) -> tuple[str, bool | None]:
    """The option's text without the sign that says whether it is right, and what the sign says."""
    label = pieces[0].label
    right = label.ticked if label is not None else None
    if not _SIGNED.search(text):
        return _edged(text, pieces), right
    plain = folded(text)
    if found := _RIGHT.search(plain):
        rest = f"{text[: found.start()]}{text[found.end() :]}".strip()
        if rest:
            return _edged(rest, pieces), True
    if (found := _WRONG.search(plain)) and text[: found.start()].strip():
        return _edged(text[: found.start()].strip(), pieces), right
    return _edged(text, pieces), right


def _edged(text: str, pieces: Sequence[Entry]) -> str:
    """Without the separator that stands before the next option of the same line."""
    alone = len(pieces) == 1 and pieces[0].end >= len(pieces[0].seen.text)
    return text if alone else text.rstrip(" \t;；,，、|")


def joined(texts: Sequence[str]) -> str:
    """Lines as one text: what was broken by its width is mended, what was a line of its own stays one."""
    out = ""
    for text in texts:
        if not out:
            out = text
        elif not text:
            continue
        elif _broken(out, text):
            both = out[-1].isascii() and text[0].isascii() and out[-1].isalnum() and text[0].isalnum()
            out += f" {text}" if both else text
        else:
            out += f"\n{text}"
    return out


def _broken(before: str, after: str) -> bool:
    line = before[before.rfind("\n") + 1 :]
    if len(line) < _JOINED or line[-1] in "。？！；：.?!;:…":
        return False
    if not (line[-1].isalnum() or line[-1] in "，、,《“") or not (after[0].isalnum() or after[0] in "》”，、"):
        return False
    return after[0] not in "①②③④⑤⑥⑦⑧⑨⑩" and not re.match(r"\d{1,2}[.、)）]", after)
