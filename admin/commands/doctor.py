"""``lvda doctor``; apart from ``lvda serve``, which would wait for the clients of all platforms to be imported."""

from __future__ import annotations

import sys

import click

from admin.operations.doctor import examine
from settings import Settings


@click.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Look at everything that must be right, and say what to do about what is not."""
    findings = examine(settings)
    for finding in findings:
        click.echo(f"{'✓' if finding.well else '✗'} {finding.text}")
    sys.exit(0 if all(finding.well for finding in findings) else 1)
