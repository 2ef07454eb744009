from uuid import UUID

import click
import pytest
from click.testing import CliRunner
from rich.console import Console

from acme.cli import __version__
from acme.cli.jobs import jobs_table
from acme.cli.main import main
from acme.cli.sizes import SizeType, show_size
from acme.common.types import JobInfo, JobState


def test_version() -> None:
    result = CliRunner().invoke(main, ["--version"], prog_name="kiln")
    assert result.output == f"kiln, version {__version__}\n"


def test_components_that_are_not_installed_are_not_offered() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert "ps" in result.output
    assert "mgr" not in result.output


def test_a_token_is_needed() -> None:
    result = CliRunner().invoke(main, ["ps"], env={"KILN_TOKEN": ""})
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [("512", 512), ("1K", 1024), ("1.5G", 1_610_612_736), ("256 MiB", 268_435_456)],
)
def test_sizes(text: str, size_bytes: int) -> None:
    assert SizeType().convert(text, None, None) == size_bytes


@pytest.mark.parametrize("text", ["", "G", "-1", "12X"])
def test_not_sizes(text: str) -> None:
    with pytest.raises(click.BadParameter):
        SizeType().convert(text, None, None)


def test_show_size() -> None:
    assert show_size(268_435_456) == "256.0 MiB"


def test_table() -> None:
    job = JobInfo(id=UUID(int=1 << 120), name="train", state=JobState.FAILED, exit_code=3)
    console = Console(width=60, color_system=None)
    with console.capture() as captured:
        console.print(jobs_table([job]))
    assert "01000000" in captured.get()
    assert "failed" in captured.get()
