"""Brings real servers, measures, prints the table and writes ``var/bench.json``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import psycopg
import redis

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from servers import running_postgres, running_redis, scratch_folder  # noqa: E402 — the tests' own servers

from bench import answered, dashboards, imported, outward, ranked, unit_tables  # noqa: E402
from bench.table import as_table, write_json  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each side is measured")
    parser.add_argument("--persons", type=int, default=200, help="who answer ten questions each, a round")
    options = parser.parse_args()
    rows = []
    with scratch_folder() as folder, running_postgres(folder) as postgres, running_redis(folder, 0) as redis_url:
        url = postgres.create()
        with psycopg.connect(url) as connection, redis.Redis.from_url(redis_url) as client:
            found = connection.execute(
                "SELECT setting FROM pg_settings WHERE name IN ('data_directory', 'fsync') ORDER BY name"
            ).fetchall()
            redis_pid = int(client.info("server")["process_id"])  # type: ignore[index]
        assert found[1][0] == "on", "an answer is measured as durable as it is in production"
        postgres_pid = int(Path(found[0][0], "postmaster.pid").read_text().splitlines()[0])
        servers = answered.Servers(url, redis_url, postgres_pid, redis_pid)
        rows += answered.measure(servers, folder / "data", rounds=options.rounds, persons=options.persons)
        rows += imported.measure(postgres.create())
        rows += outward.measure(postgres.create(), redis_url, folder / "outward")
        rows += unit_tables.measure(postgres.create(), redis_url)
        rows += ranked.measure(postgres.create())
        rows += dashboards.measure(postgres.create(), redis_url, folder / "dashboards")
    print(as_table(rows))
    write_json(rows, ROOT / "var" / "bench.json")


if __name__ == "__main__":
    main()
