"""``lvda campaign signals|dismiss-signal|void-attempt|restore-attempt``: what may be unfair, and what one does then."""

from __future__ import annotations

from collections.abc import Mapping

import click

from admin.commands.options import by_option, json_option, print_json
from admin.commands.sessions import opened
from campaigns import keeping, signals, tables
from campaigns.clock import in_words, iso, now_ms
from campaigns.draws.pseudonyms import pseudonym
from campaigns.privacy import shown
from campaigns.signals import Listed, State, Voided, Whose, whose
from settings import Settings

NAMED = 5
attempts_argument = click.argument("attempts", nargs=-1, required=True, type=click.IntRange(1, 2**63 - 1))


@click.command("signals")
@click.argument("slug")
@click.option(
    "--state",
    type=click.Choice([*(state.value for state in State), "all"]),
    default=State.OPEN.value,
    show_default=True,
)
@click.option("--find", "finds", is_flag=True, help="Look for new ones first; the worker does all the time.")
@json_option
@click.pass_obj
def list_signals(settings: Settings, slug: str, state: str, finds: bool, as_json: bool) -> None:
    """What is odd about attempts of a campaign, for a person to judge; names masked."""
    with opened(settings) as stores:
        with stores.sql.reading() as session:
            campaign = keeping.find(session, slug)
        if finds:
            signals.find_signals_of(stores, campaign.id, now_ms())
        with stores.sql.reading() as session:
            found = signals.listing(session, campaign.id, None if state == "all" else State(state))
            of = whose(session, {attempt_id for one in found for attempt_id in one.attempts})
            void = signals.void_attempts(session, campaign.id)
    if as_json:
        print_json(
            {
                "signals": [_signal_values(one, campaign, of) for one in found],
                "void": [
                    {"attempt": one.attempt_id, "reason": one.reason, "by": one.by, "at": iso(one.at_ms)}
                    for one in void
                ],
            }
        )
        return
    if not found:
        click.echo(f"活动 {slug} 没有这样的线索。", err=True)
    for one in found:
        click.echo(_line(one, campaign, of))
    if void:
        click.echo(f"已作废的答卷：{'、'.join(f'#{one.attempt_id}' for one in void)}")


@click.command("dismiss-signal")
@click.argument("slug")
@click.argument("signal", type=click.IntRange(1, 2**63 - 1))
@click.option("--note", required=True, help="Why it is nothing; for those who review.")
@by_option
@json_option
@click.pass_obj
def dismiss_signal(settings: Settings, slug: str, signal: int, note: str, by: str, as_json: bool) -> None:
    """Say that a signal is nothing, and why; it is not listed again."""
    with opened(settings) as stores, stores.sql.transaction() as session:
        campaign = keeping.find(session, slug)
        one = signals.find(session, campaign.id, signal)
        signals.dismiss(session, one.id, note, by, now_ms())
        session.flush()
        done = signals.find(session, campaign.id, signal)
        values = _signal_values(done, campaign, whose(session, done.attempts))
    if as_json:
        print_json(values)
    else:
        click.echo(f"线索 #{signal} 已记为没有问题。")


@click.command("void-attempt")
@click.argument("slug")
@attempts_argument
@click.option("--reason", required=True, help="As the participants read it.")
@by_option
@json_option
@click.pass_obj
def void_attempt(settings: Settings, slug: str, attempts: tuple[int, ...], reason: str, by: str, as_json: bool) -> None:
    """Declare attempts void: they count no more, and are not given back. ATTEMPTS are their numbers."""
    with opened(settings) as stores:
        with stores.sql.transaction() as session:
            signals.check_attempts(session, keeping.find(session, slug).id, attempts)
            done = signals.void(session, attempts, reason, by, now_ms())
        signals.push(stores.ranking, done)
    _tell(done, "已作废", as_json)


@click.command("restore-attempt")
@click.argument("slug")
@attempts_argument
@click.option("--reason", required=True, help="For the audit log.")
@by_option
@json_option
@click.pass_obj
def restore_attempt(
    settings: Settings, slug: str, attempts: tuple[int, ...], reason: str, by: str, as_json: bool
) -> None:
    """Let void attempts count again. ATTEMPTS are their numbers."""
    with opened(settings) as stores:
        with stores.sql.transaction() as session:
            signals.check_attempts(session, keeping.find(session, slug).id, attempts)
            done = signals.restore(session, attempts, reason, by, now_ms())
        signals.push(stores.ranking, done)
    _tell(done, "已恢复", as_json)


def _tell(done: Voided, what: str, as_json: bool) -> None:
    if as_json:
        print_json({"attempts": list(done.attempts), "persons": done.persons, "standings": len(done.standings)})
        return
    click.echo(f"{what} {len(done.attempts)} 份答卷，{done.persons} 个人的成绩和名次已重新计算。")


def _line(one: Listed, campaign: tables.Campaign, of: Mapping[int, Whose]) -> str:
    attempts = "、".join(
        f"#{attempt_id} {_called(of[attempt_id], campaign)}" for attempt_id in one.attempts[:NAMED] if attempt_id in of
    )
    more = f" 等 {len(one.attempts)} 份" if len(one.attempts) > NAMED else ""
    when = in_words(one.found_ms, campaign.timezone)
    return f"{one.id}\t{one.kind.label}\t{one.state.label}\t{one.sentence}\t答卷 {attempts}{more}\t{when}\t{one.note}"


def _called(one: Whose, campaign: tables.Campaign) -> str:
    return shown(one.name, pseudonym(campaign.salt, one.person_id))


def _signal_values(one: Listed, campaign: tables.Campaign, of: Mapping[int, Whose]) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "state": one.state.value,
        "sentence": one.sentence,
        "values": dict(one.values),
        "attempts": [
            {"id": attempt_id, "name": _called(of[attempt_id], campaign), "state": of[attempt_id].state}
            for attempt_id in one.attempts
            if attempt_id in of
        ],
        "found_at": iso(one.found_ms),
        "note": one.note,
        "by": one.by,
    }
