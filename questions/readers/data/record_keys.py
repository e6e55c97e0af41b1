"""Which key of a data file's objects holds which part of a question, by its name and by what it holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from questions.readers.meaning.answers import truth_of
from questions.readers.meaning.kinds import kind_named, kind_word
from questions.readers.tables.columns import Choice, Meaning, Role, meaning
from questions.readers.tables.table import tidy

Record = Mapping[str, object]
Keys = Mapping[Role, Sequence[tuple[int, str]]]
"""Part of a question → (which option or blank, from 0; key), the best key first."""
SAMPLE = 300
"""How many records are looked at to learn what their keys hold."""

_ALSO: dict[Role, str] = {
    Role.STEM: (
        "stem problem prompt que ques q tigan timu wenti questionname questiondesc questiondetail questiontext "
        "questionbody qtitle qcontent topicname topiccontent subjecttitle subjectname subjectcontent term front "
        "titlename examtitle tittle questionsname textquestion questiontxt quiz "
        "body topic subject description desc problemtext"
    ),
    Role.ANSWER: (
        "correctanswers rightanswers trueanswer trueanswers standardanswer referenceanswer referanswer "
        "correctoptions correctindex answerindex correctanswerindex correctoptionindex answeridx correctchoice "
        "correctchoices rightoption rightoptions rightkey truekey answertext answercontent answerlist answerarr "
        "answeroption answervalue correctanswertext correctresponse correctresponses result daan zhengquedaan "
        "true trueoption definition back solutionkey right ans anwser answser anser da"
    ),
    Role.OPTIONS: (
        "optionlist choicelist optionslist choiceslist opts opt optionarr optionarray optionmap optionjson "
        "optionsjson optioncontent questionoptions questionoptionlist answeroptions answerlists answerchoices "
        "selections selectlist selects select selectitems candidates alternatives variants xuanxiang items item "
        "radiolist metas optiondata optionitems questionitems subjectitems"
    ),
    Role.EXPLANATION: (
        "jiexi explain explains explanations answerexplanation answeranalysis analyse analyze analysetext resolve "
        "parse parsing reason solution comment comments tip tips hint hints detail detailanswer questionanalysis "
        "questionexplain questionsparse justification"
    ),
    Role.KIND: (
        "questiontypename typename typecode typeid qtype questiontypeid questionkind tixing leixing subjecttype "
        "topictype problemtype quizquestiontype questionstype titletype questioncategory mode style model"
    ),
    Role.CATEGORY: (
        "categoryname subjectname chaptername sectionname section unit unitname knowledge knowledges knowledgepoint "
        "knowledgepoints knowledgename point pointname classify classname course coursename catalog cate catename "
        "fenlei zhangjie module bankname groupname"
    ),
    Role.DIFFICULTY: "nandu diff degree questiondifficulty difficultylevel hardlevel hard easy star stars",
    Role.SOURCE: "from origin laiyuan references basis law",
    Role.TAGS: "taglist tagnames labellist",
    Role.NUMBER: (
        "qid qno questionno questionnumber num index sort seq xuhao tihao ordernum order questionorder sn code"
    ),
}
_KNOWN: dict[str, Meaning] = {
    word: Meaning(role, 0, 100 + rank) for role, words in _ALSO.items() for rank, word in enumerate(words.split())
}
_TOPICS = frozenset(["topic", "subject", "exercise"])
"""Keys that hold what is asked in some files, and what it is about in others."""
_OPTION = re.compile(r"(?:item|opt|options|choices|xuanxiang|xx|select|ans|key)(?:([1-9]|1\d)|([a-j]))")
_PLACE = re.compile(r"(?:第\s*\d{1,4}\s*题|\d{1,4})[.、:：]?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HALF = re.compile(r"[\ud800-\udfff]")


@lru_cache(maxsize=4096)
def folded_key(key: str) -> str:
    """A key without its spelling: ``is_correct`` and ``isCorrect`` are one."""
    return re.sub(r"[\W_]", "", key).casefold()


@lru_cache(maxsize=4096)
def key_meaning(key: str) -> Meaning | None:
    """What a key announces."""
    known = meaning(key)
    if known is not None and known.role is not Role.IGNORED:
        return known
    folded = folded_key(key)
    if known is None and (option := _OPTION.fullmatch(folded)) is not None:
        number = ord(option[2]) - ord("a") if option[2] else int(option[1]) - 1
        return Meaning(Role.OPTION, number, 50)
    return _KNOWN.get(folded) or known


def is_record(found: Record, asked: Collection[str] = ()) -> bool:
    """Whether an object is a question: it has a text to ask, and something that only a question has.

    `asked`: keys, case folded, that a person has named for the text to ask.
    """
    if any(text_of(value) for key, value in found.items() if key.casefold() in asked):
        return True
    roles: dict[Role, list[object]] = {}
    for key, value in found.items():
        if (known := key_meaning(key)) is not None:
            roles.setdefault(known.role, []).append(value)
    topics = [value for key, value in found.items() if folded_key(key) in _TOPICS]
    stems = [value for value in [*roles.get(Role.STEM, []), *topics] if text_of(value) or isinstance(value, dict)]
    lettered = len(roles.get(Role.OPTION, [])) >= 2 or ("q" in found and "a" in found)
    return bool(stems) and (lettered or bool(roles.keys() & {Role.ANSWER, Role.OPTIONS, Role.KIND, Role.BLANK}))


def is_option(found: Record) -> bool:
    """Whether what might be a question is an option with a flag: it has no options or kind, and hardly an answer."""
    known = [(meant.role, value) for key, value in found.items() if (meant := key_meaning(key)) is not None]
    if any(role in {Role.OPTIONS, Role.OPTION, Role.KIND, Role.BLANK} and value for role, value in known):
        return False
    answers = [text_of(value) for role, value in known if role is Role.ANSWER]
    return all(len(text) < 2 or truth_of(text) is not None for text in answers)


def keys_of(records: Sequence[Record], choices: Sequence[Choice]) -> Keys:
    """Which keys hold what, throughout the records; what a person has named goes before all."""
    counts = Counter(key for record in records for key, value in record.items() if value not in (None, "", [], {}))
    ranked: dict[Role, list[tuple[int, int, str]]] = {}
    for key in counts:
        if (known := key_meaning(key)) is not None:
            rank = known.rank + (50 if key.startswith("_") else 0)
            ranked.setdefault(known.role, []).append((rank, known.index, key))
    keys = {role: [(index, key) for _, index, key in sorted(found)] for role, found in ranked.items()}
    keys[Role.STEM] = _by_content(keys.get(Role.STEM, []), records)
    _take_topics(keys, records)
    if not _names_kinds(keys.get(Role.KIND, []), records):
        others = [pair for pair in keys.pop(Role.KIND, []) if _in_words(pair[1], records)]
        keys[Role.CATEGORY] = keys.get(Role.CATEGORY, []) + others
    for choice in choices:
        role, index = choice.meaning.role, choice.meaning.index
        named = [key for key in counts if key.casefold() == choice.column.casefold()]
        for pairs in keys.values():
            pairs[:] = [pair for pair in pairs if pair[1] not in named]
        others = [pair for pair in keys.get(role, []) if pair[0] != index]
        keys[role] = [(index, key) for key in named] + others
    return keys


def _take_topics(keys: dict[Role, list[tuple[int, str]]], records: Sequence[Record]) -> None:
    """A topic is what is asked where nothing else is, otherwise the category."""
    topics = [pair for pair in keys.get(Role.CATEGORY, []) if folded_key(pair[1]) in _TOPICS]
    asking = [pair for pair in topics if _asks(pair[1], records)]
    if asking and not any(_asks(key, records) for _, key in keys[Role.STEM]):
        keys[Role.STEM] = asking[:1] + keys[Role.STEM]
        keys[Role.CATEGORY].remove(asking[0])


def _by_content(pairs: Sequence[tuple[int, str]], records: Sequence[Record]) -> list[tuple[int, str]]:
    """Keys for the stem, those first whose texts differ from question to question and are no mere headings."""
    return sorted(pairs, key=lambda pair: not _asks(pair[1], records))


def _asks(key: str, records: Sequence[Record]) -> bool:
    """Whether the texts under a key differ from question to question and are no mere headings."""
    texts = [text for record in records[:SAMPLE] if (text := text_of(record.get(key)))]
    plain = [text for text in texts if not _PLACE.fullmatch(text) and kind_named(text) is None]
    return len(texts) > 0.5 * min(len(records), SAMPLE) and len(set(plain)) > 0.6 * len(texts)


def _names_kinds(pairs: Sequence[tuple[int, str]], records: Sequence[Record]) -> bool:
    texts = {text_of(record.get(key)) for record in records[:SAMPLE] for _, key in pairs} - {""}
    return not texts or any(text.isdigit() or kind_word(text) for text in texts)


def _in_words(key: str, records: Sequence[Record]) -> bool:
    """Whether a key holds what people call things, rather than a program's own word."""
    return any(_HAN.search(text_of(record.get(key))) for record in records[:SAMPLE])


def text_of(value: object) -> str:
    """A value as text: nothing for none, true and false as words, lists line by line, `{"$oid": …}` what it holds."""
    if isinstance(value, str):
        return value.strip() if value.isprintable() else _HALF.sub("", tidy(value))
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith("$"):
            return text_of(next(iter(value.values())))
        inner = next((value[key] for key in ("text", "content", "value", "title", "name") if key in value), None)
        return text_of(inner) if not isinstance(inner, dict | list) else ""
    if isinstance(value, list):
        return "\n".join(filter(None, map(text_of, value)))
    return str(value)
