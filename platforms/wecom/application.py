"""An application in WeCom that we speak for: its client.

Every call ends within `platforms.guarded.CALL_S` seconds, or within those of `platforms.deadlines.within` around it,
and raises PlatformError (`platforms.errors`); StoreUnavailable passes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from campaigns.store import Store
from platforms.accounts import WecomAccount
from platforms.guarded import GuardedWecom


@dataclass(frozen=True, slots=True)
class Application:
    account: WecomAccount
    client: GuardedWecom


def open_application(account: WecomAccount, store: Store, secret: str, clock: Callable[[], int]) -> Application:
    """An application's client; nothing is asked of the platform yet.

    `secret` is the installation's, `clock` gives UTC milliseconds. Raises Misconfigured when the application lacks what
    a call needs.
    """
    return Application(account, GuardedWecom(account, store, secret, clock))
