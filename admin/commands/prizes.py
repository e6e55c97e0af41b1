"""``lvda prize``: prizes and what became of them, ranks settled, exclusions, deadlines, lists for the notice board."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.commands.lists import output_option, write_table
from admin.commands.options import json_option, print_json
from admin.commands.prizes_shown import (
    award_values,
    excluded_values,
    forfeited_values,
    proposal_values,
    say_awards,
    say_exclusions,
    say_proposal,
    stock_values,
)
from admin.commands.sessions import opened, reading, transaction
from campaigns import keeping, rosters, tables
from campaigns.clock import in_words, now_ms
from campaigns.errors import NotFound, Refused
from campaigns.prizes import exclusions, forfeiting, listing, notice_boards, ranks, redeeming
from campaigns.prizes.exclusions import WHY
from campaigns.prizes.listing import Which
from settings import Settings

ID = click.IntRange(1, 2**63 - 1)
by_option = click.option("--by", default=getpass.getuser, help="Who does this; the system's user name otherwise.")
group_option = click.option("--group", default="", metavar="NAME", help="Only this group of prizes.")
names_option = click.option("--full-names", is_flag=True, help="Names in full; masked otherwise.")
yes_option = click.option("--yes", is_flag=True, help="Do it; without, only what would happen is told.")
reason_option = click.option("--reason", required=True, help="Published.")
slug_argument = click.argument("slug", metavar="CAMPAIGN")


@click.group()
def prize() -> None:
    """Prizes: what is left, who has them, who may have none."""


@prize.command("list")
@slug_argument
@json_option
@click.pass_obj
def list_(settings: Settings, slug: str, as_json: bool) -> None:
    """The prizes of a campaign: how many there are, given, left and handed out."""
    with reading(settings) as session:
        found = listing.stock_of(session, keeping.find(session, slug).id)
    if as_json:
        print_json([stock_values(one) for one in found])
        return
    if not found:
        click.echo(f"活动 {slug} 没有设奖品。", err=True)
    for one in found:
        click.echo(
            f"{one.group}（{one.kind_name}）\t{one.prize}\t一共 {one.stock}\t已经获奖 {one.given}"
            f"\t剩余 {one.left}\t已经发放 {one.handed_out}"
        )


@prize.command()
@slug_argument
@click.option("--which", type=click.Choice([one.value for one in Which]), default="all", show_default=True)
@group_option
@names_option
@output_option
@json_option
@click.pass_obj
def awards(
    settings: Settings, slug: str, which: str, group: str, full_names: bool, output: Path | None, as_json: bool
) -> None:
    """Who has which prize, and how far it has got."""
    _tell_awards(settings, slug, Which(which), group, full_names, output, as_json)


@prize.command()
@slug_argument
@group_option
@names_option
@output_option
@json_option
@click.pass_obj
def overdue(settings: Settings, slug: str, group: str, full_names: bool, output: Path | None, as_json: bool) -> None:
    """Awards whose deadline has passed; nothing is taken away by that: see forfeit."""
    _tell_awards(settings, slug, Which.OVERDUE, group, full_names, output, as_json)


@prize.command()
@slug_argument
@click.argument("award_ids", metavar="[AWARD]...", type=ID, nargs=-1)
@click.option("--overdue", "all_overdue", is_flag=True, help="Instead of awards: all whose deadline has passed.")
@reason_option
@by_option
@json_option
@click.pass_obj
def forfeit(
    settings: Settings,
    slug: str,
    award_ids: tuple[int, ...],
    all_overdue: bool,
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    """Take awards back by their numbers; each prize goes to the next who may have it."""
    if bool(award_ids) == all_overdue:
        raise click.UsageError("Say which awards: either their numbers, or --overdue.")
    with opened(settings) as stores:
        with stores.sql.reading() as session:
            campaign_id = keeping.find(session, slug).id
            ids = forfeiting.overdue_ids(session, campaign_id, now_ms()) if all_overdue else award_ids
            lines = listing.award_lines(session, campaign_id, ids)
        if missing := [one for one in ids if one not in lines]:
            raise NotFound(f"活动 {slug} 没有编号为 {missing[0]} 的奖：用 lvda prize awards {slug} 查一查编号。")
        chosen = [lines[one] for one in dict.fromkeys(ids)]
        done, refused = forfeiting.forfeit_all(stores.sql, chosen, reason, by, now_ms())
    if as_json:
        print_json([forfeited_values(one) for one in done])
    else:
        for one in done:
            click.echo(one.sentence(full=False))
        if all_overdue and not ids:
            click.echo(f"活动 {slug} 没有过了领取期限的奖。", err=True)
    if refused:
        raise Refused("\n".join(refused))


@prize.command()
@slug_argument
@click.argument("group")
@click.option("--choose", "chosen", type=ID, multiple=True, metavar="PERSON", help="Of those level at the last place.")
@click.option("--reason", default="", help="Why these of those who are level; published.")
@yes_option
@names_option
@by_option
@json_option
@click.pass_obj
def settle(
    settings: Settings,
    slug: str,
    group: str,
    chosen: tuple[int, ...],
    reason: str,
    yes: bool,
    full_names: bool,
    by: str,
    as_json: bool,
) -> None:
    """Decide who has the prizes of a rank group, after the close; without --yes who would have them."""
    if not yes:
        with reading(settings) as session:
            proposal = ranks.propose(session, slug, group, now_ms())
        if as_json:
            print_json(proposal_values(proposal, full_names))
        else:
            say_proposal(proposal, full_names)
        return
    with transaction(settings) as session:
        campaign_id = keeping.find(session, slug).id
        ranks.settle(session, slug, group, chosen, reason, by, now_ms())
        lines = listing.awards_of(session, campaign_id, group_id=_group_id(session, campaign_id, group))
    if as_json:
        print_json([award_values(one, full_names) for one in lines])
    else:
        say_awards(lines, now_ms(), full_names)


@prize.command()
@slug_argument
@click.argument("person_ids", metavar="[PERSON]...", type=ID, nargs=-1)
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A table with columns 单位, 姓名, 工号.",
)
@click.option("--winners-of", "earlier", metavar="CAMPAIGN", help="Whoever won in an earlier campaign.")
@click.option("--why", type=click.Choice(list(WHY)), default="organiser", show_default=True)
@click.option("--note", default="", help="For the office alone.")
@by_option
@json_option
@click.pass_obj
def exclude(
    settings: Settings,
    slug: str,
    person_ids: tuple[int, ...],
    file: Path | None,
    earlier: str | None,
    why: str,
    note: str,
    by: str,
    as_json: bool,
) -> None:
    """Let people take part and win nothing: by their ids, those whom a table names, or past winners."""
    if (bool(person_ids), file is not None, earlier is not None).count(True) != 1:
        raise click.UsageError("Say whom: ids of persons, --file, or --winners-of.")
    listed = None if file is None else rosters.read_roster(file.read_bytes())
    with transaction(settings) as session:
        ids = list(person_ids)
        if listed is not None:
            named, faults = rosters.find_listed(session, listed)
            if wrong := [str(one) for one in faults if one.serious]:
                raise Refused("\n".join([*wrong, "名单没有全部对上，一个人也没有排除：请改好上面这些行再试。"]))
            ids = [person_id for person_id, _ in named]
        if earlier is not None:
            done = exclusions.exclude_winners_of(session, slug, earlier, by, now_ms())
        else:
            done = exclusions.exclude(session, slug, ids, why, note, by, now_ms())
    if as_json:
        print_json({"excluded": done})
    else:
        click.echo(f"已加入排除名单：{done} 人。" if done else "这些人已经在排除名单里了，没有改动。")


@prize.command()
@slug_argument
@click.argument("person_ids", metavar="PERSON...", type=ID, nargs=-1, required=True)
@by_option
@json_option
@click.pass_obj
def readmit(settings: Settings, slug: str, person_ids: tuple[int, ...], by: str, as_json: bool) -> None:
    """Take people off the list of those who win nothing."""
    with transaction(settings) as session:
        done = exclusions.readmit(session, slug, person_ids, by, now_ms())
    if as_json:
        print_json({"readmitted": done})
    else:
        click.echo(f"已移出排除名单：{done} 人。" if done else "名单里没有这些人，没有改动。")


@prize.command("exclusions")
@slug_argument
@names_option
@json_option
@click.pass_obj
def exclusions_(settings: Settings, slug: str, full_names: bool, as_json: bool) -> None:
    """Who takes part and may win nothing."""
    with reading(settings) as session:
        campaign = keeping.find(session, slug)
        found, zone = exclusions.exclusions_of(session, campaign.id), campaign.timezone
    if as_json:
        print_json([excluded_values(one, full_names) for one in found])
        return
    if not found:
        click.echo(f"活动 {slug} 没有排除任何人。", err=True)
    say_exclusions(found, zone, full_names)


@prize.command()
@slug_argument
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help=".docx or .xlsx.")
@group_option
@click.option("--period", default="", help="Between which days objections are heard, as it is printed.")
@click.option("--contact", default="", help="Whom they are told, as it is printed.")
@click.pass_obj
def lists(settings: Settings, slug: str, output: Path, group: str, period: str, contact: str) -> None:
    """Write the list for the notice board (公示), names masked: a document, or a table."""
    writers = {".docx": notice_boards.winner_docx, ".xlsx": notice_boards.winner_xlsx}
    writer = writers.get(output.suffix.lower())
    if writer is None:
        raise Refused("公示名单的文件名应当以 .docx 或 .xlsx 结尾。")
    with reading(settings) as session:
        group_id = _group_id(session, keeping.find(session, slug).id, group)
        notice = notice_boards.winner_notice(
            session, slug, settings.public_url, now_ms(), group_id=group_id, period=period, contact=contact
        )
    output.write_bytes(writer(notice))
    click.echo(f"公示名单已写入 {output}。")


@prize.command("raise")
@slug_argument
@click.argument("group")
@click.argument("name", metavar="PRIZE")
@click.argument("more", type=click.IntRange(1, 100_000))
@click.option("--note", default="", help="As participants read it.")
@by_option
@json_option
@click.pass_obj
def raise_(settings: Settings, slug: str, group: str, name: str, more: int, note: str, by: str, as_json: bool) -> None:
    """Let there be more of a prize, before its group is drawn or settled."""
    with transaction(settings) as session:
        keeping.raise_stock(session, slug, group, name, more, by, now_ms(), note)
        found = listing.stock_of(session, keeping.find(session, slug).id)
    (one,) = [one for one in found if (one.group, one.prize) == (group, name)]
    if as_json:
        print_json(stock_values(one))
    else:
        click.echo(f"“{group}”的“{name}”现在一共 {one.stock} 份，剩余 {one.left} 份。")


@prize.command()
@click.argument("code")
@by_option
@json_option
@click.pass_obj
def redeem(settings: Settings, code: str, by: str, as_json: bool) -> None:
    """Hand a prize out to whoever shows this code."""
    with opened(settings) as stores:
        done = redeeming.redeem(stores.sql, by, code, now_ms())
    found = done.found
    if not done.done:
        if found.redeemed_ms is None:
            raise Refused(f"这个奖已经作废，不能发放：{found.reason}")
        raise Refused(f"这个奖已经在 {in_words(found.redeemed_ms, found.timezone)} 由 {found.redeemed_by} 发放。")
    if as_json:
        print_json(
            {
                "award": found.award_id,
                "campaign": found.campaign,
                "group": found.group,
                "prize": found.prize,
                "winner": found.winner,
                "unit": found.unit,
                "redeemed_by": by,
            }
        )
    else:
        click.echo(f"可以发放：{found.prize}（{found.group}），{found.winner} {found.unit}".rstrip())


def _tell_awards(
    settings: Settings, slug: str, which: Which, group: str, full: bool, output: Path | None, as_json: bool
) -> None:
    at = now_ms()
    with reading(settings) as session:
        campaign = keeping.find(session, slug)
        late = forfeiting.overdue_ids(session, campaign.id, at) if which is Which.OVERDUE else ()
        found = listing.awards_of(session, campaign.id, which, late, group_id=_group_id(session, campaign.id, group))
        zone = campaign.timezone
    if output is not None:
        write_table(output, listing.table_of(found, zone, at, full=full))
        click.echo(f"已写入 {output}：{len(found)} 行。")
    elif as_json:
        print_json([award_values(one, full) for one in found])
    else:
        if not found:
            click.echo("没有这样的奖。", err=True)
        say_awards(found, at, full)


def _group_id(session: Session, campaign_id: int, name: str) -> int | None:
    """None for no name. Raises NotFound."""
    if not name:
        return None
    group = tables.PrizeGroup
    found = session.scalars(select(group.id).where(group.campaign_id == campaign_id, group.name == name)).one_or_none()
    if found is None:
        raise NotFound(f"这个活动没有叫“{name[:60]}”的奖项组：用 lvda prize list 查一查。")
    return found
