"""The web server's process: granian, with workers that end when it does.

    python -m admin.operations.web TARGET HOST PORT WORKERS

TARGET is ``module:factory``; the factory gives a WSGI application, and is called in every worker.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from importlib import import_module
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LOGGING_CONFIG, LogLevels
from granian.server import Server

from campaigns.tether import tie_to_parent

THREADS = 16
"""Of each worker: enough that some may wait for a platform or a database while others answer."""
GRACE_S = 10
"""How long a worker that is asked to stop may go on with the requests that it has begun."""

LOG_TO_STDERR: dict[str, Any] = deepcopy(LOGGING_CONFIG)
for handler in LOG_TO_STDERR["handlers"].values():
    handler["stream"] = "ext://sys.stderr"


def load(parent: int, target: str) -> Callable[..., Any]:
    """The application that ``module:factory`` makes; the process that loads it is tied to its parent."""
    tie_to_parent(parent)
    module, _, factory = target.partition(":")
    application: Callable[..., Any] = getattr(import_module(module), factory)()
    return application


def serve_web(target: str, host: str, port: int, workers: int) -> None:
    """Serve until told to stop by SIGTERM or SIGINT. A worker that ends is replaced; if again at once, all ends."""
    server = Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_S,
        log_level=LogLevels.error,
        log_dictconfig=LOG_TO_STDERR,
        log_access=False,
    )
    server.serve(target_loader=partial(load, os.getpid(), target), wrap_loader=False)


if __name__ == "__main__":
    serve_web(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
