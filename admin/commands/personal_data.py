"""``lvda campaign keep|purge``, ``lvda people export|correct|forget``: personal data, kept no longer, and one's own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from admin.commands.options import by_option, json_option, print_json
from admin.commands.sessions import opened, reading, transaction
from campaigns.clock import now_ms
from campaigns.errors import Refused
from campaigns.keeping import find
from campaigns.privacy import PHONES, Seal, correcting, forgetting, purging, retention
from campaigns.privacy.own_data_files import export as write_data
from settings import Settings

ID = click.IntRange(1, 2**63 - 1)
FORMS = ("zip", "json", "html")
yes_option = click.option("--yes", is_flag=True, help="Do it; without, only say what would be done.")
reason_option = click.option("--reason", default="", help="Needed where something should be done before.")


@click.command()
@click.argument("slug")
@click.argument("days", type=click.IntRange(1, retention.LONGEST_DAYS))
@by_option
@json_option
@click.pass_obj
def keep(settings: Settings, slug: str, days: int, by: str, as_json: bool) -> None:
    """Purge a published campaign's personal data so many DAYS after its close; it can only be shortened."""
    with transaction(settings) as session:
        retention.set_keep_days(session, slug, days, by, now_ms())
    if as_json:
        print_json({"slug": slug, "keep_days": days})
        return
    click.echo(f"活动 {slug} 的个人信息在活动结束 {days} 天后清除，参与者会看到。")


@click.command()
@click.argument("slug")
@reason_option
@yes_option
@by_option
@json_option
@click.pass_obj
def purge(settings: Settings, slug: str, reason: str, yes: bool, by: str, as_json: bool) -> None:
    """Remove the personal data of a campaign that is over, for good; figures and a draw's evidence stay.

    One that was broken off goes on where it stopped.
    """
    with opened(settings) as stores:
        if not yes:
            with stores.sql.reading() as session:
                against = purging.obstacles(session, slug, now_ms())
                counted = purging.count(session, find(session, slug).id)
            _foretell(slug, counted, against, as_json=as_json)
            return
        done = purging.purge(stores, slug, by, now_ms(), reason, _tell_left)
    if as_json:
        print_json({"slug": slug, "purged": True, **asdict(done)})
        return
    click.echo(f"活动 {slug} 的个人信息已清除：{_amount(done)}。统计数字、抽奖证据和不带姓名的获奖记录保留。")


def _tell_left(left: int) -> None:
    click.echo(f"还剩 {left} 份答卷……", err=True)


def _foretell(slug: str, counted: purging.Purged, against: list[purging.Obstacle], *, as_json: bool) -> None:
    if as_json:
        said = [{"message": one.sentence, "final": one.is_final} for one in against]
        print_json({"slug": slug, "purged": False, **asdict(counted), "obstacles": said})
        return
    if final := [one.sentence for one in against if one.is_final]:
        raise Refused("\n".join(final))
    for one in against:
        click.echo(f"！ {one.sentence}")
    needed = " --reason 原因" if against else ""
    click.echo(f"将清除 {_amount(counted)}，不能恢复。确定的话：lvda campaign purge {slug} --yes{needed}")


def _amount(counted: purging.Purged) -> str:
    return f"{counted.people} 人的 {counted.attempts} 份答卷、{counted.answers} 个回答、{counted.claims} 份收件信息"


@click.command("export")
@click.argument("person_id", type=ID, metavar="ID")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--format", "form", type=click.Choice(FORMS), help="Otherwise by the file's ending; zip holds both.")
@by_option
@json_option
@click.pass_obj
def export_data(settings: Settings, person_id: int, output: Path, form: str | None, by: str, as_json: bool) -> None:
    """Everything that is kept about a person, in full, for that person."""
    form = form or output.suffix.removeprefix(".")
    if form not in FORMS:
        raise click.UsageError(f"name the file .zip, .json or .html, or give --format ({', '.join(FORMS)})")
    with transaction(settings) as session:
        _, _, data = write_data(session, person_id, settings.secret(), by, now_ms(), settings.timezone, form)
        output.write_bytes(data)  # within: what could not be written was not handed out either
    if as_json:
        print_json({"person": person_id, "file": str(output), "bytes": len(data)})
        return
    click.echo(f"编号 {person_id} 的个人信息已写入 {output}，里面有完整的手机号和地址：核实是本人再交出去。")


@click.command("correct")
@click.argument("person_id", type=ID, metavar="ID")
@click.option("--name")
@click.option("--staff-number", help='"": none.')
@click.option("--phone", help='"": none.')
@click.option("--unit", metavar="CODE", help='"": none.')
@by_option
@json_option
@click.pass_obj
def correct_data(
    settings: Settings,
    person_id: int,
    name: str | None,
    staff_number: str | None,
    phone: str | None,
    unit: str | None,
    by: str,
    as_json: bool,
) -> None:
    """Put a person's particulars right, as they asked."""
    if all(value is None for value in (name, staff_number, phone, unit)):
        raise click.UsageError("nothing to correct: give --name, --staff-number, --phone or --unit")
    with transaction(settings) as session:
        seal = Seal(settings.secret(), PHONES)
        done = correcting.correct(
            session, person_id, seal, by, now_ms(), name=name, staff_number=staff_number, phone=phone, unit=unit
        )
    if as_json:
        print_json({"person": person_id, "changed": sorted(done)})
        return
    click.echo(f"编号 {person_id} 的资料已更正。" if done else f"编号 {person_id} 的资料和原来一样，没有改动。")


@click.command("forget")
@click.argument("person_id", type=ID, metavar="ID")
@reason_option
@yes_option
@by_option
@json_option
@click.pass_obj
def forget_data(settings: Settings, person_id: int, reason: str, yes: bool, by: str, as_json: bool) -> None:
    """Delete a person's data, as they asked; what they did stays counted, and is nobody's."""
    if not yes:
        with reading(settings) as session:
            against = forgetting.obstacles(session, person_id)
        if as_json:
            print_json({"person": person_id, "forgotten": False, "obstacles": against})
            return
        for sentence in against:
            click.echo(f"！ {sentence}")
        needed = " --reason 原因" if against else ""
        click.echo(
            f"将删除编号 {person_id} 的个人信息，不能恢复。确定的话：lvda people forget {person_id} --yes{needed}"
        )
        return
    with transaction(settings) as session:
        done = forgetting.forget(session, person_id, by, now_ms(), reason)
    if as_json:
        print_json({"person": person_id, "forgotten": True, **asdict(done)})
        return
    click.echo(
        f"编号 {person_id} 的个人信息已删除：{done.identities} 个身份、{done.claims} 份收件信息；"
        f"{done.attempts} 次答题照样计数，不再知道是谁的。"
    )
