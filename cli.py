"""The command `lvda`: wiring only. Commands live with their doors and are collected here."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from bot.intents import read_intent
from campaigns.errors import CampaignsError
from platforms.errors import PlatformError
from questions.model import QuestionError
from settings import SettingsError, configure_logging, read_settings

COMMANDS = {
    "audit": "admin.commands.audit:audit",
    "bank": "admin.commands.banks:bank",
    "campaign": "admin.commands.campaigns:campaign",
    "chat": "bot.commands:chat",
    "doctor": "admin.commands.doctor:doctor",
    "draw": "admin.commands.draws:draw",
    "init": "admin.commands.operations:init",
    "mail": "admin.commands.texts:mail",
    "outbox": "admin.commands.outbox:outbox",
    "people": "admin.commands.people:people",
    "prize": "admin.commands.prizes:prize",
    "qr": "admin.commands.prints:qr",
    "report": "admin.commands.reports:report",
    "roster": "admin.commands.people:roster",
    "serve": "admin.commands.operations:serve",
    "sms": "admin.commands.texts:sms",
    "units": "admin.commands.units:units",
    "user": "admin.commands.staff:user",
    "wechat": "admin.commands.wechat:wechat",
    "worker": "worker:command",
}


class Collected(click.Group):
    """Imports a command when it is asked for: a worker does not wait for what draws posters."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Collected, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lvda", prog_name="lvda")
@click.pass_context
def lvda(context: click.Context) -> None:
    """绿答: energy-saving quizzes and campaigns, answered in WeChat."""
    context.obj = read_settings()
    context.meta["lvda.is_command"] = lambda text: read_intent(text) is not None  # what a menu may send
    configure_logging(context.obj)


def main() -> None:
    """Exit 0 done, 1 the request could not be met, 2 the command was wrong; errors are one sentence on stderr."""
    try:
        code = lvda.main(standalone_mode=False)  # otherwise click prints errors its own way, in three lines
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "lvda"
        click.echo(f"用法不对：{error.format_message()} 用 {command} --help 查看用法。", err=True)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except (SettingsError, CampaignsError, PlatformError, QuestionError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"不能读写 {error.filename or '文件'}（{error.strerror or error}）：请检查路径和权限。", err=True)
        sys.exit(1)
