from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import marker, verdict
from devflow.export_all_resolves.staging.build import CANNOT_FETCH, BuildError, Command, Spec, build
from devflow.export_all_resolves.staging.fetching import Fetch
from devflow.export_all_resolves.staging.part_cache import Part, Sources
from devflow.export_all_resolves.staging.parts import Assembly
from devflow.export_all_resolves.staging.start import FETCH, as_file
from devflow.export_all_resolves.staging.trees import leftovers

SCRATCH = f".{'0' * 32}.tmp"
# What `pex venv` does, as far as it matters here: files that name the place at the top, in bin and in pyvenv.cfg.
MAKE = f"""
set -e
cd {{digest_root}}
mkdir -p bin lib
echo "#!{{digest_root}}/bin/python -sE" | tee bin/tool > __main__.py
echo "home = {{digest_root}}" > pyvenv.cfg
echo "PS1=$(basename {{digest_root}})" > bin/activate
cp {SCRATCH}/wheel lib/wheel
"""
CLEAN_UP = f"rm -rf {{digest_root}}/{SCRATCH}"


def shell(script: str) -> Command:
    return Command(["/bin/sh", "-c", script], {"PATH": os.environ["PATH"]})


@pytest.fixture()
def sandbox(tmp_path: Path) -> Path:
    path = tmp_path / "sandbox"
    (path / SCRATCH).mkdir(parents=True)
    (path / SCRATCH / "wheel").write_text("new")
    (path / "codegen").mkdir()
    (path / "codegen" / "made.py").touch()
    (path / ".devflow").mkdir()
    return path


@pytest.fixture()
def destination(tmp_path: Path) -> Path:
    return tmp_path / "dist" / "mypy" / "3.11.7"


@pytest.fixture()
def old(destination: Path) -> Path:
    """An export that is there already; returns a file in it."""
    (destination / "lib").mkdir(parents=True)
    (destination / "lib" / "wheel").write_text("old")
    return destination / "lib" / "wheel"


def spec(destination: Path, commands: Sequence[Command]) -> Spec:
    return Spec(
        destination=str(destination),
        commands=commands,
        seed=None,
        inputs={"lockfile": ("0123", "")},
        anchors=[],
        listings=["bin"],
    )


def test_the_finished_export_says_where_it_is(destination: Path, sandbox: Path) -> None:
    build(spec(destination, [shell(MAKE), shell(CLEAN_UP)]), str(sandbox))
    assert (destination / "bin" / "tool").read_text() == f"#!{destination}/bin/python -sE\n"
    assert (destination / "__main__.py").read_text() == f"#!{destination}/bin/python -sE\n"
    assert (destination / "pyvenv.cfg").read_text() == f"home = {destination}\n"
    assert (destination / "bin" / "activate").read_text() == "PS1=3.11.7\n"
    assert (destination / "lib" / "wheel").read_text() == "new"
    assert sorted(os.listdir(destination)) == [
        ".devflow-export.json",
        "__main__.py",
        "bin",
        "codegen",
        "lib",
        "pyvenv.cfg",
    ]
    assert os.listdir(destination.parent) == ["3.11.7"]


def test_it_is_up_to_date_at_once(destination: Path, sandbox: Path) -> None:
    build(spec(destination, [shell(MAKE), shell(CLEAN_UP)]), str(sandbox))
    record = marker.read(str(destination))
    assert record is not None
    assert record.inputs == {"lockfile": ("0123", "")}
    assert marker.damage(str(destination), record) is None


def test_the_old_export_is_replaced_whole(destination: Path, sandbox: Path, old: Path) -> None:
    (destination / "lib" / "only-in-the-old-one").touch()
    build(spec(destination, [shell(MAKE), shell(CLEAN_UP)]), str(sandbox))
    assert os.listdir(destination / "lib") == ["wheel"]
    assert os.listdir(destination.parent) == ["3.11.7"]


@pytest.mark.parametrize("allowed", [True, False])
def test_the_old_export_is_replaced_if_the_guard_has_no_objection(
    destination: Path, sandbox: Path, old: Path, tmp_path: Path, allowed: bool
) -> None:
    question = str(tmp_path / "question")
    verdict.ask(question)
    # The answer comes after what is built.
    building = shell(f"while [ ! -e {tmp_path}/built ]; do sleep 0.01; done")
    asking = spec(destination, [shell(MAKE), shell(CLEAN_UP), building])._replace(verdict=question)
    process = run_as_a_process(sandbox, asking)
    (tmp_path / "built").touch()
    verdict.answer(question, may_be_replaced=allowed)
    _, message = process.communicate()
    assert message == ("" if allowed else "the old export must not be replaced\n")
    assert old.read_text() == ("new" if allowed else "old")
    assert leftovers(str(destination.parent)) == []


def test_a_command_that_fails_leaves_the_old_export(destination: Path, sandbox: Path, old: Path) -> None:
    with pytest.raises(BuildError, match="sh exited with 3: no such wheel"):
        build(spec(destination, [shell(MAKE), shell("echo no such wheel; exit 3")]), str(sandbox))
    assert old.read_text() == "old"
    assert os.listdir(destination.parent) == ["3.11.7"]


def test_a_disk_that_fills_up_leaves_the_old_export(destination: Path, sandbox: Path, old: Path) -> None:
    with pytest.raises(BuildError, match="No space left on device"):
        build(spec(destination, [shell(MAKE), shell("cat {digest_root}/pyvenv.cfg > /dev/full")]), str(sandbox))
    assert old.read_text() == "old"
    assert os.listdir(destination.parent) == ["3.11.7"]


def test_a_file_above_the_destination_is_an_error(destination: Path, sandbox: Path) -> None:
    destination.parent.parent.mkdir()
    destination.parent.touch()
    with pytest.raises(OSError, match=str(destination.parent)):
        build(spec(destination, [shell(MAKE)]), str(sandbox))


def test_a_link_is_exported_with_its_record_beside_it(destination: Path, sandbox: Path, old: Path) -> None:
    cached = sandbox.parent / "cached"
    cached.mkdir()
    for name in os.listdir(sandbox):
        os.rename(sandbox / name, sandbox.parent / name)  # stock writes no files for this format
    link = [shell("rmdir {digest_root}"), shell(f"ln -s {cached} {{digest_root}}")]
    for _ in range(2):
        build(spec(destination, link), str(sandbox))
        assert os.readlink(destination) == str(cached)
        record = marker.read(str(destination))
        assert record is not None
        assert marker.damage(str(destination), record) is None
    assert os.listdir(cached) == []
    assert sorted(os.listdir(destination.parent)) == [".3.11.7.devflow-export.json", "3.11.7"]


def test_a_link_to_nothing_leaves_the_old_export(destination: Path, sandbox: Path, old: Path) -> None:
    for name in os.listdir(sandbox):
        os.rename(sandbox / name, sandbox.parent / name)
    link = [shell("rmdir {digest_root}"), shell("ln -s /no/such/cache {digest_root}")]
    with pytest.raises(OSError, match="bin/python"):
        build(spec(destination, link)._replace(anchors=["bin/python"]), str(sandbox))
    assert old.read_text() == "old"
    assert os.listdir(destination.parent) == ["3.11.7"]


def run_as_a_process(sandbox: Path, what: Spec) -> subprocess.Popen[str]:
    """As the engine runs it, in a process group of its own."""
    (sandbox / ".devflow" / "spec.json").write_text(json.dumps(what))
    if what.assembly and what.assembly.sources.fetch:
        (sandbox / FETCH).write_bytes(as_file(*what.assembly.sources.fetch))
    return subprocess.Popen(
        [sys.executable, "-m", "devflow.export_all_resolves.staging"],
        cwd=sandbox,
        env={"PYTHONPATH": os.pathsep.join(path for path in map(os.path.abspath, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_as_a_process_it_succeeds_silently(destination: Path, sandbox: Path) -> None:
    process = run_as_a_process(sandbox, spec(destination, [shell(MAKE), shell(CLEAN_UP)]))
    assert process.communicate() == ("", "")
    assert process.returncode == 0
    assert (destination / "lib" / "wheel").read_text() == "new"


def test_as_a_process_it_fails_with_a_message(destination: Path, sandbox: Path) -> None:
    process = run_as_a_process(sandbox, spec(destination, [shell("echo no; false")]))
    assert process.communicate() == ("", "sh exited with 1: no\n")
    assert process.returncode == 1


def test_as_a_process_it_says_that_wheels_are_to_come_first(
    destination: Path, sandbox: Path, old: Path, tmp_path: Path
) -> None:
    base = tmp_path / "parts/base/0123"
    parts = Assembly(
        parts=[Part("a", str(tmp_path / "parts/a/4567"))],
        base=str(base),
        record=str(tmp_path / "record"),
        made=["a"],
        sources=Sources(fetch=Fetch(["/bin/sh", "-c", "echo a"], {}, ".devflow")),
    )
    whole = spec(destination, [shell(MAKE), shell(CLEAN_UP)])._replace(assembly=parts)
    process = run_as_a_process(sandbox, whole)
    assert process.communicate() == ("", "there are no wheels of a\n")
    assert process.returncode == CANNOT_FETCH
    assert old.read_text() == "old"
    assert leftovers(str(destination.parent)) == []


def wait_for(signal_file: Path, process: subprocess.Popen[str]) -> None:
    """Until the process, or a child of it, has made the file; fails if it ends before."""
    while not signal_file.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


@pytest.mark.parametrize("step", [0, 1, 2])
def test_killed_at_any_step_the_old_export_works(destination: Path, sandbox: Path, old: Path, step: int) -> None:
    reached = sandbox.parent / "reached"
    commands = [shell(MAKE), shell(CLEAN_UP)]
    commands.insert(step, shell(f"touch {reached}; exec sleep 600"))
    process = run_as_a_process(sandbox, spec(destination, commands))
    wait_for(reached, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert old.read_text() == "old"
    assert len(leftovers(str(destination.parent))) == 1


def test_without_its_engine_it_changes_nothing(destination: Path, sandbox: Path, old: Path) -> None:
    reached, go_on = sandbox.parent / "reached", sandbox.parent / "go on"
    waiting = shell(f"touch '{reached}'; until [ -e '{go_on}' ]; do sleep 0.01; done")
    (sandbox / ".devflow" / "spec.json").write_text(json.dumps(spec(destination, [shell(MAKE), waiting])))
    start = (
        "import subprocess, sys; "
        "subprocess.Popen([sys.executable, '-m', 'devflow.export_all_resolves.staging'], stderr=sys.stderr).wait()"
    )
    engine = subprocess.Popen(
        [sys.executable, "-c", start],
        cwd=sandbox,
        env={"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(reached, engine)
    engine.kill()
    engine.wait()
    go_on.touch()
    assert engine.stderr is not None
    assert engine.stderr.read() == "the engine that asked for this export has ended\n"  # ends when the orphan does
    assert old.read_text() == "old"
    assert os.listdir(destination.parent) == ["3.11.7"]


def test_a_file_that_the_engine_has_linked_into_its_store_is_copied(destination: Path, sandbox: Path) -> None:
    stored = sandbox.parent / "stored"
    stored.write_text("#!/bin/sh\n")
    stored.chmod(0o555)
    for name in ("tool", "codegen/tool"):
        os.link(stored, sandbox / name)
    build(spec(destination, []), str(sandbox))
    for name in ("tool", "codegen/tool"):
        assert (destination / name).stat().st_mode & 0o777 == 0o755
        (destination / name).write_text("an edit")
    assert stored.read_text() == "#!/bin/sh\n"


def test_links_lead_to_the_finished_export(destination: Path, sandbox: Path) -> None:
    (sandbox / "tool").touch()
    link = destination.parent / "bin" / "tool"
    one = spec(destination, [])._replace(links={str(link): f"{destination}/tool"})
    build(one, str(sandbox))
    assert os.readlink(link) == f"{destination}/tool"
    link.unlink()
    link.write_text("mine")
    (sandbox / "tool").touch()
    with pytest.raises(BuildError, match="is not a link"):
        build(one, str(sandbox))
    assert link.read_text() == "mine"
