"""Options as people write them: all in one cell, behind a stem, with or without letters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from questions.model import LETTERS
from questions.readers.meaning.answers import literal

_AFTER = r"(?:^|(?<=[\s|&;；,，、。.）)\]】$#]))"
_LABELS = (
    re.compile(_AFTER + r"([A-J])\s*[.、．:：]\s*"),
    re.compile(_AFTER + r"[(（\[【]([A-J])[)）\]】]\s*"),
    re.compile(_AFTER + r"(?<![(（]\s)([A-J])[)）\]】]\s*"),
    re.compile(r"(?:^|(?<=\n))([A-J])\s+(?=\S)"),
)
"""One style a pattern: labels of one question are all alike, which tells them from an answer in a bracket."""
_OWN_LABEL = re.compile(r"[(（\[【]?([A-Ja-j])\s*[.、．:：)）\]】]\s*(?=\S)")
_GLUED_LABEL = re.compile(r"[A-J](?=[^\x00-\x7f])")
_LOOSE_LABEL = re.compile(r"[A-J](?:\s+(?=\S)|(?=[^\x00-\x7f\s])|(?=\d\S))")
"""A letter that in a cell of several options is a label, as those beside it show: ``A 26  B 28``, ``A26℃``."""
_SEPARATORS = ("\n", "|", "｜", "&&", "&", "；", ";", "$", "#", "\t", "、", "，", ",", "  ", " ")
_EDGES = " \t\n|&；;，,、$#｜"
WEAK_SEPARATORS = {"、", "，", ",", "  ", " "}
"""They also stand inside options."""
_GLUED_ANSWER = re.compile(r"\s*[【\[(（]?(?<!我的)(?<!你的)(?:正确|标准|参考)?答案\s*[】\])）]?\s*[:：]\s*(?=\S)")


def labelled(text: str) -> tuple[str, list[str]] | None:
    """What stands before the first label, and the option texts; None unless labels run A, B, C… from A."""
    for pattern in _LABELS:
        chosen: list[re.Match[str]] = []
        for found in pattern.finditer(text):
            if found[1] == LETTERS[len(chosen)]:
                chosen.append(found)
        if len(chosen) >= 2:
            ends = [found.start() for found in chosen[1:]] + [len(text)]
            texts = [text[found.end() : end].strip(_EDGES) for found, end in zip(chosen, ends, strict=True)]
            return text[: chosen[0].start()].strip(), texts
    return None


_A = re.compile(r"(?<![A-Za-z(（])A\s*([.、．:：)）])\s*")
_FEWEST_GLUED = 3
"""Of fewer options a letter with a dot may be a word of the text."""


def glued(text: str) -> tuple[str, list[str]]:
    """What stands before the first label, and options with nothing between them but their letters.

    No options unless each letter stands just once behind the one before, in one style.
    """
    first = _A.search(text)
    if first is None:
        return text, []
    if text[: first.start()].strip() and any(again[1] == first[1] for again in _A.finditer(text, first.end())):
        return text, []
    texts: list[str] = []
    rest = text[first.end() :]
    for letter in LETTERS[1:]:
        found = list(re.finditer(rf"(?<![A-Za-z]){letter}\s*{re.escape(first[1])}\s*", rest))
        if len(found) > 1:
            return text, []
        if not found:
            break
        texts.append(rest[: found[0].start()].strip(_EDGES))
        rest = rest[found[0].end() :]
    texts.append(rest.strip())
    return (text[: first.start()].strip(), texts) if len(texts) >= _FEWEST_GLUED and all(texts) else (text, [])


def separator_of(cells: Iterable[str]) -> str:
    """What separates options throughout a column: the first separator that cuts nearly every cell; else empty."""
    counts: Counter[str] = Counter()
    total = 0
    for cell in cells:
        total += 1
        counts.update(separator for separator in _SEPARATORS if separator in cell)
    return next((separator for separator in _SEPARATORS if counts[separator] >= 0.8 * total > 0), "")


def split_options(cell: str, separator: str = "") -> list[str]:
    """The options of one cell: JSON labelled, or cut by the column's usual separator.

    One text where nothing cuts it.
    """
    if (listed := literal(cell)) is not None:
        return _listed(listed)
    if (found := labelled(cell)) is not None and not found[0]:
        return found[1]
    for candidate in [separator, *_SEPARATORS] if separator else _SEPARATORS:
        if candidate and candidate in cell:
            parts = [part.strip() for part in cell.split(candidate)]
            return _without_loose_labels([part for part in parts if part])
    return [cell] if cell else []


def _without_loose_labels(texts: Sequence[str]) -> list[str]:
    found = [_LOOSE_LABEL.match(text) for text in texts]
    fits = [label is not None and text[0] == letter for label, text, letter in zip(found, texts, LETTERS, strict=False)]
    if len(texts) < 3 or len(fits) < len(texts) or not all(fits):
        return unlabelled(texts)
    return [text[label.end() :] if label else text for text, label in zip(texts, found, strict=True)]


def _listed(found: object) -> list[str]:
    """A list of texts, a mapping of letters to texts, or a list of small objects that hold a text each."""
    if isinstance(found, dict):
        return [str(found[key]).strip() for key in sorted(found, key=str)]
    items = found if isinstance(found, list) else []
    texts: list[str] = []
    for item in items:
        if isinstance(item, dict):
            named = [
                item[key] for key in ("text", "value", "content", "label", "name", "option", "title") if key in item
            ]
            texts.append(str(named[0] if named else list(item.values())[-1] if item else "").strip())
        else:
            texts.append(str(item).strip())
    return unlabelled(texts)


def unlabelled(texts: Sequence[str]) -> list[str]:
    """Option texts without their own letters in front; untouched unless at least two carry just their own."""
    if (
        len(texts) > 1
        and texts[0][:1] == "A"
        and all(_GLUED_LABEL.match(text) and text[0] == letter for letter, text in zip(LETTERS, texts, strict=False))
    ):
        return [text[1:].lstrip("、．：） ") for text in texts]
    if not any(_OWN_LABEL.match(text) for text in texts[:2]):
        return list(texts)
    found = [_OWN_LABEL.match(text) if text[1:2] and not text[0].isdigit() else None for text in texts]
    own = [label and label[1].upper() == LETTERS[index] for index, label in enumerate(found) if index < len(LETTERS)]
    if sum(map(bool, own)) < 2 or any(label and not fits for label, fits in zip(found, own, strict=False)):
        return list(texts)
    return [text[label.end() :] if label else text for text, label in zip(texts, found, strict=True)]


def glued_answer(text: str) -> tuple[str, str] | None:
    """(text, answer) where an answer is glued to the last option or a stem: ``推理机 答案：ABCD``."""
    if "答案" not in text:
        return None
    found = _GLUED_ANSWER.search(text)
    return (text[: found.start()].strip(), text[found.end() :].strip()) if found else None
