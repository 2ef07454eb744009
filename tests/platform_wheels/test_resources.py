"""`platform_resources`: the fields of in-house targets of that name, what is inferred, the check of a distribution."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.package_dists import DistBuildEnvironment
from pants.engine.addresses import Address
from pants.engine.internals.scheduler import ExecutionError
from pants.testutil.rule_runner import RuleRunner

from devflow.platform_wheels.resources import PlatformResourcesCheck, problems_of
from devflow.platform_wheels.targets import PlatformResourcesTarget

DependentsOf = Callable[..., list[str]]
# As in-house plugins have it: one address for each platform, a string.
BUILD = """
resource(name="arm", source="bin/launch.arm")
resource(name="x86", source="bin/launch.x86")
platform_resources(
    name="binaries",
    dependency_map={"linux_arm64": ":arm", "linux_x86_64": [":x86"]},
)
distribution(name="dist", dependencies=[":binaries"])
"""


def write(root: Path, text: str = BUILD) -> None:
    (root / "src/acme/runner/BUILD").write_text(text)


def on(platform: str) -> tuple[str, ...]:
    return (f"--platform-specific-resources-target={platform}",)


def test_each_file_has_its_dependents_on_each_machine(root: Path, dependents_of: DependentsOf) -> None:
    """Not only on the machine for which the file is."""
    write(root)
    for host in ("linux_arm64", "linux_x86_64", "macos_arm64"):
        for file in ("arm", "x86"):
            found = dependents_of(f"src/acme/runner:{file}", on(host))
            assert found == ["src/acme/runner:binaries", "src/acme/runner:dist"], (host, file)


@pytest.mark.parametrize(
    "fields",
    [
        "",
        "dependency_map={}",
        "dependency_map={'linux_aarch64': ':arm', 'plan9': []}",
        "dependency_map={'linux_arm64': ':arm'}, dependencies=[':x86']",
    ],
)
def test_nothing_of_that_breaks_dependents(fields: str, root: Path, dependents_of: DependentsOf) -> None:
    resources = BUILD.partition("platform_resources")[0]
    write(root, f'{resources}platform_resources(name="binaries", {fields})\n')
    dependents_of("src/acme/runner:x86", on("macos_arm64"))


@pytest.mark.parametrize(
    ("fields", "what", "fix"),
    [
        ({"dependency_map": {"linux_arm64": ":arm", "linux_x86_64": ":x86"}}, None, None),
        ({"allow_empty": True}, None, None),
        ({"dependency_map": {"linux_arm64": ":arm"}, "allow_empty": True}, None, None),
        (
            {"dependency_map": {"linux_arm64": ":arm"}},
            "src/acme:binaries has no resources for linux_x86_64, only for linux_arm64.",
            "--platform-specific-resources-target=linux_arm64, an entry in dependency_map in the BUILD file in "
            "src/acme, or allow_empty=True there",
        ),
        (
            {"dependency_map": {"linux_x86_64": []}},
            "src/acme:binaries has no resources for linux_x86_64, only for no platform.",
            "an entry in dependency_map in the BUILD file in src/acme, or allow_empty=True there",
        ),
        (
            {},
            "src/acme:binaries has no resources for linux_x86_64, only for no platform.",
            "an entry in dependency_map in the BUILD file in src/acme, or allow_empty=True there",
        ),
        (
            {"dependency_map": {"linux_x86_64": ":x86", "linux_aarch64": ":arm"}, "allow_empty": True},
            "src/acme:binaries: dependency_map: 'linux_aarch64' is not a platform. Did you mean 'linux_arm64'?",
            "in the BUILD file in src/acme, write one of linux_arm64, linux_x86_64, macos_arm64, macos_x86_64",
        ),
    ],
)
def test_the_check_of_a_distribution(fields: dict[str, object], what: str | None, fix: str | None) -> None:
    target = PlatformResourcesTarget(fields, Address("src/acme", target_name="binaries"))
    found = problems_of(target, "linux_x86_64")
    assert [(problem.what, problem.fix) for problem in found] == ([(what, fix)] if what else [])


def test_the_check_of_all_that_a_distribution_depends_on(root: Path, rule_runner: RuleRunner) -> None:
    """As Pants asks for it when it builds a distribution: with the addresses of the whole closure."""
    closure = tuple(Address("src/acme/runner", target_name=name) for name in ("dist", "binaries", "arm", "x86"))
    request = PlatformResourcesCheck(closure, InterpreterConstraints())

    def check(platform: str, text: str = BUILD) -> DistBuildEnvironment:
        write(root, text)
        rule_runner.set_options(on(platform), env_inherit={"PATH"})
        return rule_runner.request(DistBuildEnvironment, [request])

    for platform in ("linux_arm64", "linux_x86_64"):
        assert check(platform).extra_build_time_requirements == ()
    for platform, text, what in (
        ("macos_arm64", BUILD, "src/acme/runner:binaries has no resources for macos_arm64, only for linux_arm64, "),
        ("linux_arm64", BUILD.replace("linux_x86_64", "linux_amd64"), "'linux_amd64' is not a platform. Did you mean"),
    ):
        with pytest.raises(ExecutionError, match=what):
            check(platform, text)
    check("macos_arm64", BUILD.replace("dependency_map", "allow_empty=True, dependency_map"))


def test_an_unknown_platform_on_the_command_line_is_refused_by_pants(root: Path, dependents_of: DependentsOf) -> None:
    write(root)
    with pytest.raises(Exception, match="linux_arm64"):
        dependents_of("src/acme/runner:x86", on("linux_aarch64"))


@pytest.mark.parametrize("value", ["[':arm']", "':arm'", "{'linux_arm64': 1}", "{1: ':arm'}"])
def test_another_shape_is_refused_as_pants_does(value: str, root: Path, dependents_of: DependentsOf) -> None:
    write(root, f'platform_resources(name="binaries", dependency_map={value})')
    with pytest.raises(ExecutionError, match="The 'dependency_map' field in target src/acme/runner:binaries must be"):
        dependents_of("src/acme/runner:binaries")
