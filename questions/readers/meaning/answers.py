"""How people write an answer: letters, true or false, indexes, the texts of blanks. Each reading is strict or None."""

from __future__ import annotations

import json
import re
import unicodedata

from questions.model import ALTERNATIVES

_LOOKALIKES = str.maketrans("АВСЕНІΑΒΕΗΙａｂｃｄ", "ABCEHIABEHIabcd")
_TRUE = "对 正确 √ ✓ ✔ ☑ ✅ 是 t true y yes v right correct 真 正 正确的 对的 是的 成立 属实 对√ √对"
_FALSE = "错 错误 × ✗ ✘ ✖ ❌ ☒ ╳ ✕ 否 f false n no x wrong incorrect 假 误 错误的 错的 不对 不正确 不是 非 错× ×错"
_TRUTHS: dict[str, bool] = dict.fromkeys(_TRUE.split(), True) | dict.fromkeys(_FALSE.split(), False)
_WRAPPED = re.compile(r"^[\s(（【\[{“\"'‘]+|[\s)）】\]}”\"'’。．.，,;；、!！]+$")
_SAID = re.compile(r"^(?:本题)?(?:正确|标准|参考)?(?:答案|选项|答)?\s*(?:[:：]|选项?|为|是|应选|故选)+\s*(?=\S)")
_ONLY_LETTERS = re.compile(r"[A-Za-z]{1,10}")
_SPACED_LETTERS = re.compile(r"[A-Z](?:[\s,，、;；|/&+.和与及]*[A-Z])*")
_NUMBERS = re.compile(r"\d{1,2}(?:[\s,，、;；|/&+和与及]+\d{1,2})*")
_NOTHING = {
    "",
    "略",
    "/",
    "-",
    "—",
    "--",
    "——",
    "暂无",
    "待定",
    "无答案",
    "null",
    "none",
    "n/a",
    "#n/a",
    "?",
    "？",
    "nan",
}
_MOST_LITERAL = 4_000

_EXPLAINED = re.compile(r"\s*[【\[(（]?(?:答案|试题|题目)?(?:解析|详解|解释|分析|说明)[】\])）]?\s*[:：】\]]?\s*")
_REMARKED = re.compile(
    r"([A-J](?:[\s,、，]{0,2}[A-J]){0,9})\s*"
    r"(?:[(（][^()（）]{0,20}(?:[少多漏错]选|得分)[^()（）]{0,20}[)）]|[你您](?:选对|选错|错选|答对|答错)[^\n]{0,20}"
    r"|[。；;]\s*(?P<reason>\S.{3,}))",
    re.DOTALL,
)
_THEREFORE = re.compile(r"(?:选择?|答案[是为])\s*([A-J]{1,8})(?![A-Za-z])")
_LEADING_TRUTH = re.compile(
    r"(正确|错误|不正确|不对|对|错|√|×|✓|✗|✔|✘|❌)(?:[。，,.;；:：!！\s]|[（(](?![一二三四五六七八九十\d]))"
)


def unquoted(text: str) -> str:
    """The answer itself: without 答案： in front and without brackets, quotes or a full stop around it."""
    if text.isalnum() and len(text) < 12 and text[0] not in "答正标参本选应故为是":
        return text
    return _WRAPPED.sub("", _SAID.sub("", _WRAPPED.sub("", text)))


def says_nothing(text: str) -> bool:
    """Whether a cell only says that there is no answer."""
    return len(text) < 5 and text.strip().casefold() in _NOTHING


_POINTS = re.compile(r"\s*[(（【\[]\s*(?:[每共各本](?:小?题|空|个|点)?)?\s*[:：]?\s*\d{1,2}(?:\.\d)?\s*分\s*[)）】\]]")


def without_points(answer: str) -> str:
    """An answer without the points that it is worth: ``1000（2分）``. Nothing but points stays as it is."""
    return (_POINTS.sub("", answer).strip() or answer) if "分" in answer else answer


def split_answer(cell: str) -> tuple[str, str, str]:
    """(answer, explanation, leftover) of a cell: the explanation and scraped lines often follow in the same cell."""
    if "解析" not in cell and "\n" not in cell:
        return cell, "", ""
    if found := _EXPLAINED.search(cell):
        answer, explanation = cell[: found.start()], cell[found.end() :]
        if answer.strip():
            return answer.strip(), explanation.strip(), ""
    first, _, rest = cell.partition("\n")
    if rest and (letters_in(first) is not None or truth_of(first) is not None):
        if letters_in(cell) is not None or _choice_lines(rest):
            return cell, "", ""
        return first.strip(), "", rest.strip()
    return cell, "", ""


def without_remark(answer: str) -> tuple[str, str] | None:
    """(letters, reason) of letters with a remark behind: ``B。根据…``, ``A,B (少选不得分)``, ``A你错选为B``.

    None for anything else, and where the reason ends with other letters.
    """
    found = _REMARKED.fullmatch(answer.strip())
    if found is None:
        return None
    reason = found["reason"] or ""
    said = _THEREFORE.findall(reason)
    return (found[1], reason.strip()) if not said or letters_in(said[-1]) == letters_in(found[1]) else None


def _choice_lines(rest: str) -> bool:
    return all(_ONLY_LETTERS.fullmatch(line.strip()) for line in rest.split("\n") if line.strip())


def truth_of(text: str) -> bool | None:
    """True, false, or None for what is no plain word or sign for either; digits are never plain."""
    folded = text.casefold()
    if (known := _TRUTHS.get(folded)) is not None:
        return known
    if len(text) > 12:
        return None
    folded = unicodedata.normalize("NFKC", unquoted(text)).casefold().replace("\ufe0f", "").replace(" ", "")
    return _TRUTHS.get(folded)


def leading_truth(text: str) -> bool | None:
    """The verdict that a longer text begins with: ``错误。应为26℃``."""
    found = _LEADING_TRUTH.match(text)
    return _TRUTHS.get(found[1]) if found else None


def letters_in(text: str) -> tuple[str, ...] | None:
    """Option letters in any of their spellings (ABD, a b d, A、B，D, ["A"]), ascending; None for anything else.

    A repeated letter or more than ten are no answer anybody meant.
    """
    if _ONLY_LETTERS.fullmatch(text):
        return _distinct(text.upper())
    if len(text) > 60:
        return None
    listed = literal(text)
    if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
        text = ",".join(map(str, listed))
    folded = unicodedata.normalize("NFKC", unquoted(text)).translate(_LOOKALIKES).upper().replace(")(", ",")
    folded = folded.removesuffix("选项").removesuffix("项").replace('"', "").replace("'", "").strip()
    return _distinct(re.sub(r"[^A-Z]", "", folded)) if _SPACED_LETTERS.fullmatch(folded) else None


def _distinct(letters: str) -> tuple[str, ...] | None:
    found = tuple(sorted(set(letters)))
    return found if len(found) == len(letters) <= 10 else None


def indexes_in(text: str, most: int) -> tuple[int, ...] | None:
    """Option numbers as written, ascending, whatever they count from; ``13`` is 1 and 3 where `most` is below 10."""
    listed = literal(text)
    if isinstance(listed, list):
        text = ",".join(map(str, listed))
    folded = unicodedata.normalize("NFKC", unquoted(text)).strip()
    if not _NUMBERS.fullmatch(folded) and not (folded.isascii() and folded.isdigit()):
        return None
    parts = re.findall(r"\d+", folded)
    if len(parts) == 1 and len(folded) > 1 and most < 10:
        parts = list(folded)
    numbers = sorted({int(part) for part in parts})
    return tuple(numbers) if len(numbers) == len(parts) else None


def literal(text: str) -> object:
    """A JSON list or object, or one with Python's single quotes, as data; None where the text is neither."""
    if text[:1] not in {"[", "{"} or text[-1:] not in {"]", "}"} or len(text) > _MOST_LITERAL:
        return None
    for candidate in (text, text.replace("'", '"')):
        try:
            found: object = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, (list, dict)) else None
    return None


_INLINE = re.compile(r"(?<!_)__(?!_)([^_\s，。；、,;!?！？][^_，。；,;!?！？]{0,40}?)(?<!\s)__(?!_)")
# Longer runs of underscores are blanks to fill, and what stands between two of them is the sentence.
_DOUBLED = re.compile(r"[(（]{2}([^()（）\n]{1,400})[)）]{2}\s*$")
"""``((8848;;11034))``: the answers of all blanks, behind the sentence."""
_ORDINAL = re.compile(
    r"(?:第\s*[一二三四五六七八九十\d]{1,2}\s*空|空\s*\d{1,2}|[(（]\s*\d{1,2}\s*[)）]|[①-⑳]|\d{1,2}[.、．)）](?!\d))\s*[:：]?\s*"
)
_OR = re.compile(r"\s*(?:[;；]|(?<=[^\s，,、])或者?(?=\S))\s*")
_BARS = re.compile(rf"{_OR.pattern}|\s*[|\n]\s*")


def inline_answers(stem: str) -> tuple[str, list[str]]:
    """A stem whose blanks hold their answers (``__26__``): the stem with empty blanks, and the answers."""
    behind = _DOUBLED.search(stem)
    if behind is not None and stem.count("__", 0, behind.start()):
        return stem[: behind.start()].rstrip(), [answer.strip() for answer in behind[1].split(";;")]
    found = _INLINE.findall(stem)
    return (_INLINE.sub("____", stem), [answer.strip() for answer in found]) if found else (stem, [])


def blanks_in(text: str, count: int) -> list[str]:
    """The answers of `count` blanks (0: unknown), each with its alternatives joined by the model's separator.

    Between blanks people write ``|``, new lines, ``;`` or, where it gives just the right number, 、 , or spaces;
    between alternatives ``;``, ``/`` or 或. Where a separator could be either, the number of blanks decides.
    """
    body = text.strip().strip("_").strip()
    listed = literal(body)
    if isinstance(listed, list):
        return [_alternatives(str(item)) for item in listed]
    labelled = [part for part in _ORDINAL.split(body) if part.strip()] if _ORDINAL.match(body) else []
    if labelled and (len(labelled) == count or count == 0):
        return [_alternatives(part.strip(" ;；|,，、\n")) for part in labelled]
    if labelled and len(labelled) == 1:
        body = labelled[0].strip()
    if count == 1:
        return [_alternatives(body, bars=True)]
    if count > 1 and len(body.split("；")) == count and ALTERNATIVES in body:
        return [_alternatives(part, bars=True) for part in body.split("；")]
    for separator in (r"\s*\|+\s*", r"\s*[;；\n]+\s*", r"\s*[、,，]\s*", r"\s+"):
        parts = [part for part in re.split(separator, body) if part]
        certain = separator == r"\s*\|+\s*" and len(parts) > 1
        if len(parts) > 1 and (len(parts) == count or certain):
            return [_alternatives(part) for part in parts]
    return [_alternatives(body)]


def _alternatives(text: str, *, bars: bool = False) -> str:
    whole = text.strip().strip("_").strip()
    parts = [part.strip().strip("_").strip() for part in _split_outside(_BARS if bars else _OR, whole)]
    parts = [part for part in parts if part]
    return ALTERNATIVES.join(dict.fromkeys(parts or [whole]))


def _split_outside(separator: re.Pattern[str], text: str) -> list[str]:
    """The text cut at its separators, but for those within brackets: ``食用油（矿物油或橄榄油）`` is one."""
    parts: list[str] = []
    start = 0
    for found in separator.finditer(text):
        before = text[: found.start()]
        inside = any(
            before.count(opens) > before.count(closes) and closes in text[found.end() :]
            for opens, closes in ("（）", "()", "【】", "《》")
        )
        if not inside:
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


def fold(text: str) -> str:
    """The form in which two texts are compared: width, case, spacing and a last full stop make no difference."""
    if text.isascii() and text.isalnum():
        return text.casefold()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split()).strip(".。;；,，、")
