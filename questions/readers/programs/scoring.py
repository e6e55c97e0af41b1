"""How QTI 1.2 marks a response (resprocessing): tried out on responses, to learn which are right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from questions.readers.programs.exact import Number

Response = Mapping[str, frozenset[str]]
"""Identifier of a response → what was given."""

_COMPARED = {"vargte", "vargt", "varlte", "varlt"}
_IGNORED = {"durequal", "durlt", "durgte", "durgt", "durlte", "var_extension"}


@dataclass(frozen=True, slots=True)
class _Rule:
    """A respcondition."""

    condition: Element
    action: str
    """``set``, ``add``… of the score; empty where it leaves the score alone."""
    value: float
    goes_on: bool


class Scoring:
    """The rules of an item."""

    def __init__(self, item: Element) -> None:
        self.strange = False
        """Whether there was a condition that is not understood."""
        self.sure = True
        """Whether the right choices of several all count."""
        self._most = _maximum(item)
        self._rules = [self._rule(rule) for rule in item.iterfind("resprocessing/respcondition")]
        everything = [part.tag for rule in self._rules for part in rule.condition.iter()]
        self.ranged = any(tag in _COMPARED for tag in everything)
        """Whether answers are compared as numbers."""
        self.by_part = "varsubstring" in everything
        """Whether an answer need only contain a text."""

    def _rule(self, element: Element) -> _Rule:
        condition = element.find("conditionvar")
        action, value = "", 0.0
        for setvar in element.iterfind("setvar"):
            if re.search(r"score|^$|que_", setvar.get("varname", ""), re.IGNORECASE):
                action = setvar.get("action", "Set").lower()
                value = self._number(setvar.text or "")
        titled = element.get("title", "").lower() == "correct"
        if titled and not action and condition is not None and len(condition):
            action, value = "set", self._most
        goes_on = element.get("continue", "Yes" if action != "set" else "No").lower() == "yes"
        return _Rule(Element("conditionvar") if condition is None else condition, action, value, goes_on)

    def _number(self, text: str) -> float:
        if "max" in text.lower():
            return self._most
        try:
            return float(text)
        except ValueError:
            return 0.0

    def score(self, response: Response) -> float:
        total, matched = 0.0, False
        for rule in self._rules:
            if not self._holds_all(rule.condition, response, matched):
                continue
            if rule.action == "set":
                total = rule.value
            elif rule.action == "subtract":
                total -= rule.value
            elif rule.action:
                total += rule.value
            matched = matched or bool(rule.action)
            if not rule.goes_on:
                break
        return total

    def _holds_all(self, group: Element, response: Response, matched: bool) -> bool:
        return all(self._holds(part, response, matched) for part in group)

    def _holds(self, part: Element, response: Response, matched: bool, depth: int = 0) -> bool:
        if depth > 50:
            self.strange = True
            return False
        inner = (self._holds(child, response, matched, depth + 1) for child in part)
        match part.tag:
            case "and" | "conditionvar":
                return all(inner)
            case "or":
                return any(inner)
            case "not":
                return not all(inner)
            case "other":
                return not matched
            case "varequal" | "varsubset" | "varsubstring":
                return _has(part, response)
            case "unanswered":
                return not response.get(part.get("respident", ""))
            case _:
                self.strange = self.strange or (part.tag not in _IGNORED and part.tag not in _COMPARED)
                return False

    def shares(self, response: str, choices: Sequence[str], *, several: bool) -> dict[str, float]:
        """The share of the whole mark that each choice is worth: where `several`, 1 for those that belong together."""
        alone = {choice: self.score({response: frozenset([choice])}) for choice in choices}
        best = max(alone.values(), default=0.0)
        if not several:
            return {choice: score / best if best > 0 else 0.0 for choice, score in alone.items()}
        candidates = {frozenset(self._named(rule, choices)) for rule in self._rules if rule.action and rule.value > 0}
        candidates.add(frozenset(choice for choice, score in alone.items() if score > 0))
        ranked = sorted(
            candidates, key=lambda chosen: (self.score({response: chosen}), len(chosen), sorted(chosen)), reverse=True
        )
        whole = self.score({response: ranked[0]}) if ranked else 0.0
        right = ranked[0] if whole > 0 else frozenset[str]()
        if len(right) > 1:
            self.sure = all(self.score({response: right - {choice}}) < whole for choice in right)
        return {choice: float(choice in right) for choice in choices}

    def _named(self, rule: _Rule, choices: Sequence[str]) -> Iterator[str]:
        for part in _asserted(rule.condition):
            text = (part.text or "").strip()
            if text in choices:
                yield text
            elif part.tag == "varsubset":
                yield from (choice for choice in re.split(r"[\s,]+", text) if choice in choices)

    def values(self) -> list[tuple[str, str, float]]:
        """(response, text, score) of each text that earns something."""
        return [
            (part.get("respident", ""), part.text or "", rule.value)
            for rule in self._rules
            if rule.action in {"set", "add"} and rule.value > 0
            for part in _asserted(rule.condition)
            if part.tag in {"varequal", "varsubstring"} and (part.text or "").strip()
        ]

    def numbers(self) -> list[Number]:
        """The numbers and ranges that earn the whole mark."""
        rules = [rule for rule in self._rules if rule.action in {"set", "add"} and rule.value > 0]
        most = max((rule.value for rule in rules), default=0.0)
        found: list[Number] = []
        for rule in rules:
            parts = list(_asserted(rule.condition))
            exact = [(part.text or "").strip() for part in parts if part.tag == "varequal"]
            low = next(((part.text or "").strip() for part in parts if part.tag in {"vargte", "vargt"}), "")
            high = next(((part.text or "").strip() for part in parts if part.tag in {"varlte", "varlt"}), "")
            if rule.value < most or not (exact or low or high):
                continue
            if low == high:
                exact, low, high = exact or [low], "", ""
            found += [Number(value, low, high) for value in exact] or [Number("", low, high)]
        return found


def _maximum(item: Element) -> float:
    for declared in item.iter("decvar"):
        try:
            return float(declared.get("maxvalue", "")) or 100.0
        except ValueError:
            continue
    return 100.0


def _asserted(condition: Element) -> Iterator[Element]:
    """Everything that a condition asks for, without what stands under a `not`."""
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        if part.tag != "not":
            yield part
            waiting += reversed(part)


def _has(part: Element, response: Response) -> bool:
    given, wanted = response.get(part.get("respident", ""), frozenset()), (part.text or "").strip()
    if part.tag == "varsubset":
        return set(re.split(r"[\s,]+", wanted)) <= given
    if part.tag == "varsubstring":
        return any(wanted.casefold() in one.casefold() for one in given)
    if part.get("case", "").lower() == "no":
        return wanted.casefold() in {one.casefold() for one in given}
    return wanted in given
