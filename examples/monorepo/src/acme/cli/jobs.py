"""`kiln submit`, `kiln ps`, `kiln cancel`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

import aiohttp
import click
from rich.console import Console
from rich.table import Table
from yarl import URL

from acme.cli.sizes import SizeType
from acme.client.exceptions import ClientError, Unreachable
from acme.client.session import Session
from acme.common.types import JobInfo, JobSpec, JobState, Slots

ResultT = TypeVar("ResultT")
CommandT = TypeVar("CommandT", bound=Callable[..., Any])

_COLOURS = {JobState.RUNNING: "yellow", JobState.DONE: "green", JobState.FAILED: "red"}


def _connection_options(command: CommandT) -> CommandT:
    command = click.option("--token", envvar="KILN_TOKEN", required=True)(command)
    return click.option(
        "--endpoint", envvar="KILN_ENDPOINT", default="http://localhost:8070", show_default=True
    )(command)


def _call(endpoint: str, token: str, action: Callable[[Session], Awaitable[ResultT]]) -> ResultT:
    async def run() -> ResultT:
        async with Session(URL(endpoint), token) as session:
            return await action(session)

    try:
        return asyncio.run(run())
    except (ClientError, Unreachable, aiohttp.ClientError) as error:
        raise click.ClickException(str(error)) from error


@click.command()
@_connection_options
@click.option("--name", default="job", show_default=True)
@click.option("--cpu", default=1.0, show_default=True, help="Cores; a part of one is fine.")
@click.option("--memory", type=SizeType(), default="256M", show_default=True)
@click.option("--priority", type=click.IntRange(-100, 100), default=0, show_default=True)
@click.argument("command", nargs=-1, required=True)
def submit(
    endpoint: str,
    token: str,
    name: str,
    cpu: float,
    memory: int,
    priority: int,
    command: tuple[str, ...],
) -> None:
    """Queue a command and print the job's id."""
    spec = JobSpec(
        name=name,
        command=list(command),
        slots=Slots(cpu_millis=int(cpu * 1000), memory_bytes=memory),
        priority=priority,
    )
    click.echo(_call(endpoint, token, lambda session: session.submit(spec)).id)


@click.command()
@_connection_options
def ps(endpoint: str, token: str) -> None:
    """Show the jobs, newest first."""
    jobs = _call(endpoint, token, lambda session: session.jobs())
    Console().print(jobs_table(jobs))


@click.command()
@_connection_options
@click.argument("job_id", type=click.UUID)
def cancel(endpoint: str, token: str, job_id: UUID) -> None:
    """Stop a job."""
    click.echo(_call(endpoint, token, lambda session: session.cancel(job_id)).state)


def jobs_table(jobs: Iterable[JobInfo]) -> Table:
    table = Table("id", "name", "state", "agent", "exit")
    for job in jobs:
        colour = _COLOURS.get(job.state, "white")
        table.add_row(
            str(job.id)[:8],
            job.name,
            f"[{colour}]{job.state}[/]",
            job.agent_id or "",
            "" if job.exit_code is None else str(job.exit_code),
        )
    return table
