"""``lvda sms`` and ``lvda mail``: short messages to the people of a list, and whether mail gets through."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import click
import xlsxwriter
from sqlalchemy.orm import Session

from admin.commands.bank_files import FILE
from admin.commands.options import json_option
from admin.commands.sessions import transaction
from campaigns import outbox
from campaigns.clock import now_ms
from campaigns.errors import Refused
from campaigns.phones import PhoneEntry, fill, parts, read_phones
from platforms import mail as mailing
from platforms import sms as gateways
from platforms.outgoing import Outgoing
from settings import Settings

BATCH = 500
_SHOWN = 5
text_option = click.option("--text", required=True, help="What it says; {姓名} and {单位} are filled in.")


@click.group()
def sms() -> None:
    """Short messages to the people of a list."""


@sms.command("export")
@click.argument("file", type=FILE)
@text_option
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="An xlsx.")
@json_option
def export_texts(file: Path, text: str, output: Path, as_json: bool) -> None:
    """Fill the text in for everybody of a list, for the operator's own gateway."""
    texts = _texts(file, text, as_json)
    if output.suffix.lower() != ".xlsx":
        raise Refused("导出的文件名应当以 .xlsx 结尾。")
    data = BytesIO()
    # Text stays text: a phone is no number, and a name that begins with = no formula.
    with xlsxwriter.Workbook(data, {"strings_to_formulas": False, "strings_to_numbers": False}) as workbook:
        sheet = workbook.add_worksheet("短信")
        sheet.write_row(0, 0, ["手机", "姓名", "单位", "短信内容", "计费条数"])
        for number, (entry, said) in enumerate(texts, start=1):
            sheet.write_row(number, 0, [entry.phone, entry.name, entry.unit, said, parts(said)])
    output.write_bytes(data.getvalue())  # which says of a folder that is not there what all commands say of it
    _tell(texts, f"已写入 {output}", as_json)


@sms.command("send")
@click.argument("file", type=FILE)
@text_option
@click.option("--again", default="", metavar="WORD", help="Another round of the same text to the same list.")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent.")
@json_option
@click.pass_obj
def send_texts(settings: Settings, file: Path, text: str, again: str, dry_run: bool, as_json: bool) -> None:
    """Send the text to everybody of a list by the gateway of LVDA_SMS_FILE. Given twice, it goes out once."""
    gateway_of(settings)
    texts = _texts(file, text, as_json)
    if dry_run:
        _tell(texts, "没有发送（--dry-run）", as_json)
        return
    posted, now = 0, now_ms()
    for start in range(0, len(texts), BATCH):
        with transaction(settings) as session:
            posted += sum(_post(session, again, entry, said, now) for entry, said in texts[start : start + BATCH])
    earlier = f"，另有 {len(texts) - posted} 条以前已经交付，没有重复" if posted < len(texts) else ""
    _tell(texts, f"{posted} 条已交给发件箱，由后台任务按网关的速度发送{earlier}", as_json)


@click.group()
def mail() -> None:
    """Mail."""


@mail.command("test")
@click.argument("address")
@click.pass_obj
def test_mail(settings: Settings, address: str) -> None:
    """Send a mail to an address, now."""
    server = mailing.read_mail_server(settings.smtp_url.get_secret_value(), settings.mail_from)
    now = now_ms()
    mailing.way(server, "绿答", lambda: now)(
        Outgoing(f"test:{now}", "test", address, "这是一封测试邮件：能看到它，邮件就通了。", "绿答测试邮件"), 15.0
    )
    click.echo(f"邮件服务器已收下，请到 {address} 查看。")


def gateway_of(settings: Settings) -> gateways.Gateway:
    """The gateway of the settings. Raises Misconfigured where there is none, or its file is wrong."""
    if not settings.sms_file:
        raise Refused("没有接短信网关：请设 LVDA_SMS_FILE，或用 lvda sms export 导出给自己的网关。")
    return gateways.read_gateway_file(Path(settings.sms_file), settings.sms_secret.get_secret_value())


def _post(session: Session, again: str, entry: PhoneEntry, said: str, now: int) -> bool:
    """Whether it was not posted before."""
    return outbox.post(
        session,
        key=_key(again, entry.phone, said),
        wording="sms",
        values={"text": said},
        now=now,
        way="sms",
        recipient=entry.phone,
        must=True,
    )


def _key(*said: str) -> str:
    """The same for the same text to the same phone, and not to be read back."""
    return "sms:" + sha256("\n".join(said).encode()).hexdigest()[:40]


def _texts(file: Path, text: str, as_json: bool) -> list[tuple[PhoneEntry, str]]:
    """Who is told what; what was left out is said on stderr."""
    found = read_phones(file.read_bytes())
    if not as_json:
        _say_left_out(found.problems)
    return [(entry, fill(text, entry)) for entry in found.entries]


def _say_left_out(problems: tuple[str, ...]) -> None:
    for problem in problems[:_SHOWN]:
        click.echo(problem, err=True)
    if len(problems) > _SHOWN:
        click.echo(f"还有 {len(problems) - _SHOWN} 行没有算入。", err=True)


def _tell(texts: Iterable[tuple[PhoneEntry, str]], done: str, as_json: bool) -> None:
    said = [text for _, text in texts]
    counted = sum(map(parts, said))
    if as_json:
        click.echo(json.dumps({"people": len(said), "messages": counted}))
    else:
        click.echo(f"{done}：{len(said)} 人，计费 {counted} 条。例如：\n{said[0]}")
