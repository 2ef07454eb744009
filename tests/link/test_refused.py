"""What `link` refuses: each with the way out, and with nothing changed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from link.conftest import Run
from link.worlds import new_virtualenv, tree_hash

from harness.package_index import make_wheel

CLI = "src/acme/cli:dist"


def site_packages(venv: Path) -> Path:
    return next(venv.glob("lib/*/site-packages"))


def refused(run: Run, *args: str, **more: object) -> str:
    result = run(*args, **more)
    assert result.exit_code == 1, result.stdout
    return result.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            (CLI,),
            "link: Which virtualenv?\n  Fix: add --into=../other/.venv, or --print=docker for a container\n",
        ),
        (
            ("--into={venv}",),
            "link: Which distributions?\n  Fix: name a python_distribution, such as src/acme/agent:dist",
        ),
        (
            ("src/acme/cli/__init__.py:src", "--into={venv}"),
            "link: src/acme/cli/__init__.py:src is not a python_distribution.\n  Fix: name one: src/acme/cli:dist\n",
        ),
        (
            ("src/acme/cli:", "src/acme/common:src", "--into={venv}"),
            "link: src/acme/common/__init__.py:src is not a python_distribution.\n"
            "  Fix: name one: src/acme/common:dist\n",
        ),
        (("--unlink", CLI, "--into={venv}"), "link: This goal takes no targets.\n"),
        ((CLI, "--into={root}/nowhere"), "/nowhere does not exist.\n  Fix: make one: python3 -m venv "),
        ((CLI, "--into={root}/src"), "/src is not a virtualenv.\n"),
        ((CLI, "--into={venv}", "--check", "--dry-run"), "link: --check and --dry-run cannot be used together.\n"),
        ((CLI, "--into={venv}", "--print=docker"), "link: --print and --into cannot be used together.\n"),
        (("--unlink", "--into={venv}", "--copy"), "link: --unlink and --copy cannot be used together.\n"),
        ((CLI, "--into={venv}", "--locked", "--no-requirements"), "--locked and --no-requirements cannot"),
        ((CLI, "--into={venv}", "--mount-at=/x"), "link: --mount-at needs --print.\n"),
        ((CLI, "--print=docker", "--mount-at=x"), "link: --mount-at=x is not an absolute directory of a container"),
        ((CLI, "--into={venv}", "--locked"), "link: --locked needs a lockfile"),
    ],
)
def test_arguments(run: Run, root: Path, bare: Path, args: tuple[str, ...], message: str) -> None:
    before = tree_hash(root)
    assert message in refused(run, *(word.format(venv=bare, root=root) for word in args))
    assert tree_hash(root) == before
    assert not (bare / "devflow-links").exists()


@pytest.fixture()
def bare(tmp_path: Path) -> Path:
    """A virtualenv without an installer."""
    return new_virtualenv(tmp_path / "bare", pip=False)


def test_the_active_virtualenv_is_proposed(run: Run) -> None:
    assert "add --into='/a b', or" in refused(run, CLI, env={"VIRTUAL_ENV": "/a b"})


def test_an_export_of_this_repository(run: Run, root: Path) -> None:
    export = new_virtualenv(root / "dist/export/python/virtualenvs/main/3.9.18", pip=False)
    (root / ".venv").symlink_to(export)
    for path in (export, root / ".venv"):
        assert "is an export of this repository, which `exec`" in refused(run, CLI, f"--into={path}")


def test_a_link_of_the_old_recipe(run: Run, root: Path, quick_venv: Path) -> None:
    """The printed command removes the link, and nothing behind it."""
    link = site_packages(quick_venv) / "acme/client"
    link.parent.mkdir()
    link.symlink_to(root / "src/acme/client")
    before = tree_hash(root)
    message = refused(run, CLI, f"--into={quick_venv}")
    assert f"{link} is a link to {root}/src/acme/client." in message
    assert "hides code" not in message  # the sources are behind the link
    subprocess.run(["sh", "-c", message.partition("at its end: ")[2]], check=True)
    assert tree_hash(root) == before
    assert run(CLI, f"--into={quick_venv}").exit_code == 0


def test_a_regular_package_that_hides_the_namespace(run: Run, venv: Path, tmp_path: Path, index: str) -> None:
    wheel = make_wheel(tmp_path, "acme-legacy", "1", files={"acme/__init__.py": "", "acme/old.py": ""})
    subprocess.run([venv / "bin/python", "-m", "pip", "--quiet", "install", wheel], check=True)
    message = refused(run, CLI, f"--into={venv}")
    assert "/acme/__init__.py, of acme-legacy, hides code of this repository.\n" in message
    subprocess.run(["sh", "-c", message.partition("uninstall acme-legacy: ")[2]], check=True, capture_output=True)
    assert run(CLI, f"--into={venv}").exit_code == 0


def test_requirements_that_cannot_be_met(run: Run, root: Path, venv: Path) -> None:
    build = root / "src/acme/common/BUILD"
    build.write_text(build.read_text().replace("helper>=1", "helper>=99"))
    message = refused(run, CLI, f"--into={venv}")
    assert "The installer failed: " in message
    assert "with --no-requirements, nothing is installed but the distributions themselves. It ran: " in message
    assert "helper>=99" in message
    assert not (venv / "devflow-links").exists()
    assert "third-party: 1 requirement, missing 1 (helper>=99" in run(CLI, f"--into={venv}", "--check").stdout
    # What is asked for instead works, and says what is missing.
    without = run(CLI, f"--into={venv}", "--no-requirements")
    assert without.exit_code == 1
    assert "missing 1 (helper>=99" in without.stdout
    assert (venv / "devflow-links/acme/client").is_symlink()


def test_a_virtualenv_on_a_read_only_file_system(run: Run, quick_venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that has nothing to change does not need to write."""
    assert run(CLI, f"--into={quick_venv}").exit_code == 0
    before = tree_hash(quick_venv)
    with monkeypatch.context() as patch:
        real = os.statvfs
        read_only = SimpleNamespace(f_flag=os.ST_RDONLY)
        patch.setattr(os, "statvfs", lambda path: read_only if str(path).startswith(str(quick_venv)) else real(path))
        assert "up to date." in run(CLI, f"--into={quick_venv}").stderr
        for args in (("src/acme/agent:dist",), ("--unlink",)):
            message = refused(run, *args, f"--into={quick_venv}")
            assert f"link: {quick_venv} is on a read-only file system; nothing was changed.\n" in message
            assert "Fix: mount it for writing, or name another virtualenv in --into\n" in message
    assert tree_hash(quick_venv) == before
    assert run("--unlink", f"--into={quick_venv}").exit_code == 0


def test_a_virtualenv_of_somebody_else(run: Run, quick_venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.access
    theirs = site_packages(quick_venv)
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != str(theirs) and real(path, mode))
    message = refused(run, CLI, f"--into={quick_venv}")
    assert f"link: {theirs} is not writable; nothing was changed.\n" in message
    assert "Fix: run this as the owner of the virtualenv, or name another virtualenv in --into\n" in message
    assert not (quick_venv / "devflow-links").exists()


def test_links_of_another_repository(run: Run, root: Path, quick_venv: Path) -> None:
    assert run(CLI, f"--into={quick_venv}").exit_code == 0
    state = quick_venv / "devflow-links.json"
    state.write_text(state.read_text().replace(str(root), "/gone"))
    for args in ((CLI, "--check"), (CLI,), ("--unlink",)):
        message = refused(run, *args, f"--into={quick_venv}")
        assert f"{quick_venv} has links into another repository, /gone, which is gone.\n" in message
        assert "Fix: add --force to replace them\n" in message
    assert run(CLI, f"--into={quick_venv}", "--force").exit_code == 0
    assert run(CLI, f"--into={quick_venv}", "--check").exit_code == 0


def test_every_owner_that_cannot_be_told(run: Run, root: Path, bare: Path) -> None:
    (root / "src/acme/agent/BUILD").write_text(
        (root / "src/acme/agent/BUILD").read_text().replace("':data'", "':data', 'src/acme/testutils:src'")
    )
    second = "python_distribution(name='dist2', dependencies=[':src'], provides=python_artifact(name='x', version='1'))"
    (root / "src/acme/common/BUILD").open("a").write(second)
    message = refused(run, "src/acme/agent:dist", f"--into={bare}")
    assert "No python_distribution owns src/acme/testutils/__init__.py:src: none in or above" in message
    assert "has several owners in one directory: src/acme/common:dist, src/acme/common:dist2.\n" in message


def test_what_cannot_be_built(run: Run, root: Path, bare: Path) -> None:
    build = root / "src/acme/common/BUILD"
    build.write_text(build.read_text().replace("version='24.3.0rc1'", "version='broken'"))
    message = "link: building src/acme/common:dist failed: the build of this one fails\n"
    assert message in refused(run, CLI, f"--into={bare}")
