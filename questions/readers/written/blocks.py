"""What the lines of one question are, before they are put together."""

from __future__ import annotations

from dataclasses import dataclass, field

from questions.model import LETTERS, Problem, Severity
from questions.readers.meaning.kinds import Named
from questions.readers.written.labels import Label
from questions.readers.written.seen import Seen

TEXT, OPTION = "text", "option"


@dataclass(slots=True)
class Entry:
    """A piece of a line: text, an option with its label, or a named part."""

    what: str
    """`TEXT`, `OPTION`, or a `Part`."""
    seen: Seen
    start: int
    end: int
    label: Label | None = None
    letter: str = ""
    """Of an option, as it is understood."""

    @property
    def text(self) -> str:
        return self.seen.text[self.start : self.end].strip()

    @property
    def folded(self) -> str:
        return self.seen.folded[self.start : self.end].strip()


@dataclass(slots=True)
class About:
    """What headings and lines above say about the questions below them."""

    section: Named | None = None
    chapter: str = ""
    run: int = 0
    """Counts the places where numbers may begin again."""
    heading: str = ""
    said: dict[str, str] = field(default_factory=dict)
    """Part → text: 难度, 分类… that hold until the next."""


@dataclass(slots=True)
class Block:
    seen: Seen
    """The line that it begins in."""
    about: About
    numbered: bool
    entries: list[Entry] = field(default_factory=list)
    options: list[Entry] = field(default_factory=list)
    """Those of the entries that are options."""
    parts: set[str] = field(default_factory=set)
    """What the entries are."""
    notes: list[tuple[Severity, str]] = field(default_factory=list)
    kind: str = ""
    """What a web page says about how many options may be chosen."""
    answer: str | None = None
    """From an answer key."""
    explanation: str = ""
    ticked: bool = False
    """Whether some of its boxes are ticked, and not all."""
    all_ticked: str = ""
    """The letters of a question every box of which is ticked: perhaps that is how its boxes look."""

    @property
    def value(self) -> int | None:
        """Its number."""
        return self.seen.number.value if self.numbered and self.seen.number else None

    def add(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.parts.add(entry.what)
        if entry.what == OPTION:
            self.options.append(entry)

    def warn(self, message: str) -> None:
        self.notes.append((Severity.WARNING, message))

    @property
    def last(self) -> Entry | None:
        return self.entries[-1] if self.entries else None

    @property
    def next_letter(self) -> str:
        """The letter of the option that is due."""
        place = LETTERS.find(self.options[-1].letter) + 1 if self.options else 0
        return LETTERS[place] if place < len(LETTERS) else ""

    def trailing(self) -> list[Entry]:
        """The texts that end the block."""
        place = len(self.entries)
        while place and self.entries[place - 1].what == TEXT:
            place -= 1
        return self.entries[place:]

    def give_up(self, texts: list[Entry]) -> None:
        """Leaves the last texts to another block."""
        del self.entries[len(self.entries) - len(texts) :]


def begin(entries: list[Entry], about: About) -> Block:
    """A block without a number, of texts and whatever else."""
    block = Block(entries[0].seen, about, numbered=False)
    for entry in entries:
        block.add(entry)
    return block


@dataclass(slots=True)
class Found:
    """What a text was cut into."""

    blocks: list[Block] = field(default_factory=list)
    legend: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    above: dict[int, int] = field(default_factory=dict)
    """The place of a key's line → how many blocks stand above it."""
