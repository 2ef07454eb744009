"""The printed command does what was planned: each option is in it."""

from __future__ import annotations

import pytest
from add_requirement.conftest import World

from devflow.add_requirement.subsystem import AddRequirementSubsystem
from harness.to_do import options_of, printed_arguments

LOOKS = {"--check", "--dry-run", "--format"}  # another way to look at a plan
CASES = {
    "--requirements": (("redis>=4", "zzz"), ("redis>=4", "zzz")),
    "--to": (("redis", "--to=main.txt"), ("redis", "--to=main.txt")),
    "--resolve": (("redis", "--resolve=main"), ("redis", "--resolve=main")),
    "--remove": (("--remove=attrs", "--remove=click"), ("--remove=attrs,click",)),
    "--force": (("--remove=attrs", "--force"), ("--remove=attrs", "--force")),
    "--upgrade": (("--upgrade=attrs,click",), ("--upgrade=attrs,click",)),
    "--bounds": (("redis", "--bounds=exact"), ("redis", "--bounds=exact")),
    "--extra": (("redis", "--to=app:app", "--extra=web"), ("redis", "--to=app:app", "--extra=web")),
    "--modules": (("zzz", "--modules=zzz=a,b"), ("zzz", "--modules=zzz=a,b")),
    "--import-names": (("zzz", "--no-import-names"), ("zzz", "--no-import-names")),
    "--pins": (("redis", "--pins=free"), ("redis", "--pins=free")),
    "--lock-command": (("redis", "--lock-command=x {stem}"), ("redis", "--lock-command=x {stem}")),
    "--export": (("redis", "--no-export"), ("redis", "--no-export")),
}


@pytest.mark.parametrize("option", sorted(CASES))
def test_the_same_is_planned(world: World, option: str) -> None:
    given, printed = CASES[option]
    if option == "--extra":
        world.write("app/BUILD", 'python_requirements(source="pyproject.toml")\n')
        world.write("app/pyproject.toml", '[project]\ndependencies = ["boto3"]\n')
    planned = world.run("--dry-run", *given)
    assert planned.exit_code == 0, planned.stderr
    assert printed_arguments(planned) == printed
    again = world.run("--dry-run", *printed)
    assert (again.stdout, again.stderr) == (planned.stdout, planned.stderr)


def test_every_option_has_a_case() -> None:
    assert options_of(AddRequirementSubsystem) - LOOKS == set(CASES)
