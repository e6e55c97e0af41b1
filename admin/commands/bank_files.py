"""What ``lvda bank`` has in common with files: reading one apart from this process, with columns that were named."""

from __future__ import annotations

from pathlib import Path

import click

from questions.model import Bank, UnreadableFile
from questions.readers.apart.limited import read_bank

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _columns(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        part, equals, column = value.partition("=")
        if not equals:
            raise click.BadParameter(f"“{value}”应当写成“部分=列”，例如 答案=F。", context, parameter)
        if part in found:
            raise click.BadParameter(f"“{part}”指定了两次。", context, parameter)
        found[part] = column
    return found


COLUMNS = click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="PART=COLUMN",
    callback=_columns,
    help="Where a table keeps a part of its questions, over what its header says: 答案=F, 选项A=甲. Repeatable.",
)


def read_file(file: Path, columns: dict[str, str]) -> Bank:
    """Raises UnreadableFile, and BadColumns for columns that the file's tables do not have."""
    try:
        return read_bank(file.read_bytes(), file.name, columns=columns)
    except UnreadableFile as error:
        if columns or not error.sheets:
            raise
        raise UnreadableFile(f"{error}也可以用 --map 说明哪一列是什么，例如 --map 题目=B --map 答案=F。") from error
