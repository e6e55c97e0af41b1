"""Lists that commands write into files for spreadsheet programs."""

from __future__ import annotations

from pathlib import Path

import click

from campaigns.errors import Refused
from campaigns.text_tables import TextTable, as_csv, as_xlsx

output_option = click.option(
    "-o",
    "--output",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to a file instead, .xlsx or .csv.",
)


def write_table(output: Path, table: TextTable) -> None:
    """By the file's ending. Raises Refused for another one."""
    writers = {".xlsx": as_xlsx, ".csv": as_csv}
    writer = writers.get(output.suffix.lower())
    if writer is None:
        raise Refused("导出的文件名应当以 .xlsx 或 .csv 结尾。")
    output.write_bytes(writer(table))
