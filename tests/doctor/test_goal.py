"""The messages of the goal."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.doctor import __main__ as plain
from devflow.doctor.checks.registry import ALL_CHECKS
from devflow.doctor.goal import Doctor
from devflow.doctor.register import rules
from harness.git import git
from harness.rule_runners import emptied
from harness.transcripts import printed_by

Run = Callable[..., GoalRuleResult]
NAMES = [check.name for check in ALL_CHECKS]
# What a machine that runs tests may have: little space, an old launcher, limits.
OF_MACHINE = "launcher,launchers,space,owner,address-space,open-files,watches,watching,leftovers,containers,docker"


@pytest.fixture(scope="module")
def only_runner() -> RuleRunner:
    return RuleRunner(rules=rules())


@pytest.fixture()
def rule_runner(only_runner: RuleRunner) -> RuleRunner:
    runner = emptied(only_runner)
    runner.write_files({"pants.toml": '[GLOBAL]\npants_version = "2.17.1"\n'})
    return runner


@pytest.fixture()
def run(rule_runner: RuleRunner, tmp_path: Path) -> Run:
    def run_goal(*args: str, env: dict[str, str] | None = None) -> GoalRuleResult:
        directories = ("local_store_dir", "named_caches_dir", "local_execution_root_dir")
        (tmp_path / "local_execution_root_dir").mkdir(exist_ok=True)
        return rule_runner.run_goal_rule(
            Doctor,
            global_args=[f"--{name.replace('_', '-')}={tmp_path / name}" for name in directories],
            args=args,
            env={"HOME": str(tmp_path), **(env or {})},
            env_inherit={"PATH"},
        )

    return run_goal


def test_a_healthy_clone_is_one_line(run: Run) -> None:
    result = run(f"--skip={OF_MACHINE}")
    [transcript] = printed_by("doctor")
    # How many checks a machine can make is not for this test to say.
    assert re.sub(r"\d+", "N", result.stdout) == re.sub(r"\d+", "N", "".join(f"{line}\n" for line in transcript.lines))
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_finding_and_its_fix(run: Run, rule_runner: RuleRunner) -> None:
    rule_runner.write_files({".pants.bootstrap": "export PYTHON=/no/python\n"})
    result = run("--only=bootstrap-file", "--only=config")
    assert result.stdout.splitlines() == [
        "bootstrap-file: error: .pants.bootstrap:1: PYTHON names /no/python, which does not exist.",
        "  Fix: name an existing path in .pants.bootstrap, or remove the line",
        "1 error, 1 check fine.",
    ]
    assert result.exit_code == 1


def test_a_warning_fails_if_the_run_is_strict(run: Run) -> None:
    env = {"PANTS_SHA": "abc"}
    assert run("--only=pants-version", env=env).exit_code == 0
    result = run("--only=pants-version", "--strict", env=env)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "1 warning, 0 checks fine."


def test_what_the_other_checks_saw(run: Run) -> None:
    result = run("--only=bootstrap-file,locale", "--verbose")
    assert result.stdout.splitlines() == [
        "bootstrap-file: not checked: there is no .pants.bootstrap",
        "locale: fine, encoding: UTF-8, without_variables: UTF-8, ignored: no, own: no, remedy: none",
        "1 check fine, 1 not checked.",
    ]


def test_the_report_as_json(run: Run) -> None:
    report = json.loads(run("--format=json", f"--skip={OF_MACHINE}").stdout)
    assert (report["schema_version"], report["goal"], report["mode"]) == (1, "doctor", "check")
    assert [one["check"] for one in report["results"]] == [
        name for name in NAMES if name not in OF_MACHINE.split(",") and name != "index"
    ]
    [one] = json.loads(run("--format=json", "--only=config").stdout)["results"]
    assert one == {
        "check": "config",
        "status": "ok",
        "what": None,
        "fix": None,
        "facts": {"broken": [], "unknown": [], "settings_problem": None, "version": "2.17.1", "in_pants": True},
        "page": "docs/goals/doctor.md#config",
    }


SAME = "bootstrap-file,locale,config,rc-files,pants-version,clock,execution-root,owner,store,store-limit"


@pytest.mark.parametrize("form", [[], ["--verbose"], ["--format=json"]])
def test_the_plain_program_says_the_same(
    run: Run,
    rule_runner: RuleRunner,
    tmp_path: Path,
    form: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """But for its own name in fixes, and that Pants has read the configuration."""
    rule_runner.write_files({".pants.bootstrap": "export PYTHON=/no/python\n"})
    database = tmp_path / "local_store_dir/cache/0/data.mdb"
    database.parent.mkdir(parents=True)
    database.write_bytes(bytes(8192))
    of_goal = run(f"--only={SAME}", *form, env={"PANTS_SHA": "abc"})
    monkeypatch.chdir(rule_runner.build_root)
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PANTS_SHA": "abc"}
    for option in ("local_store_dir", "named_caches_dir", "local_execution_root_dir"):
        environment[f"PANTS_{option.upper()}"] = str(tmp_path / option)
    for name in [name for name in os.environ if name not in environment]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    exit_code = plain.main([f"--only={SAME}", *form])
    said = capsys.readouterr().out.replace("python3 -m devflow.reset_cache", "pants reset-cache")
    said = said.replace("in_pants: no", "in_pants: yes").replace('"in_pants": false', '"in_pants": true')
    said = said.replace('"runs": false', '"runs": true').replace("runs: no", "runs: yes")
    assert said == of_goal.stdout
    assert "data.mdb" in said
    assert (exit_code, of_goal.exit_code) == (1, 1)


def test_a_variable_that_pants_ignores_in_silence(run: Run) -> None:
    env = {"PANTS_DOCTOR_STRIKT": "true", "PANTS_DOCTOR_VERBOSE": "false", "PANTS_LOCAL_STORE_DIRS": "/x"}
    result = run("--only=environment", env=env)
    assert result.exit_code == 0  # Pants has started, and says nothing
    assert (result.stdout.splitlines(), result.stderr) == (
        [
            "environment: warning: PANTS_DOCTOR_STRIKT is no option of any active backend, so Pants ignores it. "
            "Did you mean 'PANTS_DOCTOR_STRICT'?",
            "  Fix: unset PANTS_DOCTOR_STRIKT",
            "environment: warning: PANTS_LOCAL_STORE_DIRS is no option of any active backend, so Pants ignores it. "
            "Did you mean 'PANTS_LOCAL_STORE_DIR'?",
            "  Fix: unset PANTS_LOCAL_STORE_DIRS",
            "2 warnings, 0 checks fine.",
        ],
        "",
    )
    assert run("--only=environment", env={"PANTS_DOCTOR_STRICT": "true"}).stdout == "1 check fine.\n"  # after the fix


def test_options_on_the_command_line_reach_their_checks(run: Run, rule_runner: RuleRunner) -> None:
    git(Path(rule_runner.build_root), "init", "--quiet")
    result = run("--only=git-hooks", "--git-hooks=pre-commit", "--git-hooks-fix=scripts/hooks.sh")
    assert result.stdout.splitlines()[:2] == [
        "git-hooks: warning: The git hook pre-commit is not installed.",
        "  Fix: scripts/hooks.sh",
    ]


def test_the_names_of_all_checks(run: Run) -> None:
    assert [line.partition(": ")[0] for line in run("--list").stdout.splitlines()] == NAMES
    listed = json.loads(run("--list", "--format=json").stdout)
    assert (listed["mode"], [one["check"] for one in listed["results"]]) == ("list", NAMES)


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (["--only=lokale"], "--only=lokale: there is no check 'lokale'. Did you mean 'locale'?\n  Fix: choose from "),
        (["--skip=x"], "--skip=x: there is no check 'x'.\n  Fix: choose from "),
        (["--only=git,store", "--skip=store"], "--only and --skip both name store.\n  Fix: leave the name out of "),
        (["::"], "This goal takes no targets.\n  Fix: leave them out, and choose checks with --only=NAME"),
    ],
)
def test_a_mistake_in_the_call(run: Run, args: list[str], what: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"doctor: {what}")


def test_each_check_has_a_heading_on_the_page() -> None:
    page = (Path.cwd() / "docs/goals/doctor.md").read_text(encoding="utf-8")
    headings = [line[4:] for line in page.splitlines() if line.startswith("### ")]
    assert headings == NAMES
