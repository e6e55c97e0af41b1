"""Make ``chat.png``: the demo campaign, played through the real callback in safe mode, drawn as a phone shows it.

    .venv/bin/python docs/pictures/chat.py

Needs what `make test` installs, and a Chromium. The paper is drawn with a fixed seed and the clock is set, so that
the same program gives the same conversation.
"""

from __future__ import annotations

import html
import re
import sys
import tempfile
from pathlib import Path
from random import Random

from flask import Flask
from PIL import Image
from prometheus_client import CollectorRegistry

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from follower import AES_KEY, APP_ID, TOKEN, Follower  # noqa: E402 — the tests' own follower and browser
from servers import running_browser  # noqa: E402

from bot.channels import wechat  # noqa: E402
from bot.dialogue import Desk  # noqa: E402
from bot.links import Links  # noqa: E402
from bot.metrics import Counts  # noqa: E402
from campaigns import keeping  # noqa: E402
from campaigns.stores import Stores, open_stores  # noqa: E402

SEED = 1062
BEGUN = 1_783_127_640_000
"""2026-07-04 09:14 in Asia/Shanghai."""
SAID = ("答题", "b", "错")
WIDTH, HEIGHT, SCALE = 390, 844, 2
COLOURS = 128

Turn = tuple[str, str]
"""What the follower said, and the reply's text with its markup."""


class Clock:
    def __init__(self) -> None:
        self.now = BEGUN

    def __call__(self) -> int:
        return self.now


def play(folder: Path) -> list[Turn]:
    """The conversation, as the platform would have carried it."""
    clock = Clock()
    with open_stores(f"sqlite:///{folder}/lvda.db", "none", folder) as stores:
        stores.sql.migrate()
        with stores.sql.transaction() as session:
            keeping.ensure_demo(session, BEGUN - 60_000, Random(SEED))
        follower = Follower(_callback(stores, clock).test_client(), clock=clock, safe=True)
        turns = []
        for text in SAID:
            clock.now += 9_000
            turns.append((text, follower.says(text)))
        return turns


def _callback(stores: Stores, clock: Clock) -> Flask:
    """The callback alone, with dice that always fall the same way."""
    account = wechat.Account("", APP_ID, TOKEN, AES_KEY)
    desk = Desk(stores, Links("https://quiz.example.gov.cn", "a secret of its own"), Random(SEED))
    callbacks = {account.name: wechat.Callback(account, account.cipher())}
    app = Flask("chat")
    app.register_blueprint(wechat.make_blueprint(wechat.Reception(callbacks, desk, Counts(CollectorRegistry()), clock)))
    return app


def as_html(turns: list[Turn]) -> str:
    """One page that looks like a phone's chat."""
    bubbles = "".join(
        _bubble("mine", html.escape(said)) + _bubble("theirs", _marked_up(reply)) for said, reply in turns
    )
    leaf = (ROOT / "admin" / "static" / "leaf.svg").as_uri()
    font = (ROOT / "campaigns" / "prints" / "fonts" / "NotoSansSC-Regular.ttf").as_uri()
    page = (HERE / "chat.html").read_text()
    for name, value in {"bubbles": bubbles, "leaf": leaf, "font": font}.items():
        page = page.replace(f"{{{{ {name} }}}}", value)
    return page


def _bubble(whose: str, content: str) -> str:
    return f'<li class="{whose}"><i></i><p>{content}</p></li>'


def _marked_up(reply: str) -> str:
    """A reply's text with the one kind of markup that the platform knows: links."""
    safe = html.escape(reply, quote=False)
    return re.sub(r"&lt;a href=\"[^\"]*\"&gt;(.*?)&lt;/a&gt;", r"<a>\1</a>", safe)


def draw(page: Path, picture: Path) -> None:
    with running_browser() as browser:
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE)
        tab = context.new_page()
        tab.goto(page.as_uri())
        tab.evaluate("document.fonts.ready")
        tab.screenshot(path=picture)
        context.close()
    with Image.open(picture) as drawn:
        drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "chat.html")
        page.write_text(as_html(play(Path(folder))))
        draw(page, HERE / "chat.png")


if __name__ == "__main__":
    main()
