"""Running one job."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import structlog

from acme.agent.template import BadCommand, render
from acme.common.types import JobSpec, JobState, Outcome
from acme.runner.launcher import wrap

_log = structlog.get_logger()

LOG_LIMIT_BYTES = 64 * 1024


async def run(spec: JobSpec, keep: Callable[[Path], object] = lambda scratch: None) -> Outcome:
    """Run the job in a fresh directory; `keep` sees what it left there before that goes away."""
    with tempfile.TemporaryDirectory(prefix="kiln-job-") as directory:
        scratch = Path(directory)
        try:
            command = render(spec.command, scratch, spec.environment)
        except BadCommand as error:
            return Outcome(state=JobState.FAILED, log_tail=f"bad command: {error}")
        outcome = await _run_command(command, scratch, spec)
        if outcome.state is JobState.DONE:
            keep(scratch)
    _log.info("job ended", name=spec.name, state=outcome.state, exit_code=outcome.exit_code)
    return outcome


async def _run_command(command: list[str], scratch: Path, spec: JobSpec) -> Outcome:
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **spec.environment}
    program, *arguments = command
    program = shutil.which(program, path=environment["PATH"]) or program
    process = await asyncio.create_subprocess_exec(
        *wrap([program, *arguments]),
        cwd=scratch,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(spec.timeout_s):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return Outcome(state=JobState.FAILED, log_tail=f"timed out after {spec.timeout_s} s")
    state = JobState.DONE if process.returncode == 0 else JobState.FAILED
    tail = output[-LOG_LIMIT_BYTES:].decode(errors="replace")
    return Outcome(state=state, exit_code=process.returncode, log_tail=tail)
