"""Objects of a data file that hold a question each → drafts: which key holds what, and how its value is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from questions.model import ALTERNATIVES, LETTERS, Kind, Problem, Severity
from questions.readers.data.literals import inner_data
from questions.readers.data.record_keys import SAMPLE, Keys, Record, folded_key, key_meaning, keys_of, text_of
from questions.readers.data.record_options import answer_item, as_list, chosen, offered, offers
from questions.readers.drafts import Draft
from questions.readers.meaning.answers import letters_in, truth_of
from questions.readers.meaning.kinds import Named, kind_named, kind_words
from questions.readers.rich_text import Find, looks_marked_up, shown
from questions.readers.tables.columns import Choice, Role
from questions.review import blank_marks

_SEVERAL = {"ismultiple", "multiple", "multi", "ismulti", "multiselect", "multiplechoice", "ismultiplechoice"}
_WRONG = re.compile(r"(?:incorrect|wrong)(?:answers?|options?)?\d*|distractors?\d*|false[1-9]")
_PICTURE_WORDS = frozenset(
    ["img", "imgs", "image", "images", "pic", "pics", "picture", "pictures", "photo", "imgurl", "picurl", "imageurl"]
)
_KEY_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_PICTURE_FILE = re.compile(r"\S{1,500}\.(?:png|jpe?g|gif|webp|bmp)(?:\?\S*)?", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PARTS = re.compile(r"[\s,，、;；|/&]+")
_TAG_BREAK = re.compile(r"[、,，;；|\s]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands."""

    where: str
    path: tuple[str, ...] = ()
    """The names of what it stands in, outermost first."""
    section: Named | None = None
    above: str = ""
    """A text that it shares with others, which stands before its own."""


@dataclass(slots=True)
class Records:
    """All records of a file, whose keys mean the same throughout."""

    found: Sequence[tuple[Record, Place]]
    choices: Sequence[Choice]
    find: Find
    problems: list[Problem]

    def drafts(self) -> list[Draft]:
        records = [_flat(record) for record, _ in self.found]
        keys = _with_offers(keys_of(records, self.choices), records)
        marked = _marked_up(records, keys.get(Role.STEM, []))
        words = kind_words(text_of(record.get(key)) for record in records for _, key in keys.get(Role.KIND, []))
        made = [
            _Maker(record, place, keys, words, self.find if marked else None).draft()
            for record, (_, place) in zip(records, self.found, strict=True)
        ]
        _match_marks(made)
        self._unread(records, keys)
        return [maker.made for maker in made]

    def _unread(self, records: Sequence[Record], keys: Keys) -> None:
        """Texts of a person's words that no part of a question took are said, once for the whole file."""
        taken = {key for role, pairs in keys.items() if role is not Role.STEM for _, key in pairs}
        taken |= {key for _, key in keys.get(Role.STEM, [])[:1]}
        counts: Counter[str] = Counter()
        for record in records[:SAMPLE]:
            used = {text_of(record.get(key)) for key in taken}
            for key, value in record.items():
                known = key_meaning(key)
                if key in taken or (known is not None and known.role is Role.IGNORED):
                    continue
                if isinstance(value, str) and _HAN.search(value) and text_of(value) not in used:
                    counts[key] += 1
        left = [key for key, count in counts.items() if count > 0.3 * min(len(records), SAMPLE)]
        if left:
            named = "、".join(key[:30] for key in left[:5])
            told = f"这些键没有读入：{named}；如果里面有题目的内容，请指定它是题目的哪一部分。"
            self.problems.append(Problem("整个文件", Severity.WARNING, told))


def _with_offers(keys: Keys, records: Sequence[Record]) -> Keys:
    """A list under an unknown name holds the options where nothing else does, and it can be nothing else."""
    if keys.get(Role.OPTIONS) or keys.get(Role.OPTION):
        return keys
    held = Counter(key for record in records[:SAMPLE] for key, value in record.items() if offers(value))
    unknown = [key for key, count in held.items() if key_meaning(key) is None and 2 * count > min(len(records), SAMPLE)]
    return {**keys, Role.OPTIONS: [(0, unknown[0])]} if len(unknown) == 1 else keys


def _flat(record: Record) -> Record:
    """A record whose question is an object of its own, in one."""
    made: dict[str, object] = {}
    for key, value in record.items():
        inner = inner_data(value) if isinstance(value, str) else value
        known = key_meaning(key)
        if isinstance(inner, dict) and known is not None and known.role is Role.STEM:
            made |= {name: part for name, part in inner.items() if name not in record}
        else:
            made[key] = value
    return made


def _marked_up(records: Sequence[Record], stems: Sequence[tuple[int, str]]) -> bool:
    """Whether the file's texts are HTML: a good part of the stems are."""
    if not stems:
        return False
    texts = [text for record in records[:SAMPLE] if isinstance(text := record.get(stems[0][1]), str)]
    return sum(map(looks_marked_up, texts)) > 0.25 * len(texts)


def _match_marks(made: Sequence[_Maker]) -> None:
    """Answers that name options by the file's own marks (ids, numbers), where one key's marks hold all of them."""
    able = [maker for maker in made if maker.marks and maker.parts and not maker.lettered]
    keys = set(able[0].marks).intersection(*(maker.marks for maker in able)) if able else set[str]()
    fitting = [key for key in sorted(keys) if all(set(maker.parts) <= set(maker.marks[key]) for maker in able)]
    for maker in able:
        meant = {maker.letters(key) for key in fitting}
        if len(meant) == 1:
            maker.made.answer = meant.pop()


class _Maker:
    """One record's draft in the making."""

    def __init__(
        self,
        record: Record,
        place: Place,
        keys: Keys,
        words: Mapping[str, str],
        find: Find | None,
    ) -> None:
        self._record, self._keys, self._words, self._find = record, keys, words, find
        self.made = Draft(place.where, section=place.section, category="/".join(place.path))
        self._above = place.above
        self.marks: Mapping[str, Sequence[str]] = {}
        """The file's own marks of the options, under the key that holds them."""
        self.parts: list[str] = []
        """The answer's parts, where it may be made of such marks."""
        self.lettered = False
        self._offer: object = None
        """What stands for the answer, and holds the options."""

    def draft(self) -> _Maker:
        made = self.made
        made.number = self._text(Role.NUMBER)
        made.kind = self._kind()
        made.stem = "\n".join(filter(None, [self._above, self._text(Role.STEM)]))
        made.explanation = self._text(Role.EXPLANATION, place="explanation")
        made.category = self._text(Role.CATEGORY).replace("\n", "/") or made.category
        made.difficulty = self._text(Role.DIFFICULTY)
        made.source = self._text(Role.SOURCE)
        made.tags = list(dict.fromkeys(filter(None, _TAG_BREAK.split(self._text(Role.TAGS)))))
        flags = self._options()
        self._answer(flags)
        self._images()
        return self

    def letters(self, key: str) -> str:
        """The answer's parts as letters, by the marks under a key."""
        places = sorted(self.marks[key].index(part) for part in self.parts)
        return "".join(LETTERS[place] for place in places if place < len(LETTERS))

    def _values(self, role: Role) -> Iterable[tuple[int, object]]:
        for index, key in self._keys.get(role, ()):
            value = self._record.get(key)
            if value is None or value in ("", [], {}):
                continue
            yield index, inner if isinstance(value, str) and (inner := inner_data(value)) is not None else value

    def _text(self, role: Role, place: str = "") -> str:
        for _, value in self._values(role):
            if text := self._plain(text_of(value), place):
                return text
        return ""

    def _plain(self, text: str, place: str = "") -> str:
        """Without HTML, in a file that has it."""
        if self._find is None or not looks_marked_up(text):
            return text
        part = shown(text, self._find, line_feeds=True)
        self.made.pictures += [replace(picture, place=place) for picture in part.pictures]
        if part.lost:
            self.made.warning(f"有读不进来的内容：{'、'.join(part.lost)[:100]}；请核对没有它时能否作答。")
        return part.text or ("" if part.pictures or part.lost else text)

    def _kind(self) -> str:
        """The kind by its name rather than by its code, where the file has both."""
        texts = [text for _, value in self._values(Role.KIND) if (text := text_of(value))]
        text = next((text for text in texts if text in self._words), texts[0] if texts else "")
        for key, value in self._record.items():
            if isinstance(value, bool) and folded_key(key) in _SEVERAL and not text:
                return "多选" if value else "单选"
        if any(_WRONG.fullmatch(folded_key(key)) for key in self._record) and text == "multiple":
            return "单选"  # the Open Trivia Database calls single choice so
        return self._words.get(text) or text

    def _options(self) -> list[bool] | None:
        """Takes the options; which of them the file flags as right, where it flags any."""
        named = [(index, value) for index, value in self._values(Role.OPTION) if not isinstance(value, bool)]
        if len(named) > 1 or any(index for index, _ in named):
            texts = [""] * (max(index for index, _ in named) + 1)
            for index, value in reversed(named):
                texts[index] = text_of(value)
            self._take(texts)
            return None
        for _, value in self._values(Role.OPTIONS):
            found = offered(value)
            self._take(found.texts)
            self.marks = found.marks
            if any(self.made.options):
                return found.flags
        for value in [value for _, value in self._values(Role.ANSWER)]:
            if self._offers(value):
                found = offered(value)
                self._take(found.texts)
                self.marks, self._offer = found.marks, value
                return found.flags
        return self._with_wrong_ones()

    def _offers(self, value: object) -> bool:
        """Whether what is called answers holds options: objects, or texts that another answer chooses from."""
        if not isinstance(value, dict | list) or len(value) < 2 or self._is_blank():
            return False
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return True
        texts = set(offered(value).texts)
        others = [text_of(other) for _, other in self._values(Role.ANSWER) if other != value]
        picked = [isinstance(other, dict) for _, other in self._values(Role.ANSWER) if other != value]
        return any(picked) or any(text in texts or text.isdigit() or letters_in(text) is not None for text in others)

    def _take(self, texts: Sequence[str]) -> None:
        self.made.options = [self._plain(text, letter) for text, letter in zip(texts, _letters(), strict=False)]

    def _with_wrong_ones(self) -> list[bool] | None:
        """Wrong answers in keys of their own, beside the right one: in the order of their texts."""
        wrong = [value for key, value in self._record.items() if _WRONG.fullmatch(folded_key(key))]
        right = text_of(next((value for _, value in self._values(Role.ANSWER)), None))
        texts = {text for value in wrong for one in as_list(value) if (text := text_of(one))}
        if right and texts:
            self._take(sorted({right, *texts}))
        return None

    def _answer(self, flags: Sequence[bool] | None) -> None:
        made = self.made
        values = [value for _, value in self._values(Role.ANSWER) if self._offer is None or value != self._offer]
        if flags is not None and values and all(isinstance(one, dict) for one in as_list(values[0])):
            values = values[1:]
        blanks = [(index, value) for index, value in self._values(Role.BLANK)]
        lone = [value for index, value in self._values(Role.OPTION)]
        if values:
            best = next((value for value in values if self._names_options(value)), values[0])
            self._said(best)
            self._contradicted(value for value in values if value is not best)
        elif blanks and not flags:
            made.blanks = [""] * (max(index for index, _ in blanks) + 1)
            for index, value in reversed(blanks):
                made.blanks[index] = text_of(value)
        elif len(lone) == 1 and not made.options:
            self._said(lone[0])
        if flags is not None:
            self._flagged("".join(letter for letter, flag in zip(LETTERS, flags, strict=False) if flag))

    def _names_options(self, value: object) -> bool:
        text = text_of(value)
        return letters_in(text) is not None or text in self.made.options

    def _flagged(self, letters: str) -> None:
        """The options themselves say which are right."""
        made = self.made
        if not made.answer:
            made.answer = letters
            return
        said = letters_in(made.answer)
        if said is None and made.options.count(made.answer) == 1:
            said = (LETTERS[made.options.index(made.answer)],)
        if letters and said is not None and said != tuple(letters):
            made.error(f"答案写的是“{made.answer[:20]}”，选项里标着正确的却是 {letters}；请核对哪一个对。")
            made.answer = ""
        elif letters:
            made.answer = letters

    def _contradicted(self, others: Iterable[object]) -> None:
        said = letters_in(self.made.answer)
        for other in others:
            also = letters_in(text_of(other))
            if said and also and said != also:
                self.made.error(
                    f"有两处答案，一处是“{self.made.answer}”，一处是“{text_of(other)[:20]}”；请核对哪一个对。"
                )
                self.made.answer = ""
                return

    def _said(self, value: object) -> None:
        """Takes the answer as the file gives it."""
        made = self.made
        if isinstance(value, dict):
            value = chosen(value)
        items = [answer_item(one) for one in value] if isinstance(value, list) else []
        if len(items) == 1 and not isinstance(items[0], list):
            value, items = items[0], []
        if not items:
            self._one(self._plain(text_of(answer_item(value))))
            return
        texts = [ALTERNATIVES.join(map(text_of, one)) if isinstance(one, list) else text_of(one) for one in items]
        if made.options:
            self._chosen_texts(texts)
        elif self._is_blank():
            self._blanks([self._plain(text) for text in texts], nested=any(isinstance(one, list) for one in items))
        elif all(letters_in(text) is not None or truth_of(text) is not None for text in texts):
            made.answer = ",".join(texts)
        else:
            made.answer = "\n".join(texts)

    def _one(self, text: str) -> None:
        made = self.made
        made.answer = text
        if made.options and text:
            exact = [place for place, option in enumerate(made.options) if option == text]
            self.lettered = letters_in(text) is not None or len(exact) == 1
            whole = any(text in marks for marks in self.marks.values())
            self.parts = [text] if whole else list(filter(None, _PARTS.split(text)))

    def _chosen_texts(self, texts: Sequence[str]) -> None:
        """Several answers of a choice: letters, the options' own texts, or numbers, which stay for `settle`."""
        made = self.made
        self.parts = [text for text in texts if text]
        if all(letters_in(text) is not None and len(text.strip()) == 1 for text in texts):
            self.lettered = True
            made.answer = "".join(text.strip() for text in texts)
            return
        plain = [self._plain(text) for text in texts]
        if all(made.options.count(text) == 1 for text in plain):
            self.lettered = True
            made.answer = "".join(sorted(LETTERS[made.options.index(text)] for text in plain))
        elif all(text.isdigit() for text in texts):
            made.answer = ",".join(texts)
        else:
            made.answer = "\n".join(plain)

    def _is_blank(self) -> bool:
        named = kind_named(self.made.kind) if self.made.kind else self.made.section
        return named.kind is Kind.BLANK if named else blank_marks(self.made.stem) > 0

    def _blanks(self, texts: list[str], *, nested: bool) -> None:
        made, marks = self.made, blank_marks(self.made.stem)
        if marks == 1 and len(texts) > 1 and not nested:
            made.answer = ALTERNATIVES.join(texts)
            made.warning("一个空有几个答案，已按都算对读入；请核对。")
            return
        made.blanks = texts
        if marks == 0 and len(texts) > 1:
            made.warning(f"题干里看不到空，答案按 {len(texts)} 个空读入；请核对。")

    def _images(self) -> None:
        """Pictures in keys of their own are named by address, which nobody here fetches."""
        for key, value in self._record.items():
            text = "" if isinstance(value, bool) else text_of(value)
            if text and (_holds_pictures(key) or _PICTURE_FILE.fullmatch(text)):
                self.made.warning(f"“{key[:30]}”里的图片没有读入；请核对没有图片时能否作答。")


@lru_cache(maxsize=1024)
def _holds_pictures(key: str) -> bool:
    words = {word.lower() for word in _KEY_WORD.findall(key)}
    return bool(words & _PICTURE_WORDS) or "图片" in key


def _letters() -> Iterable[str]:
    yield from LETTERS
    while True:
        yield ""
