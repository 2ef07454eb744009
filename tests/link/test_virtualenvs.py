"""What a user may name for a virtualenv, and what else is found in one."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from link.conftest import Run
from link.test_goal import CLI
from link.worlds import PYTHON, finds, new_virtualenv, run_python, tree_hash

from devflow.common.errors import UserError
from devflow.link.facts import VirtualenvFacts
from devflow.link.virtualenv import inspect_virtualenv
from harness.package_index import make_wheel


@pytest.fixture()
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of another project, which is the caller's directory."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "pyproject.toml").touch()
    new_virtualenv(tmp_path / "made", pip=False).rename(other / ".venv")
    monkeypatch.chdir(other)
    return other


def inspected(into: str) -> VirtualenvFacts:
    env = {"PATH": os.defpath, "HOME": os.path.expanduser("~")}
    return inspect_virtualenv(os.path.abspath(into), into, "/repository", "dist/export", env)


@pytest.mark.parametrize(
    ("into", "what", "fix"),
    [
        (".", "is not a virtualenv", "name the one in it: --into=./.venv"),
        (".venv/bin/python", "is a part of a virtualenv", "name the virtualenv: --into=.venv"),
        ("pyproject.toml", "is not a directory", "name the directory of a virtualenv"),
        ("new one", "does not exist", "make one: python3 -m venv 'new one'"),
        ("empty", "is empty", "make a virtualenv in it: python3 -m venv empty"),
        ("full", "is not a virtualenv", "name one, as --into=full/.venv after: python3 -m venv full/.venv"),
        ("gone", "is a virtualenv without its Python", "make the virtualenv again: python3 -m venv --clear gone"),
    ],
)
def test_the_fix_names_a_virtualenv(other: Path, into: str, what: str, fix: str) -> None:
    (other / "empty").mkdir()
    (other / "full").mkdir()
    (other / "full/mine").touch()
    gone = new_virtualenv(other / "gone", pip=False)
    for python in (gone / "bin").glob("python*"):
        python.unlink()
        python.symlink_to("/gone/python")
    with pytest.raises(UserError) as caught:
        inspected(into)
    assert str(caught.value) == f"--into={into}: {os.path.abspath(into)} {what}.\n  Fix: {fix}"
    command = fix.partition("python3 ")[2]
    if command:
        subprocess.run(["sh", "-c", f"{PYTHON} {command} --without-pip"], check=True)
    named = re.search(r"--into=(\S+)", fix)
    if named or command:
        assert inspected(named[1] if named else into).version.startswith(f"{sys.version_info.major}.")


def test_a_directory_whose_name_is_not_utf_8(other: Path) -> None:
    directory = other / os.fsdecode(b"caf\xe9, 1")
    (other / ".venv").rename(directory)
    found = inspected(str(directory))
    assert found.site_packages.startswith(f"{directory}/lib/")
    with pytest.raises(UserError) as caught:
        inspected(f"{directory}/lib")
    named = str(caught.value).partition("name the virtualenv: ")[2]
    assert named == rf"--into=$'{other}/caf\xe9, 1'"


@pytest.fixture()
def elsewhere(root: Path) -> Iterator[Path]:
    """A directory on another file system than the repository."""
    shared_memory = Path("/dev/shm")
    if not shared_memory.is_dir() or shared_memory.stat().st_dev == root.stat().st_dev:
        pytest.skip("no other file system can be written")
    with tempfile.TemporaryDirectory(dir=shared_memory) as directory:
        yield Path(directory)


@pytest.mark.parametrize("option", [(), ("--copy",)])
def test_on_another_file_system(run: Run, root: Path, elsewhere: Path, option: tuple[str, ...]) -> None:
    """Whose path has a space and letters that are not ASCII."""
    before = tree_hash(root)
    venv = new_virtualenv(elsewhere / "an öther" / "my .venv")
    linked = run(CLI, f"--into={venv}", *option)
    assert linked.exit_code == 0, linked.stderr
    assert run_python(venv, "import acme.cli; print(acme.cli.VERSION)") == "24.03.0rc1"
    assert subprocess.run([venv / "bin/kiln"], capture_output=True, text=True, check=True).stdout == "kiln client\n"
    assert run(CLI, f"--into={venv}", *option).stderr.endswith(": up to date.\n")
    words = shlex.split(linked.stderr.rpartition("To undo it: ")[2])
    undone = run(*words[words.index("link") + 1 :])
    assert undone.exit_code == 0, undone.stderr
    assert not finds(venv, "acme")
    assert not (venv / "bin/kiln").exists()
    assert tree_hash(root) == before


def test_what_the_python_of_the_system_has_counts(run: Run, tmp_path: Path) -> None:
    """In a virtualenv that shows it: an installer leaves it where it is."""
    system = new_virtualenv(tmp_path / "system")
    directory = next(system.glob("lib/*/site-packages"))
    pip: list[str | Path] = [system / "bin/python", "-m", "pip", "--quiet", "install", "--no-index"]
    helper = make_wheel(tmp_path, "helper", "1.5", requires=["old"], files={"helper.py": ""})
    subprocess.run([*pip, "--no-deps", helper], check=True)
    (directory / "old-1.egg-info").mkdir()
    (directory / "old-1.egg-info/PKG-INFO").write_text("Metadata-Version: 1.0\nName: old\nVersion: 1\n")
    venv = new_virtualenv(tmp_path / "venv", pip=False)
    (next(venv.glob("lib/*/site-packages")) / "system.pth").write_text(f"{directory}\n")
    first = run(CLI, f"--into={venv}", env={"PATH": os.defpath})
    assert first.exit_code == 0, first.stderr
    assert first.stdout.splitlines()[-1] == "third-party: 2 requirements, missing 0, 2 present"
    again = run(CLI, f"--into={venv}", "--check", env={"PATH": os.defpath})
    assert (again.exit_code, again.stderr) == (0, f"{venv}: up to date.\n")


@pytest.mark.parametrize(("file", "of"), [("acme/client/__init__.py", "acme-older"), ("acme/client.py", None)])
def test_code_that_is_in_front_of_the_linked_one(
    run: Run, root: Path, venv: Path, tmp_path: Path, file: str, of: str | None
) -> None:
    """The same package by a distribution of another name, and a copy that nobody has installed."""
    if of:
        wheel = make_wheel(tmp_path, of, "1", files={file: ""})
        subprocess.run([venv / "bin/python", "-m", "pip", "--quiet", "install", "--no-index", wheel], check=True)
    else:
        copy = next(venv.glob("lib/*/site-packages")) / file
        copy.parent.mkdir(parents=True)
        copy.touch()
    before = tree_hash(root)
    told = run(CLI, f"--into={venv}")
    assert told.exit_code == 1
    assert f"/{file}, of {of or 'no distribution'}, hides code of this repository.\n" in told.stderr
    fix = re.search(rf"Fix: (?:uninstall {of}|remove it): (.*)", told.stderr)
    assert fix
    subprocess.run(["sh", "-c", fix[1]], check=True, capture_output=True)
    assert run(CLI, f"--into={venv}").exit_code == 0
    assert finds(venv, "acme.client.deep")
    assert tree_hash(root) == before


def test_a_path_to_all_of_the_repository(run: Run, root: Path, quick_venv: Path) -> None:
    """Of another recipe: what it shows is more than a subset, and it is not this goal's to remove."""
    path = next(quick_venv.glob("lib/*/site-packages")) / "of mine.pth"
    path.write_text(f"# all of it\nimport sys\n/nowhere\n{root}/src\n")
    linked = run(CLI, f"--into={quick_venv}")
    assert linked.exit_code == 0
    [note] = [line for line in linked.stderr.splitlines() if line.startswith("of mine.pth ")]
    assert note.startswith(f"of mine.pth puts all of {root}/src on the path of {quick_venv}, ")
    assert finds(quick_venv, "acme.agent")
    subprocess.run(["sh", "-c", note.partition("to end that, remove it: ")[2]], check=True)
    assert run(CLI, f"--into={quick_venv}").stderr == f"{quick_venv}: up to date.\n"
    assert not finds(quick_venv, "acme.agent")


@pytest.mark.parametrize("file", ["acme/common/_fast.so", "acme_common-24.3.0rc1.data/scripts/tool"])
def test_what_only_a_build_makes_is_named(run: Run, root: Path, tmp_path: Path, file: str) -> None:
    build = root / "src/acme/common/BUILD"
    build.write_text(build.read_text().replace("name='acme-common'", f"name='acme-common', module='{file}'"))
    venv = new_virtualenv(tmp_path / "venv", pip=False)
    planned = run("src/acme/common:dist", f"--into={venv}", "--no-requirements", "--dry-run")
    assert f"acme-common: the links lack what only its build makes: {file}\n" in planned.stderr
