"""A person's own data as files: for programs, for people, and both together."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from campaigns import audit
from campaigns.clock import in_words, iso
from campaigns.errors import Refused
from campaigns.privacy.own_data import OwnData, Section, about


def as_json(own: OwnData) -> str:
    """For programs: every section by its key, a list of records; times as ``2026-07-04T01:00:00Z``."""
    values = {
        "person_id": own.person_id,
        "made": iso(own.made_ms),
        "masked": not own.whole,
        **{
            section.key: [
                {
                    column.key: iso(value) if column.is_time and isinstance(value, int) else value
                    for column, value in zip(section.columns, row, strict=True)
                }
                for row in section.rows
            ]
            for section in own.sections
        },
    }
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def as_html(own: OwnData) -> str:
    """For people: one page that needs nothing else, and prints."""
    masked = "" if own.whole else "<p>手机号和地址只显示一部分；需要完整的，请向主办单位申请副本。</p>"
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>我的个人信息</title>'
        f"<style>{_STYLE}</style></head><body><h1>我的个人信息</h1>"
        f"<p>整理于 {escape(in_words(own.made_ms, own.zone))}，编号 {own.person_id}。"
        f"没有列出的种类，就是没有记录。</p>{masked}"
        + "".join(_section_html(own, section) for section in own.kept)
        + "</body></html>\n"
    )


_STYLE = (
    "body{font:16px/1.6 sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem}"
    "div{overflow-x:auto}table{border-collapse:collapse;min-width:30rem}"
    "th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}th{background:#f2f6f3}"
)


def _section_html(own: OwnData, section: Section) -> str:
    heads = "".join(f'<th scope="col">{escape(column.label)}</th>' for column in section.columns)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(own.text(column, value))}</td>" for column, value in zip(section.columns, row, strict=True)
        )
        + "</tr>"
        for row in section.rows
    )
    return (
        f"<h2>{escape(section.title)}（{len(section.rows)}）</h2>"
        f"<div><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def as_zip(own: OwnData) -> bytes:
    """Both, together."""
    made = datetime.fromtimestamp(own.made_ms / 1_000, ZoneInfo(own.zone)).timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("个人信息.html", as_html(own)), ("personal-data.json", as_json(own))):
            entry = zipfile.ZipInfo(name, made)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return buffer.getvalue()


def export(
    session: Session, person_id: int, secret: str, by: str, now: int, zone: str, form: str
) -> tuple[str, str, bytes]:
    """A person's data in full, for whoever has made sure who asks, and put on record; gives name, media type, bytes.

    `form` is ``zip``, ``json`` or ``html``. Raises NotFound, Refused for another form.
    """
    if form not in _FORMS:
        raise Refused("文件格式只有 zip、json 和 html。")
    own = about(session, person_id, secret, now, zone, whole=True)
    audit.record(session, by, "person.exported", f"person:{own.person_id}", now, after={"format": form})
    media_type, write = _FORMS[form]
    return f"个人信息-{own.person_id}.{form}", media_type, write(own)


_FORMS: Mapping[str, tuple[str, Callable[[OwnData], bytes]]] = {
    "zip": ("application/zip", as_zip),
    "json": ("application/json", lambda own: as_json(own).encode()),
    "html": ("text/html", lambda own: as_html(own).encode()),
}
