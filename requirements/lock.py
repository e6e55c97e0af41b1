"""Write the locked files again from pyproject.toml; what `make lock` runs.

Versions stay as they are where they can; `make lock ARGS=--upgrade` takes the newest.

They name every package by version and hashes, for every system and Python that the project supports, and no index:
that is the machine's business.
"""

from __future__ import annotations

import subprocess
import sys

from install import PROJECT, UV, uv_environment_here

COMPILE = (*UV, "--quiet", "pip", "compile", "--universal", "--python-version=3.11", "--generate-hashes")
PLAIN = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")
SOURCES = ("pyproject.toml", "requirements/build.in")


def write(output: str, *arguments: str, text: str | None = None) -> None:
    command = (*COMPILE, *PLAIN, *sys.argv[1:], *arguments, "-o", output)
    subprocess.run(
        command, env=uv_environment_here(), cwd=PROJECT, input=text, text=True, stdout=subprocess.DEVNULL, check=True
    )
    print(f"Wrote {output}")


if __name__ == "__main__":
    try:
        write("requirements/run.txt", *SOURCES)
        write("requirements/test.txt", "--extra=test", "--constraint=requirements/run.txt", *SOURCES)
        write("requirements/uv.txt", "-", text="uv")
    except subprocess.CalledProcessError:
        sys.exit("Not all files could be written; uv has said why.")
