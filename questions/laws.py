"""Citations of laws, regulations and standards in a version no longer in force, by the table ``laws.tsv`` beside this.

Only what cites a version counts: a title with its year behind it, 《节约能源法》（2007年修订）, or before it,
2007年修订的《节约能源法》; a standard's number with its year, GB/T 2589-2008; an article of a law that is repealed.
What tells history does not, 1997年通过的《节约能源法》: when a law was passed or came into force stays true whatever
its version. Nor does a text count that cites the present version as well: it compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

REPEALED = "废止"
"""What the table says in place of a present version for what is no longer in force at all."""

_FILE = "laws.tsv"
_SEVERAL = "|"
_COUNTRY = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class Law:
    """A line of the table: a law, a regulation or a standard."""

    names: tuple[str, ...]
    """What it is called, without 中华人民共和国; a standard by its number without the year first."""
    present: str
    """The version in force, ``2018年修正`` or ``GB/T 2589-2020``, or `REPEALED`."""
    superseded: tuple[str, ...]
    """The years of the versions no longer in force; old numbers of a standard in full, ``GB 12021.3-2010``."""
    note: str
    year: str
    """The year of the version in force, four digits; empty for what is repealed."""

    @property
    def repealed(self) -> bool:
        return self.present == REPEALED


@dataclass(frozen=True, slots=True)
class Citation:
    """A version no longer in force, as a text cites it."""

    text: str
    """The words of the citation as they stand in the text: ``《节约能源法》（2007年修订）``."""
    law: Law

    @property
    def message(self) -> str:
        """One plain sentence for whoever keeps the bank."""
        if self.law.repealed:
            return f"“{self.text}”已经废止（{self.law.note}）；请核对题目，改引现行规定。"
        return f"“{self.text}”不是现行版本（现行为{self.law.present}）；请核对题目按现行版本是否仍然成立。"


@dataclass(frozen=True, slots=True)
class _Table:
    laws: tuple[Law, ...]
    titles: dict[str, Law]
    numbers: dict[tuple[str, str, str], tuple[Law, bool]]
    """The standards by family, number and year, ``("GB", "2589", "2020")``, and whether that is the one in force. The
    family leaves /T away: a standard may become mandatory, or cease to be, from one version to the next."""


@dataclass(frozen=True, slots=True)
class _Cited:
    start: int
    end: int
    law: Law
    in_force: bool


_YEAR = r"(?:19|20)[0-9]{2}"
_YEARS = re.compile(rf"{_YEAR}(?![0-9])")
_AMENDED = r"(?:第[一二三四五六七八九]次)?(?:修订|修正|修改)"
_ONE_VERSION = re.compile(rf"{_YEAR}年?(?:[0-9]{{1,2}}月(?:[0-9]{{1,2}}日)?)?(?:{_AMENDED})?[版本]?")
_BETWEEN_VERSIONS = re.compile(r"[,，、;；和及]")
_TITLE = r"《(?P<title>[^《》()]{2,40})》"
_BRACKET = re.compile(rf"\((?P<version>{_YEAR}[^()《》]{{0,36}})\)")
_BESIDE = [
    re.compile(rf"{_TITLE}\s*(?P<version>{_YEAR}年?(?:{_AMENDED})?[版本])"),
    re.compile(rf"(?P<version>{_YEAR}年?(?:{_AMENDED}[版本]?(?=的)|版))的?\s*{_TITLE}"),
]
_BEFORE_A_TITLE = frozenset("按照据依和与及由见对国")
"""What may stand before a title without 《》; anything else may be the head of a longer one, 浙江省节约用水条例."""
_ARTICLE = re.compile(rf"{_TITLE}\s*(?:\([^()]{{1,40}}\))?\s*第[一二三四五六七八九十百千零〇0-9]+条")
_NUMBER = re.compile(
    r"(?<![A-Za-z])(?P<family>[A-Za-z]{2,4})\s*(?:/\s*[A-Za-z])?\s*(?P<number>[0-9]{1,6}(?:\.[0-9]{1,3})?)"
    r"\s*-{1,2}\s*(?P<year>[0-9]{4})(?![0-9])"
)
_NUMBER_WITHOUT_YEAR = re.compile(r"(?P<family>[A-Z]{2,4})(?:/[A-Z])? (?P<number>[0-9]+(?:\.[0-9]+)?)")
_LONGEST_TITLE = 40
_MAYBE_YEAR = re.compile(r"\d{4}")
"""One quick pass clears most texts. Full-width digits count."""
_DASHES, _OPENING, _CLOSING = "‐‑‒–—―−－﹣", "（〔【［", "）〕】］"
_PLAIN = (
    {0xFF01 + offset: 0x21 + offset for offset in range(94)}
    | dict.fromkeys(map(ord, _DASHES), "-")
    | dict.fromkeys(map(ord, _OPENING), "(")
    | dict.fromkeys(map(ord, _CLOSING), ")")
)
_ODD = re.compile(rf"[０-９Ａ-Ｚａ-ｚ／．〔〕【】［］{_DASHES}]")


def superseded(text: str) -> list[Citation]:
    """The versions no longer in force that a text cites, in the order in which they stand there."""
    if not _MAYBE_YEAR.search(text) and not ("》" in text and "条" in text):
        return []
    folded, table = _folded(text), _table()
    cited = [*_by_title(folded, table), *_by_article(folded, table), *_by_number(folded, table)]
    if all(found.in_force for found in cited):
        return []
    compared = {found.law for found in cited if found.in_force}
    longest: dict[int, _Cited] = {}
    for found in sorted(cited, key=lambda found: (found.start, found.end)):
        if found.law not in compared:
            longest[found.start] = found
    return [Citation(text[found.start : found.end], found.law) for found in longest.values()]


def laws() -> tuple[Law, ...]:
    """The whole table, in its order."""
    return _table().laws


def _folded(text: str) -> str:
    """Full-width signs, dashes and brackets as the plain ones: character by character, so that places stay."""
    return text.translate(_PLAIN) if _ODD.search(text) else text.replace("（", "(").replace("）", ")")


def _by_title(folded: str, table: _Table) -> Iterator[_Cited]:
    for pattern in _BESIDE:
        for match in pattern.finditer(folded):
            if law := _titled(match["title"], table):
                yield from _in_version(match["version"], law, match.start(), match.end())
    for match in _BRACKET.finditer(folded):
        before = folded[: match.start()].rstrip()
        if before.endswith("》"):
            start = before.rfind("《")
            law = _titled(before[start + 1 : -1], table) if start >= 0 else None
        else:
            start, law = _title_at_the_end(before, table)
        if law:
            yield from _in_version(match["version"], law, start, match.end())


def _titled(title: str, table: _Table) -> Law | None:
    return table.titles.get(title.strip().removeprefix(_COUNTRY))


def _in_version(version: str, law: Law, start: int, end: int) -> Iterator[_Cited]:
    """Nothing where the words are no version, 1997年通过, or one that the table does not know."""
    parts = [part.strip() for part in _BETWEEN_VERSIONS.split(version)]
    if all(_ONE_VERSION.fullmatch(part) for part in parts):
        years = {part[:4] for part in parts}
        if law.year in years or all(year in law.superseded for year in years):
            yield _Cited(start, end, law, law.year in years)


def _title_at_the_end(words: str, table: _Table) -> tuple[int, Law | None]:
    """Where the longest title begins that the words end with, and its law, unless it is the tail of a longer title.

    So are found titles without 《》, and those that hold their bracket: 《节约能源法（2007年修订）》.
    """
    for start in range(max(0, len(words) - _LONGEST_TITLE), len(words)):
        if law := table.titles.get(words[start:]):
            before = words[start - 1 : start]
            return start, None if "一" <= before <= "鿿" and before not in _BEFORE_A_TITLE else law
    return len(words), None


def _by_article(folded: str, table: _Table) -> Iterator[_Cited]:
    for match in _ARTICLE.finditer(folded):
        if (law := _titled(match["title"], table)) and law.repealed:
            yield _Cited(match.start(), match.end(), law, False)


def _by_number(folded: str, table: _Table) -> Iterator[_Cited]:
    if "-" not in folded:
        return
    for match in _NUMBER.finditer(folded):
        if known := table.numbers.get(_key(match)):
            law, in_force = known
            yield _Cited(match.start(), match.end(), law, in_force)


def _key(match: re.Match[str]) -> tuple[str, str, str]:
    return match["family"].upper(), match["number"], match["year"]


@cache
def _table() -> _Table:
    lines = files(__package__).joinpath(_FILE).read_text("utf-8").splitlines()
    rows = tuple(_law(line) for line in lines if line.strip() and not line.startswith("#"))
    numbers: dict[tuple[str, str, str], tuple[Law, bool]] = {}
    for law in rows:
        if own := _NUMBER_WITHOUT_YEAR.fullmatch(law.names[0]):
            for old in law.superseded:
                other = _NUMBER.fullmatch(old)
                numbers[_key(other) if other else (own["family"], own["number"], old)] = law, False
            numbers[own["family"], own["number"], law.year] = law, True
    return _Table(rows, {name: law for law in rows for name in law.names}, numbers)


def _law(line: str) -> Law:
    names, present, versions, note = line.split("\t")
    years = _YEARS.findall(present)
    old = tuple(filter(None, versions.split(_SEVERAL)))
    return Law(tuple(names.split(_SEVERAL)), present, old, note, years[-1] if years else "")
