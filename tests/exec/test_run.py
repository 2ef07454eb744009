"""What `exec` gives to its process."""

from __future__ import annotations

from pathlib import Path

import pytest

from devflow.common.errors import UserError
from devflow.exec.run import argv, environment, is_looked_up, not_found, without_dashes, working_directory


def test_the_variables_of_pants_are_left_out() -> None:
    own = {"HOME": "/home", "PANTS_CONFIG_FILES": "[]", "PYTHONPATH": "/mine"}
    of_pants = {
        "NAILGUN_TTY_PATH_0": "/dev/pts/0",
        "PANTSD_REQUEST_TIMEOUT_LIMIT": "60",
        "PANTSD_RUNTRACKER_CLIENT_START_TIME": "1",
        "_PANTS_SERVER_EXE": "x",
        "PANTS_PEX_CLI_URL_TEMPLATE": "x",
        "PANTS_CA_CERTS_PATH": "x",
    }
    assert environment({**own, **of_pants}, {"DEBUG": "1", "HOME": "/other"}) == {
        **own,
        "HOME": "/other",
        "DEBUG": "1",
    }


def test_a_pythonpath_that_only_the_launcher_has_kept() -> None:
    kept = {"DEVFLOW_CALLERS_PYTHONPATH": "/mine"}
    assert environment(kept, {}) == {"PYTHONPATH": "/mine"}
    assert environment({**kept, "PYTHONPATH": "/now"}, {}) == {"PYTHONPATH": "/now"}
    assert environment(kept, {"PYTHONPATH": "/extra"}) == {"PYTHONPATH": "/extra"}
    assert environment({"DEVFLOW_CALLERS_PYTHONPATH": ""}, {}) == {}


def test_what_the_engine_would_replace_is_refused() -> None:
    with pytest.raises(UserError, match="An argument holds {chroot}"):
        argv("", "/", ["echo", "{chroot}/x"])
    with pytest.raises(UserError, match="The variable ROOT holds {chroot}"):
        environment({"ROOT": "{chroot}"}, {})
    assert argv("exec", "/a b", ["{digest}", "", "@x", "line\nbreak"])[3:] == (
        "/a b",
        "{digest}",
        "",
        "@x",
        "line\nbreak",
    )


def test_where_it_runs(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    root = str(tmp_path)
    assert working_directory(None, str(below), root) == str(below)
    assert working_directory(None, None, root) == root
    assert working_directory(None, "/no/such/directory", root) == root, "a stale PWD"
    assert working_directory("..", str(below), root) == root
    with pytest.raises(UserError, match=r"--cwd=nowhere: .*/nowhere is not a directory"):
        working_directory("nowhere", root, root)


@pytest.mark.parametrize(
    ("typed", "fix"),
    [
        (["exec", "-m", "acme.cli"], "pants exec -- -m acme.cli"),
        (["--no-pantsd", "exec", "--resolve=mypy", "-m", "a b"], "pants exec --resolve=mypy -- -m 'a b'"),
        (["exec"], "pants exec -- -m MODULE"),
        (["exec", "--resolve=mypy", "--"], "pants exec --resolve=mypy -- -m MODULE"),
        (["exec", "src::", "--cwd=src", "--", "pytest", "--", "x"], "pants exec --cwd=src -- pytest -- x"),
    ],
)
def test_the_fix_of_a_command_without_dashes(typed: list[str], fix: str) -> None:
    assert without_dashes(typed, "pants").problem.fix == fix


@pytest.mark.parametrize(
    ("word", "expected"),
    [("alembic", True), ("-m", False), ("", False), ("x.py", False), ("./x", False), ("/bin/x", False)],
)
def test_which_words_are_looked_up(word: str, expected: bool) -> None:
    assert is_looked_up(word) is expected


def test_near_names() -> None:
    assert "It has alembic." in not_found("alembc", ["alembic", "pip"], "venv").problem.what
    assert not_found("zzz", ["alembic"], "venv").problem.what == "zzz is neither in venv/bin nor on PATH."
