"""The process that fetches wheels beside the one that assembles."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging.fetching import CannotFetchError, Fetch, fetching, in_a_fork
from devflow.export_all_resolves.staging.start import as_file, started
from export_all_resolves.staging.processes import start

Shell = Callable[[str], Fetch]


@pytest.fixture()
def shell(tmp_path: Path) -> Callable[[str], Fetch]:
    output = tmp_path / "output"
    output.mkdir()
    return lambda script: Fetch(["/bin/sh", "-c", script], {"PATH": os.environ["PATH"]}, str(output))


def test_it_runs_until_it_is_waited_for(tmp_path: Path, shell: Shell) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with fetching(start(shell(f"echo > {fifo}; read line < {fifo}; echo $line > {tmp_path}/done"))) as process:
        fifo.read_text()  # it has begun, although nobody waits for it
        fifo.write_text("go\n")
        assert process
        process.wait()
        assert (tmp_path / "done").read_text() == "go\n"
        process.require()


def test_a_fork_waits_for_it_too(tmp_path: Path, shell: Shell) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with fetching(start(shell(f"read line < {fifo}; echo $line > {tmp_path}/fetched"))) as process:
        assert process

        def copy() -> None:
            process.wait()
            (tmp_path / "copied").write_bytes((tmp_path / "fetched").read_bytes())

        wait_for_fork = in_a_fork(copy)
        fifo.write_text("go\n")
        wait_for_fork()
        assert (tmp_path / "copied").read_text() == "go\n"


def test_what_a_fork_raises_is_lost(tmp_path: Path) -> None:
    in_a_fork(lambda: (tmp_path / "missing").unlink())()


def test_without_a_fetch_there_is_no_process() -> None:
    with fetching(None) as process:
        assert process is None


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo a; echo no index >&2; exit 7", "the process that fetches wheels exited with 7: no index"),
        ("echo a; echo b; echo hint >&2", "there are no wheels of a, b"),
    ],
)
def test_it_fails(script: str, message: str, shell: Shell) -> None:
    with fetching(start(shell(script))) as process:
        assert process
        with pytest.raises(CannotFetchError) as raised:
            process.require()
    assert str(raised.value) == message


def test_it_does_not_outlive_an_assembly_that_fails(tmp_path: Path, shell: Shell) -> None:
    pid_file = tmp_path / "pid"
    os.mkfifo(pid_file)
    with suppress(OSError), fetching(start(shell(f"echo $$ > {pid_file}; exec sleep 600"))):
        process = int(pid_file.read_text())
        raise OSError("the disk is full")
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_any_argument_and_any_variable_reaches_it(tmp_path: Path) -> None:
    script = 'printf "%s|" "$@"; printf "%s" "$A"; test "$(pwd -P)" = "$B"'
    arguments, value = ["", " a\n", "b=c", "\udcff"], "d=\n"
    path = tmp_path / "fetch"
    env = {"A": value, "B": os.path.realpath(os.getcwd())}
    path.write_bytes(as_file(["/bin/sh", "-c", script, "sh", *arguments], env, str(tmp_path)))
    with fetching(started(str(path))) as process:
        assert process
        with pytest.raises(CannotFetchError):
            process.require()
    assert (tmp_path / "absent.txt").read_bytes() == b"| a\n|b=c|\xff|d=\n"
    assert (tmp_path / "said.txt").read_bytes() == b""


def test_it_has_no_input_and_nothing_that_is_open_here(tmp_path: Path, shell: Shell) -> None:
    with (tmp_path / "open").open("w") as file:
        number = file.fileno()
        with fetching(start(shell(f"cat; test ! -e /dev/fd/{number} || echo open >&2"))) as process:
            assert process
            process.require()
    assert (tmp_path / "output/said.txt").read_text() == ""


def test_without_a_file_there_is_nothing_to_fetch(tmp_path: Path) -> None:
    assert started(str(tmp_path / "missing")) is None


def test_a_program_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "fetch").write_bytes(as_file([str(tmp_path / "no python")], {}, str(tmp_path)))
    with pytest.raises(FileNotFoundError, match="no python"):
        started(str(tmp_path / "fetch"))
