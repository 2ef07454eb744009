"""The goal with a real alembic: what it prints, writes and says."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pants.testutil.rule_runner import RuleRunner

from schema_history.conftest import Run, revision

INI = "[alembic]\nscript_location = %(here)s/migrations\n"
TWO = {
    "db/alembic.ini": INI,
    "db/migrations/versions/1.py": revision("aa", None, "begin"),
    "db/migrations/versions/2.py": revision("bb", "aa", "go on"),
}
DUMP = """\
{
  "manager_version": "24.03.1",
  "revisions": [
    {
      "down_revision": "aa",
      "revision": "bb",
      "is_head": true,
      "is_branch_point": false,
      "is_merge_point": false,
      "doc": "go on"
    },
    {
      "down_revision": null,
      "revision": "aa",
      "is_head": false,
      "is_branch_point": false,
      "is_merge_point": false,
      "doc": "begin"
    }
  ]
}
"""
TARGET = 'alembic_migrations(name="m", output="{config_dir}/history/{version}.json")\n'


def test_the_dump_on_stdout(runner: RuleRunner, run: Run) -> None:
    runner.write_files(TWO)
    result = run()
    assert (result.stdout, result.stderr, result.exit_code) == (DUMP, "", 0)
    assert run("--for-version=1.2").stdout == DUMP.replace("24.03.1", "1.2")
    assert run("--version-key=version").stdout == DUMP.replace("manager_version", "version")
    assert not list(Path(runner.build_root).rglob("__pycache__"))


def test_a_file_is_written_and_then_up_to_date(runner: RuleRunner, run: Run) -> None:
    runner.write_files(TWO)
    output = "--output={config_dir}/history/{version}.json"
    result = run(output)
    assert result.stdout == "db/history/24.03.1.json: written, 2 revisions of db/alembic.ini\n"
    file = Path(runner.build_root, "db/history/24.03.1.json")
    assert file.read_text() == DUMP
    before = file.stat()
    assert run(output).stdout == "db/history/24.03.1.json: up to date, 2 revisions of db/alembic.ini\n"
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert os.listdir(file.parent) == ["24.03.1.json"]


def test_check(runner: RuleRunner, run: Run) -> None:
    runner.write_files(TWO)
    output = "--output=h.json"
    result = run("--check", output)
    assert (result.stdout, result.exit_code) == ("h.json: missing\n", 1)
    assert result.stderr == "To do it: pants dump-schema-history --config=db/alembic.ini --output=h.json\n"
    assert not Path(runner.build_root, "h.json").exists()
    run(output)
    result = run("--check", output)
    assert (result.stdout, result.stderr, result.exit_code) == ("h.json: up to date\n", "", 0)
    runner.write_files({"db/migrations/versions/3.py": revision("cc", "bb", "more")})
    result = run("--check", output)
    assert result.stdout == 'h.json: differs\n  + cc: "more"\n  ~ bb: is_head true → false\n'
    assert result.exit_code == 1
    assert Path(runner.build_root, "h.json").read_text() == DUMP


def test_another_versions_file_is_compared_and_not_overwritten(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**TWO, "h.json": DUMP.replace("24.03.1", "23.09")})
    result = run("--check", "--output=h.json")
    assert result.stdout == 'h.json: differs\n  manager_version: "23.09" → "24.03.1"\n'
    assert run("--output=h.json").exit_code == 1
    assert run("--output=h.json", "--format=text").exit_code == 0


def test_targets(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**TWO, "db/BUILD": TARGET, "other/BUILD": TARGET, "other/alembic.ini": INI})
    runner.write_files({"other/migrations/versions/x.py": revision("xx", None)})
    assert run("db:m").stdout == "db/history/24.03.1.json: written, 2 revisions of db:m\n"
    assert run("other/alembic.ini").stdout == "other/history/24.03.1.json: written, 1 revision of other:m\n"
    result = run()
    assert result.stdout == (
        "db/history/24.03.1.json: up to date, 2 revisions of db:m\n"
        "other/history/24.03.1.json: up to date, 1 revision of other:m\n"
    )
    # The command line has the last word, and `--config` finds the target.
    assert run("--config=db/alembic.ini", "--output=x.json").stdout == "x.json: written, 2 revisions of db:m\n"
    assert run("--config=./db/alembic.ini", "--format=text").stdout.startswith("db:m (alembic): 2 revisions")
    result = run("--output=x.json", "::")
    assert result.stderr.startswith(
        "dump-schema-history: db:m and other:m would both be written to x.json.\n  Fix: put"
    )


def test_pictures(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**TWO, "db/BUILD": TARGET})
    assert (
        run("--format=text").stdout == "db:m (alembic): 2 revisions, 1 head\n  bb  go on  [head]\n  aa  begin  [base]\n"
    )
    assert run("--format=mermaid").stdout.startswith("flowchart TD\n")
    assert run("--format=dot", "--fold").stdout.startswith('digraph "db:m" {\n')
    assert run("--format=mermaid", "--output=x.mmd").stdout == "x.mmd: written, 2 revisions of db:m\n"
    assert not Path(runner.build_root, "db/history").exists(), "a picture is no documented file"


def test_a_byte_order_mark_is_no_part_of_the_version(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**TWO, "VERSION": "\ufeff24.03.1\n"})
    assert run("--output=h/{version}.json").stdout.startswith("h/24.03.1.json: written, ")
    assert Path(runner.build_root, "h/24.03.1.json").read_text() == DUMP


def test_a_picture_needs_no_version(runner: RuleRunner, run: Run) -> None:
    runner.write_files(TWO)
    os.remove(os.path.join(runner.build_root, "VERSION"))
    assert run("--format=text", "--output=h/{version}.json").stdout.startswith("db/alembic.ini (alembic): 2 revisions")
    assert run("--format=dot", "--output=h.dot").stdout == "h.dot: written, 2 revisions of db/alembic.ini\n"
    for arguments in (["--format=dot", "--output=h/{version}.dot"], [], ["--check", "--output=h.json"]):
        result = run(*arguments)
        assert (result.stdout, result.exit_code) == ("", 1)
        assert result.stderr.startswith("dump-schema-history: There is no version file VERSION")
    assert not os.path.exists(os.path.join(runner.build_root, "h"))
    # One that is given must be one.
    assert run("--format=text", "--for-version=1/2").stderr.startswith("dump-schema-history: '1/2' is no version.")


def test_places(runner: RuleRunner, run: Run) -> None:
    runner.write_files({path.replace("db/migrations", "src/app/db"): text for path, text in TWO.items()})
    for location in ("app.db:", "app:db", "src/app/db", "%(here)s/../src/app/db", "../src/app/db"):
        runner.write_files({"db/alembic.ini": f"[alembic]\nscript_location = {location}\n"})
        assert run().stdout == DUMP, location
    Path(runner.build_root, "db/alembic.ini").unlink()
    runner.write_files({"pyproject.toml": '[tool.alembic]\nscript_location = "src/app/db"\n'})
    assert run().stdout == DUMP
    assert run("--config=pyproject.toml").stdout == DUMP


def test_version_locations_and_recursion(runner: RuleRunner, run: Run) -> None:
    runner.write_files({"alembic.ini": f"{INI}version_locations = a gone b\nrecursive_version_locations = true\n"})
    runner.write_files(
        {
            "migrations/env.py": "raise SystemExit",
            "b/sub/2.py": revision("bb", "aa", "go on"),
            "a/1.py": revision("aa", None, "begin"),
            "a/__init__.py": "raise SystemExit",
        }
    )
    assert run().stdout == DUMP
    runner.write_files({"alembic.ini": f"{INI}version_locations = a b\n"})
    assert [part["revision"] for part in json.loads(run().stdout)["revisions"]] == ["aa"]


@pytest.mark.parametrize(
    ("files", "args", "message"),
    [
        ({"db/alembic.ini": ""}, (), "There is no configuration of a migration tool in this repository: no alembic.in"),
        ({"x/alembic.ini": INI}, (), "There are several configurations: db/alembic.ini, x/alembic.ini.\n  Fix: choose"),
        ({}, ("--config=db/alembik.ini",), "db/alembik.ini: There is no such file, or Pants ignores it. Did you mean "),
        ({}, ("--config=db/alembic.txt",), "--config=db/alembic.txt: No migration tool has a configuration with such"),
        ({}, ("--config=/db/alembic.ini",), "--config=/db/alembic.ini: The file is outside of this repository"),
        ({"pyproject.toml": "[a]"}, ("--config=pyproject.toml",), "pyproject.toml: There is no [tool.alembic]."),
        ({"db/alembic.ini": "[alembic]\n"}, (), "db/alembic.ini: [alembic] has no `script_location`."),
        ({"db/alembic.ini": INI.replace("migrations", "m")}, (), "db/alembic.ini: script_location is '%(here)s/m', an"),
        ({"db/alembic.ini": INI.replace("migr", "../../m")}, (), "db/alembic.ini: The location '%(here)s/../../mation"),
        ({"db/alembic.ini": f"{INI}version_locations = x"}, (), "db/alembic.ini: None of the version_locations exists"),
        ({}, ("--fold",), "--fold is for text and pictures."),
        ({}, ("--check", "--format=text"), "--check compares the JSON file."),
        ({}, ("--check",), "--check needs a file to compare the history of db/alembic.ini with."),
        ({}, ("--output=/x.json",), "The output path '/x.json' is no file of this repository."),
        ({}, ("--output=db",), "db cannot be read: it is a directory, not a re"),
        ({}, ("--output=VERSION/x.json",), "VERSION/x.json cannot be read: Not a directory."),
        ({}, ("--output=x{name}.json",), "The output path 'x{name}.json' holds {name}, which is not a placeholder."),
        ({}, ("--for-version=1/2",), "'1/2' is no version."),
        ({}, ("--dump-schema-history-version-file=V",), "There is no version file V."),
        ({"VERSION": "\n"}, (), "'' is no version."),
        ({"h.json": DUMP.replace("24.03.1", "23")}, ("--output=h.json",), "h.json has the history of 23, which that o"),
        ({"db/BUILD": TARGET}, ("--config=db/alembic.ini", "db:m"), "Both targets and --config are given."),
        ({"db/BUILD": "target(name='t')"}, ("db:t",), "None of these targets is a migration tree."),
        ({"db/BUILD": "alembic_migrations(resolve='ap')"}, (), "db:db: resolve: no resolve has the name 'ap'. Did you"),
        ({"db/BUILD": "alembic_migrations(resolve='tools')"}, (), "The lockfile of resolve tools does not hold alembi"),
        ({"app.lock": "ansicolors==1.1.8\n"}, (), "No resolve of this repository holds alembic.\n  Fix: add alembic t"),
        ({"db/migrations/versions/3.py": revision("cc", "aa")}, (), "db/migrations/versions/2.py:2: There are 2 heads"),
        ({"db/migrations/versions/3.py": revision("cc", "zz")}, (), "db/migrations/versions/3.py:3: Revision cc comes"),
        ({"db/migrations/versions/2.py": revision("aa", None)}, (), "db/migrations/versions/2.py:2: The revision id '"),
        ({"db/migrations/versions/1.py": revision("aa", "bb")}, (), "db/migrations/versions/1.py:3: The history has a"),
        ({"db/migrations/versions/3.py": "down_revision = f()"}, (), "db/migrations/versions/3.py:1: `down_revision` "),
        ({"db/migrations/versions/3.py": b"\xff".decode("latin-1")}, (), "db/migrations/versions/3.py:1: "),
    ],
)  # fmt: skip
def test_errors(runner: RuleRunner, run: Run, files: dict[str, str], args: tuple[str, ...], message: str) -> None:
    runner.write_files({**TWO, **files})
    if files.get("db/alembic.ini") == "":
        Path(runner.build_root, "db/alembic.ini").unlink()
    before = sorted(path for path in Path(runner.build_root).rglob("*") if ".pants" not in str(path))
    result = run(*args)
    assert result.stderr.startswith(f"dump-schema-history: {message}"), result.stderr
    assert "\n  Fix: " in result.stderr
    assert (result.stdout, result.exit_code) == ("", 1)
    after = sorted(path for path in Path(runner.build_root).rglob("*") if ".pants" not in str(path))
    assert after == before


def test_an_empty_history(runner: RuleRunner, run: Run) -> None:
    runner.write_files({"alembic.ini": INI, "migrations/env.py": ""})
    assert run().stderr.startswith("dump-schema-history: alembic.ini: There are no migration scripts in migrations/ver")


def test_all_problems_are_shown(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**TWO, "db/migrations/versions/3.py": "revision = a\ndown_revision = b\n", "x/BUILD": TARGET})
    runner.write_files({"db/BUILD": TARGET})
    assert run().stderr.count("\n  Fix: ") == 3


def test_several_heads_may_be_wanted(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**TWO, "db/migrations/versions/3.py": revision("cc", "aa")})
    result = run("--allow-multiple-heads")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [part["is_head"] for part in json.loads(result.stdout)["revisions"]] == [True, True, False]


def test_a_merge_with_itself_is_a_warning(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**TWO, "db/migrations/versions/3.py": revision("cc", ("bb", "bb"))})
    result = run()
    assert result.exit_code == 0
    assert result.stderr.startswith("dump-schema-history: warning: db/migrations/versions/3.py:3: Revision cc merges a")
    assert json.loads(result.stdout)["revisions"][0]["down_revision"] == "bb, bb"


def test_several_histories_on_one_stdout(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**TWO, "x/alembic.ini": INI, "x/migrations/versions/x.py": revision("xx", None)})
    both = "--config=db/alembic.ini,x/alembic.ini"
    assert run(both).stderr.startswith("dump-schema-history: There are 2 histories, and one standard output: db/alemb")
    assert run(both, "--format=text").stdout.count(" revision") == 2


def test_where_alembic_comes_from(runner: RuleRunner, run: Run) -> None:
    runner.write_files(TWO)
    wanted = {"alembic-install-from-resolve": "tools"}
    assert run(settings=wanted).stderr.startswith(
        "dump-schema-history: The lockfile of resolve tools does not hold alem"
    )
    result = run(settings={"python-default-resolve": "app"})
    assert result.stderr == ""
    assert result.stdout == DUMP
    off = {"python-enable-resolves": "false"}
    assert run(settings=off).stderr.startswith("dump-schema-history: Resolves are off: ")
