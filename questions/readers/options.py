"""Options as people write them: all in one cell, behind a stem, with or without letters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from questions.model import LETTERS
from questions.readers.answers import literal

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
            return unlabelled([part for part in parts if part])
    return [cell] if cell else []


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
    if len(texts) > 1 and all(
        _GLUED_LABEL.match(text) and text[0] == letter for letter, text in zip(LETTERS, texts, strict=False)
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
