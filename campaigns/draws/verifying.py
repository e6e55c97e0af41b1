"""The check of a draw's evidence: everything computed again from the list and the sources' values alone."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.draws import scheme
from campaigns.draws.announcement import Announcement, announcement_of
from campaigns.draws.evidence import (
    ANNOUNCEMENT,
    AWARDS,
    AWARDS_HEADER,
    ENTRANTS,
    MEMBERS_FROZEN,
    MEMBERS_HELD,
    RANKING,
    SOURCES,
    awards_tsv,
    ranking_tsv,
)
from campaigns.draws.scheme import Award, Entrant, Ranked
from campaigns.draws.sources import value_problem
from campaigns.errors import DrawRefused, Unverifiable

SIZE_LIMIT = 512 * 1024 * 1024
"""Bytes of a zip that is looked at; members are stored, so that none can grow beyond it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    draw_id: str
    count: int
    list_hash: str
    """As computed from the list. Compare it with the public notice: a zip cannot prove itself."""
    announcement_hash: str
    """As computed from announcement.json; published as well."""
    held: bool
    """Whether the zip holds a result; otherwise only the list was checked."""
    seed: str | None
    """As computed from the values."""
    awards: tuple[Award, ...]
    """As computed again."""
    problems: tuple[str, ...]
    """Plain sentences: what does not hold."""

    @property
    def holds(self) -> bool:
        return not self.problems


def verify(data: bytes) -> Verdict:
    """Compute a draw again from its zip, and say what does not hold.

    Raises Unverifiable, in one sentence, when the bytes are not such a zip at all.
    """
    members = _members(data)
    announcement = announcement_of(_json(ANNOUNCEMENT, members[ANNOUNCEMENT]))
    entrants = scheme.read_list(members[ENTRANTS])
    computed_hash = scheme.list_hash(members[ENTRANTS])
    problems = _list_problems(announcement, entrants, computed_hash)
    seed: str | None = None
    awards: tuple[Award, ...] = ()
    if SOURCES in members:
        seed, source_problems = _seed(announcement, computed_hash, _json(SOURCES, members[SOURCES]))
        ranking = scheme.rank(seed, entrants)
        awards, award_problems = _replay(ranking, announcement, members[AWARDS])
        problems += [
            *source_problems,
            *_differences("排名", RANKING, ranking_tsv(ranking), members[RANKING]),
            *award_problems,
        ]
    return Verdict(
        draw_id=announcement.id,
        count=len(entrants),
        list_hash=computed_hash,
        announcement_hash=hashlib.sha256(members[ANNOUNCEMENT]).hexdigest(),
        held=seed is not None,
        seed=seed,
        awards=awards,
        problems=tuple(problems),
    )


def _members(data: bytes) -> dict[str, bytes]:
    if len(data) > SIZE_LIMIT:
        raise Unverifiable(f"文件超过 {SIZE_LIMIT // 2**20} MB，不是抽奖证据包。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            names = [info.filename for info in infos]
            if sorted(names) not in (sorted(MEMBERS_FROZEN), sorted(MEMBERS_HELD)):
                raise Unverifiable("证据包里的文件不齐全或有多余，请从公示页重新下载。")
            if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in infos):
                raise Unverifiable("证据包里的文件被压缩或加密过，请从公示页重新下载。")
            if sum(info.file_size for info in infos) > len(data):
                raise Unverifiable("证据包所称的大小与实际不符，请从公示页重新下载。")
            return {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, struct.error) as error:
        raise Unverifiable("这不是完好的证据包（zip 文件损坏或被改动），请从公示页重新下载。") from error


def _json(name: str, data: bytes) -> object:
    try:
        value: object = json.loads(data)
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair, which no hash could be made of
    except (ValueError, RecursionError) as error:
        raise Unverifiable(f"{name} 不是完好的 JSON 文件。") from error
    return value


def _list_problems(announcement: Announcement, entrants: Sequence[Entrant], computed_hash: str) -> list[str]:
    problems = []
    if computed_hash != announcement.list_hash:
        problems.append(f"名单的哈希是 {computed_hash}，公告写的是 {announcement.list_hash}：名单被改动过。")
    if len(entrants) != announcement.count:
        problems.append(f"名单有 {len(entrants)} 人，公告写的是 {announcement.count} 人。")
    if absent := set(announcement.exclusions) - {entrant.entrant for entrant in entrants}:
        problems.append(f"公告排除的编号 {sorted(absent)[0]} 不在名单中。")
    return problems


def _seed(announcement: Announcement, computed_hash: str, sources: object) -> tuple[str, list[str]]:
    match sources:
        case {"values": [*values], "seed": str(stated)}:
            pairs = [_value(value) for value in values]
        case _:
            raise Unverifiable("sources.json 缺项，或写法不对。")
    problems = []
    if [source for source, _ in pairs] != list(announcement.sources):
        problems.append("录入的来源与公告的来源或其顺序不同。")
    for source, text in pairs:
        if not text.startswith(f"{source}:"):
            problems.append(f"来源 {source} 的数值没有以来源名开头。")
        elif problem := value_problem(source, text[len(source) + 1 :], announcement.formats):
            problems.append(problem)
    seed = scheme.seed_of(announcement.id, computed_hash, [text for _, text in pairs])
    if seed != stated:
        problems.append(f"按名单和来源数值算出的种子是 {seed}，证据包写的是 {stated}。")
    return seed, problems


def _value(value: object) -> tuple[str, str]:
    match value:
        case {"source": str(source), "value": str(text)}:
            return source, text
    raise Unverifiable("sources.json 的数值写法不对。")


def _replay(
    ranking: Sequence[Ranked], announcement: Announcement, stated: bytes
) -> tuple[tuple[Award, ...], list[str]]:
    """The awards as they follow from the ranking and from which were forfeited, in the order of the forfeits."""
    awards = scheme.fill(ranking, announcement.rules)
    rows = _rows(stated)
    reasons = {row[0]: row[6] for row in rows}
    for row in rows[len(awards) :]:
        try:
            awards = scheme.forfeit(ranking, awards, announcement.rules, int(row[5]), reasons.get(row[5], ""))
        except (ValueError, DrawRefused):
            break  # it replaces nothing that could be replaced: a line too many
    return awards, _differences("中奖名单", AWARDS, awards_tsv(awards), stated)


def _rows(tsv: bytes) -> list[list[str]]:
    try:
        rows = [line.split("\t") for line in tsv.decode().split("\n")[1:-1]]
    except UnicodeDecodeError as error:
        raise Unverifiable(f"{AWARDS} 不是 UTF-8 文本。") from error
    if any(len(row) != len(AWARDS_HEADER) for row in rows):
        raise Unverifiable(f"{AWARDS} 有的行不是 {len(AWARDS_HEADER)} 项。")
    return rows


def _differences(what: str, name: str, computed: bytes, stated: bytes) -> list[str]:
    """Nothing, or one sentence about the first line that differs."""
    if computed == stated:
        return []
    expected, found = computed.split(b"\n"), stated.split(b"\n")
    line = next(
        (place for place, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b),
        min(len(expected), len(found)),
    )
    return [
        f"{what}与重新计算的不同：{name} 第 {line + 1} 行应为“{_shown(expected, line)}”，"
        f"证据包写的是“{_shown(found, line)}”。"
    ]


def _shown(lines: Sequence[bytes], line: int) -> str:
    text = lines[line].decode(errors="replace") if line < len(lines) else ""
    return text.replace("\t", " ")[:200] or "（没有这一行）"
