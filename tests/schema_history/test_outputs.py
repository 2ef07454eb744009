"""Where documents may go: in the repository, out of git's directory, all of them or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pants.testutil.rule_runner import RuleRunner

from schema_history.conftest import Run
from schema_history.test_goal import DUMP, TWO

PLACES = [
    ("out/x.json", "The output path out/x.json leads out of the repository, to {outside}/x.json."),
    ("out/made/x.json", "The output path out/made/x.json leads out of the repository, to {outside}/made/x.json."),
    ("file.json", "The output path file.json leads out of the repository, to {outside}/victim."),
    ("dangling.json", "The output path dangling.json leads out of the repository, to {outside}/none."),
    (".git/hooks/x", "The output path .git/hooks/x is inside of the git directory .git."),
    (".GIT/x.json", "The output path .GIT/x.json is inside of the git directory .GIT."),
    ("sub/.git", "The output path sub/.git is inside of the git directory sub/.git."),
    ("hidden/x.json", "The output path hidden/x.json is inside of the git directory sub/.git."),
    ("bare/hooks/x.json", "The output path bare/hooks/x.json is inside of the git directory bare."),
    ("fifo", "fifo cannot be read: it is a FIFO, not a regular file."),
]


@pytest.mark.parametrize("mode", [(), ("--check",), ("--format=dot",)])
@pytest.mark.parametrize(("path", "message"), PLACES)
def test_an_output_stays_in_the_repository_and_out_of_git(
    runner: RuleRunner, run: Run, tmp_path: Path, path: str, message: str, mode: tuple[str, ...]
) -> None:
    root, outside = Path(runner.build_root), tmp_path / "outside"
    if mode == ("--format=dot",) and path.endswith(".json"):
        path, message = path.replace(".json", ".dot"), message.replace(".json", ".dot")  # .json is not for pictures
    runner.write_files({**TWO, "sub/.git/HEAD": "", "bare/HEAD": "", "bare/objects/x": "", "bare/refs/x": ""})
    outside.mkdir()
    (outside / "victim").write_text("precious")
    links = {"out": "", "file.json": "victim", "file.dot": "victim", "dangling.json": "none", "dangling.dot": "none"}
    for name, target in links.items():
        (root / name).symlink_to(Path(os.path.relpath(outside, root), target))  # Pants refuses absolute ones
    (root / "hidden").symlink_to("sub/.git/info")
    os.mkfifo(root / "fifo")
    before = sorted(root.rglob("*"))
    result = run(f"--output={path}", *mode)
    assert result.stderr.startswith(f"dump-schema-history: {message.format(outside=outside)}\n  Fix: "), result.stderr
    assert (result.stdout, result.exit_code) == ("", 1)
    assert sorted(root.rglob("*")) == before
    assert (os.listdir(outside), (outside / "victim").read_text()) == (["victim"], "precious")


def test_an_output_through_a_link_inside_of_the_repository(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**TWO, "db/history/.keep": ""})
    root = Path(runner.build_root)
    (root / "link").symlink_to("db/history")
    assert run("--output=link/{version}.json").exit_code == 0
    assert (root / "db/history/24.03.1.json").read_text() == DUMP


def test_no_file_is_written_if_one_of_them_cannot_be(runner: RuleRunner, run: Run) -> None:
    other = {path.replace("db/", "eb/"): text for path, text in TWO.items() if path.startswith("db/")}
    runner.write_files({**TWO, **other})
    root = Path(runner.build_root)
    os.mkfifo(root / "eb/history.dot")
    result = run("--config=db/alembic.ini,eb/alembic.ini", "--output={config_dir}/history.dot", "--format=dot")
    assert result.stderr == (
        "dump-schema-history: eb/history.dot cannot be read: it is a FIFO, not a regular file.\n"
        "  Fix: move it away: mv eb/history.dot …; or choose another output path\n"
    )
    assert not (root / "db/history.dot").exists()
