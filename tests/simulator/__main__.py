"""`make platform`: the simulator by hand, on 127.0.0.1:8899, until Ctrl-C.

LVDA_BASE_URL or LVDA_PORT say where the product listens (http://127.0.0.1:8000), LVDA_PLATFORM_PORT where this does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading

from simulator.running import Simulator, running_simulator
from simulator.settings import environment

PORT = 8899


def main() -> None:
    product = os.environ.get("LVDA_BASE_URL") or f"http://127.0.0.1:{os.environ.get('LVDA_PORT', '8000')}"
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with running_simulator(product, port=int(os.environ.get("LVDA_PLATFORM_PORT", PORT))) as simulator:
        _introduce(simulator)
        with contextlib.suppress(KeyboardInterrupt):
            stopped.wait()


def _introduce(simulator: Simulator) -> None:
    simulator.follower("张三")
    simulator.member("lisi", "李四", "节能处")
    settings = " \\\n".join(f"{name}={value}" for name, value in environment(simulator.world, simulator.url).items())
    print(f"手机页面  {simulator.url}/", f"产品地址  {simulator.world.product_url}", sep="\n")
    print(f"\n在另一个终端里启动产品：\n\n{settings} \\\nmake run\n\n按 Ctrl-C 结束。", flush=True)


if __name__ == "__main__":
    main()
