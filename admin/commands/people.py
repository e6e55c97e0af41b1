"""`lvda roster` and `lvda people`: who is on which unit's roster, and who is who."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from admin.commands.options import by_option
from admin.commands.personal_data import correct_data, export_data, forget_data
from admin.commands.sessions import opened, reading
from admin.commands.units import FILE, SHOWN, imported_values, json_option, refuse_or_warn
from campaigns import directory, rosters
from campaigns import people as persons
from campaigns.clock import now_ms
from campaigns.directory import FoundPerson
from campaigns.errors import NotFound
from campaigns.people import Regrouped
from campaigns.privacy import Seal
from settings import Settings

ID = click.IntRange(1, 2**63 - 1)


@click.group()
def roster() -> None:
    """Rosters (花名册): the people of units."""


@roster.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option(
    "--retire-missing", is_flag=True, help="Take people off the roster whom the file, which is about their unit, lacks."
)
@by_option
@json_option
@click.pass_obj
def import_file(settings: Settings, file: Path, dry_run: bool, retire_missing: bool, by: str, as_json: bool) -> None:
    """Import people from a table (单位, 姓名, 工号, 手机): all of it, or nothing where something is wrong."""
    read = rosters.read_roster(file.read_bytes())
    with opened(settings) as stores:
        if dry_run:
            with stores.sql.reading() as session:
                done = rosters.plan_roster(session, read)
        else:
            seal = Seal(settings.secret())
            done = rosters.import_roster(stores.sql, read, seal, now_ms(), retire_missing=retire_missing, by=by)
    refuse_or_warn(done.faults, refused=done.is_refused, as_json=as_json)
    if as_json:
        click.echo(json.dumps(imported_values(done, done_now=not dry_run), ensure_ascii=False))
        return
    lead = "将" if dry_run else "已"
    click.echo(f"{lead}新增 {done.added} 人，更新 {done.changed} 人，{done.same} 人没有变化。")
    if done.missing:
        what = f"{lead}移出花名册" if retire_missing else "仍在花名册上（要移出请加 --retire-missing）"
        click.echo(f"文件里没有的 {len(done.missing)} 人{what}：")
        for person in done.missing[:SHOWN]:
            click.echo(f"  {person.unit} {person.name}（编号 {person.id}）")
        if len(done.missing) > SHOWN:
            click.echo(f"  ……还有 {len(done.missing) - SHOWN} 人。")


@click.group()
def people() -> None:
    """People: who is who, by what they come, and their own data."""


for command in (export_data, correct_data, forget_data):
    people.add_command(command)


@people.command("find")
@click.argument("text", metavar="NAME|STAFF_NUMBER|PSEUDONYM|#ID")
@json_option
@click.pass_obj
def find(settings: Settings, text: str, as_json: bool) -> None:
    """Find people, with the ids that merge and unbind ask for."""
    with reading(settings) as session:
        found = directory.find_people(session, text)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    if not found:
        raise NotFound("没有找到：请用姓名的一部分、工号、抽奖编号，或 #编号 再查。")
    for one in found:
        _show(one)
    if len(found) == directory.MOST:
        click.echo(f"只列出前 {directory.MOST} 人，请多写几个字。")


@people.command("merge")
@click.argument("from_id", type=ID, metavar="A")
@click.argument("into_id", type=ID, metavar="B")
@by_option
@json_option
@click.pass_obj
def merge(settings: Settings, from_id: int, into_id: int, by: str, as_json: bool) -> None:
    """Let person A be person B: A's identities, attempts and messages are B's from now on."""
    with opened(settings) as stores:
        with stores.sql.transaction() as session:
            done = persons.merge(session, from_id, into_id, now_ms(), by)
        persons.push(stores.ranking, done)
    _tell(settings, done, f"{from_id} 已并入 {into_id}", as_json)


@people.command("unbind")
@click.argument("identity_id", type=ID, metavar="IDENTITY")
@by_option
@json_option
@click.pass_obj
def unbind(settings: Settings, identity_id: int, by: str, as_json: bool) -> None:
    """Let an identity be a new person, with the attempts that it began."""
    with opened(settings) as stores:
        with stores.sql.transaction() as session:
            done = persons.unbind(session, identity_id, now_ms(), by)
        persons.push(stores.ranking, done)
    _tell(settings, done, f"身份 {identity_id} 已解除绑定，现在是编号 {done.person_id} 的人", as_json)


def _tell(settings: Settings, done: Regrouped, said: str, as_json: bool) -> None:
    with reading(settings) as session:
        now = directory.person(session, done.person_id)
    if as_json:
        campaigns = [campaign_id for campaign_id, standings in done.standings.items() if standings]
        click.echo(json.dumps({"person": asdict(now), "recounted": campaigns}, ensure_ascii=False))
        return
    click.echo(f"{said}。")
    _show(now)


def _show(person: FoundPerson) -> None:
    marks = [
        f"工号 {person.staff_number}" if person.staff_number else "",
        person.unit and f"{person.unit}（{person.unit_code}）",
        "在花名册上" if person.rostered else "",
        f"答题 {person.attempts} 次",
        f"已并入 {person.merged_into}" if person.merged_into else "",
    ]
    click.echo(f"编号 {person.id} {person.name or '（未登记姓名）'} {' · '.join(filter(None, marks))}")
    for identity in person.identities:
        account = f" {identity.account}" if identity.account else ""
        click.echo(f"  身份 {identity.id} {identity.channel}{account} …{identity.sender} 答题 {identity.attempts} 次")
