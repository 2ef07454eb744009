"""The printed command plans what was planned: each option is in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from backport.conftest import World, text

from devflow.backport.subsystem import BackportSubsystem
from harness.to_do import options_of, printed_arguments

# What is another way to look at a plan, or carries it out.
LOOKS = {"--execute", "--format", "--missing", "--missing-subjects"}
CASES = {
    "--commits": ("--commits=#12,main", "--to=24.03"),
    "--to": ("#12", "--to=24.03,23.09"),
    "--branch": ("#12", "--to=24.03", "--branch=of {series}".replace(" ", "-")),
    "--in-place": ("#12", "--to=24.03", "--in-place"),
    "--push": ("#12", "--to=24.03", "--push"),
    "--remote": ("#12", "--to=24.03", "--push", "--remote=upstream"),
    "--mainline": ("#12", "--to=24.03", "--mainline=1"),
    "--allow-empty": ("24.03", "--to=24.03", "--allow-empty"),
    "--conflicts": ("#12", "--to=24.03", "--conflicts=commit"),
    "--skip-fragments": ("#12", "--to=24.03", "--skip-fragments"),
    "--fragments": ("#12", "--to=24.03", "--skip-fragments", "--fragments=news/*,changes/*"),
    "--trailer": ("#12", "--to=24.03", "--trailer=Backport-of: {number}"),
    "--migrations": ("#12", "--to=24.03", "--migrations=*.py"),
    "--to-repository": ("#12", "--to=24.03", "--to-repository={other}", "--repository-name=o/r"),
    "--path-map": (
        "#12",
        "--to=24.03",
        "--to-repository={other}",
        "--repository-name=o/r",
        "--path-map=app.py,tool.sh",
    ),
    "--repository-name": ("#12", "--to=24.03", "--to-repository={other}", "--repository-name=owner/re po"),
    "--with-fragments": ("#12", "--to=24.03", "--to-repository={other}", "--repository-name=o/r", "--with-fragments"),
    "--sign": ("#12", "--to=24.03", "--no-sign"),
}


OTHERS = {option for option, words in CASES.items() if "--push" in words or "--to-repository={other}" in words}


@pytest.mark.parametrize("option", sorted(CASES))
def test_each_option(world: World, fix: str, option: str, tmp_path: Path) -> None:
    world.git("branch", "23.09", "24.03")
    other = tmp_path / "other"
    if option in OTHERS:
        world.git("clone", "--quiet", "--bare", str(world.root), str(other))
        world.git("remote", "add", "upstream" if option == "--remote" else "origin", str(other))
    planned = world.run(*(word.replace("{other}", str(other)) for word in CASES[option]))
    assert planned.exit_code == 0, planned.stderr
    *arguments, last = printed_arguments(planned)
    assert last == "--execute"
    again = world.run(*arguments)
    assert (again.stdout, again.stderr, again.exit_code) == (planned.stdout, planned.stderr, 0)
    if option == "--commits":
        assert arguments == ["#12", "main", "--to=24.03"]
    else:
        assert any(each.startswith((option, "--no-" + option[2:])) for each in arguments)
    assert world.run(*arguments, last).exit_code == 0


def test_every_option_has_a_case() -> None:
    assert options_of(BackportSubsystem) - LOOKS == set(CASES)


def test_settings_are_found_again(world: World, fix: str) -> None:
    world.on_series("chore: x", {"app.py": text(_19="x")})
    planned = world.run("#12", "--to=24.03", env={"PANTS_BACKPORT_TRAILER": "x"})
    assert printed_arguments(planned) == ("#12", "--to=24.03", "--execute")
    shell = "set -- " + planned.stderr.partition("pants backport ")[2].strip() + "; printf '%s\\n' \"$@\""
    words = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True).stdout.split()
    assert words == ["#12", "--to=24.03", "--execute"]
