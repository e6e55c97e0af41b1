"""The command `lvda`: wiring only. Commands live with their doors and are collected here."""

from __future__ import annotations

import sys

import click

from admin.commands import COMMANDS as ADMIN_COMMANDS
from bot.commands import COMMANDS as BOT_COMMANDS
from campaigns.errors import CampaignsError
from questions.model import QuestionError
from settings import SettingsError, configure_logging, read_settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lvda", prog_name="lvda")
@click.pass_context
def lvda(context: click.Context) -> None:
    """绿答: energy-saving quizzes and campaigns, answered in WeChat."""
    context.obj = read_settings()
    configure_logging(context.obj)


def main() -> None:
    """Exit 0 done, 1 the request could not be met, 2 the command was wrong; errors are one sentence on stderr."""
    for command in (*ADMIN_COMMANDS, *BOT_COMMANDS):
        lvda.add_command(command)
    try:
        lvda()
    except (SettingsError, CampaignsError, QuestionError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), err=True)
        sys.exit(1)
