"""Which repository and which Pants are served, and how the arguments, streams and exit code pass through."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from launcher.fakes import PINNED, UNPINNED
from launcher.harness import Launcher, make_repository


def served(result: subprocess.CompletedProcess[str]) -> list[str]:
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_another_repository_is_served_from_where_the_caller_is(installed: Launcher, tmp_path: Path) -> None:
    other = make_repository(tmp_path / "other repository", f"[GLOBAL]\n  pants_version='{UNPINNED}'  # for now\n")
    below = other / "some" / "directory"
    below.mkdir(parents=True)
    lines = served(installed.run("list", cwd=below))
    assert lines[:2] == ["client list", str(below)]
    [entry] = [path for path in installed.entries() if path.name.startswith(UNPINNED)]
    assert f"_PANTS_SERVER_EXE={entry}/bin/pants" in lines


@pytest.mark.parametrize("sentinel", ["BUILDROOT", "BUILD_ROOT", "pants"])
def test_build_root_by_other_sentinels_ends_the_search(installed: Launcher, sentinel: str) -> None:
    nested = make_repository(installed.repository / "nested", "")
    (nested / "pants.toml").rename(nested / sentinel)
    (installed.repository / "pants.toml").write_text('[GLOBAL]\npants_version = "2.99.0"\n')
    # Without a version of its own it gets the one that the launcher has hashes for.
    assert served(installed.run(cwd=nested))[0] == "client "


@pytest.mark.parametrize(
    "config",
    ["", "[GLOBAL]\n", '[GLOBAL]\n# pants_version = "2.99.0"\n', '[GLOBAL]\nno_pants_version = "2.99.0"\n'],
)
def test_without_a_version_the_pinned_one(installed: Launcher, config: str) -> None:
    (installed.repository / "pants.toml").write_text(config)
    assert f"/{PINNED}-" in "".join(served(installed.run()))


def test_pants_version_variable_wins(installed: Launcher) -> None:
    assert f"/{UNPINNED}-" in "".join(served(installed.run(PANTS_VERSION=UNPINNED)))


def test_build_root_override_is_not_left_to_the_client(installed: Launcher, tmp_path: Path) -> None:
    result = installed.run("list", cwd=tmp_path, PANTS_BUILDROOT_OVERRIDE=str(installed.repository))
    assert served(result) == [f"server {PINNED} list"]


def test_symlinks_and_spaces(installed: Launcher, tmp_path: Path) -> None:
    spaced = tmp_path / "with space"
    shutil.move(str(installed.script.parent), spaced)
    (tmp_path / "one").symlink_to("with space/pants")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    installed.script = tmp_path / "two"
    assert served(installed.run("a b", "*"))[0] == "client a b *"


def test_entry_at_a_path_that_needs_encoding(installed: Launcher, tmp_path: Path) -> None:
    cache = tmp_path / "a cache {x} #1"
    shutil.move(str(installed.cache), cache)
    lines = served(installed.run(PANTS_BOOTSTRAP_CACHE_DIR=str(cache)))
    [url] = [line for line in lines if line.startswith("PANTS_PEX_CLI_URL_TEMPLATE=file://")]
    link = Path(url.partition("file://")[2]).parent
    try:
        assert not set(str(link)) & set(" {}#")
        assert [link.resolve()] == [path for path in cache.iterdir() if path.name.startswith(f"{PINNED}-")]
    finally:
        link.unlink()


def test_exit_code_passes_through(installed: Launcher) -> None:
    assert installed.run(FAKE_EXIT="42").returncode == 42


def test_relative_cache_directory(installed: Launcher) -> None:
    shutil.move(str(installed.cache), installed.repository / "cache")
    assert served(installed.run(PANTS_BOOTSTRAP_CACHE_DIR="cache"))[0] == "client "


def test_clones_with_different_lockfiles_share_a_cache(installed: Launcher) -> None:
    [lockfile] = installed.script.parent.glob("build-support/launcher/*.lock")
    lockfile.write_text(lockfile.read_text() + "# another clone\n")
    assert "installed Pants" in installed.run().stderr
    lockfile.write_text(lockfile.read_text().replace("# another clone\n", ""))
    assert served(installed.run())[0] == "client "
    assert len([path for path in installed.entries() if path.name.startswith(PINNED)]) == 2
