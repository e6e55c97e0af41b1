"""The sender of the outbox: leases messages, decides how each may go, calls the platform, records how it ended.

Several senders in several processes share the work. Within one, a few threads send at the same time, with fewer
slots for each way of each account than there are threads: see `platforms.lanes`.

How a sending ends is what the way raises: see `platforms.errors`. What certainly was not done is tried again later;
what may have been done is marked, and sent again. A platform that is away, or a circuit that is open, costs a message
none of its tries.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from campaigns import grants, outbox, reaching
from campaigns.clock import MINUTE, SECOND
from campaigns.errors import StoreUnavailable
from campaigns.outbox import Message
from campaigns.reaching import Go, Never, Route, TemplateOf, Wait
from campaigns.store import Store
from platforms.errors import Busy, CircuitOpen, Misconfigured, PlatformError, Unreachable, Unwelcome
from platforms.lanes import Full, Lanes
from platforms.outgoing import Outgoing, Way

log = logging.getLogger(__name__)

THREADS = 8
SLOTS = 6
"""Of one way of one account: fewer than there are threads."""
SECONDS = 5.0
"""A way's deadline."""
POLL_S = 0.5
FULL_MS = SECOND
LONGEST_WAIT_MS = 5 * MINUTE
UNSETTLED_S = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Pauses before the record of a sending is tried again, while the database is away: until then it may go out twice."""
NOT_THERE = "还没有接通“{way}”这条发送渠道：请检查设置，改好后重发。"
PERHAPS_DELIVERED = "上一次发送可能已经送达，没有再发。"
BROKEN = "程序出错，没有发出，请把服务日志交给技术人员。"


class Worded(NamedTuple):
    title: str
    text: str
    url: str


@dataclass(frozen=True)
class Office:
    """What a sender works with; made once by the wiring."""

    store: Store
    ways: Mapping[tuple[str, str], Way]
    """By way and account: ``("custom", "")``, ``("wecom", "")``, ``("sms", "")``…"""
    word: Callable[[str, Mapping[str, Any]], Worded]
    """A wording's key and values → what is read."""
    template_of: TemplateOf
    clock: Callable[[], int]
    """UTC milliseconds."""
    random: Random


class Sender:
    """Sends what is due, until told to stop. `name` tells this process from all others."""

    def __init__(self, office: Office, name: str) -> None:
        self._office = office
        self._name = name
        self._leases = 0
        self._is_away = False
        self._lanes = Lanes(SLOTS, office.random)

    def run(self, stop: threading.Event) -> None:
        """Send; what has been begun when told to stop is finished first."""
        in_hand: dict[Future[None], Message] = {}
        pool = ThreadPoolExecutor(THREADS, "sender")
        try:
            while not stop.is_set():
                leased = self._lease(THREADS) if len(in_hand) <= THREADS else []
                in_hand |= {pool.submit(self._deliver_whatever_happens, message): message for message in leased}
                if not in_hand:
                    stop.wait(POLL_S)
                for done in wait(in_hand, POLL_S, FIRST_COMPLETED).done if in_hand else ():
                    del in_hand[done]
        finally:
            pool.shutdown(cancel_futures=True)
            self._put_back([message for future, message in in_hand.items() if future.cancelled()])

    def send_due(self) -> int:
        """Send what is due now, one after the other; gives how many were looked at."""
        looked_at = 0
        while leased := self._lease(1):
            self._deliver_whatever_happens(leased[0])
            looked_at += 1
        return looked_at

    def _lease(self, most: int) -> list[Message]:
        self._leases += 1
        store, now = self._office.store, self._office.clock()
        try:
            with store.reading() as session:
                is_due = outbox.has_due(session, now)
            self._is_away = False
            if not is_due:
                return []
            with store.transaction() as session:
                return outbox.lease(session, f"{self._name}-{self._leases}", now, most)
        except (StoreUnavailable, SQLAlchemyError) as error:
            if not self._is_away:  # said once: it is looked at twice a second
                log.warning("the outbox will be looked at again and again: %s", type(error).__name__)
            self._is_away = True
            return []

    def _put_back(self, messages: list[Message]) -> None:
        """Leave what was not begun to the next worker at once."""
        try:
            with self._office.store.transaction() as session:
                outbox.put_back(session, messages)
        except (StoreUnavailable, SQLAlchemyError) as error:
            log.warning("some messages wait until their lease has run out: %s", type(error).__name__)

    def _deliver_whatever_happens(self, message: Message) -> None:
        """A message that could not even be looked at is leased again when its lease has run out."""
        try:
            self._deliver(message)
        except (StoreUnavailable, SQLAlchemyError) as error:
            log.warning("a message will be sent again: %s", type(error).__name__)
        except Exception:  # a mistake of ours must not stop all others' messages
            log.exception("a message could not be seen to")

    def _deliver(self, message: Message) -> None:
        """Send by the best way; when that is not welcome, by the next."""
        passed: tuple[Route, ...] = ()
        refusal = ""
        while (route := self._begin(message, passed, refusal)) is not None:
            error = self._call(message, route)
            if not isinstance(error, Unwelcome) or (message.begun and not message.must):
                self._settle(message, route, error)
                return
            passed, refusal = (*passed, route), str(error)

    # --- before --------------------------------------------------------------------------------------------------

    def _begin(self, message: Message, passed: tuple[Route, ...], refusal: str) -> Route | None:
        """Decide, and note that the sending begins. None: it does not, and that is on record."""
        found = self._decided(message, passed, refusal, patient=True)
        if found is Full.FULL:
            self._lanes.wait(POLL_S)
            found = self._decided(message, passed, refusal, patient=False)
        return found if isinstance(found, Route) else None

    def _decided(
        self, message: Message, passed: tuple[Route, ...], refusal: str, *, patient: bool
    ) -> Route | Full | None:
        entered: list[Route] = []
        try:
            with self._office.store.transaction() as session:
                route = self._choose(session, message, passed, refusal)
                return None if route is None else self._enter(session, message, route, entered, patient=patient)
        except BaseException:
            for route in entered:
                self._lanes.abandon(route.way, route.account)
            raise

    def _choose(self, session: Session, message: Message, passed: tuple[Route, ...], refusal: str) -> Route | None:
        """The best route that was not refused; None: it is settled without one."""
        now = self._office.clock()
        verdict = reaching.judge(message, reaching.gather(session, message, self._office.template_of, now), now)
        match verdict:
            case Wait():
                outbox.settle_later(session, message, verdict.until_ms, verdict.reason, begun=message.begun)
            case Never():
                self._give_up(session, message, refusal or verdict.reason, is_expired=verdict.is_expired)
            case Go():
                left = [route for route in verdict.routes if route not in passed]
                usable = [route for route in left if (route.way, route.account) in self._office.ways]
                if usable:
                    return usable[0]
                if left and message.must:
                    self._later_or_dead(session, message, NOT_THERE.format(way=left[0].way), begun=message.begun)
                else:
                    self._give_up(session, message, refusal or NOT_THERE.format(way=verdict.routes[0].way))
        return None

    def _enter(
        self, session: Session, message: Message, route: Route, entered: list[Route], *, patient: bool
    ) -> Route | Full | None:
        """Take a slot and the consent, and note that the sending begins; Full: nothing was done."""
        now = self._office.clock()
        again = self._lanes.enter(route.way, route.account, now)
        if again is Full.FULL:
            if patient:
                return Full.FULL
            again = now + FULL_MS
        if again:
            outbox.settle_later(session, message, self._scattered(again, now), "", begun=message.begun)
            return None
        entered.append(route)
        begun = outbox.begin(session, message, route.way, now)  # before the consent: what is not ours spends none
        if begun and (not route.template_id or grants.claim(session, route.identity_id, route.template_id, message.id)):
            return route
        self._lanes.abandon(route.way, route.account)
        entered.clear()
        outbox.settle_later(session, message, now + FULL_MS, "", begun=message.begun)  # the consent was just taken back
        return None

    def _scattered(self, moment_ms: int, now: int) -> int:
        """A little later, so that not all that waited come at once."""
        return moment_ms + int((moment_ms - now) * self._office.random.uniform(0.0, 0.2))

    # --- the call ------------------------------------------------------------------------------------------------

    def _call(self, message: Message, route: Route) -> PlatformError | None:
        """Make the call; gives how it failed, if it did."""
        error: PlatformError | None
        try:
            worded = self._office.word(message.wording, message.values)
            outgoing = Outgoing(
                key=message.key,
                wording=message.wording,
                recipient=route.recipient,
                text=worded.text,
                title=worded.title,
                url=worded.url,
                values=message.values,
                resent=message.begun,
            )
            self._office.ways[route.way, route.account](outgoing, SECONDS)
            error = None
        except PlatformError as failure:
            error = failure
        except Exception:  # a mistake of ours, or of a library: logged, and the message is kept
            log.exception("a message could not be sent by %s", route.way)
            error = PlatformError(BROKEN)
        self._lanes.leave(route.way, route.account, error, self._office.clock())
        return error

    # --- afterwards ----------------------------------------------------------------------------------------------

    def _settle(self, message: Message, route: Route, error: PlatformError | None) -> None:
        """Record how it ended, if need be again and again: until then it counts as begun."""
        for pause in (*UNSETTLED_S, None):
            try:
                with self._office.store.transaction() as session:
                    self._record(session, message, route, error)
                return
            except (StoreUnavailable, SQLAlchemyError):
                if pause is None:
                    raise
                time.sleep(pause)

    def _record(self, session: Session, message: Message, route: Route, error: PlatformError | None) -> None:
        now = self._office.clock()
        match error:
            case None:
                outbox.settle_sent(session, message, route.way, now)
            case Unreachable():
                outbox.settle_later(session, message, self._when_back(message, route, now), str(error), begun=True)
            case Unwelcome():
                outbox.settle_dropped(session, message, PERHAPS_DELIVERED)
            case CircuitOpen():
                self._unspend(session, message, route)
                due_ms = self._when_back(message, route, now)
                outbox.settle_later(session, message, due_ms, str(error), begun=message.begun)
            case Busy() if error.after_ms:
                self._unspend(session, message, route)
                due_ms = self._scattered(now + error.after_ms, now)
                outbox.settle_later(session, message, due_ms, str(error), begun=message.begun)
            case Busy() | Misconfigured():
                self._unspend(session, message, route)
                self._later_or_dead(session, message, str(error), begun=message.begun)
            case _ if type(error) is PlatformError:
                self._later_or_dead(session, message, str(error), begun=True)
            case _:
                self._unspend(session, message, route)
                outbox.settle_dead(session, message, str(error), begun=message.begun, costs_a_try=True)

    def _when_back(self, message: Message, route: Route, now: int) -> int:
        """When the way has rested; what has waited for long waits longer, so that one message cannot hold up a way."""
        rested_ms = self._lanes.rests_until(route.way, route.account)
        patience = min((now - message.created_ms) // 8, LONGEST_WAIT_MS)
        return self._scattered(max(rested_ms, now + patience, now + SECOND), now)

    def _unspend(self, session: Session, message: Message, route: Route) -> None:
        """Give back what this route took; what was taken by one that was not welcome is of no use any more."""
        if route.template_id and not message.begun:  # else an earlier sending may have used it
            grants.give_back(session, message.id)

    def _later_or_dead(self, session: Session, message: Message, reason: str, *, begun: bool) -> None:
        if message.tries + 1 >= outbox.MOST_TRIES:
            outbox.settle_dead(session, message, reason, begun=begun, costs_a_try=True)
            return
        due_ms = self._office.clock() + outbox.pause_ms(message.tries, self._office.random)
        outbox.settle_later(session, message, due_ms, reason, begun=begun, costs_a_try=True)

    def _give_up(self, session: Session, message: Message, reason: str, *, is_expired: bool = False) -> None:
        """What must be said and cannot be is listed, for somebody to say it another way."""
        if message.must and not is_expired:
            outbox.settle_dead(session, message, reason, begun=message.begun)
        else:
            outbox.settle_dropped(session, message, reason)
