"""Nothing runs from what another user has made, and no message is a way into the terminal or out of a secret."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import pytest

from launcher.harness import REPOSITORY, Launcher

SOMEBODY = 4242
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
PARTS = [
    "",
    "stamps",
    "stamps/*",
    "2*",
    "2*/ready",
    "2*/lib",
    "2*/bin",
    "2*/bin/pants-client",
    "2*/bin/server.py",
    "2*/pex",
]


@as_root
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("rebuild", [None, "1"])
def test_nothing_of_another_user_is_run(installed: Launcher, part: str, rebuild: str | None) -> None:
    parts = [installed.cache] if not part else [path for path in installed.cache.glob(part) if "2.16" not in str(path)]
    for path in parts:
        os.chown(path, SOMEBODY, SOMEBODY)
    result = installed.run(PANTS_BOOTSTRAP_REBUILD=rebuild if part in ("", "stamps") else None)
    assert (result.returncode, result.stdout) == (77, ""), result.stderr
    assert result.stderr == (
        f"./pants: {parts[0]} belongs to another user, whose Pants is not run.\n"
        "  Set PANTS_BOOTSTRAP_CACHE_DIR to a directory of your own; under sudo, 'sudo -H' takes that of root.\n"
    )


@as_root
def test_what_root_has_installed_serves_everybody(installed: Launcher, tmp_path: Path) -> None:
    world = Path(tempfile.mkdtemp())  # others may not enter the directories of pytest
    shutil.copytree(tmp_path, world / "all", symlinks=True)
    world.chmod(0o755)
    (world / "all").chmod(0o755)
    for entry in installed.entries():
        python = world / "all" / entry.relative_to(tmp_path) / "bin/python"
        python.unlink()
        python.write_text("#!/bin/sh\n")  # nor the interpreter, which does not run here
        python.chmod(0o755)

    def become_somebody() -> None:
        os.setgroups([])
        os.setgid(SOMEBODY)
        os.setuid(SOMEBODY)

    launcher = Launcher(
        world / "all/launcher/pants",
        world / "all/repository",
        world / "all" / installed.cache.relative_to(tmp_path),
        {**installed.environ, "HOME": str(world / "all/home")},
    )
    try:
        result = launcher.run(preexec_fn=become_somebody)
    finally:
        shutil.rmtree(world)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("client")


def test_a_stamp_cannot_lead_out_of_the_cache(installed: Launcher, tmp_path: Path) -> None:
    entry = next(path for path in installed.entries() if path.name.startswith("2.17"))
    entry.rename(tmp_path / "evil")
    for stamp in installed.cache.glob("stamps/2.17*"):
        stamp.write_text(
            f"{os.path.relpath(tmp_path / 'evil', installed.cache)}\n{installed.environ['PANTS_PYTHON']}\n"
        )
    result = installed.run()
    assert result.returncode == 0
    assert "installing Pants" in result.stderr


def with_links_in(launcher: Launcher, directory: Path) -> None:
    """Let the launcher make the links, which it makes in /tmp, in another directory."""
    directory.mkdir()
    settings = launcher.script.parent / "build-support/launcher/settings.sh"
    text = settings.read_text()
    assert text.count("directory=/tmp/devflow-") == 1
    settings.write_text(text.replace("directory=/tmp/devflow-", f"directory={directory}/devflow-"))


def move_to_a_path_with_a_blank(launcher: Launcher, tmp_path: Path) -> str:
    launcher.cache.rename(tmp_path / "a cache")
    return str(tmp_path / "a cache")


@pytest.mark.parametrize("squatted", ["", "file", "link", "directory of another user"])
def test_the_pex_tool_by_a_path_that_only_we_can_change(installed: Launcher, tmp_path: Path, squatted: str) -> None:
    with_links_in(installed, tmp_path / "links")
    first = tmp_path / f"links/devflow-{os.getuid()}"
    if squatted == "file":
        first.touch()
    elif squatted == "link":
        (tmp_path / "elsewhere").mkdir()
        first.symlink_to(tmp_path / "elsewhere")
    elif squatted:
        if os.geteuid() != 0:
            pytest.skip("only root can give files to another user")
        first.mkdir()
        os.chown(first, SOMEBODY, SOMEBODY)
    cache = move_to_a_path_with_a_blank(installed, tmp_path)
    for _ in range(2):
        result = installed.run(PANTS_BOOTSTRAP_CACHE_DIR=cache)
        assert (result.returncode, result.stderr) == (0, "")
        urls = [line for line in result.stdout.splitlines() if line.startswith("PANTS_PEX_CLI_URL_TEMPLATE=")]
        path = Path(urls[0].partition("=file://")[2])
        assert path.parent.parent == (first.with_name(f"{first.name}.1") if squatted else first)
        assert path.parent.parent.stat().st_mode & 0o777 == 0o700
        assert os.path.dirname(os.path.realpath(path)).startswith(cache)
    assert squatted != "link" or os.listdir(tmp_path / "elsewhere") == []


def test_all_paths_for_the_pex_tool_are_taken(installed: Launcher, tmp_path: Path) -> None:
    with_links_in(installed, tmp_path / "links")
    for number in ("", *(f".{number}" for number in range(1, 10))):
        (tmp_path / f"links/devflow-{os.getuid()}{number}").touch()
    cache = move_to_a_path_with_a_blank(installed, tmp_path)
    result = installed.run(PANTS_BOOTSTRAP_CACHE_DIR=cache)
    assert (result.returncode, result.stdout) == (73, "")
    assert result.stderr.startswith("./pants: Pants needs its pex tool by a path of plain characters, which ")
    assert result.stderr.endswith("  Set PANTS_BOOTSTRAP_CACHE_DIR to a path of letters, digits and '/._-' only.\n")
    assert installed.run(PANTS_BOOTSTRAP_CACHE_DIR=cache, PANTS_BOOTSTRAP_PEX="false").returncode == 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\x1b[31mevil", r"\x1b[31mevil"),
        ("1\nforged: line\t\r\x7f", r"1\x0aforged: line\x09\x0d\x7f"),
        ("\x9b31m\u202eevil\u2028\u2066", r"\x9b31m\u202eevil\u2028\u2066"),
        ("é… $HOME * \\ \"'", "é… $HOME * \\ \"'"),
    ],
)
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_control_characters_are_escaped(launcher: Launcher, name: str, shown: str, locale: str) -> None:
    result = launcher.run(PANTS_VERSION=name, LC_ALL=locale)
    assert result.returncode == 64
    assert result.stderr == (
        f"./pants: '{shown}' is not a version of Pants; it comes from PANTS_VERSION.\n"
        "  Write one like '2.17.1' there.\n"
    )


def test_control_characters_and_passwords_of_an_installer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / "build-support/launcher"))
    failures = import_module("failures")
    line = "| \x1b[2Jnot found: https://me:se@cr/et@mirror.example/simple \x9b\u202e …"
    assert failures.printable(line) == r"| \x1b[2Jnot found: https://…@mirror.example/simple \x9b\u202e …"
    for name in ("failures", "masking"):
        sys.modules.pop(name, None)


def test_a_password_of_an_index_is_not_shown(with_pip: Launcher) -> None:
    index = "http://user:s3cr@et/x@127.0.0.1:1/simple"
    result = with_pip.run(PIP_NO_INDEX=None, PIP_FIND_LINKS=None, PIP_INDEX_URL=index)
    assert result.returncode == 68, result.stderr
    assert "user" not in result.stderr
    assert "cr@et" not in result.stderr
    assert "et/x" not in result.stderr


def test_the_launcher_masks_as_the_goals_do() -> None:
    copy = REPOSITORY / "build-support/launcher/masking.py"
    assert copy.read_bytes() == (REPOSITORY / "pants-plugins/devflow/common/masking.py").read_bytes()
