"""Settings by the link `current`, whose path has no version in it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from devflow.ide_config.facts import Export, ExportPaths
from devflow.ide_config.stale_paths import correct
from ide_config.conftest import MAIN, Run
from ide_config.workspaces import VENVS

SETTINGS = ".vscode/settings.json"
HOME = MAIN.rpartition("/")[0]
PYTHON = f"${{workspaceFolder}}/{HOME}/current/bin/python"


@pytest.fixture(autouse=True)
def _links(root: Path) -> None:
    for resolve in ("main", "mypy", "ruff"):
        (root / f"dist/export/fake/trees/{resolve}/current").symlink_to("1.0")


def make(root: Path, version: str) -> None:
    for resolve in ("main", "mypy", "ruff"):
        (root / f"dist/export/fake/trees/{resolve}/{version}/bin").mkdir(parents=True)


def point(root: Path, version: str) -> None:
    for resolve in ("main", "mypy", "ruff"):
        link = root / f"dist/export/fake/trees/{resolve}/current"
        link.unlink()
        link.symlink_to(version)


def test_no_setting_has_a_version(run: Run, root: Path) -> None:
    (root / "pyrightconfig.json").write_text("{}")
    run("--editors=vscode,pyright,coc,vim-ale,neovim,helix,zed,emacs,ty")
    settings = json.loads((root / SETTINGS).read_text())
    assert settings["python.defaultInterpreterPath"] == PYTHON
    pyright = json.loads((root / "pyrightconfig.json").read_text())
    assert (pyright["venvPath"], pyright["venv"]) == (HOME, "current")
    texts = [path.read_text() for path in root.rglob("*") if path.is_file() and ".pants.d" not in str(path)]
    assert sum("/current" in text for text in texts) >= 8  # all but the lists of extensions
    assert not [text for text in texts if "trees/main/1.0" in text]


def test_a_new_version_makes_no_setting_stale(run: Run, root: Path) -> None:
    run()
    before = (root / SETTINGS).read_bytes()
    make(root, "2.0")
    point(root, "2.0")
    checked = run("--check", version="2.0")
    assert (checked.exit_code, checked.stdout) == (0, "")
    run(version="2.0")
    assert (root / SETTINGS).read_bytes() == before


def test_the_real_interpreter_is_still_checked(run: Run, root: Path) -> None:
    run()
    checked = run("--check", version="2.0")
    assert checked.exit_code == 1
    assert f"{HOME}/2.0: missing, not exported yet" in checked.stdout or f"{HOME}/2.0: " in checked.stdout
    assert f"{HOME}/current: leads to 1.0, want 2.0\n" in checked.stdout
    assert checked.stderr.endswith("To do it: pants ide-config --export\n")


def test_a_link_that_leads_elsewhere_is_named_and_corrected(run: Run, root: Path) -> None:
    run("--export")
    assert run("--check").exit_code == 0
    point(root, "0.9")
    checked = run("--check")
    assert checked.exit_code == 1
    assert checked.stdout.splitlines() == [
        f"dist/export/fake/trees/{resolve}/current: leads to 0.9, want 1.0" for resolve in ("main", "mypy", "ruff")
    ]
    said = "Exported, but the link to the export is missing or leads elsewhere: main, mypy, ruff."
    assert f"{said}\n  Fix: pants ide-config --export\n" in checked.stderr
    assert run("--export").exit_code == 0
    assert os.readlink(root / HOME / "current") == "1.0"
    assert run("--check").exit_code == 0


@pytest.mark.parametrize("editor", ["vscode", "pyright"])
def test_a_clone_without_the_link_keeps_committed_settings(editor: str, run: Run, root: Path) -> None:
    """Somebody who has the link has committed them."""
    run(f"--editors={editor}", "--export")
    committed = {path: path.read_bytes() for path in (*root.glob(".vscode/*"), *root.glob("pyrightconfig.json"))}
    needed = [resolve for resolve in ("main", "mypy", "ruff") if editor == "vscode" or resolve == "main"]
    for resolve in needed:
        (root / f"dist/export/fake/trees/{resolve}/current").unlink()
    checked = run("--check", f"--editors={editor}")
    assert checked.exit_code == 1
    assert checked.stdout.splitlines() == [
        f"dist/export/fake/trees/{resolve}/current: missing, want 1.0" for resolve in needed
    ]
    assert f"  Fix: pants ide-config --editors={editor} --export\n" in checked.stderr
    assert run(f"--editors={editor}").exit_code == 0
    assert {path: path.read_bytes() for path in committed} == committed
    assert run(f"--editors={editor}", "--export").exit_code == 0
    assert os.readlink(root / HOME / "current") == "1.0"
    assert run("--check", f"--editors={editor}").exit_code == 0


def test_export_makes_the_new_version_and_turns_the_link(run: Run, root: Path) -> None:
    run("--export")
    assert run("--export", version="2.0").exit_code == 0
    assert os.readlink(root / HOME / "current") == "2.0"
    assert run("--check", version="2.0").exit_code == 0


def test_settings_without_a_version_may_be_committed(run: Run, root: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    (root / ".gitignore").write_text("/dist/\n/.pants.d/\n")
    (root / "pyrightconfig.json").write_text("{}")
    assert "holds paths of this machine" not in run("--editors=pyright").stderr
    (root / HOME / "current").unlink()
    (root / "pyrightconfig.json").write_text("{}")
    assert "pyrightconfig.json holds paths of this machine" in run("--editors=pyright").stderr


@pytest.mark.parametrize(
    ("have", "want"),
    [
        (f"{VENVS}/app/3.11.6/bin/python", f"{VENVS}/app/current/bin/python"),
        (f"{VENVS}/app/3.10.1/lib/python3.10/site-packages", f"{VENVS}/app/current/lib/python3.11/site-packages"),
        (f"{VENVS}/app/3.10.1/bin/python3.10", f"{VENVS}/app/current/bin/python3.11"),
        (f"{VENVS}/app/3.11.7/bin/python", f"{VENVS}/app/3.11.7/bin/python"),
        (f"{VENVS}/app/current/bin/python", f"{VENVS}/app/current/bin/python"),
    ],
)
def test_a_stale_path_that_the_user_has_written(have: str, want: str) -> None:
    export = Export("app", f"{VENVS}/app/current", f"{VENVS}/app/3.11.7")
    paths = ExportPaths("/repo", "dist/export/", {"app": export}, {"app": "python3.11"})
    text = json.dumps({"extraPaths": [have]})
    assert correct(text, "pyrightconfig.json", paths).text == json.dumps({"extraPaths": [want]})
