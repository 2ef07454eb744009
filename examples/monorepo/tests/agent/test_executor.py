from pathlib import Path

import pytest

from acme.agent.executor import run
from acme.agent.resources import describe
from acme.common.types import JobSpec, JobState


def spec(*command: str, **more: object) -> JobSpec:
    return JobSpec.model_validate({"name": "test", "command": command, **more})


async def test_output_and_exit_code() -> None:
    outcome = await run(spec("sh", "-c", "echo $GREETING; exit 3", environment={"GREETING": "hi"}))
    assert (outcome.state, outcome.exit_code, outcome.log_tail) == (JobState.FAILED, 3, "hi\n")


async def test_files_can_be_kept() -> None:
    kept: dict[str, str] = {}

    def keep(scratch: Path) -> None:
        kept.update((path.name, path.read_text()) for path in scratch.iterdir())

    outcome = await run(spec("/bin/sh", "-c", "echo done > {{ scratch }}/result"), keep)
    assert outcome.state is JobState.DONE
    assert kept == {"result": "done\n"}


@pytest.mark.parametrize("command", ["{{ nothing }}", "{{ unclosed"])
async def test_bad_templates(command: str) -> None:
    outcome = await run(spec(command))
    assert outcome.state is JobState.FAILED
    assert outcome.log_tail.startswith("bad command: ")


async def test_timeout() -> None:
    outcome = await run(spec("/bin/sleep", "60", timeout_s=0.1))
    assert (outcome.state, outcome.log_tail) == (JobState.FAILED, "timed out after 0.1 s")


async def test_no_such_command() -> None:
    assert (await run(spec("/no/such/command"))).exit_code == 127


def test_describe() -> None:
    agent = describe("i-1")
    assert agent.id == "i-1"
    assert agent.total.memory_bytes > 0
