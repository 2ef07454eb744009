"""`exec`: what it refuses and in which order, and that each printed fix works."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from exec.conftest import Run
from exec.repositories import write
from pants.testutil.option_util import create_options_bootstrapper
from pants.testutil.rule_runner import GoalRuleResult, mock_console

from devflow.exec.goal import Exec
from devflow.export_all_resolves.goal import ExportAllResolves

EXPORT = "dist/export/fake/trees/main/1.0"
CURRENT = "dist/export/fake/trees/main/current"


@pytest.fixture()
def execute(run: Run, root: Path) -> Run:
    """`execute("--cwd=src", "--", "true")` runs `exec` at the build root; the command prints to the same stdout."""

    def of(*args: str, env: Mapping[str, str] | None = None, settings: Sequence[str] = ()) -> GoalRuleResult:
        with mock_console(create_options_bootstrapper()) as (_, terminal):
            done = run(*args, goal=Exec, env={"PWD": str(root), **(env or {})}, settings=settings)
            return replace(done, stdout=done.stdout + terminal.get_stdout())

    return of


def fix_of(result: GoalRuleResult) -> str:
    assert (result.exit_code, result.stdout) == (1, "")
    [fix] = [line.partition("Fix: ")[2] for line in result.stderr.splitlines() if "  Fix: " in line]
    return fix


def works(result: GoalRuleResult) -> str:
    """What the command printed."""
    assert result.exit_code == 0, result.stderr
    return result.stdout


def arguments(fix: str, name: str) -> list[str]:
    """Those of a printed command, behind the name of its goal."""
    words = shlex.split(fix)
    return words[words.index(name) + 1 :]


def test_it_exports_once_and_ends_as_the_command_ends(execute: Run, root: Path) -> None:
    first = execute("--", "sh", "-c", "echo $VIRTUAL_ENV; exit 7")
    assert (first.exit_code, first.stdout) == (7, f"{root}/{CURRENT}\n")
    assert first.stderr.endswith("Exported 1, 0 up to date.\n")
    second = execute("--", "true")
    assert (second.exit_code, second.stdout, second.stderr) == (0, "", "")
    assert execute("--check").stderr == f"main: up to date, {EXPORT}\n"


@pytest.mark.parametrize("kind", ["directory", "file"])
def test_what_is_in_the_place_of_the_link(execute: Run, root: Path, kind: str) -> None:
    execute("--", "true")
    (root / CURRENT).unlink()
    (root / CURRENT).mkdir() if kind == "directory" else (root / CURRENT).write_text("mine")
    refused = execute("--", "true")
    assert f"exec: {CURRENT} cannot be written: a {kind} is in its place.\n" in refused.stderr
    subprocess.run(fix_of(refused).partition(": ")[2], shell=True, check=True, cwd=root)
    works(execute("--", "true"))


@pytest.mark.parametrize("name", [b"m\xffine", b"a:b"], ids=["not UTF-8", "a colon"])
def test_a_root_that_no_path_of_python_can_have(execute: Run, run: Run, root: Path, name: bytes) -> None:
    """The interactive process of Pants takes no such text, and Pants then tries the goal again, without end.

    So the files are looked at first, which have the same roots: their goal ends.
    """
    (root / "plugins" / os.fsdecode(name)).mkdir(parents=True)
    (root / "plugins/one").mkdir()
    files = run("--only=script")
    assert files.exit_code == 0, files.stderr
    assert name not in (root / "dist/exec/main").read_bytes()
    seen = works(execute("--", "sh", "-c", "echo $PYTHONPATH")).splitlines()[0]
    assert seen.split(":")[:2] == [f"{root}/src", f"{root}/plugins/one"]
    assert os.fsencode(name) not in os.fsencode(seen)


def test_a_damaged_export_is_made_again(execute: Run, root: Path) -> None:
    """As one whose files are links into a cache that was removed."""
    execute("--", "true")
    (root / EXPORT / "bin/run").unlink()
    (root / EXPORT / "bin/run").symlink_to("/no/such/cache")
    checked = execute("--check")
    assert checked.exit_code == 1
    assert checked.stderr.startswith("main: damaged, ")
    assert execute("--", "true").stderr.endswith("Exported 1, 0 up to date.\n")


def test_an_export_that_may_not_be_made(execute: Run, run: Run) -> None:
    refused = execute("--no-export", "--", "true")
    assert "exec: The export of main is missing.\n" in refused.stderr
    made = run(*arguments(fix_of(refused), "export-all-resolves"), goal=ExportAllResolves)
    assert made.exit_code == 0
    assert execute("--no-export", "--", "true").exit_code == 0


def test_a_command_without_dashes(execute: Run, root: Path) -> None:
    write(root / "tools/tell", "#!/bin/sh\necho told\n", mode=0o755)
    refused = execute("tools/tell")
    assert "exec: This goal takes its command behind --.\n" in refused.stderr
    assert not (root / "dist").exists()
    assert works(execute(*arguments(fix_of(refused), "exec"))) == "told\n"
    assert fix_of(execute()) == "pants exec -- -m MODULE"  # there is no terminal for a Python that asks
    nothing = execute("--resolve=main", "--")
    assert "exec: There is no command behind --.\n" in nothing.stderr
    assert fix_of(nothing) == "pants exec --resolve=main -- -m MODULE"
    targets = execute("tools::", "--", "tools/tell")
    assert "exec: This goal takes no targets before --.\n" in targets.stderr
    assert works(execute(*arguments(fix_of(targets), "exec"))) == "told\n"


def test_a_directory_that_is_not_there(execute: Run, root: Path) -> None:
    refused = execute("--cwd=scr", "--", "pwd")
    assert fix_of(refused) == "name one that is there"
    assert f"exec: --cwd=scr: {root}/scr is not a directory.\n" in refused.stderr
    assert not (root / "dist").exists(), "nothing is exported"
    assert works(execute("--cwd=src", "--", "pwd")) == f"{root}/src\n"


@pytest.mark.parametrize(
    ("given", "correct"),
    [
        (("--", "echo", "{chroot}/x"), None),
        (("--extra-env={'PLACE': '{chroot}'}", "--", "true"), ("--extra-env={'PLACE': '.'}", "--", "true")),
    ],
)
def test_what_the_engine_would_replace(
    execute: Run, run: Run, root: Path, given: tuple[str, ...], correct: tuple[str, ...] | None
) -> None:
    refused = execute(*given)
    fix = fix_of(refused)
    assert "which Pants replaces by the path of a sandbox" in refused.stderr
    if correct:
        assert "give it another value, or use the script that `exec-files` writes" in fix
        assert execute(*correct).exit_code == 0
    assert "use the script that `exec-files` writes, which changes nothing" in fix
    execute("--", "true")
    write(root / EXPORT / "bin/python", f'#!/bin/sh\nexec {sys.executable} "$@"\n', mode=0o755)
    assert run().exit_code == 0
    done = subprocess.run(
        [root / "dist/exec/main", "-c", "import os, sys; print(sys.argv[1], os.environ['PLACE'])", "{chroot}/x"],
        env={**os.environ, "PLACE": "{chroot}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "{chroot}/x {chroot}\n")


def test_a_command_that_is_nowhere(execute: Run, root: Path) -> None:
    execute("--", "true")
    write(root / EXPORT / "bin/alembic", "#!/bin/sh\necho heads\n", mode=0o755)
    refused = execute("--", "alembc", "heads")
    assert f"exec: alembc is neither in {EXPORT}/bin nor on PATH. It has alembic.\n" in refused.stderr
    assert fix_of(refused).startswith("correct the name, or add the requirement that brings it to the lockfile")
    assert works(execute("--", "alembic", "heads")) == "heads\n"


def test_a_regular_package_that_hides_code(execute: Run, run: Run, root: Path) -> None:
    """Both goals say so, and go on: another package may be what the command needs."""
    execute("--", "true")
    library = root / EXPORT / "lib/python3.9/site-packages"
    write(library / "acme/__init__.py", "")
    write(library / "acme_common-1.0.dist-info/METADATA", "Name: acme-common\nVersion: 1.0\n")
    write(library / "acme_common-1.0.dist-info/RECORD", "acme/__init__.py,sha256=x,0\n")
    assert execute("--", "true").stderr == "", "no source root has a package of that name"
    write(root / "src/acme/client/shell.py", "")
    told = execute("--", "true")
    said = (
        f"exec: src/acme has no __init__.py, so {EXPORT}/lib/python3.9/site-packages/acme/__init__.py hides it: its "
        "modules cannot be imported.\n  Fix: add src/acme/__init__.py, or remove the requirement acme-common from the "
        "resolve main\n"
    )
    assert (told.exit_code, told.stderr) == (0, said)
    files = run()
    assert files.exit_code == 0
    assert said.replace("exec: ", "exec-files: ") in files.stderr
    write(root / "src/acme/__init__.py", "")
    assert execute("--", "true").stderr == ""
    assert run().stderr == "4 up to date.\n"
