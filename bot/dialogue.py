"""The conversation: one inbound message → one use case → one reply. Knows no XML and no web.

An answer takes the shortest way: one look and one write, on one connection. Everything else takes sessions.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from random import Random

from sqlalchemy.exc import IntegrityError

from bot import bindings, privacy_notices, telling
from bot.fitting import Parts, cut, fit
from bot.intents import Intent, read_intent, read_number
from bot.links import Links
from bot.messages import Inbound, Reply, Said
from bot.rules import rules
from bot.wording import say
from campaigns import people, play
from campaigns.clock import HOUR, SECOND
from campaigns.editions import Edition, campaign_by_keyword, current_campaign
from campaigns.errors import Moved, NoAttemptLeft, NotAdmitted, NotFound, NotOpen, StoreUnavailable, TooQuick
from campaigns.inbound import record, settle_reply
from campaigns.keeping.changes import changes_of
from campaigns.people import enter, join_unit, meet
from campaigns.prizes.chances import chance
from campaigns.prizes.lots import draw_lot
from campaigns.standings import Standing
from campaigns.store import Direct
from campaigns.stores import Stores
from campaigns.unit_standings import UnitPlace
from questions import grading
from questions.grading import folded

TRIES = 6
"""How often a message is looked at anew when others were quicker; each time one of them has got on."""
TOLD_MS = HOUR
"""For how long whoever goes on answering is told that their time was up."""
PATIENCE_S = 2.5
"""After how long a database that is away is not waited for any more."""


@dataclass(frozen=True)
class Desk:
    """What the dialogue works with; made once by the wiring."""

    stores: Stores
    links: Links
    random: Random
    pauses_s: tuple[float, ...] = (0.0, 0.3, 1.0)
    """How long to wait before each new look when the database was away; the platform waits five seconds in all."""


def respond(inbound: Inbound, desk: Desk) -> Reply:
    """Answer one message, at the moment it was received.

    Raises StoreUnavailable when nothing could be recorded; Moved only if others were quicker again and again.
    """
    began, pauses = time.monotonic(), iter(desk.pauses_s)
    for _ in range(TRIES):
        try:
            text = _look_and_answer(inbound, desk)
        except (Moved, IntegrityError):
            continue
        except StoreUnavailable:
            # A commit that was cut off may have happened. Told to send it again, a person would answer the next
            # question, unseen; looked at again, this very message finds what it has done.
            pause = next(pauses, None)
            if pause is None or time.monotonic() - began > PATIENCE_S:
                raise
            time.sleep(pause)
            continue
        if text is not None:
            return Reply(cut(text))
    raise Moved


def _look_and_answer(inbound: Inbound, desk: Desk) -> str | None:
    with desk.stores.sql.direct() as direct:
        turn = play.look(direct, desk.stores, inbound.sender, inbound.key)
        if turn is not None and turn.effect is not None and turn.effect.reply is not None:
            return turn.effect.reply
        if turn is not None and turn.effect is None:
            if _expire(direct, turn, inbound, desk):
                return None
            text = _try_answer(direct, turn, inbound, desk)
            if text is not None:
                return text
    if turn is None:
        meet(desk.stores.sql, inbound.sender, inbound.received_ms)
        return None
    if turn.effect is not None:
        return _retell(turn, inbound, desk)
    return _converse(turn, inbound, desk)


def _expire(direct: Direct, turn: play.Turn, inbound: Inbound, desk: Desk) -> bool:
    """Whether something had run out of time: look again then, the message finds what came of it."""
    expired = play.expire(direct, turn, inbound.received_ms)
    if expired is not None and expired.standing is not None and turn.edition is not None:
        desk.stores.ranking.place(turn.edition.id, expired.standing)
    return expired is not None


# --- answering -------------------------------------------------------------------------------------------------


def _try_answer(direct: Direct, turn: play.Turn, inbound: Inbound, desk: Desk) -> str | None:
    """Answer the waiting question if that is what the message does; None: it is something else."""
    edition, attempt = turn.edition, turn.attempt
    if edition is None or attempt is None or _is_on_pages(edition):
        return None
    given = _given(direct, turn, edition, attempt, inbound)
    if given is None:
        return None
    text = ""

    def tell(marked: play.Marked) -> str:
        nonlocal text
        text = telling.verdict(edition, marked, desk.links, turn.person_id, inbound)
        return text

    message = play.Message(inbound.key, inbound.received_ms)
    try:
        marked = play.answer(
            direct, turn, attempt.position, given, inbound.received_ms, in_chat=True, message=message, tell=tell
        )
    except NotOpen:
        return None
    except TooQuick:
        return _refuse_quick(edition, attempt, turn, inbound, desk)
    if marked.next_position is not None:
        return text
    return settle_reply(direct, turn.identity_id, inbound.key, _finish(turn, edition, marked, inbound, desk))


def _refuse_quick(edition: Edition, attempt: play.Attempt, turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    """Say so, and keep it under the message's key: delivered again a moment later it would be slow enough."""
    text = _question(edition, attempt, turn, inbound, desk, say("answer.quick"))
    with desk.stores.sql.transaction() as session:
        record(session, turn.identity_id, inbound.key, text, inbound.received_ms)
    return text


def _given(direct: Direct, turn: play.Turn, edition: Edition, attempt: play.Attempt, inbound: Inbound) -> str | None:
    question = edition.questions[attempt.place.revision]
    if inbound.said is Said.TAP:
        letter = _tapped(attempt, inbound.tap)
        return None if letter is None else grading.read(question, attempt.place, letter)
    if inbound.said is not Said.TEXT or _waits_elsewhere(turn) or _sent_too_early(attempt, inbound):
        return None
    if read_intent(inbound.text) is not None or _own_keyword(edition, inbound.text):
        return None
    return grading.read(question, attempt.place, inbound.text)


def _tapped(attempt: play.Attempt, tap: str) -> str | None:
    """The option that a tap names, if it belongs to the waiting question."""
    prefix, _, letter = tap.rpartition(".")
    return letter if prefix == f"{attempt.id}.{attempt.position}" else None


def _waits_elsewhere(turn: play.Turn) -> bool:
    """Whether the waiting question was last shown in another place, so that a text typed here does not answer it."""
    return turn.attempt is not None and turn.attempt.shown_identity_id != turn.identity_id


def _is_on_pages(edition: Edition) -> bool:
    """Whether it is played on its pages alone: when a chat's reply arrives, so that time could run, nobody knows."""
    return edition.seconds_per_question is not None


def _sent_too_early(attempt: play.Attempt, inbound: Inbound) -> bool:
    """Whether a text was typed before its question was shown: it was meant for another one.

    Where the question was shown later than now, the server's clock was set back, and nothing can be said.
    """
    return inbound.sent_s < attempt.shown_ms // SECOND <= inbound.received_ms // SECOND


def _own_keyword(edition: Edition, text: str) -> bool:
    return edition.keyword is not None and folded(text) == edition.keyword


def _finish(turn: play.Turn, edition: Edition, marked: play.Marked, inbound: Inbound, desk: Desk) -> str:
    """After the commit draw the lot, push the ranking, and tell the rank."""
    lot = _lot(edition, marked.attempt.id, desk, inbound.received_ms)
    stood = _stood(turn, edition, marked.standing, desk, inbound.received_ms, revealed=marked.revealed)
    return telling.finish(edition, marked, replace(stood, lot=lot), desk.links, inbound)


def _lot(edition: Edition, attempt_id: int, desk: Desk, now: int) -> str | None:
    """What a finished attempt wins, decided now unless it was before; empty: nothing; None: there are no lots."""
    if not edition.lots:
        return None
    with desk.stores.sql.transaction() as session:
        return draw_lot(session, edition, attempt_id, now) or ""


def _stood(
    turn: play.Turn, edition: Edition, standing: Standing | None, desk: Desk, now: int, *, revealed: bool
) -> telling.Stood:
    """Where the person stands behind a finished attempt; `standing` is given where it has just changed."""
    if not edition.ranks:
        return telling.Stood(turn.person_id)
    if standing is None:
        with desk.stores.sql.reading() as session:
            standing = play.standing_of(session, edition.id, turn.person_id)
    if standing is None:
        raise Moved
    # Pushed even if it did not change: the process that committed it may have ended before it could.
    placed = desk.stores.ranking.place(edition.id, standing)
    if not revealed:
        return telling.Stood(turn.person_id)
    rank = placed if placed is not None else desk.stores.ranking.rank(edition.id, turn.person_id).rank
    unit = _unit_place(turn, edition, desk, now)
    with desk.stores.sql.reading() as session:  # which mostly reads nothing
        drawn = chance(session, edition, standing)
    return telling.Stood(turn.person_id, standing, rank, None if unit is None else unit.rank, drawn)


def _unit_place(turn: play.Turn, edition: Edition, desk: Desk, now: int) -> UnitPlace | None:
    return None if turn.unit_id is None else desk.stores.units.place(edition, turn.unit_id, now)


def _retell(turn: play.Turn, inbound: Inbound, desk: Desk) -> str | None:
    """What was committed but whose reply was lost before it was stored, by the same rule: a finishing answer, or a
    binding after which the quiz was to begin.
    """
    assert turn.effect is not None
    if turn.effect.attempt_id is None:
        return _play_bound(bindings.said_when_bound(turn.person_id, desk.stores), inbound, desk)
    with desk.stores.sql.reading() as session:
        edition, marked = play.retell(session, desk.stores, turn.effect.attempt_id, inbound.received_ms)
    text = _finish(turn, edition, marked, inbound, desk)
    with desk.stores.sql.direct() as direct:
        return settle_reply(direct, turn.identity_id, inbound.key, text)


# --- everything else -------------------------------------------------------------------------------------------


def _converse(turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    match inbound.said:
        case Said.FOLLOW | Said.SCAN:
            return _enter(turn, inbound, desk)
        case Said.UNFOLLOW:
            return _unfollow(turn, inbound, desk)
        case Said.UNHEARD:
            return _again(say("unheard"), turn, inbound, desk)
        case Said.TAP:
            return _late_answer(turn, inbound, desk) or _again(say("answer.late"), turn, inbound, desk)
        case Said.MENU:
            return _asked_for(turn, inbound, desk) or ""  # a key of another program is nothing to us
        case Said.TEXT:
            return _heard(turn, inbound, desk)


def _heard(turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    told = bindings.heard(turn, inbound, desk.stores, desk.links)
    if told is not None:
        return _play_bound(told.text, inbound, desk) if told.then_play else told.text
    return _asked_for(turn, inbound, desk) or _late_answer(turn, inbound, desk) or _not_understood(turn, inbound, desk)


def _asked_for(turn: play.Turn, inbound: Inbound, desk: Desk) -> str | None:
    """The reply to a command, a number of the help list, or a campaign's keyword; None if it is none of them."""
    intent = read_intent(inbound.text)
    if intent is None and (turn.attempt is None or _waits_elsewhere(turn)):
        intent = read_number(inbound.text)
    return _by_keyword(turn, inbound, desk) if intent is None else _do(intent, turn, inbound, desk)


def _not_understood(turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    """One line of help and the current question again; costs nothing."""
    edition, attempt = turn.edition, turn.attempt
    if edition is None or attempt is None:
        return _nothing_waits(turn, inbound, desk)
    question = edition.questions[attempt.place.revision]
    if grading.read(question, attempt.place, inbound.text) is None:
        return _again(telling.unclear(question, inbound.text), turn, inbound, desk)
    lead = "answer.elsewhere" if _waits_elsewhere(turn) else "answer.early"
    return _again(say(lead), turn, inbound, desk)


def _nothing_waits(turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    """What to do when no question waits; to whoever was still answering when the time was up, what came of it."""
    edition, now = turn.edition, inbound.received_ms
    last = None if edition is None else _timed_out(turn, edition, desk)
    if edition is None or last is None or now - last.finished_ms > TOLD_MS:
        return say("nothing.waits")
    revealed = edition.is_revealed(now, finished=True)
    lot = _lot(edition, last.id, desk, now)
    stood = _stood(turn, edition, None, desk, now, revealed=revealed)
    return telling.timed_out(edition, last, replace(stood, lot=lot), desk.links, revealed=revealed)


def _timed_out(turn: play.Turn, edition: Edition, desk: Desk) -> play.Finished | None:
    """The attempt that was finished last, if it was by the clock."""
    if edition.seconds_per_attempt is None:
        return None
    with desk.stores.sql.reading() as session:
        last = play.last_finished(session, turn.person_id, edition.id)
    return last if last is not None and last.timed_out else None


def _late_answer(turn: play.Turn, inbound: Inbound, desk: Desk) -> str | None:
    """The kind word for whoever answers after the close, or while the campaign is paused."""
    edition = turn.edition
    if edition is None or turn.attempt is None or edition.is_open(inbound.received_ms):
        return None
    if edition.is_over(inbound.received_ms):
        return say("campaign.late_answer", name=edition.name)
    return telling.closed(edition, inbound.received_ms)


def _do(intent: Intent, turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    match intent:
        case Intent.PLAY:
            return _play(turn, inbound, desk)
        case Intent.QUIT:
            return _quit(turn, inbound, desk)
        case Intent.MUTE | Intent.UNMUTE:
            return _mute(intent, turn, inbound, desk)
        case Intent.HELP:
            return _help(turn, desk)
        case Intent.BIND:
            return bindings.begin(turn, inbound, desk.stores, desk.links)
        case Intent.UNBIND:
            return bindings.undo(turn, inbound, desk.stores)
        case _ if turn.edition is None:
            return say("campaign.none")
        case _:
            return _tell(intent, turn, turn.edition, inbound, desk)


def _help(turn: play.Turn, desk: Desk) -> str:
    """The commands; with their numbers only where a number is not the answer to a waiting question."""
    waits = turn.attempt is not None and not _waits_elsewhere(turn)
    text = say("help.playing") if waits else say("help")
    if turn.edition is None:
        return text
    page = say("help.page", url=desk.links.resume(turn.edition.slug, turn.person_id))
    return "\n".join((text, page, say("consent", url=desk.links.privacy(turn.edition.slug))))


def _tell(intent: Intent, turn: play.Turn, edition: Edition, inbound: Inbound, desk: Desk) -> str:
    """What is only told of a campaign."""
    now = inbound.received_ms
    with desk.stores.sql.reading() as session:
        if intent is Intent.RULES:
            return rules(edition, next(iter(changes_of(session, edition.id, public=True)), None))
        if intent is Intent.RESULT:
            return telling.result(session, edition, turn, now)
        if intent is Intent.PRIZES:
            return telling.prizes(session, edition, turn, desk.links, now)
        standing = play.standing_of(session, edition.id, turn.person_id)
    if standing is not None:
        desk.stores.ranking.place(edition.id, standing)  # the copy may lack it, and would know no rank
    found = desk.stores.ranking.rank(edition.id, turn.person_id)
    return telling.rank(edition, standing, found, _unit_place(turn, edition, desk, now), now)


def _play(turn: play.Turn, inbound: Inbound, desk: Desk, said: str = "") -> str:
    """Begin, or show the waiting question again; `said` goes before a question."""
    edition = _edition_to_play(turn, inbound, desk)
    if edition is None:
        return say("campaign.none")
    now = inbound.received_ms
    if not edition.is_open(now):
        return telling.closed(edition, now)
    if edition is not turn.edition:
        with desk.stores.sql.transaction() as session:
            enter(session, turn.identity_id, edition.id)
        raise Moved  # look again, from inside the campaign
    if turn.attempt is not None:
        return _again(telling.time_left(edition, turn.attempt, now), turn, inbound, desk)
    if _is_on_pages(edition):
        return say("play.page", url=desk.links.resume(edition.slug, turn.person_id))
    before = _timed_out(turn, edition, desk)
    if before is not None:
        ran_out = telling.timed_out_before(before, revealed=edition.is_revealed(now, finished=True))
        said = f"{said}\n{ran_out}".strip()

    def tell(attempt: play.Attempt) -> str:
        return _question(edition, attempt, turn, inbound, desk, telling.limit(edition, attempt, said))

    try:
        attempt = play.begin(
            desk.stores.sql,
            turn,
            edition,
            desk.random,
            now,
            in_chat=True,
            message=play.Message(inbound.key, now),
            tell=tell,
            consent=privacy_notices.version_of(edition),
        )
    except NotAdmitted:
        return bindings.begin(turn, inbound, desk.stores, desk.links, then_play=True)
    except NoAttemptLeft as error:
        return telling.no_attempt_left(edition, error)
    return tell(attempt)


def _play_bound(said: str, inbound: Inbound, desk: Desk) -> str:
    """Begin for somebody who has just said who they are: the second effect of one message, under a key of its own."""
    second = replace(inbound, key=f"{inbound.key}:play")
    with desk.stores.sql.direct() as direct:
        turn = play.look(direct, desk.stores, second.sender, second.key)
    if turn is None:
        raise Moved
    begun = None if turn.effect is None else turn.effect.reply
    text = _play(turn, second, desk, said) if begun is None else begun
    with desk.stores.sql.direct() as direct:
        told = text if text.startswith(said) else f"{said}\n{text}"
        return settle_reply(direct, turn.identity_id, inbound.key, told)


def _edition_to_play(turn: play.Turn, inbound: Inbound, desk: Desk) -> Edition | None:
    """The campaign that this sender is in; when that one takes nothing any more, the one that does."""
    edition, now = turn.edition, inbound.received_ms
    if edition is not None and not edition.is_over(now):
        return edition
    with desk.stores.sql.reading() as session:
        current = current_campaign(session, now)
    return edition if current is None else desk.stores.editions.get(desk.stores.sql, *current)


def _again(lead: str, turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    """Show the waiting question (again), here; without one, what to do instead."""
    edition, attempt = turn.edition, turn.attempt
    if edition is None or attempt is None:
        return _nothing_waits(turn, inbound, desk) if not lead or lead == say("answer.late") else lead
    if not edition.is_open(inbound.received_ms):
        return telling.closed(edition, inbound.received_ms)
    if _is_on_pages(edition):
        return say("play.page", url=desk.links.question(edition.slug, turn.person_id))
    text = _question(edition, attempt, turn, inbound, desk, lead)
    if _waits_elsewhere(turn):
        # From now on a text typed here answers it, so a retry of this very message must find its reply instead.
        with desk.stores.sql.transaction() as session:
            play.show_in_chat(session, turn, inbound.received_ms)
            record(session, turn.identity_id, inbound.key, text, inbound.received_ms)
    return text


def _question(
    edition: Edition, attempt: play.Attempt, turn: play.Turn, inbound: Inbound, desk: Desk, lead: str = ""
) -> str:
    url = desk.links.question(edition.slug, turn.person_id)
    asked = telling.asked(edition, attempt, attempt.position, url, taps=inbound.taps, links=inbound.links)
    return fit(Parts(lead, asked=asked))


def _quit(turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    if turn.attempt is None:
        return say("quit.nothing")
    text = say("quit")
    with desk.stores.sql.transaction() as session:
        play.set_aside(session, turn)
        record(session, turn.identity_id, inbound.key, text, inbound.received_ms)
    return text


def _mute(intent: Intent, turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    """No notices any more, or again."""
    now = inbound.received_ms
    text = say("muted" if intent is Intent.MUTE else "unmuted")
    with desk.stores.sql.transaction() as session:
        people.mute(session, turn.person_id, now if intent is Intent.MUTE else None)
        record(session, turn.identity_id, inbound.key, text, now)
    return text


def _unfollow(turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    """They left the account, which cannot reach them any more; there is nobody to say anything to."""
    with desk.stores.sql.transaction() as session:
        people.unfollow(session, turn.identity_id, inbound.received_ms)
        record(session, turn.identity_id, inbound.key, "", inbound.received_ms)
    return ""


def _by_keyword(turn: play.Turn, inbound: Inbound, desk: Desk) -> str | None:
    """Enter the campaign whose keyword was sent, and play; None when it is nobody's."""
    keyword = folded(inbound.text)
    if not 0 < len(keyword) <= 64:
        return None
    with desk.stores.sql.reading() as session:
        found = campaign_by_keyword(session, keyword)
    if found is None:
        return None
    if turn.edition is not None and turn.edition.id == found[0]:
        return _play(turn, inbound, desk)
    with desk.stores.sql.transaction() as session:
        enter(session, turn.identity_id, found[0])
    raise Moved  # look again, from inside the campaign


def _enter(turn: play.Turn, inbound: Inbound, desk: Desk) -> str:
    """A follow, or a scanned code: enter its campaign, join its unit, say welcome."""
    slug, _, unit_code = inbound.scene.partition(":")
    edition, unit = _edition_shown(slug, desk), ""
    if edition is None:
        if inbound.said is Said.FOLLOW:
            people.follow_again(desk.stores.sql, turn.identity_id)
        return telling.welcome(turn.edition, inbound.received_ms, unit, desk.links)
    with desk.stores.sql.transaction() as session:
        people.follow(session, turn.identity_id)  # who scans a code follows, too
        enter(session, turn.identity_id, edition.id)
        if unit_code:
            try:
                unit = say("unit.joined", unit=join_unit(session, turn.person_id, unit_code))
                named = bindings.after_code(session, turn, edition, desk.links, inbound.received_ms)
                unit = "\n".join(filter(None, (unit, named)))
            except NotFound:
                unit = say("unit.unknown")
        text = telling.welcome(edition, inbound.received_ms, unit, desk.links)
        record(session, turn.identity_id, inbound.key, text, inbound.received_ms)
    return text


def _edition_shown(slug: str, desk: Desk) -> Edition | None:
    """The campaign of a scanned code; None when there is none that people may know of yet."""
    if not slug:
        return None
    try:
        edition = desk.stores.editions.by_slug(desk.stores.sql, slug)
    except NotFound:
        return None
    return None if edition.state == "draft" else edition
