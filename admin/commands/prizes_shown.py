"""Prizes, awards, proposals and exclusions as ``lvda prize`` prints them, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from campaigns.clock import duration_in_words, in_words, iso
from campaigns.privacy import masked, shown
from campaigns.prizes.exclusions import WHY, Excluded
from campaigns.prizes.forfeiting import Forfeited
from campaigns.prizes.listing import AwardLine, Stocked
from campaigns.prizes.ranks import Place, Proposal


def say_awards(found: Sequence[AwardLine], at: int, full: bool) -> None:
    for one in found:
        who = one.called(full=full) or "（空缺）"
        rank = f"第 {one.rank} 名" if one.rank else ""
        parts = (str(one.id), one.group, one.prize, who, one.unit or "—", rank, one.progress(at), one.reason)
        click.echo("\t".join(filter(None, parts)))


def _called(name: str, full: bool) -> str:
    return (name if full else masked(name)) if name else "（未登记姓名）"


def _place_name(place: Place, full: bool) -> str:
    return place.name if place.name and full else shown(place.name, place.entrant)


def say_proposal(proposal: Proposal, full: bool) -> None:
    def line(place: Place, more: str) -> str:
        name = _place_name(place, full)
        used = duration_in_words(place.used_ms)
        return f"第 {place.rank} 名\t{name}\t{place.unit or '—'}\t{place.points} 分\t{used}\t{more}".rstrip()

    for place in proposal.places:
        click.echo(line(place, place.prize))
    if proposal.level:
        click.echo(f"末位并列 {len(proposal.level)} 人，用 --choose 选定 {proposal.to_choose} 人，--reason 写明理由：")
        for place in proposal.level:
            click.echo(f"  编号 {place.person_id}\t{line(place, place.prize)}")
    for place, why in proposal.passed_over:
        click.echo(f"跳过：{line(place, why)}")
    unfilled = 0 if proposal.level else proposal.seats - len(proposal.places)
    if unfilled:
        click.echo(f"还有 {unfilled} 份奖品没有够条件的人，确认以后空缺。")
    click.echo("这是现在的名单，什么也没有改动；要确认，请加上 --yes 再执行一次。", err=True)


def _place_values(place: Place, full: bool) -> dict[str, object]:
    return asdict(place) | {"name": _place_name(place, full)}


def proposal_values(proposal: Proposal, full: bool) -> dict[str, object]:
    return {
        "places": [_place_values(one, full) for one in proposal.places],
        "level": [_place_values(one, full) for one in proposal.level],
        "to_choose": proposal.to_choose,
        "passed_over": [_place_values(one, full) | {"why": why} for one, why in proposal.passed_over],
    }


def stock_values(one: Stocked) -> dict[str, object]:
    return {
        "group": one.group,
        "kind": one.kind,
        "prize": one.prize,
        "stock": one.stock,
        "awarded": one.given,
        "left": one.left,
        "handed_out": one.handed_out,
    }


def award_values(one: AwardLine, full: bool) -> dict[str, object]:
    return {
        "id": one.id,
        "group": one.group,
        "kind": one.kind,
        "prize": one.prize,
        "name": one.called(full=full),
        "unit": one.unit,
        "entrant": one.entrant,
        "rank": one.rank,
        "draw": one.draw_id,
        "sequence": one.sequence,
        "state": one.state,
        "reason": one.reason,
        "awarded_at": iso(one.awarded_ms),
        "claim_until": _iso(one.claim_until_ms),
        "claimed_at": _iso(one.claimed_ms),
        "redeemed_at": _iso(one.redeemed_ms),
        "redeemed_by": one.redeemed_by,
        "shipment": one.shipment,
    }


def excluded_values(one: Excluded, full: bool) -> dict[str, object]:
    values = asdict(one) | {"name": _called(one.name, full) if one.name else "", "at": iso(one.at_ms)}
    del values["at_ms"], values["staff_number"]
    return values


def forfeited_values(one: Forfeited) -> dict[str, object]:
    heir = None if one.heir is None else award_values(one.heir, full=False)
    return {"forfeited": award_values(one.lost, full=False), "replacement": heir}


def _iso(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)


def say_exclusions(found: Sequence[Excluded], zone: str, full: bool) -> None:
    for one in found:
        said = "，".join(filter(None, (WHY[one.why], one.note)))
        name = _called(one.name, full)
        click.echo(f"编号 {one.person_id}\t{name}\t{one.unit or '—'}\t{said}\t{in_words(one.at_ms, zone)} {one.by}")
