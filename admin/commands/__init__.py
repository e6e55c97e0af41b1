"""The organiser's door on the command line: a module a group of commands."""

from __future__ import annotations

import click

from admin.commands.banks import bank
from admin.commands.campaigns import campaign
from admin.commands.draws import draw
from admin.commands.operations import COMMANDS as OPERATIONS
from admin.commands.prints import qr
from admin.commands.staff import user

COMMANDS: tuple[click.Command, ...] = (*OPERATIONS, bank, campaign, draw, qr, user)
