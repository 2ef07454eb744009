"""`kiln mgr …`"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from acme.common import config as config_files
from acme.common.auth import Role, issue_token
from acme.common.logs import setup_logging
from acme.common.secrets import new_key
from acme.manager.config import ManagerConfig

FilePath = click.Path(path_type=Path, dir_okay=False)


@click.group()
def main() -> None:
    """Administer the manager."""
    setup_logging("manager")


@main.command("start-server")
@click.option("--config", type=FilePath, default=Path("kiln.yaml"), show_default=True)
def start_server(config: Path) -> None:
    """Serve the HTTP API."""
    from acme.manager.server import serve

    serve(_load(config))


@main.command("issue-token")
@click.option("--config", type=FilePath, default=Path("kiln.yaml"), show_default=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.USER.value)
@click.option("--days", default=1, show_default=True)
@click.argument("subject")
def issue(config: Path, role: str, days: int, subject: str) -> None:
    """Print a token for a user or an agent."""
    click.echo(issue_token(_load(config).secret, subject, Role(role), timedelta(days=days)))


@main.command("new-key")
def print_new_key() -> None:
    """Print a fresh key for the secrets of jobs."""
    click.echo(new_key())


@main.group()
def schema() -> None:
    """Work with the database's schema."""


@schema.command("dump-history")
@click.option("--config", type=FilePath, default=Path("alembic.ini"), show_default=True)
def dump_history(config: Path) -> None:
    """Print the history of the migrations as JSON."""
    from acme.manager.schema import dump_history

    click.echo(dump_history(config))


def _load(path: Path) -> ManagerConfig:
    try:
        return config_files.load(path, ManagerConfig)
    except config_files.ConfigError as error:
        raise click.ClickException(str(error)) from error
