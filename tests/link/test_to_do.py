"""The printed command plans what was planned: each option is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from link.conftest import Run

from devflow.link.subsystem import LinkSubsystem
from harness.to_do import options_of, printed_arguments

# What looks at a plan, is another run, or prints for a container.
LOOKS = {"--check", "--dry-run", "--format", "--print", "--mount-at", "--unlink"}
CLI = "src/acme/cli:dist"
CASES = {
    "--into": (),
    "--locked": ("--locked",),
    "--requirements": ("--no-requirements",),
    "--copy": ("--copy",),
    "--force": ("--force",),
}


@pytest.mark.parametrize("option", sorted(CASES))
def test_each_option(run: Run, root: Path, venv: Path, option: str) -> None:
    (root / "main.lock").write_text(f"helper==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    settings = ("--python-resolves={'main': 'main.lock'}", "--python-default-resolve=main", "--python-enable-resolves")
    given = (CLI, f"--into={venv}", *CASES[option])
    planned = run(*given, "--dry-run", settings=settings)
    assert printed_arguments(planned) == given


def test_every_option_has_a_case() -> None:
    assert options_of(LinkSubsystem) - LOOKS == set(CASES)
