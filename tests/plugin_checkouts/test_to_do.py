"""The printed command does what was planned: each option is in it."""

from __future__ import annotations

import pytest
from plugin_checkouts.conftest import World

from devflow.plugin_checkouts.subsystem import PluginCheckoutsSubsystem
from harness.to_do import options_of, printed_arguments

CASES = {
    "--clone": ("--clone",),
    "--update": ("--update",),
    "--freeze": ("--freeze",),
    "--only": ("--update", "--only=mail"),
    "--add": ("--add={url}",),
    "--ref": ("--add={url}", "--ref=main"),
    "--name": ("--add={url}", "--name=post"),
}


@pytest.mark.parametrize("option", sorted(CASES))
def test_the_printed_command_does_what_was_planned(world: World, option: str) -> None:
    world.declare(mail="main")
    if option != "--clone":
        world.run("--clone")
    given = tuple(word.replace("{url}", world.url("sms")) for word in CASES[option])
    assert set(printed_arguments(world.run(*given, "--dry-run"))) == set(given)


def test_every_option_has_a_case() -> None:
    settings = {"--list", "--directory", "--entry-point-groups", "--url-template"}
    assert options_of(PluginCheckoutsSubsystem) - settings - {"--check", "--dry-run", "--format"} == set(CASES)
