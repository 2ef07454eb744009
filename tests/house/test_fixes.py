"""Each message of these slices that has a fix is named by a test that goes on: that follows the fix."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from house.messages import messages, reachable, texts_of_following_tests

TESTS = Path(__file__).parent.parent
SLICES = ("release", "backport", "exec", "link", "platform_wheels", "plugin_checkouts", "sphinx_docs")
FOLDERS = (*SLICES, "common", "e2e/test_release.py", "e2e/test_release_in_ci.py")
# What their slices cannot show alone: a part of the message → the test that follows its fix.
ELSEWHERE: Mapping[str, str] = {
    "or that of Pants' virtualenv": "common/test_toml_file.py::test_each_copy_is_found_and_nothing_else_is_imported",
    "[GLOBAL].remote_execution_address": "engine/test_processes.py::test_one_process_stays_here_with_remote_execution",
}


def test_each_is_followed() -> None:
    paths = [path for folder in FOLDERS for path in (sorted((TESTS / folder).rglob("test_*.py")) or [TESTS / folder])]
    named = "\n".join(map(texts_of_following_tests, paths))
    lacking = [
        message.where
        for path in reachable(*SLICES)
        for message in messages(path)
        if not message.is_named_in(named) and not any(part in message.where for part in ELSEWHERE)
    ]
    assert lacking == []


def test_what_is_followed_elsewhere() -> None:
    for part, test in ELSEWHERE.items():
        path, _, name = test.partition("::")
        assert f"def {name}(" in (TESTS / path).read_text(), part
