"""A repository that teams really have: paths of their own, generated code, roots that Pants does not see."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from devflow.export_all_resolves.service import ExportTree
from devflow.ide_config.inspect import hidden_roots
from ide_config.conftest import MAIN, Run

SETTINGS = ".vscode/settings.json"
OLD = MAIN.replace("1.0", "0.9")


def launch(python: str) -> str:
    path = json.dumps(f"${{workspaceFolder}}/{python}/bin/python")
    return f'{{"configurations": [{{"python": {path}}}]}} // mine\n'


def test_paths_in_other_files_are_corrected(run: Run, root: Path) -> None:
    (root / ".vscode").mkdir()
    run()
    files: dict[str, Callable[[str], str]] = {
        ".vscode/launch.json": launch,
        "one.code-workspace": launch,
        "mypy.ini": "[mypy]\npython_executable = {}\n".format,
    }
    for path, text in files.items():
        (root / path).write_text(text(OLD))
    result = run("--check")
    old, new = (f"${{workspaceFolder}}/{path}/bin/python" for path in (OLD, MAIN))
    assert f'.vscode/launch.json: configurations[0].python: have "{old}", want "{new}"\n' in result.stdout
    assert result.exit_code == 1
    assert {path: (root / path).read_text() for path in files} == {path: text(OLD) for path, text in files.items()}
    run()
    assert {path: (root / path).read_text() for path in files} == {path: text(MAIN) for path, text in files.items()}
    assert run("--check").exit_code == 0


def test_a_path_that_leads_nowhere_is_named(run: Run, root: Path) -> None:
    run()
    gone = "dist/export/fake/trees/gone/1.0/bin/python"
    (root / "mypy.ini").write_text(f"[mypy]\npython_executable = {gone}\n")
    result = run("--check")
    named = f"mypy.ini: python_executable: {gone} is stale, no such export exists"
    assert (result.stdout, result.exit_code) == (f"{named}\n", 1)
    assert f"{named}.\n  Fix: remove it, or choose from {MAIN}, " in result.stderr
    [found] = [one for one in json.loads(run("--format=json").stdout)["results"] if one["path"] == "mypy.ini"]
    assert found["stale"] == [{"key": "python_executable", "path": gone, "why": "no such export exists"}]
    assert run().exit_code == 0, "the settings of ide-config are right"
    (root / gone).parent.mkdir(parents=True)
    (root / gone).write_text("")
    assert run("--check").exit_code == 0


def test_generated_code_is_a_source_root(run: Run, root: Path) -> None:
    (root / "dist/codegen/src/wire").mkdir(parents=True)
    run()
    assert "dist/codegen/src" not in (root / SETTINGS).read_text(), "it is empty"
    (root / "dist/codegen/src/wire/glow_pb2.py").write_text("")
    run()
    assert json.loads((root / SETTINGS).read_text())["python.analysis.extraPaths"] == [
        "src",
        "tests",
        "dist/codegen/src",
    ]


def test_code_that_was_never_generated(run: Run, root: Path) -> None:
    """Until `export-codegen` has run, a note says what is missing; it is no failure."""
    assert "generated" not in run().stderr, "there is nothing to generate from"
    for path in ("src/glow.wire", "src/beam.wire"):
        (root / path).write_text("")
    note = "Python code is generated from src/beam.wire, and editors do not see it.\n  Fix: pants export-codegen ::\n"
    for args in ((), ("--check",), ("--dry-run",)):
        result = run(*args)
        assert (result.stderr.count(note), result.exit_code) == (1, 0), args
    assert note.rstrip("\n") in json.loads(run("--format=json").stdout)["notes"]
    (root / "dist/codegen/src").mkdir(parents=True)
    assert "generated" not in run().stderr


def test_a_root_that_pants_ignores(run: Run, root: Path) -> None:
    (root / "plugins/mine").mkdir(parents=True)
    (root / "plugins/mine/own.py").write_text("")
    run()
    assert "plugins/mine" in json.loads((root / SETTINGS).read_text())["python.analysis.extraPaths"]


def test_what_is_no_root_though_a_pattern_matches_it(tmp_path: Path) -> None:
    for name in ("dist", "node_modules", "own", ".hidden", "lib/python", "env"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "env/pyvenv.cfg").write_text("")
    (tmp_path / "file").write_text("")
    (tmp_path / os.fsdecode(b"m\xffine")).mkdir()
    tree = ExportTree(str(tmp_path), "dist", ".pants.d")
    assert hidden_roots(tree, ["/*", "/lib/python", "src", "/", "/none"]) == ("lib", "lib/python", "own")


def test_the_file_of_variables(run: Run, root: Path) -> None:
    run()
    variables = root / "dist/ide-config/vscode.env"
    assert variables.read_text() == f"PYTHONPATH={root}/src:{root}/tests\n"
    assert not (root / ".env").exists()


def test_a_dotenv_of_the_team_stays_in_force(run: Run, root: Path) -> None:
    (root / ".env").write_text("TOKEN=1\n")
    run()
    assert "python.envFile" not in json.loads((root / SETTINGS).read_text())
    assert (root / ".env").read_text() == "TOKEN=1\n"
