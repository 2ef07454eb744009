"""`link`, with real virtualenvs and the real pip and uv."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest
from link.conftest import Run
from link.worlds import build_file, finds, new_virtualenv, run_python, tree_hash

from devflow.common.files import exclusive_lock
from harness.uv import real_uv

CLI = "src/acme/cli:dist"
OWN = ("acme-cli", "acme-client", "acme-common")
VERSION = "24.3.0rc1"


def pip(venv: Path, *args: str, index: str) -> None:
    env = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": index}
    subprocess.run([venv / "bin/python", "-m", "pip", "--quiet", *args], env=env, check=True)


def state(venv: Path) -> dict[str, tuple[int, int]]:
    kept = ("__pycache__",)
    return {
        str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns)
        for path in venv.rglob("*")
        if not any(name in path.parts for name in kept)
    }


def test_sources_are_seen_and_a_second_run_does_nothing(run: Run, root: Path, venv: Path) -> None:
    before = tree_hash(root)
    first = run(CLI, f"--into={venv}")
    assert first.exit_code == 0, first.stderr
    assert first.stdout.splitlines() == [
        f"acme-cli {VERSION}: linked src/acme/cli",
        f"acme-client {VERSION}: linked src/acme/client, needed by acme-cli",
        f"acme-common {VERSION}: linked src/acme/common, needed by acme-cli, acme-client",
        "third-party: 1 requirement, installed 1, 0 present",
    ]
    undo = f"link --unlink --into={venv}"
    assert first.stderr.startswith(f"Linked 3 distributions into {venv}. To undo it: ")
    assert first.stderr.endswith(f" {undo}\n")
    assert tree_hash(root) == before

    # The script of an entry point, versions, a link in the repository that is read at import, an edit, a new file.
    assert subprocess.run([venv / "bin/kiln"], capture_output=True, text=True, check=True).stdout == "kiln client\n"
    tell = "from importlib.metadata import version; import acme.common; print(version('acme-cli'), acme.common.VERSION)"
    assert run_python(venv, tell) == f"{VERSION} 24.03.0rc1"
    (root / "src/acme/common/new.py").write_text("NEW = 1\n")
    assert run_python(venv, "from acme.common.new import NEW; print(NEW)") == "1"
    # A subset stays one, and nothing in site-packages leads to the repository.
    assert not finds(venv, "acme.agent")
    assert not finds(venv, "acme.testutils")
    site_packages = next(venv.glob("lib/*/site-packages"))
    assert [path for path in site_packages.rglob("*") if path.is_symlink()] == []
    subprocess.run([venv / "bin/python", "-m", "pip", "check"], check=True, capture_output=True)

    (root / "src/acme/common/new.py").unlink()
    there = state(venv)
    second = run(CLI, f"--into={venv}")
    assert second.stdout.splitlines()[-1] == "third-party: 2 requirements, missing 0, 2 present"
    assert second.stderr == f"{venv}: up to date.\n"
    assert run(CLI, f"--into={venv}", "--check").exit_code == 0
    assert state(venv) == there


def test_looks_change_nothing(run: Run, root: Path, venv: Path) -> None:
    there, before = state(venv), tree_hash(root)
    checked = run(CLI, f"--into={venv}", "--check")
    assert checked.exit_code == 1
    assert checked.stdout.splitlines()[0] == f"acme-cli {VERSION}: missing, src/acme/cli"
    assert checked.stdout.splitlines()[-1] == "third-party: 1 requirement, missing 1 (helper>=1), 0 present"
    planned = run(CLI, f"--into={venv}", "--dry-run")
    assert planned.exit_code == 0
    assert (
        planned.stdout.splitlines()[1] == f"acme-client {VERSION}: would be linked, src/acme/client, needed by acme-cli"
    )
    assert planned.stderr.splitlines()[0] == "Would link 3 distributions, 3 links to make, 0 to remove."
    assert (state(venv), tree_hash(root)) == (there, before)


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_no_installer_changes_the_repository(run: Run, root: Path, tmp_path: Path, index: str, installer: str) -> None:
    """`uninstall`, and `install -U` of a real wheel: what destroys sources if links are in `site-packages`."""
    venv = new_virtualenv(tmp_path / "venv", pip=installer == "pip")
    uv = {"PATH": f"{real_uv().parent}:{os.environ['PATH']}"}
    command: list[str | Path] = [venv / "bin/python", "-m", "pip"]
    agree, quiet = ["--yes"], ["--quiet", "--pre", f"--find-links={index}", "--no-index"]
    if installer == "uv":
        command, agree = [real_uv(), "pip"], []
        quiet = ["--quiet", "--prerelease=allow", f"--find-links={index}", "--no-index"]
    env = {**os.environ, "VIRTUAL_ENV": str(venv)}
    before = tree_hash(root)
    linked = run(CLI, f"--into={venv}", env=uv)
    assert linked.exit_code == 0, linked.stderr
    assert run_python(venv, "import acme.client; print(acme.client.__file__)").startswith(str(venv))

    subprocess.run([*command, "install", "--upgrade", *quiet, "acme-client==24.3.0"], env=env, check=True)
    assert tree_hash(root) == before
    checked = run(CLI, f"--into={venv}", "--check", env=uv)
    assert checked.exit_code == 1
    assert f"acme-client {VERSION}: installed as files, src/acme/client" in checked.stdout
    assert run(CLI, f"--into={venv}", env=uv).exit_code == 0
    assert run(CLI, f"--into={venv}", "--check", env=uv).exit_code == 0

    subprocess.run([*command, "uninstall", *agree, *OWN], env=env, check=True, capture_output=True)
    assert tree_hash(root) == before
    assert run(CLI, f"--into={venv}", env=uv).exit_code == 0
    unlinked = run("--unlink", f"--into={venv}", env=uv)
    assert unlinked.exit_code == 0, unlinked.stderr
    assert unlinked.stdout.splitlines() == [f"{name} {VERSION}: unlinked" for name in OWN]
    assert tree_hash(root) == before
    assert not finds(venv, "acme")
    assert [path.name for path in venv.rglob("*devflow*")] == []
    assert run("--unlink", f"--into={venv}", env=uv).stderr == f"{venv}: nothing to unlink.\n"


def test_what_is_not_needed_any_more_is_unlinked(run: Run, root: Path, quick_venv: Path) -> None:
    assert run(CLI, "src/acme/agent:dist", f"--into={quick_venv}").exit_code == 0
    assert finds(quick_venv, "acme.agent")
    checked = run(CLI, f"--into={quick_venv}", "--check")
    assert checked.exit_code == 1
    assert f"acme-agent {VERSION}: linked, and not asked for" in checked.stdout
    assert f"acme-agent {VERSION}: unlinked" in run(CLI, f"--into={quick_venv}").stdout
    assert not finds(quick_venv, "acme.agent")
    assert (root / "src/acme/agent/__init__.py").exists()
    assert run(CLI, f"--into={quick_venv}", "--check").exit_code == 0


def test_what_has_left_the_graph_is_unlinked(run: Run, root: Path, quick_venv: Path) -> None:
    """The same command line, after a dependency has been removed."""
    assert run(CLI, f"--into={quick_venv}").exit_code == 0
    (root / "src/acme/cli/BUILD").write_text(build_file("cli").replace("'src/acme/client:src', ", ""))
    (root / "src/acme/cli/__init__.py").write_text("")
    checked = run(CLI, f"--into={quick_venv}", "--check")
    assert checked.exit_code == 1
    assert f"acme-client {VERSION}: linked, and not asked for" in checked.stdout
    assert run(CLI, f"--into={quick_venv}").exit_code == 0
    assert not finds(quick_venv, "acme.client")
    assert (root / "src/acme/client/__init__.py").exists()


@pytest.mark.parametrize("lost", ["farm", "pth", "link", "state"])
def test_what_is_lost_is_found_and_made_again(run: Run, quick_venv: Path, lost: str) -> None:
    run(CLI, f"--into={quick_venv}")
    if lost == "farm":
        (quick_venv / "devflow-links").rename(quick_venv / "elsewhere")
    elif lost == "pth":
        next(quick_venv.glob("lib/*/site-packages/devflow-links.pth")).unlink()
    elif lost == "link":
        (quick_venv / "devflow-links/acme/client").unlink()
    else:
        (quick_venv / "devflow-links.json").unlink()
    assert run(CLI, f"--into={quick_venv}", "--check").exit_code == 1
    assert run(CLI, f"--into={quick_venv}").exit_code == 0
    assert run(CLI, f"--into={quick_venv}", "--check").exit_code == 0
    assert finds(quick_venv, "acme.client")


def test_killed_after_the_requirements(run: Run, quick_venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("devflow.link.apply.atomic_link", killed)
        with pytest.raises(BaseException):  # noqa: B017, PT011
            run(CLI, f"--into={quick_venv}")
    checked = run(CLI, f"--into={quick_venv}", "--check")
    assert checked.exit_code == 1
    assert f"acme-cli {VERSION}: linked src/acme/cli" in checked.stdout
    assert run(CLI, f"--into={quick_venv}").exit_code == 0
    assert finds(quick_venv, "acme.cli")


def test_a_run_that_the_user_leaves_stops_before_its_next_step(
    run: Run, root: Path, quick_venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon does not end a goal after Ctrl-C. Each run comes one step further; the sources stay as they are."""
    steps, before = 0, tree_hash(root)

    def left_after(asked: int) -> int:
        """The exit code of a run that is left when it has asked so often."""
        answers = iter([False] * asked)
        monkeypatch.setattr("devflow.common.goals.GoalRun.is_cancelled", lambda _: next(answers, True))
        result = run(CLI, f"--into={quick_venv}")
        assert ("Fix: run the same command again, which completes it" in result.stderr) == bool(result.exit_code)
        return result.exit_code

    while left_after(steps):
        assert run(CLI, f"--into={quick_venv}", "--check").exit_code == 1
        assert tree_hash(root) == before
        steps += 1
    assert steps == 2, "installed; linked, and on the path"
    assert run(CLI, f"--into={quick_venv}", "--check").exit_code == 0
    assert finds(quick_venv, "acme.client")


def test_a_run_waits_for_the_one_before(
    run: Run, root: Path, quick_venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which may be one that the user has left by Ctrl-C, and that the daemon completes."""
    lock = ExitStack()
    lock.enter_context(exclusive_lock(root / "workdir/link.lock", timeout_s=0))
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: lock.close())
    monkeypatch.setattr("devflow.common.files.time", clock)
    result = run(CLI, f"--into={quick_venv}", settings=(f"--pants-workdir={root}/workdir",))
    assert result.exit_code == 0
    assert result.stderr.startswith(f"Waiting for process {os.getpid()}.\nLinked 3 distributions ")


def test_versions_of_the_lockfile(run: Run, root: Path, venv: Path) -> None:
    (root / "main.lock").write_text(f"helper==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    settings = ("--python-resolves={'main': 'main.lock'}", "--python-default-resolve=main", "--python-enable-resolves")
    assert run(CLI, f"--into={venv}", settings=settings).exit_code == 0
    version = "from importlib.metadata import version; print(version('helper'))"
    assert run_python(venv, version) == "2.0"
    checked = run(CLI, f"--into={venv}", "--locked", "--check", settings=settings)
    assert "missing 1 (helper==1.0)" in checked.stdout
    assert run(CLI, f"--into={venv}", "--locked", settings=settings).exit_code == 0
    assert run_python(venv, version) == "1.0"
    assert run(CLI, f"--into={venv}", "--locked", "--check", settings=settings).exit_code == 0


def test_a_sibling_from_the_index_works_beside(run: Run, venv: Path, tmp_path: Path) -> None:
    from harness.package_index import make_wheel

    wheel = make_wheel(tmp_path, "acme-sibling", "1", files={"acme/sibling/__init__.py": "", "acme/sibling/x.py": ""})
    pip(venv, "install", str(wheel), index="")
    assert run(CLI, f"--into={venv}").exit_code == 0
    assert finds(venv, "acme.sibling.x")
    assert finds(venv, "acme.client")


def test_copies(run: Run, root: Path, quick_venv: Path) -> None:
    assert run(CLI, f"--into={quick_venv}", "--copy").exit_code == 0
    assert [path for path in (quick_venv / "devflow-links").rglob("*") if path.is_symlink()] == []
    moved = root.with_name("moved")
    root.rename(moved)
    try:
        assert run_python(quick_venv, "import acme.client; print(acme.client.VERSION)") == "24.03.0rc1"
    finally:
        moved.rename(root)
    (root / "src/acme/client/deep/__init__.py").write_text("changed = 1\n")
    assert run(CLI, f"--into={quick_venv}", "--copy", "--check").exit_code == 1
    assert run(CLI, f"--into={quick_venv}", "--copy").exit_code == 0
    assert run_python(quick_venv, "import acme.client.deep as d; print(d.changed)") == "1"
    # From copies to links and back, without a trace of the other.
    assert run(CLI, f"--into={quick_venv}").exit_code == 0
    assert (quick_venv / "devflow-links/acme/client").is_symlink()
    assert run(CLI, f"--into={quick_venv}", "--copy").exit_code == 0
    assert run("--unlink", f"--into={quick_venv}").exit_code == 0
    assert not (quick_venv / "devflow-links").exists()


def test_generated_code_is_copied(run: Run, root: Path, quick_venv: Path) -> None:
    (root / "src/acme/common/x.wire").write_text("")
    build = root / "src/acme/common/BUILD"
    build.write_text(
        build.read_text().replace("dependencies=[':data']", "dependencies=[':data', ':wire']", 1)
        + "\nwire(name='wire', source='x.wire')\n"
    )
    result = run("src/acme/common:dist", f"--into={quick_venv}")
    assert result.exit_code == 0, result.stderr
    assert "src/acme/common/x_wire.py: copied, because it is generated; run this again after a change" in result.stderr
    assert run_python(quick_venv, "import acme.common.x_wire as x; print(x.GENERATED, x.__file__)").startswith("True ")
    assert not (root / "src/acme/common/x_wire.py").exists()
    assert run("src/acme/common:dist", f"--into={quick_venv}", "--check").exit_code == 0


def test_a_file_in_the_farm_that_is_not_ours_stays(run: Run, quick_venv: Path) -> None:
    run(CLI, f"--into={quick_venv}")
    mine = quick_venv / "devflow-links/acme/mine.py"
    mine.write_text("mine")
    told = run(CLI, f"--into={quick_venv}")
    assert "devflow-links/acme/mine.py is not of this goal, and stays: move it to the repository" in told.stderr
    assert run("--unlink", f"--into={quick_venv}").exit_code == 0
    assert mine.read_text() == "mine"


def test_the_report_as_json(run: Run, venv: Path) -> None:
    document = json.loads(run(CLI, f"--into={venv}", "--dry-run", "--format=json").stdout)
    assert (document["goal"], document["mode"], document["problems"]) == ("link", "dry-run", [])
    assert document["results"][1] == {
        "name": "acme-client",
        "version": VERSION,
        "status": "missing",
        "sources": ["src/acme/client"],
        "needed_by": ["acme-cli"],
    }
    assert document["requirements"] == {"projects": 1, "present": 0, "missing": ["helper>=1"]}
