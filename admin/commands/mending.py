"""``lvda campaign withdraw-question|correct-key|moves``: mending a wrong question, and whom it moved."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from admin.commands.lists import output_option, write_table
from admin.commands.options import by_option, json_option, print_json
from admin.commands.sessions import opened, reading
from campaigns import keeping, privacy, regrade, tables
from campaigns.clock import in_words, iso, now_ms
from campaigns.draws.pseudonyms import pseudonym
from campaigns.errors import Refused
from campaigns.regrade import Mender, Move, Regraded
from campaigns.stores import Stores
from settings import Settings

WAIT_S = 0.2
yes_option = click.option("--yes", is_flag=True, help="Do it; without, only what would change is told.")
reason_option = click.option("--reason", required=True, help="As participants read it.")


@click.command("withdraw-question")
@click.argument("slug")
@click.argument("number")
@reason_option
@yes_option
@by_option
@json_option
@click.pass_obj
def withdraw_question(
    settings: Settings, slug: str, number: str, reason: str, yes: bool, by: str, as_json: bool
) -> None:
    """Give every paper that holds a wrong question its full points. NUMBER as in the bank, or BANK/NUMBER."""
    _mend(settings, slug, number, None, reason, yes, by, as_json)


@click.command("correct-key")
@click.argument("slug")
@click.argument("number")
@click.option("--answer", required=True, help="AC; 正确; for blanks 26；20 | 二十.")
@reason_option
@yes_option
@by_option
@json_option
@click.pass_obj
def correct_key(
    settings: Settings, slug: str, number: str, answer: str, reason: str, yes: bool, by: str, as_json: bool
) -> None:
    """Correct a question's answer, and score everybody again. NUMBER as in the bank, or BANK/NUMBER."""
    _mend(settings, slug, number, answer, reason, yes, by, as_json)


@click.command()
@click.argument("slug")
@output_option
@json_option
@click.pass_obj
def moves(settings: Settings, slug: str, output: Path | None, as_json: bool) -> None:
    """What was mended, and whose points or rank the last mending moved; names masked."""
    with reading(settings) as session:
        campaign = keeping.find(session, slug)
        found = regrade.regrades_of(session, campaign.id)
        moved = regrade.moves_of(session, found[0].id) if found else []
        names = _names(campaign, moved)
        zone = campaign.timezone
    if output is not None:
        write_table(output, regrade.table_of(moved, names))
        click.echo(f"已写入 {output}：{len(moved)} 人。")
    elif as_json:
        print_json(
            {
                "regrades": [_regraded_values(one) for one in found],
                "moves": [_move_values(one, names[one.person_id]) for one in moved],
            }
        )
    else:
        _say_moves(slug, found, moved, names, zone)


def _mend(
    settings: Settings, slug: str, number: str, answer: str | None, reason: str, yes: bool, by: str, as_json: bool
) -> None:
    with opened(settings) as stores:
        with stores.sql.reading() as session:
            campaign = keeping.find(session, slug)
            version, asked = campaign.version, regrade.find_question(session, campaign.id, number)
            key = None if answer is None else regrade.read_key(asked.question, answer)
            told = regrade.forecast(session, slug, number, key)
        if not yes:
            raise Refused("\n".join([*told.sentences, "什么也没有改动。确定要改，请加上 --yes 再执行一次。"]))
        with stores.sql.transaction() as session:
            if key is None:
                regrade_id = regrade.withdraw(session, slug, number, reason, now_ms(), by, version)
            else:
                regrade_id = regrade.correct(session, slug, number, key, reason, now_ms(), by, version)
        if not as_json:
            for sentence in told.sentences:
                click.echo(sentence)
            click.echo("更正已生效，正在重新计算成绩；中断也不要紧，后台会接着算完。")
        _carry_out(stores, regrade_id)
        with stores.sql.reading() as session:
            done = next(one for one in regrade.regrades_of(session, campaign.id) if one.id == regrade_id)
    if as_json:
        print_json(_regraded_values(done) | {"attempts": told.attempts, "draws": list(told.draws)})
    else:
        click.echo(f"成绩已重新计算，{done.moved} 人的得分或名次有变化；名单：lvda campaign moves {slug}")


def _carry_out(stores: Stores, regrade_id: int) -> None:
    """Go on until it is finished; a bar where somebody watches."""
    mender = Mender()
    with stores.sql.reading() as session:
        of = regrade.progress(session, regrade_id).of
    length = max(of, 1)
    with click.progressbar(length=length, label="重新计算", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        while not mender.carry_on(stores, regrade_id, now_ms()):
            if not mender.is_waiting(regrade_id):
                bar.update(min(regrade.BATCH, length - bar.pos))
            else:
                time.sleep(WAIT_S)


def _names(campaign: tables.Campaign, moved: list[Move]) -> dict[int, str]:
    return {one.person_id: privacy.shown(one.name, pseudonym(campaign.salt, one.person_id)) for one in moved}


def _say_moves(slug: str, found: list[Regraded], moved: list[Move], names: dict[int, str], zone: str) -> None:
    if not found:
        click.echo(f"活动 {slug} 没有更正过题目。", err=True)
        return
    for one in found:
        what = "作废" if one.key_after is None else f"答案由 {one.key_before} 更正为 {one.key_after}"
        state = "正在计算" if one.finished_ms is None else f"{one.moved} 人有变化"
        click.echo(f"{in_words(one.begun_ms, zone)}\t编号 {one.number} 的题{what}\t{one.reason}\t{one.by}\t{state}")
    for move in moved:
        click.echo(
            f"{names[move.person_id]}\t{move.unit}\t{move.points_before}→{move.points_after} 分\t"
            f"第 {move.rank_before}→{move.rank_after} 名"
        )


def _regraded_values(one: Regraded) -> dict[str, object]:
    return {
        "id": one.id,
        "number": one.number,
        "stem": one.stem,
        "what": "withdrawn" if one.answer_after is None else "corrected",
        "answer_before": list(one.answer_before),
        "answer_after": None if one.answer_after is None else list(one.answer_after),
        "reason": one.reason,
        "by": one.by,
        "begun_at": iso(one.begun_ms),
        "finished_at": None if one.finished_ms is None else iso(one.finished_ms),
        "moved": one.moved,
    }


def _move_values(one: Move, name: str) -> dict[str, object]:
    return {
        "name": name,
        "unit": one.unit,
        "points": [one.points_before, one.points_after],
        "rank": [one.rank_before, one.rank_after],
    }
