"""Install a locked file, and then this project, into the environment whose Python runs this.

    .venv/bin/python requirements/install.py requirements/run.txt

uv does the work in a tenth of pip's time. pip installs it, pinned by hash like everything else; where it cannot be
had, cannot run or fails, pip does the same work alone. Where packages come from is decided by pip's configuration
on this machine and nothing else: uv is told what pip would use.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
QUIET_PIP = (*PIP, "--quiet")
UV = (str(Path(sys.executable).with_name("uv")), "--no-progress")
PROJECT = Path(__file__).resolve().parent.parent

UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
"""pip's names for where packages come from, and the environment variables by which uv is told the same."""


def pip_settings(listing: str) -> dict[str, str]:
    """What `pip config list` printed, as name → value: the environment over [install] over [global]."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in found:
            found[section][name] = str(ast.literal_eval(value))
    return {**found["global"], **found["install"], **found[":env:"]}


def uv_environment(settings: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: what pip is told, unless uv has been told otherwise.

    All indices are equal, as they are to pip; the hashes in the locked file say which bytes are right.
    """
    told = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for name, value in settings.items():
        if name in UV_NAMES:
            told[UV_NAMES[name]] = ("," if name == "find-links" else " ").join(value.split())
    return {**told, **environ, "UV_PYTHON": sys.executable}


def uv_environment_here() -> dict[str, str]:
    listing = subprocess.run((*PIP, "config", "list"), capture_output=True, text=True, check=False).stdout
    return uv_environment(pip_settings(listing), os.environ)


def succeeds(command: tuple[str, ...], environment: Mapping[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, env=environment, cwd=PROJECT, check=False).returncode == 0
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}", file=sys.stderr)
        return False


def cache_arguments(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Nothing where uv can write its cache; otherwise it is told to do without."""
    asked = subprocess.run((*UV, "cache", "dir"), env=environment, capture_output=True, text=True, check=False)
    try:
        folder = Path(asked.stdout.strip() or os.devnull)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return ("--no-cache",)
    return () if os.access(folder, os.W_OK) else ("--no-cache",)


def install(locked: str) -> bool:
    """Install with uv, or else with pip; whether it was done."""
    wanted = ("install", "--require-hashes", "-r", locked)
    compiled = ("--compile-bytecode",)  # as pip does: otherwise the first start, or every one, takes seconds more
    project = ("install", "--no-deps", "--no-build-isolation", "-e", ".")
    if succeeds((*QUIET_PIP, "install", "--require-hashes", "-r", "requirements/uv.txt")):
        environment = uv_environment_here()
        uv = (*UV, "--quiet", *cache_arguments(environment), "pip")
        if succeeds((*uv, *wanted, *compiled), environment) and succeeds((*uv, *project), environment):
            return True
    print("uv could not install this; trying pip alone, which takes about a minute.", file=sys.stderr)
    return succeeds((*QUIET_PIP, *wanted)) and succeeds((*QUIET_PIP, *project))


if __name__ == "__main__":
    print(f"Installing {sys.argv[1]} …", flush=True)
    if not install(sys.argv[1]):
        sys.exit("The packages could not be installed; the reason is printed above. Mend it and run make again.")
