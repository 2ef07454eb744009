"""`kiln agent …`"""

import asyncio
import json
import socket

import click
from yarl import URL

from acme.agent.executor import run
from acme.agent.worker import work
from acme.client.session import Session
from acme.common.auth import Role, issue_token
from acme.common.logs import setup_logging
from acme.common.types import JobSpec


@click.group()
def main() -> None:
    """Run jobs on this machine."""
    setup_logging("agent")


@main.command("start")
@click.option("--id", "agent_id", default=socket.gethostname, help="Default: the host's name.")
@click.option("--endpoint", envvar="KILN_ENDPOINT", default="http://localhost:8070")
@click.option("--secret", envvar="KILN_SECRET", required=True)
@click.option("--interval", default=2.0, show_default=True, help="Seconds between questions.")
def start(agent_id: str, endpoint: str, secret: str, interval: float) -> None:
    """Run the jobs that the manager gives to this machine."""

    async def loop() -> None:
        async with Session(URL(endpoint), issue_token(secret, agent_id, Role.AGENT)) as session:
            await session.check_version()
            await work(session, agent_id, interval)

    asyncio.run(loop())


@main.command("run")
@click.argument("command", nargs=-1, required=True)
def run_command(command: tuple[str, ...]) -> None:
    """Run one command as a job would be run."""
    outcome = asyncio.run(run(JobSpec(name="local", command=list(command))))
    click.echo(json.dumps({"state": outcome.state, "exit_code": outcome.exit_code}))
    click.echo(outcome.log_tail, nl=False, err=True)
