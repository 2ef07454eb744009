"""The frame of a goal: what is printed where, and the exit code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from pants.base.build_root import BuildRoot
from pants.base.specs import RawSpecs, RecursiveGlobSpec, Specs
from pants.testutil.option_util import create_options_bootstrapper
from pants.testutil.rule_runner import mock_console

from devflow.common.errors import Problem, UserError
from devflow.common.git import GitError
from devflow.common.goals import GoalRun
from devflow.common.options import ReportFormat


@dataclass
class Printed:
    stdout: str = ""
    stderr: str = ""


@contextmanager
def frame(printed: Printed) -> Iterator[GoalRun]:
    # Options need a build root; a sandbox of Pants is none.
    with BuildRoot().temporary(os.getcwd()), mock_console(create_options_bootstrapper()) as (console, reader):
        run = GoalRun(console, "some-goal")
        yield run
        printed.stdout, printed.stderr = reader.get_stdout(), reader.get_stderr()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (UserError("No.", fix="yes"), "some-goal: No.\n  Fix: yes\n"),
        (GitError("push", 1, "rejected"), "some-goal: git failed: rejected\n  Fix: do it\n"),
        (OSError(28, "Disk full"), "some-goal: OSError: [Errno 28] Disk full\n  Fix: do it\n"),
    ],
)
def test_what_a_user_can_mend_ends_the_run_without_a_traceback(error: Exception, says: str) -> None:
    printed = Printed()
    with frame(printed) as run:
        with run:
            run.fix_of_failure = lambda: "do it"
            raise error
        assert run.exit_code == 1
    assert (printed.stdout, printed.stderr) == ("", says)


def test_a_mistake_of_ours_is_a_traceback() -> None:
    with frame(Printed()) as run, pytest.raises(KeyError), run:
        raise KeyError("x")


@pytest.mark.parametrize(
    ("report_format", "lines", "stdout"),
    [(ReportFormat.TEXT, ["a", "b"], "a\nb\n"), (ReportFormat.TEXT, [], ""), (ReportFormat.JSON, ["a"], "{}\n")],
)
def test_the_report_is_on_stdout_and_the_rest_on_stderr(
    report_format: ReportFormat, lines: list[str], stdout: str
) -> None:
    printed = Printed()
    with frame(printed) as run:
        with run:
            run.report(report_format, lines=lines, document="{}")
            run.say("note", "other")
            run.say()
        assert run.exit_code == 0
    assert (printed.stdout, printed.stderr) == (stdout, "note\nother\n")


def test_problems_are_printed_and_the_run_goes_on() -> None:
    printed = Printed()
    with frame(printed) as run:
        with run:
            run.fail()
            assert run.exit_code == 0
            run.fail(Problem("a", "b"), Problem("c", "d"))
            run.end(0)
        assert run.exit_code == 1
    assert printed.stderr == "some-goal: a\n  Fix: b\nsome-goal: c\n  Fix: d\n"


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    printed = Printed()
    with frame(printed) as run:
        run.report(ReportFormat.TEXT, lines=["a\x1b[2J\n\tb\udcff", "said\n    by a tool"], document="{}")
        run.say("c\x9b", "d\ne")
        run.fail(Problem("No file x\nDone: forged\u202e.", "rm x\ny"))
    assert printed.stdout == "a\\x1b[2J\\n\tb\\xff\nsaid\n    by a tool\n"
    assert printed.stderr == "c\\u009b\nd\\ne\nsome-goal: No file x\\nDone: forged\\u202e.\n  Fix: rm x\\ny\n"


def test_targets() -> None:
    printed = Printed()
    with frame(printed) as run:
        run.refuse_targets(Specs.empty())
        everything = RawSpecs(recursive_globs=(RecursiveGlobSpec(""),), description_of_origin="a test")
        some = Specs(includes=everything, ignores=RawSpecs(description_of_origin="a test"))
        with run:
            run.refuse_targets(some, instead="choose by --only")
    assert printed.stderr == "some-goal: This goal takes no targets.\n  Fix: leave them out, and choose by --only\n"
