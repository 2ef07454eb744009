"""Where people keep alembic's scripts: what is read without an edit, what is skipped, and that each fix works."""

from __future__ import annotations

import json
import re

import pytest
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from harness.to_do import printed_arguments
from schema_history.conftest import Run, revision

FLASK = "# A generic, single database configuration.\n\n[alembic]\n\n[loggers]\nkeys = root\n"
NAMED = """\
[DEFAULT]
sqlalchemy.url = sqlite://
[crm]
script_location = %(here)s/crm
[billing]
script_location = %(here)s/billing
[loggers]
keys = root
"""
TWO_TREES = {
    "db/alembic.ini": NAMED,
    "db/crm/versions/1.py": revision("c1", None),
    "db/billing/versions/1.py": revision("b1", None),
    "db/billing/versions/2.py": revision("b2", "b1"),
}


def ids(result: GoalRuleResult) -> list[str]:
    """The revisions of a document on stdout, newest first."""
    assert result.exit_code == 0, result.stderr
    return [part["revision"] for part in json.loads(result.stdout)["revisions"]]


def fix_of(result: GoalRuleResult) -> str:
    assert result.exit_code == 1
    [fix] = re.findall(r"\n  Fix: (.*)", result.stderr)
    return str(fix)


def test_flask_migrate_names_no_script_location(runner: RuleRunner, run: Run) -> None:
    runner.write_files(
        {
            "migrations/alembic.ini": FLASK,
            "migrations/env.py": "raise SystemExit",
            "migrations/versions/1.py": revision("aaa111", None),
            "migrations/versions/2.py": revision("bbb222", "aaa111"),
        }
    )
    result = run()
    assert (result.stderr, ids(result)) == ("", ["bbb222", "aaa111"])
    runner.write_files({"migrations/alembic.ini": FLASK.replace("[alembic]\n", "[alembic]\nscript_location =\n")})
    assert ids(run("--config=migrations/alembic.ini")) == ["bbb222", "aaa111"]


@pytest.mark.parametrize(
    ("ini", "line"),
    [
        (FLASK, "script_location = %(here)s/schema"),
        ("[alembic]\nscript_location = gone\n", "script_location = %(here)s/schema"),
        ("[alembic]\nscript_location = app.gone:x\n", "script_location = %(here)s/schema"),
    ],
)
def test_the_line_of_the_fix_leads_to_the_scripts(runner: RuleRunner, run: Run, ini: str, line: str) -> None:
    runner.write_files({"db/alembic.ini": ini, "db/schema/env.py": "", "db/schema/versions/1.py": revision("aa", None)})
    assert fix_of(run()).endswith(f": {line}")
    corrected = re.sub("script_location.*\n", "", ini).replace("[alembic]", f"[alembic]\n{line}")
    runner.write_files({"db/alembic.ini": corrected})
    assert ids(run()) == ["aa"]


def test_each_named_section_is_a_tree(runner: RuleRunner, run: Run) -> None:
    runner.write_files(TWO_TREES)
    shown = run("--format=text")
    assert (shown.stderr, shown.exit_code) == ("", 0)
    assert [line for line in shown.stdout.splitlines() if not line.startswith(" ")] == [
        "db/alembic.ini:crm (alembic): 1 revision, 1 head",
        "db/alembic.ini:billing (alembic): 2 revisions, 1 head",
    ]
    assert run("--format=text", "--config=db/alembic.ini").stdout == shown.stdout
    fix = fix_of(run())
    assert fix == "choose one (pants dump-schema-history --config=db/alembic.ini:crm), or give each an output"
    assert ids(run("--config=db/alembic.ini:crm")) == ["c1"]
    assert ids(run("--config=db/alembic.ini:billing")) == ["b2", "b1"]
    assert run("--config=db/alembic.ini:biling").stderr.startswith(
        "dump-schema-history: db/alembic.ini has no section [biling]. Did you mean 'billing'?\n  Fix: name one of: crm,"
    )
    written = run("--output={config_dir}/{section}/{version}.json")
    assert written.stdout == (
        "db/crm/24.03.1.json: written, 1 revision of db/alembic.ini:crm\n"
        "db/billing/24.03.1.json: written, 2 revisions of db/alembic.ini:billing\n"
    )
    same = run("--output=h.json")
    assert "put {config_dir} or {section} into the output path" in same.stderr


def test_the_printed_command_names_the_sections(runner: RuleRunner, run: Run) -> None:
    runner.write_files(TWO_TREES)
    checked = run("--check", "--output={section}.json")
    assert (checked.stdout, checked.exit_code) == ("crm.json: missing\nbilling.json: missing\n", 1)
    printed = printed_arguments(checked)
    assert "--config=db/alembic.ini:crm,db/alembic.ini:billing" in printed
    again = run("--check", *printed)
    assert (again.stdout, again.stderr) == (checked.stdout, checked.stderr)


def test_a_section_as_a_target(runner: RuleRunner, run: Run) -> None:
    build = 'alembic_migrations(name="crm")\n'
    runner.write_files({**TWO_TREES, "db/BUILD": build})
    assert fix_of(run()) == 'set section="crm" in its target'
    runner.write_files({"db/BUILD": build.replace(")", ', section="crm")')})
    assert ids(run()) == ids(run("db:crm")) == ids(run("--config=db/alembic.ini:crm")) == ["c1"]
    # A section without a target is there for who names it.
    assert ids(run("--config=db/alembic.ini:billing")) == ["b2", "b1"]


def test_sections_beside_the_main_one_are_skipped_and_said(runner: RuleRunner, run: Run) -> None:
    runner.write_files(
        {
            **TWO_TREES,
            "db/alembic.ini": f"[alembic]\nscript_location = %(here)s/main\n{NAMED}",
            "db/main/versions/1.py": revision("m1", None),
        }
    )
    result = run()
    assert ids(result) == ["m1"]
    assert result.stderr == (
        "dump-schema-history: warning: db/alembic.ini: [alembic] is read, and not what `alembic --name` takes: crm, "
        "billing.\n  Fix: add --config=db/alembic.ini:crm; or declare each as a target, with its `section`\n"
    )
    assert ids(run("--config=db/alembic.ini:crm")) == ["c1"]
    runner.write_files({"db/BUILD": "alembic_migrations()"})
    result = run()
    assert (result.stderr, ids(result)) == ("", ["m1"])


BELOW = {
    "alembic.ini": "[alembic]\nscript_location = %(here)s/migrations\n",
    "migrations/env.py": "",
    "migrations/versions/2.py": revision("bb", None),
    "migrations/versions/2023/1.py": revision("aa", None),
    "migrations/versions/2023/helper.py": "x = 1",
}


def test_directories_below_are_skipped_and_said(runner: RuleRunner, run: Run) -> None:
    runner.write_files(BELOW)
    result = run()
    assert ids(result) == ["bb"]
    assert result.stderr == (
        "dump-schema-history: warning: migrations/versions/2023/1.py: not read, because alembic reads no directory "
        "below its version locations.\n"
        "  Fix: set `recursive_version_locations = true` in [alembic] of alembic.ini, or move them up\n"
    )


@pytest.mark.parametrize("top", [revision("bb", "aa"), None])
def test_what_only_the_directories_below_have(runner: RuleRunner, run: Run, top: str | None) -> None:
    files = {**BELOW, "migrations/versions/2.py": top or "", "alembic.ini": BELOW["alembic.ini"]}
    runner.write_files({path: text for path, text in files.items() if text or path.endswith("env.py")})
    result = run()
    fix = fix_of(result)
    assert "migrations/versions/2023/1.py" in result.stderr
    assert fix.startswith("set `recursive_version_locations = true` in [alembic] of alembic.ini")
    runner.write_files({"alembic.ini": f"{BELOW['alembic.ini']}recursive_version_locations = true\n"})
    (runner.write_files({"migrations/versions/2023/helper.py": revision("hh", "bb" if top else "aa")}))
    result = run()
    assert (result.stderr, ids(result)) == ("", ["hh", "bb", "aa"] if top else ["hh", "aa"])


def test_a_version_location_that_is_gone_is_said(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**BELOW, "alembic.ini": f"{BELOW['alembic.ini']}version_locations = %(here)s/gone new\n"})
    runner.write_files({"new/1.py": revision("nn", None)})
    result = run()
    assert ids(result) == ["nn"]
    assert result.stderr.startswith(
        "dump-schema-history: warning: alembic.ini: [alembic]: The version location '%(here)s/gone' does not exist, so"
    )
