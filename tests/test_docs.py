"""What is written for people is true of the program."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli import lvda
from questions.model import Severity
from questions.readers import read_bank
from settings import Settings

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted(
    [*(ROOT / name for name in (*READMES, "CHANGELOG.md")), *(ROOT / "docs").rglob("*.md")],
    key=lambda path: path.as_posix(),
)
LARGEST_PICTURE = 150_000


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


def every_command(group: click.Group, before: str = "lvda") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from every_command(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def written_commands() -> list[tuple[str, str]]:
    """Every line of a shell block that calls the program, and the page that it is on."""
    found = []
    for page in PAGES:
        for block in blocks(page.read_text(), "sh"):
            lines = block.replace("\\\n", " ").splitlines()
            found += [(page.name, line) for line in lines if line.strip().startswith("lvda ")]
    return found


def parse(group: click.Group, arguments: list[str], parent: click.Context | None = None) -> None:
    """Raises click.UsageError for a command or an option that there is not."""
    name, *rest = arguments
    # As when it is typed, each within the one above it: a command keeps the help option that it was first given.
    context = click.Context(group, parent=parent, **(group.context_settings if parent is None else {}))
    command = group.get_command(context, name)
    if command is None:
        raise click.UsageError(f"no command {name}")
    if isinstance(command, click.Group):
        parse(command, rest, context)
        return
    try:
        command.make_context(name, rest, parent=context)
    except click.BadParameter as error:
        if isinstance(error, click.MissingParameter) or "does not exist" not in error.message:
            raise


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_in_the_readme_and_none_that_is_not(readme: str) -> None:
    named = set(re.findall(r"LVDA_([A-Z_]+)", (ROOT / readme).read_text()))
    assert named == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("command", list(every_command(lvda)))
def test_every_command_is_in_the_list_of_commands(command: str) -> None:
    assert re.search(rf"^{command}\b", (ROOT / "docs" / "commands.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("page", "line"), written_commands())
def test_every_command_that_is_written_somewhere_is_understood(page: str, line: str) -> None:
    parse(lvda, shlex.split(line, comments=True)[1:])


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_what_a_page_refers_to_is_there(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#]+)|<img src=\"([^\"]+)\"", text):
        address = target[0] or target[1]
        assert address.startswith("https://") or (page.parent / address).exists(), address


def test_every_decision_is_linked_from_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    decisions = [path.name for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert len(decisions) >= 6
    for name in decisions:
        assert f"(decisions/{name})" in index


def test_the_readmes_say_the_same_in_the_same_places() -> None:
    english, chinese = ((ROOT / name).read_text() for name in READMES)
    assert re.findall("^#+", english, re.MULTILINE) == re.findall("^#+", chinese, re.MULTILINE)
    ours, theirs = ([re.sub(r" *#.*", "", block) for block in blocks(text, "sh")] for text in (english, chinese))
    assert ours == theirs


def test_pictures_are_small_enough_to_be_loaded_on_a_phone() -> None:
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))
    assert {"chat.png", "console.png", "h5-question.png", "poster.png"} <= {path.name for path in pictures}
    assert [path.name for path in pictures if path.stat().st_size > LARGEST_PICTURE] == []


EXAMPLES = [
    example
    for page in ("bank-template.md", "bank-files.md")
    for form in ("csv", "text")
    for example in blocks((ROOT / "docs" / page).read_text(), form)
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_a_bank_is_read_without_an_error(example: str) -> None:
    bank = read_bank(example.encode())
    assert bank.questions
    assert all(question.answer for question in bank.questions)
    assert [problem for problem in bank.problems if problem.severity is Severity.ERROR] == []


def test_the_template_holds_every_kind_of_question() -> None:
    bank = read_bank((ROOT / "docs" / "bank-template.csv").read_bytes())
    assert {question.kind.label for question in bank.questions} == {"单选", "多选", "判断", "填空", "简答"}
    assert [problem for problem in bank.problems if problem.severity is Severity.ERROR] == []
