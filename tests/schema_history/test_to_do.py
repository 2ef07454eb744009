"""The printed command writes what was checked: each option is in it."""

from __future__ import annotations

import pytest
from pants.testutil.rule_runner import RuleRunner

from devflow.schema_history.subsystem import DumpSchemaHistorySubsystem
from harness.to_do import options_of, printed_arguments
from schema_history.conftest import Run, revision

LOOKS = {"--check", "--format", "--fold"}  # a check is of the JSON file, which has no folds
CASES = {
    "--config": ("--config=db/alembic.ini", "--config=other/alembic.ini", "--output={config_dir}/h.json"),
    "--for-version": ("--for-version=1.2", "--output={version}.json"),
    "--output": ("--output=it's.json",),
    "--allow-multiple-heads": ("--allow-multiple-heads", "--output=h.json"),
    "--dump-schema-history-version-key": ("--dump-schema-history-version-key=version", "--output=old.json"),
    "--dump-schema-history-version-file": ("--dump-schema-history-version-file=src/VERSION", "--output={version}.json"),
}
INI = "[alembic]\nscript_location = %(here)s/migrations\n"
FILES = {
    "db/alembic.ini": INI,
    "db/migrations/versions/1.py": revision("aa", None),
    "src/VERSION": "9.9",
    "old.json": '{"manager_version": "0.1", "version": "0.2", "revisions": []}',
}
TARGET = 'alembic_migrations(name="m")\n'


def repeats(run: Run, *args: str) -> tuple[str, ...]:
    """Check with these arguments and with those that are printed; the same must come of it."""
    checked = run("--check", *args)
    assert checked.exit_code == 1, checked.stderr
    printed = printed_arguments(checked)
    again = run("--check", *printed)
    assert (again.stdout, again.stderr) == (checked.stdout, checked.stderr)
    return printed


@pytest.mark.parametrize("option", sorted(CASES))
def test_the_same_is_planned(runner: RuleRunner, run: Run, option: str) -> None:
    runner.write_files(FILES)
    if option == "--config":
        runner.write_files({"other/alembic.ini": INI, "other/migrations/versions/1.py": revision("bb", None)})
    printed = repeats(run, *CASES[option])
    assert any(each.startswith(option) for each in printed)


def test_every_option_has_a_case() -> None:
    assert options_of(DumpSchemaHistorySubsystem) - LOOKS == set(CASES)


@pytest.mark.parametrize("args", [("db:m",), ("--config=db/alembic.ini",), ()])
def test_trees_however_they_were_chosen(runner: RuleRunner, run: Run, args: tuple[str, ...]) -> None:
    runner.write_files({**FILES, "db/BUILD": TARGET})
    printed = repeats(run, "--output=h.json", *args)
    assert sorted(printed) == sorted(("--output=h.json", *(args or ("db:m",))))
