from __future__ import annotations

import pytest
from pants.core.util_rules.system_binaries import BinaryNotFoundError, BinaryPathRequest
from pants.engine.process import ProcessExecutionFailure
from pants.option.global_options import KeepSandboxes

from devflow.common.errors import Problem, UserError, as_problem, did_you_mean, last_words


def test_a_user_error_shows_what_and_the_fix() -> None:
    error = UserError("mypy.lock does not exist.", fix="./pants generate-lockfiles --resolve=mypy")
    assert error.problem == Problem("mypy.lock does not exist.", "./pants generate-lockfiles --resolve=mypy")
    assert str(error) == "mypy.lock does not exist.\n  Fix: ./pants generate-lockfiles --resolve=mypy"


def test_did_you_mean_names_the_nearest() -> None:
    assert did_you_mean("mpyy", ["ruff", "mypy", "pytest"]) == " Did you mean 'mypy'?"


def test_did_you_mean_is_silent_when_nothing_is_near() -> None:
    assert did_you_mean("zzz", ["ruff", "mypy"]) == ""


def test_an_error_of_a_problem_and_back() -> None:
    problem = Problem("mypy.lock does not exist.", "make it", lacks="a Python")
    assert UserError.of(problem).problem == problem
    assert problem.as_json() == {"what": "mypy.lock does not exist.", "fix": "make it"}


def process_failure(stdout: bytes, stderr: bytes) -> ProcessExecutionFailure:
    return ProcessExecutionFailure(1, stdout, stderr, "Build mypy.pex", keep_sandboxes=KeepSandboxes.never)


def test_what_pip_says_and_not_how_pex_called_it() -> None:
    call = b"pid 12 -> /venvs/5f/bin/python -sE /venvs/5f/pex -q download --dest /sandbox exited with 1 and STDERR:\n"
    assert last_words(process_failure(b"", call + b"ERROR: No matching distribution found\n")) == (
        "ERROR: No matching distribution found"
    )


def test_a_user_error_is_its_own_problem() -> None:
    assert as_problem(UserError("a", fix="b"), doing="x", fix="y") == Problem("a", "b")


def test_any_other_error_says_what_was_being_done() -> None:
    problem = as_problem(ValueError("bad header"), doing="exporting mypy", fix="try again")
    assert problem == Problem("exporting mypy failed: bad header", "try again")


def test_an_error_without_a_message_says_its_type() -> None:
    assert last_words(KeyError()) == "KeyError"


def test_a_full_disk_has_a_fix_of_its_own() -> None:
    problem = as_problem(OSError(28, "No space left on device"), doing="exporting mypy", fix="try again")
    assert problem.fix == "free some space on that disk, then run the same command again"


def test_a_program_that_pants_does_not_find_has_a_fix_of_its_own() -> None:
    request = BinaryPathRequest(binary_name="unzip", search_path=["/bin", "/usr/bin"])
    error = BinaryNotFoundError.from_request(request, rationale="download the tools Pants needs to run")
    problem = as_problem(error, doing="exporting mypy", fix="try again")
    assert problem.fix == "install unzip, so that it is in one of these directories"


def test_a_failed_process_speaks_with_its_last_lines() -> None:
    stderr = "\n".join(f"line {number}" for number in range(40)).encode()
    words = last_words(process_failure(b"ignored", stderr))
    assert words.splitlines()[0].strip() == "line 28"
    assert words.splitlines()[-1].strip() == "line 39"


def test_a_cluster_that_fails_and_a_tool_that_prints_the_same() -> None:
    line = 'NotFound: "no such instance"'
    of_cluster = as_problem(OSError(line), doing="exporting mypy", fix="x")
    assert of_cluster.what == "Remote execution failed, NotFound: no such instance."
    tool = process_failure(b"", f"{line}\n".encode())
    assert line in str(tool)
    assert as_problem(tool, doing="exporting mypy", fix="x") == Problem(f"exporting mypy failed: {line}", "x")


def test_a_traceback_is_cut_down_to_what_it_says() -> None:
    stderr = b"""\
Resolving requirements.
Traceback (most recent call last):
  File "/pex/bin", line 12, in main
    run()
pex.resolve.lockfile.ParseError: no such key
"""
    assert (
        last_words(process_failure(b"", stderr))
        == "Resolving requirements.\n    pex.resolve.lockfile.ParseError: no such key"
    )


def test_a_password_in_an_address_is_not_shown() -> None:
    stderr = b"pip install --index-url https://me:s3cret@mirror.example/simple/ exited with 1"
    words = last_words(process_failure(b"", stderr))
    assert words == "pip install --index-url https://…@mirror.example/simple/ exited with 1"


def test_a_failed_process_without_stderr_speaks_with_its_stdout() -> None:
    assert last_words(process_failure(b"said on stdout\n\n", b"")) == "said on stdout"


@pytest.mark.parametrize(
    ("path", "os_error", "why"),
    [
        ("/caches/venv_cache/8a/bin/python", 'code: 2, kind: NotFound, message: "No such file or directory"', None),
        ("bin/tool with spaces", 'code: 13, kind: PermissionDenied, message: "Permission denied"', "Permission denied"),
    ],
)
def test_a_process_that_cannot_be_started_is_a_kind_of_its_own(path: str, os_error: str, why: str | None) -> None:
    process = f'Process {{\n    argv: [\n        "{path}",\n        "-c",\n    ],\n    env: {{"TOKEN": "secret"}},\n}}'
    error = RuntimeError(f"Failed to execute: {process}\n\nError launching process: Os {{ {os_error} }}")
    problem = as_problem(error, doing="exporting mypy", fix="unused")
    assert problem.what == f"exporting mypy failed: Pants cannot start {path}: {why or 'No such file or directory'}."
    assert "`reset-cache --only=store,named-caches`" in problem.fix
