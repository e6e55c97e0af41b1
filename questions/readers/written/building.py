"""Lines → blocks, one for each question: where a question begins, and which lines belong to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from questions.model import Problem, Severity
from questions.readers.written.answering import closes, lone_answer
from questions.readers.written.blocks import OPTION, TEXT, About, Block, Entry, Found, begin
from questions.readers.written.brackets import ANSWERED, marked_as_question
from questions.readers.written.cutting import LONGEST
from questions.readers.written.fields import ABOUT, Field, Part
from questions.readers.written.labels import Label, label_at, label_inside, labels_after
from questions.readers.written.seen import Seen
from questions.readers.written.turns import Turns

_MOST_APART = 0.6
"""Where more lines than this share have an empty line above them, empty lines say nothing."""
_INSTRUCTS = re.compile(r"请|每小?题|本大?题|下列|以下|注意|说明|要求")
"""What instructions below a heading say; any other sentence that belongs to no question is asked about."""
_LIST_MARKS = " \t-*•·●◆"
"""What stands in front of ``答案：`` in lists."""
_POINTS = re.compile(r"\s*+\d{1,3}(?:\.\d)?\s?分\s*+")
"""What a web page writes below a question that was answered."""
_BROKEN = 25
"""Characters from which a line without a full stop may have been broken by its width."""


def build(seen: Sequence[Seen]) -> Found:
    """All blocks of a text whose numbers, headings and keys are known."""
    builder = _Builder(seen)
    for place, row in enumerate(seen):
        builder.take(place, row)
    builder.flush()
    return builder.found


class _Builder:
    """Goes down the lines once. A text may turn out later to begin the next question: then it moves there."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self.found = Found()
        self.turns = Turns(seen)
        self.about = About()
        self.block: Block | None = None
        self.pending: list[Entry] = []
        """Texts that belong to no question yet."""
        self.place = 0
        self.leading = _leading_parts(seen)
        self.chapters_first = _chapters_first(seen)
        self.gaps = 0 < sum(row.line.apart for row in seen) <= _MOST_APART * len(seen)
        self.behind = _signs_behind(seen)

    def take(self, place: int, row: Seen) -> None:
        self.place = place
        if row.key:
            self.flush()
            self.found.above[place] = len(self.found.blocks)
        elif row.noise and not row.line.pictures:
            self._noise(row)
        elif row.named is not None or row.chapter:
            self._heading(row)
        elif row.accepted and row.number is not None:
            self._close()
            self.block = Block(row, self.about, numbered=True)
            self._body(row, row.number.end)
        else:
            self._unnumbered(row)

    def flush(self) -> None:
        """Ends the question, and places the texts that wait."""
        self._close()
        waiting, self.pending = self.pending, []
        self._set_aside(waiting)

    def _close(self) -> None:
        if self.block is not None:
            self.found.blocks.append(self.block)
            self.block = None

    def _noise(self, row: Seen) -> None:
        if self.block is not None and row.folded.startswith("选择一项或多项"):
            self.block.kind = "多选题"

    def _heading(self, row: Seen) -> None:
        self.flush()
        about = self.about = replace(
            self.about, run=self.about.run + 1, heading=row.text.strip(), said=dict(self.about.said)
        )
        if row.named is not None:
            about.section = row.named
            about.chapter = about.chapter if self.chapters_first else ""
            about.said.pop(Part.KIND, None)
            self.found.legend.append(row.text)
        else:
            about.chapter = row.text.strip(" \t#*[]【】-=")
            about.section = None if self.chapters_first else about.section

    def _unnumbered(self, row: Seen) -> None:
        first = row.fields[0] if row.fields else None
        start = len(row.text) - len(row.text.lstrip())
        if first is not None and first.start <= start + 1:
            if first.part in self.leading:
                self._say(row)
                return
            if first.part is Part.STEM and not self._only_titled():
                self._close()
                self.block = Block(row, self.about, numbered=False)
        self._body(row, start)

    def _say(self, row: Seen) -> None:
        """A line that says something about all that follow."""
        self.flush()
        about = self.about = replace(self.about, said=dict(self.about.said))
        for named, end in _fields_of(row, 0):
            about.said[named.part] = row.text[named.value : end].strip(" \t,，;；")
            about.run += named.part is Part.KIND

    def _only_titled(self) -> bool:
        """Whether the question has nothing but its number, and perhaps a title, which then is no part of it."""
        block = self.block
        if block is None or not block.parts <= {TEXT}:
            return False
        if block.numbered and len(block.entries) == 1 and not marked_as_question(block.entries[0].folded):
            self.found.legend.append(block.entries.pop().text)
        return not block.entries

    def _body(self, row: Seen, start: int) -> None:
        """Takes the pieces of a line from a place on."""
        fields = _fields_of(row, start)
        head = fields[0][0].start if fields else len(row.text)
        if row.text[start:head].strip(_LIST_MARKS if fields else None) or (row.line.pictures and not fields):
            self._head(row, start, head)
        for named, end in fields:
            self._field(row, named, end)

    def _head(self, row: Seen, start: int, end: int) -> None:
        """What stands before the first named part: options, or a text that options may follow."""
        if end - start > LONGEST:
            self._text(row, start, end)
            return
        label = row.label if row.label is not None and start <= row.label.start else label_at(row.folded, start)
        fits = label is not None and label.start < end
        if label is not None and fits and self.turns.is_option(self.place, label, end, self.block, self.pending):
            self._options(row, label, end)
            return
        explained = self.block is not None and Part.EXPLANATION in self.block.parts
        inside = None if explained else label_inside(row.folded, start, end)
        if inside is None:
            self._text(row, start, end)
            return
        if row.text[start : inside.start].strip():
            self._text(row, start, inside.start)
        self._options(row, inside, end)

    def _text(self, row: Seen, start: int, end: int) -> None:
        entry = Entry(TEXT, row, start, end)
        block = self.block
        if block is None:
            self.pending.append(entry)
            return
        last = block.last
        bare = _page(row) or _POINTS.fullmatch(entry.folded) is not None
        if bare and last is not None and last.text and last.what not in {TEXT, OPTION}:
            return
        if last is not None and last.what in {Part.ANSWER, Part.EXPLANATION} and not last.text:
            entry.what = last.what
        elif last is not None and row is not block.seen and self._starts_anew(block, last, entry):
            self._close()
            self.pending.append(entry)
            return
        block.add(entry)

    def _starts_anew(self, block: Block, last: Entry, entry: Entry) -> bool:
        """Whether a text below a question is the next one, which has no number."""
        complete = len(block.options) > 1 or Part.ANSWER in block.parts or Part.EXPLANATION in block.parts
        plain = entry.folded
        if block.numbered:
            behind = complete and last.what in {OPTION, Part.ANSWER}
            behind = behind or (not complete and _answers_itself(last.folded) and _answers_itself(plain))
            return behind and marked_as_question(plain) and not lone_answer(plain)
        if entry.seen.line.apart and self.gaps:
            return complete or marked_as_question(last.folded)
        if last.what in {Part.ANSWER, Part.IGNORED, *ABOUT}:
            return True
        if complete:
            return _answers_itself(plain) or (last.what == OPTION and marked_as_question(plain))
        return _answers_itself(last.folded) and _answers_itself(plain)

    def _options(self, row: Seen, first: Label, end: int) -> None:
        labels = [first]
        empty = bool(row.line.pictures)
        if labels_after(row.folded, first, end, empty=empty):
            letter = self.turns.letter_below(self.place)
            labels += labels_after(row.folded, first, end, letter, behind=self.behind is True, empty=empty)
        ends = [label.start for label in labels[1:]] + [end]
        for label, stop in zip(labels, ends, strict=True):
            self._option(row, label, stop)
        if len(labels) > 1 and self.block is not None:
            self._doubt_signs(row, labels[1:], self.block)

    def _doubt_signs(self, row: Seen, labels: Sequence[Label], block: Block) -> None:
        if self.behind is None and any(label.ticked and not label.boxed for label in labels):
            block.warn("这一行的勾写在两个选项中间，看不出勾的是哪一个，已按勾后面的选项读入；请核对。")
        for label in labels:
            if label.look == "undotted":
                block.warn(f"选项 {label.letter} 的字母后面没有点，已按选项读入；请核对选项。")
        before = [row.folded[label.start - 1] for label in labels]
        if any(character.isascii() and character.isalpha() for character in before):
            block.warn("选项的字母和前面的英文连在一起，分得不一定对；请核对选项。")

    def _option(self, row: Seen, label: Label, end: int) -> None:
        block = self.block
        letter = label.letter or (block.next_letter if block is not None else "A")
        if block is None:
            block = self._from_pending(row)
        elif letter == "A" and block.options and block.options[0].letter == "A":
            if len(block.options) == 1 and self.turns.letter_below(self.place) == "C":
                letter = "B"
                block.warn("选项 B 写成了 A，已按顺序读入；请核对。")
            else:
                block = self._restart(row, block)
        elif block.options and letter == block.options[-1].letter:
            letter = block.next_letter
            block.warn(f"有两个选项 {label.letter}，后一个已按 {letter} 读入；请核对。")
        elif letter == "A" and Part.ANSWER in block.parts and not block.numbered and block.trailing():
            block = self._restart(row, block)
        block.add(Entry(OPTION, row, label.end, end, label, letter))

    def _from_pending(self, row: Seen) -> Block:
        """A question without a number: the last of the texts that wait above are its stem."""
        waiting, self.pending = self.pending, []
        first = max(len(waiting) - 1, 0)
        while first > 0 and self._belongs(waiting[first - 1], waiting[first]):
            first -= 1
        self._set_aside(waiting[:first])
        stem = waiting[first:]
        self.block = begin(stem, self.about) if stem else Block(row, self.about, numbered=False)
        return self.block

    def _belongs(self, upper: Entry, lower: Entry) -> bool:
        """Whether two texts are lines of one: without an empty line between, or broken within a sentence."""
        if self.gaps:
            return not lower.seen.line.apart
        plain = upper.folded
        return upper.seen.evidence < 2 and len(plain) >= _BROKEN and plain[-1] not in "。?!:.;)]》”"

    def _set_aside(self, entries: Sequence[Entry]) -> None:
        """Texts that belong to no question: some are questions themselves, the rest stands around them."""
        for entry in entries:
            row = entry.seen
            if row.evidence == 2 or _answers_itself(entry.folded):
                self.found.blocks.append(begin([entry], self.about))
                continue
            self.found.legend.append(row.text)
            sentence = row.text[-1:] in "。.？?" and row.number is None and not _INSTRUCTS.search(row.text)
            if (row.evidence or sentence) and self.found.blocks:
                message = f"这一行看不出属于哪道题，没有读入：“{row.text[:30]}”；请核对。"
                self.found.problems.append(Problem(row.line.where, Severity.WARNING, message))

    def _restart(self, row: Seen, block: Block) -> Block:
        """Options from A again, or another answer: the texts that end the block begin a question without a number."""
        texts = [entry for entry in block.trailing() if entry.seen is not block.seen]
        apart = [place for place, entry in enumerate(texts) if entry.seen.line.apart] if self.gaps else []
        if apart:
            texts = texts[apart[-1] :]
        elif not self.gaps and block.entries[-len(texts) - 1].what == Part.EXPLANATION:
            texts = texts[-1:]
        block.give_up(texts)
        self._close()
        self.block = begin(texts, self.about) if texts else Block(row, self.about, numbered=False)
        if block.numbered and texts:
            self.block.warn("这道题没有题号，是按选项和答案分出来的；请核对题干。")
        return self.block

    def _field(self, row: Seen, named: Field, end: int) -> None:
        block = self.block
        if block is None:
            if named.part is Part.IGNORED or named.part in ABOUT or not (self.pending or named.part is Part.STEM):
                self.found.legend.append(row.text[named.start : end])
                return
            block = self._from_pending(row)
        if named.part is Part.ANSWER and Part.ANSWER in block.parts and self._answers_another(block):
            block = self._restart(row, block)
        if named.part is Part.STEM:
            self._stem(row, named, end)
            return
        start = _skip(row.text, named.value)
        if named.part is Part.OPTIONS:
            block.add(Entry(Part.OPTIONS, row, start, start))
            if start < end:
                self._listed(row, start, end, block)
        else:
            block.add(Entry(named.part, row, named.value, end))

    def _answers_another(self, block: Block) -> bool:
        """Whether a further answer belongs to the texts below the first one, which then are a question."""
        if block.numbered and Part.EXPLANATION in block.parts:
            return False
        texts = block.trailing()
        return bool(texts) and (
            len(texts) == len(block.entries) or texts[-1].seen is not block.entries[-len(texts) - 1].seen
        )

    def _stem(self, row: Seen, named: Field, end: int) -> None:
        if self.block is None or (self.block.entries and self.block.seen is not row):
            self._close()
            self.block = Block(row, self.about, numbered=False)
        self._head(row, _skip(row.text, named.value), end)

    def _listed(self, row: Seen, start: int, end: int, block: Block) -> None:
        """What stands behind 选项：in its line."""
        label = label_at(row.folded, start)
        if label is not None and (label.look in {"point", "bracket"} or labels_after(row.folded, label, end)):
            self._options(row, label, end)
        else:
            block.add(Entry(TEXT, row, start, end))


def _fields_of(row: Seen, start: int) -> list[tuple[Field, int]]:
    """The named parts of a line from a place on, each with where it ends."""
    if not row.fields:
        return []
    fields = [named for named in row.fields if named.start >= start]
    return [
        (named, fields[place + 1].start if place + 1 < len(fields) else len(row.text))
        for place, named in enumerate(fields)
    ]


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\u3000":
        at += 1
    return at


def _page(row: Seen) -> bool:
    """Whether a line is a number and nothing else, as pages have them."""
    return row.number is not None and row.number.end >= len(row.folded) and row.folded.strip().isdigit()


def _answers_itself(plain: str) -> bool:
    """Whether a line holds a question and its answer: in a bracket, or as a sign behind the full stop."""
    return ANSWERED.search(plain) is not None or closes(plain)


def _leading_parts(seen: Sequence[Seen]) -> set[str]:
    """The parts that the text names before its first question: they hold for those below, not for the one above."""
    found: set[str] = set()
    for row in seen:
        if row.accepted or row.label is not None or (row.fields and row.fields[0].part not in ABOUT):
            break
        found.update(named.part for named in row.fields if named.part in ABOUT)
    return found


def _chapters_first(seen: Sequence[Seen]) -> bool:
    """Whether kinds stand within chapters, not chapters within kinds."""
    for row in seen:
        if row.named is not None or row.chapter:
            return row.named is None
    return True


def _signs_behind(seen: Sequence[Seen]) -> bool | None:
    """Whether signs stand behind the options that they mark; None where no line shows it."""
    front = back = 0
    for row in seen:
        if row.label is not None:
            front += row.label.ticked is not None and not row.label.boxed
            back += row.folded[-1:] in "√✓✔✅★"
    return None if front == back else back > front
