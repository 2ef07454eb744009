"""`package` of a `platform_wheel`: the wheels, and each kind of bad input."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pants.engine.internals.scheduler import ExecutionError

from platform_wheels.conftest import Run
from platform_wheels.wheels import ANY, ARM64, X86_64, verify

ARM_WHEEL = "acme_runner-1.0-py3-none-macosx_11_0_arm64.manylinux2014_aarch64.whl"
X86_WHEEL = "acme_runner-1.0-py3-none-manylinux2014_x86_64.whl"
RESOURCES = """
resource(name="arm", source="bin/launch.arm")
resource(name="x86", source="bin/launch.x86")
"""
ENTRIES = {
    "linux_arm64": '{"resources": [":arm"], "tags": ["manylinux2014_aarch64", "macosx_11_0_arm64"]}',
    "linux_x86_64": '{"resources": [":x86"], "tags": ["manylinux2014_x86_64"]}',
}


def wheel_target(entries: dict[str, str] = ENTRIES, more: str = "", distribution: str = ":dist") -> str:
    """The text of a target with these entries."""
    platforms = ", ".join(f'"{name}": {entry}' for name, entry in entries.items())
    return f'platform_wheel(name="wheel", distribution="{distribution}", platforms={{{platforms}}}{more})\n'


def write(root: Path, text: str, dist: str = 'distribution(name="dist")\n') -> None:
    (root / "src/acme/runner/BUILD").write_text(RESOURCES + dist + text)


def made(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "dist").iterdir()) if (root / "dist").is_dir() else []


def refused(package: Run, *settings: str) -> str:
    """The text of the error."""
    with pytest.raises(ExecutionError) as caught:
        package("src/acme/runner:wheel", settings=settings)
    return str(next(iter(caught.value.wrapped_exceptions)))


def test_a_wheel_for_each_platform_in_one_run(package: Run, root: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(root, wheel_target())
    with caplog.at_level(logging.INFO):
        assert package("src/acme/runner:wheel").exit_code == 0
    assert made(root) == [ARM_WHEEL, X86_WHEEL]
    assert [f"Wrote dist/{name}" in caplog.text for name in made(root)] == [True, True]
    assert "Warning" not in caplog.text
    arm, x86 = verify(root / "dist" / ARM_WHEEL), verify(root / "dist" / X86_WHEEL)
    assert arm["acme/runner/bin/launch.arm"] == ARM64
    assert x86["acme/runner/bin/launch.x86"] == X86_64
    assert "acme/runner/bin/launch.x86" not in arm
    assert "acme/runner/bin/launch.arm" not in x86
    with zipfile.ZipFile(root / "dist" / ARM_WHEEL) as archive:
        assert archive.getinfo("acme/runner/bin/launch.arm").external_attr >> 16 & 0o111 == 0o111
    first = [(root / "dist" / name).read_bytes() for name in made(root)]
    package("src/acme/runner:wheel")
    assert [(root / "dist" / name).read_bytes() for name in made(root)] == first


def test_only_some_platforms(package: Run, root: Path) -> None:
    write(root, wheel_target())
    package("src/acme/runner:wheel", settings=("--platform-wheels-only=linux_aarch64",))
    assert made(root) == [ARM_WHEEL]
    assert "--platform-wheels-only=linux: there is no such platform" in refused(package, "--platform-wheels-only=linux")
    assert "there is no 'macos_arm64', which" in refused(package, "--platform-wheels-only=darwin_arm64,linux_arm64")


def test_a_target_that_lacks_the_chosen_platform(package: Run, root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Of those that a glob finds, it is left out; one that the command line names must have it."""
    write(root, wheel_target())
    (root / "src/other").mkdir()
    (root / "src/other/mac").write_text("")
    entries = wheel_target({"macos_arm64": '{"resources": [":mac"], "tags": ["macosx_11_0_arm64"]}'})
    package_of_other = "distribution(name='dist', files=['other/__init__.py'], file_name='other-1.0-py3-none-any.whl')"
    (root / "src/other/BUILD").write_text(f"resource(name='mac', source='mac')\n{package_of_other}\n{entries}")
    with caplog.at_level(logging.INFO):
        assert package("src::", settings=("--platform-wheels-only=linux_arm64",)).exit_code == 0
    assert made(root) == ["acme_runner-1.0-py3-none-any.whl", ARM_WHEEL, "other-1.0-py3-none-any.whl"]
    assert "No wheel of src/other:wheel: it has none for linux_arm64." in caplog.text
    assert "No wheel of src/acme" not in caplog.text
    for named in ("src/other:wheel", "//src/other:wheel"):
        with pytest.raises(ExecutionError, match="src/other:wheel: platforms: there is no 'linux_arm64', which"):
            package("src/acme::", named, settings=("--platform-wheels-only=linux_arm64",))
    # A platform that no target has is a mistake, also if another one is there.
    with pytest.raises(ExecutionError, match="there is no 'macos_x86_64', which --platform-wheels-only asks for"):
        package("src::", settings=("--platform-wheels-only=macos_x86_64,linux_arm64",))


def test_an_sdist_is_made_once_without_programs(package: Run, root: Path) -> None:
    write(root, wheel_target(), dist='distribution(name="dist", sdist=True)\n')
    package("src/acme/runner:wheel", "src/acme/runner:dist")
    assert made(root) == [ANY, ARM_WHEEL, X86_WHEEL, "acme_runner-1.0.tar.gz"]


def test_generators_and_groups_of_resources(package: Run, root: Path) -> None:
    more = 'resources(name="all", sources=["bin/*.arm"])\ntarget(name="group", dependencies=[":all"])\n'
    write(root, more + wheel_target({"linux_arm64": '{"resources": ":group", "tags": "manylinux2014_aarch64"}'}))
    package("src/acme/runner:wheel")
    [name] = made(root)
    assert verify(root / "dist" / name)["acme/runner/bin/launch.arm"] == ARM64


def test_a_program_for_another_machine_and_a_tag_that_indexes_refuse(
    package: Run, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(root, wheel_target({"linux_arm64": '{"resources": [":x86"], "tags": ["linux_aarch64"]}'}))
    for _ in range(2):  # a result from the cache says it again
        caplog.clear()
        with caplog.at_level(logging.INFO):
            assert package("src/acme/runner:wheel").exit_code == 0
        assert "Warning: acme/runner/bin/launch.x86 is for x86_64, and the tags are for arm64." in caplog.text
        assert "Note: package indexes refuse the tag linux_aarch64; " in caplog.text


def test_no_name_of_a_file_is_obeyed_by_a_terminal(package: Run, root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In a line of the log, and in an error."""
    hostile = "launch\x1bc.x86"
    for path in ("src/acme/runner/bin", "src/share"):
        (root / path).mkdir(exist_ok=True)
        (root / path / hostile).write_bytes(X86_64)
    (root / "src/share/BUILD").write_text(f"resource(name='it', source={hostile!r})")
    write(
        root,
        f"resource(name='it', source={f'bin/{hostile}'!r})\n"
        + wheel_target({"linux_arm64": ENTRIES["linux_arm64"].replace(":arm", ":it")}),
    )
    with caplog.at_level(logging.INFO):
        assert package("src/acme/runner:wheel").exit_code == 0
    assert r"Warning: acme/runner/bin/launch\x1bc.x86 is for x86_64, and the tags are for arm64." in caplog.text
    write(root, wheel_target({"linux_arm64": ENTRIES["linux_arm64"].replace(":arm", "src/share:it")}))
    assert r"share/launch\x1bc.x86: it is in no package of" in refused(package)


def test_a_typo_is_an_error_at_package_only(package: Run, root: Path, dependents_of: Callable[..., list[str]]) -> None:
    write(root, wheel_target({**ENTRIES, "linux_aarch64": ENTRIES["linux_x86_64"]}))
    text = refused(package)
    assert "src/acme/runner:wheel: platforms: 'linux_aarch64' is not a platform. Did you mean 'linux_arm64'?" in text
    assert "linux_aarch64 and linux_x86_64 have the same tag 'manylinux2014_x86_64'." in text
    assert made(root) == []
    assert dependents_of("src/acme/runner:arm") == ["src/acme/runner:wheel"]


@pytest.mark.parametrize("host", ["linux_arm64", "linux_x86_64", "macos_arm64"])
def test_dependents_have_the_wheel_whatever_the_machine(
    host: str, root: Path, dependents_of: Callable[..., list[str]]
) -> None:
    """What `--changed-dependents=transitive` follows."""
    write(
        root,
        wheel_target(),
        dist='distribution(name="dist", dependencies=[":sources"])\npython_sources(name="sources")\n',
    )
    settings = (f"--platform-specific-resources-target={host}",)
    for file in ("arm", "x86"):
        assert dependents_of(f"src/acme/runner:{file}", settings) == ["src/acme/runner:wheel"]
    of_code = dependents_of("src/acme/runner/__init__.py:sources", settings)
    assert {"src/acme/runner:dist", "src/acme/runner:wheel"} <= set(of_code)


def test_no_resources_and_no_files(package: Run, root: Path) -> None:
    empty = {"linux_arm64": '{"resources": [], "tags": ["manylinux2014_aarch64"]}'}
    write(root, wheel_target(empty))
    assert "platforms['linux_arm64'] has no resources." in refused(package)
    write(root, wheel_target(empty, ", allow_empty=True"))
    package("src/acme/runner:wheel")
    assert made(root) == ["acme_runner-1.0-py3-none-manylinux2014_aarch64.whl"]
    of_nothing = {"linux_arm64": '{"resources": [":none"], "tags": ["manylinux2014_aarch64"]}'}
    none = 'resources(name="none", sources=["no/*"])\n'
    write(root, none + wheel_target(of_nothing))
    assert "src/acme/runner:wheel: platforms['linux_arm64']: :none brings no file." in refused(package)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ('files(name="it", sources=["bin/*"])', "is a `files` target, whose files are not installed with a package"),
        (
            'file(name="it", source="bin/launch.arm")',
            "is a `file` target, whose files are not installed with a package",
        ),
        (
            'target(name="it", dependencies=[":f"])\nfile(name="f", source="bin/launch.arm")',
            "is a `file` target, whose",
        ),
        ('python_sources(name="it")', "is a `python_sources` target and no resource"),
        ('distribution(name="it")', "is a `distribution` target and no resource"),
        (
            'platform_resources(name="it", dependency_map={"linux_arm64": ":arm"})',
            "is a `platform_resources` target, which stands for one platform, whichever wheel is made",
        ),
    ],
)
def test_what_is_no_resource(target: str, why: str, package: Run, root: Path) -> None:
    write(root, f'{target}\n{wheel_target({"linux_arm64": ENTRIES["linux_arm64"].replace(":arm", ":it")})}')
    text = refused(package)
    assert "src/acme/runner:wheel: platforms['linux_arm64']: src/acme/runner:" in text
    assert why in text
    assert "name `resource` or `resources` targets" in text


def test_a_file_outside_of_each_package(package: Run, root: Path) -> None:
    (root / "src/share").mkdir()
    (root / "src/share/x").write_text("")
    (root / "src/share/BUILD").write_text('resource(name="x", source="x")')
    write(root, wheel_target({"linux_arm64": ENTRIES["linux_arm64"].replace(":arm", "src/share:x")}))
    assert "share/x: it is in no package of src/acme/runner:dist, and would not be installed with one." in refused(
        package
    )


def test_the_distribution_depends_on_a_platform(package: Run, root: Path) -> None:
    """The fix works: what it says is put into the BUILD file."""
    own = 'platform_resources(name="own", dependency_map={"linux_x86_64": ":x86", "linux_arm64": ":arm"})\n'
    settings = ("--platform-specific-resources-target=linux_x86_64",)
    write(root, own + wheel_target(), dist='distribution(name="dist", dependencies=[":own"])\n')
    text = refused(package, *settings)
    assert "src/acme/runner:dist already contains src/acme/runner:x86, which would be in" in text
    excluded = text.partition("exclude it by the dependencies of dist: ")[2].strip()
    assert excluded == '"!!src/acme/runner:arm", "!!src/acme/runner:own", "!!src/acme/runner:x86"'
    write(root, own + wheel_target(), dist=f'distribution(name="dist", dependencies=[":own", {excluded}])\n')
    package("src/acme/runner:wheel", settings=settings)
    assert made(root) == [ARM_WHEEL, X86_WHEEL]


def test_what_makes_the_resources_is_excluded(package: Run, root: Path) -> None:
    """As repositories have it: many files of a platform, by one target."""
    targets = 'resources(name="arms", sources=["bin/*.arm"])\nresources(name="x86s", sources=["bin/*.x86"])\n'
    own = 'platform_resources(name="own", dependency_map={"linux_x86_64": ":x86s", "linux_arm64": ":arms"})\n'
    entries = {name: entry.replace(":arm", ":arms").replace(":x86", ":x86s") for name, entry in ENTRIES.items()}
    settings = ("--platform-specific-resources-target=linux_x86_64",)
    text = targets + own + wheel_target(entries)
    write(root, text, dist='distribution(name="dist", dependencies=[":own"])\n')
    excluded = refused(package, *settings).partition("exclude it by the dependencies of dist: ")[2].strip()
    assert excluded == '"!!src/acme/runner:arms", "!!src/acme/runner:own", "!!src/acme/runner:x86s"'
    write(root, text, dist=f'distribution(name="dist", dependencies=[":own", {excluded}])\n')
    package("src/acme/runner:wheel", settings=settings)
    assert made(root) == [ARM_WHEEL, X86_WHEEL]


def test_the_distribution_has_the_file_by_another_target(package: Run, root: Path) -> None:
    files = "files=['acme/runner/__init__.py', 'acme/runner/bin/launch.arm']"
    dist = f'resources(name="all", sources=["bin/*.arm"])\ndistribution(name="dist", {files}, dependencies=[":all"])\n'
    write(root, wheel_target(), dist=dist)
    text = refused(package)
    owner = "src/acme/runner/bin/launch.arm:../all"
    assert f"src/acme/runner:dist already contains acme/runner/bin/launch.arm, by {owner}, which" in text
    assert text.strip().endswith(f'exclude it by the dependencies of dist: "!!{owner}"')


@pytest.mark.parametrize(
    ("dist", "what"),
    [
        (
            'distribution(name="dist", file_name="acme-1.0-cp39-cp39-linux_x86_64.whl")',
            "linux_x86_64.whl has a platform already.",
        ),
        ('distribution(name="dist", wheel=False)', "src/acme/runner:dist has no wheel."),
        ('resource(name="dist", source="bin/launch.arm")', "src/acme/runner:dist is a `resource`, which has no wheel."),
    ],
)
def test_no_wheel_for_any_platform(dist: str, what: str, package: Run, root: Path) -> None:
    write(root, wheel_target(), dist=f"{dist}\n")
    assert what in refused(package)


def test_a_platform_wheel_of_itself(package: Run, root: Path) -> None:
    write(root, wheel_target(distribution=":wheel"))
    assert "src/acme/runner:wheel is a `platform_wheel`, which has no wheel." in refused(package)


@pytest.mark.parametrize(
    "platforms",
    ["'linux_arm64'", "['linux_arm64']", "{'linux_arm64': ':arm'}", "{'linux_arm64': {'tags': [1]}}", "{1: {}}"],
)
def test_another_shape_is_refused_as_pants_does(platforms: str, package: Run, root: Path) -> None:
    write(root, f'platform_wheel(name="wheel", distribution=":dist", platforms={platforms})')
    assert "The 'platforms' field in target src/acme/runner:wheel must be a dictionary such as" in refused(package)


def test_fields_that_are_left_out(package: Run, root: Path) -> None:
    write(root, 'platform_wheel(name="wheel", distribution=":dist")')
    assert "platforms" in refused(package)
    write(root, 'platform_wheel(name="wheel", platforms={})')
    assert "distribution" in refused(package)
