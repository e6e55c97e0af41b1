"""The entries of answer keys → the questions that they answer: by section and number, never by guessing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from questions.model import Kind, Problem, Severity
from questions.readers.meaning.kinds import Named
from questions.readers.written.blocks import Block
from questions.readers.written.entries import Entry, Group, one_by_one
from questions.readers.written.fields import Part
from questions.readers.written.keys import Region

_UNPLACED = "答案表的这一部分看不出是哪些题的答案，没有读入；请在答案表里写上各部分的标题（例如“一、单选题”）。"
_MISSING = "答案表里有第 {} 题的答案“{}”，却没有这道题；请核对。"
_TWICE = "第 {} 题在题目或答案表里不止一处，答案没有读入；请核对题号。"
_IN_ORDER = "答案表没有写题号，已按题目的顺序读入；请核对。"
_UNNUMBERED = "答案表没有写题号，看不出是哪些题的答案，没有读入；请在每个答案前面写上题号。"
_MOST_GROUPS = 200
"""Parts that one key may have."""


def apply_keys(regions: Sequence[tuple[Region, int]], blocks: Sequence[Block]) -> list[Problem]:
    """Gives blocks their answers. A region comes with the number of blocks that stand above it."""
    problems: list[Problem] = []
    start = 0
    for place, (region, above) in enumerate(regions):
        scope = blocks[start:above] or blocks[:above]
        last = place + 1 == len(regions)
        problems += _Key(region, scope, blocks[:above] if last else scope).apply()
        start = above
    return problems


class _Key:
    """One key, and the questions that it may speak of."""

    def __init__(self, region: Region, scope: Sequence[Block], wider: Sequence[Block]) -> None:
        self.groups = region.groups
        self.scope = [block for block in scope if block.value is not None]
        self.wider = [block for block in wider if block.value is not None and not _answered(block)]
        self.every = scope
        self.problems: list[Problem] = []

    def apply(self) -> list[Problem]:
        for group in self.groups:
            self.problems += group.problems + group.doubts
        self._give_in_order([group for group in self.groups if group.listed])
        groups = [part for group in self.groups if group.entries for part in _parts(group)]
        if not groups:
            return self.problems
        found = self._placed(groups)
        for group, blocks in zip(groups, found, strict=True):
            if blocks is None:
                self.problems.append(Problem(group.where, Severity.ERROR, _UNPLACED))
            else:
                self._give(group, blocks)
        return self.problems

    def _give_in_order(self, groups: Sequence[Group]) -> None:
        """The answers without numbers, where each part of the key has just as many as its questions."""
        whole = len(groups) == 1 and groups[0].named is None
        runs = [self.every] if whole and self.every else _runs(self.every)
        for place, group in enumerate(groups):
            alike = [run for run in runs if _headed_alike(group, run)]
            run = runs[place] if len(runs) == len(groups) else alike[0] if len(alike) == 1 else []
            section = run[0].about.section if run else None
            agree = group.named is None or section is None or _same(group.named, section)
            kinds = {named.kind for named in (group.named, section) if named is not None}
            answers = one_by_one(group.listed, len(run), kinds)
            if answers is None or not agree or any(map(_answered, run)):
                self.problems.append(Problem(group.where, Severity.ERROR, _UNNUMBERED))
                continue
            if all(problem.message != _IN_ORDER for problem in self.problems):
                self.problems.append(Problem(group.where, Severity.WARNING, _IN_ORDER))
            for block, answer in zip(run, answers, strict=True):
                block.answer = answer

    def _placed(self, groups: Sequence[Group]) -> list[Sequence[Block] | None]:
        """The blocks that each group of the key speaks of."""
        for scope in (self.scope, self.wider):
            if found := self._by_numbers(groups, scope) or self._by_runs(groups, _runs(scope)):
                return list(found)
        runs = _runs(self.wider if len(self.wider) > len(self.scope) else self.scope)
        if len(groups) > _MOST_GROUPS:
            return [None] * len(groups)
        return [self._named(group, groups, runs) for group in groups]

    def _by_numbers(self, groups: Sequence[Group], scope: Sequence[Block]) -> list[Sequence[Block]] | None:
        """Where every number is used once, both in the text and in the key, nothing else matters."""
        numbers = Counter(block.value for block in scope)
        said = Counter(entry.value for group in groups for entry in group.entries)
        if not scope or max(numbers.values()) > 1 or max(said.values()) > 1:
            return None
        if not set(said) <= set(numbers):
            return None
        return [scope] * len(groups) if self._kinds_agree(groups, scope) else None

    def _kinds_agree(self, groups: Sequence[Group], scope: Sequence[Block]) -> bool:
        blocks = {block.value: block for block in scope}
        for group in groups:
            for entry in group.entries:
                section = blocks[entry.value].about.section
                if group.named is not None and section is not None and not _same(group.named, section):
                    return False
        return True

    def _by_runs(self, groups: Sequence[Group], runs: Sequence[list[Block]]) -> list[Sequence[Block]] | None:
        """One group for each run of questions, in their order, with the very same numbers."""
        if len(groups) != len(runs):
            return None
        for group, run in zip(groups, runs, strict=True):
            section = run[0].about.section
            if group.named is not None and section is not None and not _same(group.named, section):
                return None
            if {entry.value for entry in group.entries} != {block.value for block in run}:
                return None
        return list(runs)

    def _named(self, group: Group, groups: Sequence[Group], runs: Sequence[list[Block]]) -> Sequence[Block] | None:
        """The run under the same heading, where there is just one of it; the n-th, where the key has as many."""
        alike = [run for run in runs if _headed_alike(group, run)]
        others = [other for other in groups if _heads(other) == _heads(group)]
        if not _heads(group)[0] and not _heads(group)[1]:
            return self._unheaded(group, groups, runs)
        numbers = {entry.value for entry in group.entries}
        if len(alike) == 1 and len(others) == 1:
            return alike[0]
        if len(alike) == len(others) and len(alike) > 1:
            place = next(index for index, other in enumerate(others) if other is group)
            run = alike[place]
            return run if numbers <= {block.value for block in run} else None
        if alike and len(others) == 1:
            joined = [block for run in alike for block in run]
            if max(Counter(block.value for block in joined).values()) == 1:
                return joined
        return None

    def _unheaded(self, group: Group, groups: Sequence[Group], runs: Sequence[list[Block]]) -> Sequence[Block] | None:
        """A part of the key without any heading belongs to the one run that has its numbers, or to the last one."""
        numbers = {entry.value for entry in group.entries}
        if len(groups) == 1 and runs:
            same = [run for run in runs if {block.value for block in run} == numbers]
            if len(same) == 1:
                return same[0]
            if len(runs) == 1:
                return runs[0]
        return None

    def _give(self, group: Group, blocks: Sequence[Block]) -> None:
        by_number: dict[int | None, Block] = {}
        twice: set[int | None] = set()
        for block in blocks:
            if block.value in by_number:
                twice.add(block.value)
            by_number[block.value] = block
        said = Counter(entry.value for entry in group.entries)
        for entry in group.entries:
            found = by_number.get(entry.value)
            if found is None:
                self._complain(entry, _MISSING.format(entry.value, entry.answer[:20]))
            elif entry.value in twice or said[entry.value] > 1:
                self._complain(entry, _TWICE.format(entry.value))
            else:
                found.answer, found.explanation = entry.answer, entry.explanation

    def _complain(self, entry: Entry, message: str) -> None:
        self.problems.append(Problem(entry.where, Severity.ERROR, message))


def _parts(group: Group) -> list[Group]:
    """A group cut where its numbers begin again."""
    parts = [Group(group.where, group.named, group.title)]
    for entry in group.entries:
        entries = parts[-1].entries
        if entries and entry.value == 1 and entries[-1].value > 1:
            parts.append(Group(entry.where, None, ""))
            entries = parts[-1].entries
        entries.append(entry)
    return parts


def _runs(blocks: Iterable[Block]) -> list[list[Block]]:
    """Questions whose numbers count on, under one heading."""
    runs: list[list[Block]] = []
    last: Block | None = None
    for block in blocks:
        value = block.value or 0
        same = last is not None and last.about.run == block.about.run and value > (last.value or 0)
        if not same:
            runs.append([])
        runs[-1].append(block)
        last = block
    return runs


def _answered(block: Block) -> bool:
    return block.answer is not None or Part.ANSWER in block.parts


def _same(left: Named, right: Named) -> bool:
    if left == right:
        return True
    choices = {None, Kind.SINGLE, Kind.MULTIPLE}
    return (left.kind is None and right.kind in choices) or (right.kind is None and left.kind in choices)


def _heads(group: Group) -> tuple[Named | None, str]:
    return group.named, _title(group.title)


_ORDINAL = re.compile(r"[一二三四五六七八九十]{1,3}")
"""The number of a section, where a key has no more of its heading."""


def _title(text: str) -> str:
    for word in ("参考答案", "答案", "及", "解析", "：", ":", "　", " "):
        text = text.replace(word, "")
    return text


def _headed_alike(group: Group, run: Sequence[Block]) -> bool:
    about = run[0].about
    if group.named is not None:
        return about.section is not None and _same(group.named, about.section)
    title = _title(group.title)
    if _ORDINAL.fullmatch(title):
        found = _ORDINAL.search(about.heading[:6])
        return found is not None and found[0] == title
    return bool(title) and title in {_title(about.chapter), _title(about.heading)}
