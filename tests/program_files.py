"""Bank files as programs export them, made for these tests."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Iterable, Mapping
from html import escape
from io import BytesIO

from banks_made import some_pictures


def a_picture() -> bytes:
    return next(data for data in some_pictures().values() if data.startswith(b"\x89PNG"))


def a_picture_in_base64() -> str:
    return base64.b64encode(a_picture()).decode()


def moodle(*questions: str) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(questions) + "\n</quiz>\n"


def moodle_question(kind: str, stem: str, body: str = "", *, form: str = "html") -> str:
    return (
        f'<question type="{kind}"><name><text>题</text></name>'
        f'<questiontext format="{form}"><text><![CDATA[{stem}]]></text></questiontext>{body}</question>'
    )


def moodle_answer(fraction: float, text: str, feedback: str = "", extra: str = "") -> str:
    return (
        f'<answer fraction="{fraction:g}" format="html"><text><![CDATA[{text}]]></text>{extra}'
        f'<feedback format="html"><text>{escape(feedback)}</text></feedback></answer>'
    )


def qti1(*items: str, title: str = "节能测验", section: str = '<section ident="root_section">') -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">'
        f'<assessment ident="a1" title="{title}">{section}{"".join(items)}</section></assessment></questestinterop>'
    )


def qti1_material(text: str, form: str = "text/html") -> str:
    return f'<material><mattext texttype="{form}">{escape(text)}</mattext></material>'


def qti1_labels(options: Mapping[str, str]) -> str:
    return "".join(
        f'<response_label ident="{ident}">{qti1_material(text, "text/plain")}</response_label>'
        for ident, text in options.items()
    )


def qti1_item(
    stem: str, responses: str, rules: str = "", *, kind: str = "", label: str = "question_type", **more: str
) -> str:
    metadata = (
        f"<itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>{label}</fieldlabel>"
        f"<fieldentry>{kind}</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>"
    )
    return (
        f'<item ident="i1" title="题">{metadata if kind else ""}'
        f"<presentation>{qti1_material(stem)}{responses}</presentation>"
        '<resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
        f"{rules}</resprocessing>{more.get('feedback', '')}</item>"
    )


def qti1_choice(options: Mapping[str, str], cardinality: str = "Single") -> str:
    return (
        f'<response_lid ident="r1" rcardinality="{cardinality}"><render_choice>{qti1_labels(options)}</render_choice>'
        "</response_lid>"
    )


def qti1_rule(condition: str, score: float | None = 100, *, action: str = "Set", more: str = "") -> str:
    setvar = f'<setvar action="{action}" varname="SCORE">{score:g}</setvar>' if score is not None else ""
    goes_on = "No" if action == "Set" and score is not None else "Yes"
    return f'<respcondition continue="{goes_on}"><conditionvar>{condition}</conditionvar>{setvar}{more}</respcondition>'


def equal(text: str, response: str = "r1") -> str:
    return f'<varequal respident="{response}">{escape(text)}</varequal>'


def qti2(body: str, declarations: str = "", *, rest: str = "", title: str = "题") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i1" '
        f'title="{title}" adaptive="false" timeDependent="false">'
        f"{declarations}<itemBody>{body}</itemBody>{rest}</assessmentItem>"
    )


def qti2_declared(*values: str, cardinality: str = "single", type: str = "identifier", mapping: str = "") -> str:
    correct = "".join(f"<value>{escape(value)}</value>" for value in values)
    held = f"<correctResponse>{correct}</correctResponse>" if values else ""
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{type}">{held}{mapping}'
        "</responseDeclaration>"
    )


def qti2_choice(options: Mapping[str, str], most: int = 1) -> str:
    choices = "".join(f'<simpleChoice identifier="{ident}">{text}</simpleChoice>' for ident, text in options.items())
    return f'<choiceInteraction responseIdentifier="RESPONSE" maxChoices="{most}">{choices}</choiceInteraction>'


def package(members: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]]) -> bytes:
    pairs = members.items() if isinstance(members, Mapping) else members
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in pairs:
            archive.writestr(name, data)
    return out.getvalue()


def manifest(*hrefs: str, type: str = "imsqti_item_xmlv2p1") -> str:
    resources = "".join(
        f'<resource identifier="r{place}" type="{type}" href="{href}"><file href="{href}"/></resource>'
        for place, href in enumerate(hrefs)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<manifest identifier="m" '
        f'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>{resources}</resources></manifest>'
    )
