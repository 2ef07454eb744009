"""For each check: the test that breaks a machine in that way and runs the fix; that in which Pants says the words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from devflow.doctor.checks.registry import ALL_CHECKS

HERE = Path(__file__).parent
NAMES = {check.name for check in ALL_CHECKS}
# The function that runs the fix as it is printed, or does what it says to edit; then the check finds nothing.
RUNS_THE_FIX = {
    "address-space": "checks/test_limits.py::test_the_fix_of_a_limit_of_addresses",
    "bootstrap-file": "checks/test_runtime.py::test_a_python_of_pyenv_that_is_gone",
    "clock": "checks/test_clock.py::test_a_file_from_the_future",
    "config": "checks/test_configuration.py::test_the_edit_that_a_fix_names",
    "containers": "checks/test_containers.py::test_containers_of_interrupted_tests",
    "daemon": "checks/test_daemons.py::test_the_fix_ends_it",
    "docker": "checks/test_containers.py::test_sandboxes_that_docker_of_snap_does_not_see",
    "environment": "test_goal.py::test_a_variable_that_pants_ignores_in_silence",
    "execution-root": "checks/test_directories.py::test_an_execution_root_that_cannot_be_made",
    "exports": "test_exports.py::test_the_fix_makes_what_is_stale_and_missing",
    "git": "checks/test_git.py::test_the_lock_of_a_git_that_was_killed",
    "git-hooks": "checks/test_git.py::test_hooks_that_are_wanted",
    "interpreters": "checks/test_python.py::test_a_python_that_is_missing",
    "launcher": "checks/test_launchers.py::test_the_old_script",
    "launchers": "checks/test_launchers.py::test_two_launchers",
    "leftovers": "checks/test_daemons.py::test_sandboxes_of_killed_runs",
    "locale": "checks/test_runtime.py::test_a_locale_in_which_pants_does_not_start",
    "lockfiles": "checks/test_python.py::test_a_lockfile_with_conflict_markers",
    "owner": "checks/test_directories.py::test_files_of_another_user",
    "pants-version": "checks/test_environment.py::test_the_fix_of_a_version_of_the_environment",
    "rc-files": "checks/test_config_parsers.py::test_pants_says_what_is_quoted_until_the_file_is_corrected",
    "space": "checks/test_directories.py::test_a_small_tmpfs_and_its_fix",
    "store": "checks/test_store.py::test_the_fix_of_the_plain_command",
    "store-limit": "checks/test_store.py::test_the_fix_of_a_database_that_is_nearly_full",
    "watches": "checks/test_watches.py::test_the_fix_raises_the_limit_for_good",
}
NO_FIX_IS_RUN = {
    "index": "the network is to be mended, or another index named",
    "open-files": "a hard limit is read when a user logs in",
    "same-filesystem": "it finds nothing",
    "watching": "the clone is to be moved to another disk",
}
# The function in which Pants fails with the words that are quoted.
PANTS_SAYS_IT = {
    "config": "checks/test_config_parsers.py::test_pants_says_what_is_quoted_until_the_file_is_corrected",
    "execution-root": "test_pants_fails.py::test_a_file_in_place_of_the_execution_root",
    "interpreters": "test_pants_fails.py::test_a_python_that_is_missing",
    "launcher": "test_pants_fails.py::test_a_launcher_that_is_too_old",
    "locale": "checks/test_runtime.py::test_a_locale_in_which_pants_does_not_start",
    "lockfiles": "test_lockfiles_fail.py::test_pants_refuses_a_lockfile_until_it_is_made_again",
    "open-files": "test_pants_fails.py::test_few_open_files",
    "owner": "test_pants_fails.py::test_a_directory_of_another_user",
    "rc-files": "checks/test_config_parsers.py::test_pants_says_what_is_quoted_until_the_file_is_corrected",
    "space": "test_pants_fails.py::test_a_full_disk",
    "store": "test_pants_fails.py::test_a_damaged_store",
    "store-limit": "test_pants_fails.py::test_a_full_store",
    "watches": "checks/test_watches.py::test_pants_fails_and_works_after_the_fix",
}
SAYS_NOTHING_OF_PANTS = {
    "address-space": "no limit was found that Pants itself speaks of",
    "bootstrap-file": "pyenv speaks, or the launcher of a repository",
    "clock": "servers and other tools speak",
    "containers": "Pants does not know of them",
    "daemon": "Pants does not know of it",
    "docker": "docker speaks",
    "environment": "Pants ignores the variable in silence",
    "exports": "Pants does not use them",
    "git": "git speaks",
    "git-hooks": "git speaks",
    "index": "pip speaks",
    "launchers": "the first one starts Pants",
    "leftovers": "they take space only",
    "pants-version": "Pants starts, in another version",
    "same-filesystem": "it finds nothing",
    "watching": "Pants works with old files in silence",
}


def test_each_check_is_in_the_tables() -> None:
    for one, other in ((RUNS_THE_FIX, NO_FIX_IS_RUN), (PANTS_SAYS_IT, SAYS_NOTHING_OF_PANTS)):
        assert one.keys() | other.keys() == NAMES
        assert not one.keys() & other.keys()


@pytest.mark.parametrize(("check", "where"), [*RUNS_THE_FIX.items(), *PANTS_SAYS_IT.items()])
def test_the_function_is_there(check: str, where: str) -> None:
    """And looks before and after."""
    file, _, name = where.partition("::")
    text = (HERE / file).read_text(encoding="utf-8")
    [function] = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name]
    assert check in text
    assert sum(isinstance(node, ast.Assert) for node in ast.walk(function)) > 1
