"""The H5 pages of a campaign. They work without JavaScript; no GET changes what is recorded of a person, but for what
the clock does, an attempt whose time is up is finished by whoever looks next, and for what is made when it is first
looked at, as a certificate's number and a prize's code are.

Rooms: `entry` (with beginning), `adopting`, `binding`, `playing`, `results`, `rankings`, `records`, `rules`,
`prizes`, `certificates`, `my_data`, each with its addresses; what they show comes from `views`. Where a platform says
who opened a page, they are made known by it: ``GET /q/<slug>/wecom`` of `wecom_sign_in`, ``/q/<slug>/wechat`` of
`wechat_sign_in`.
`pictures` serves pictures.

`handle_errors` gives the whole application a kind page where nothing else answers.
"""

from bot.pages import binding, certificates, entry, my_data, playing, prizes, rankings, records, results, rules, serving
from bot.pages.blueprint import blueprint
from bot.pages.troubles import handle_errors

__all__ = [
    "binding",
    "blueprint",
    "certificates",
    "entry",
    "handle_errors",
    "my_data",
    "playing",
    "prizes",
    "rankings",
    "records",
    "results",
    "rules",
    "serving",
]
