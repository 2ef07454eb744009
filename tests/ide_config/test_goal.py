from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from ide_config.conftest import MAIN, Run

PYTHON = f"${{workspaceFolder}}/{MAIN}/bin/python"
SETTINGS, EXTENSIONS = ".vscode/settings.json", ".vscode/extensions.json"
VARIABLES = "dist/ide-config/vscode.env"
ALL = "vscode,pyright,coc,vim-ale,neovim,helix,zed,emacs,ty"


def contents(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file but those of Pants: what a run that changes nothing must not change."""
    return {
        str(path): (path.stat().st_ino, path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".pants.d" not in str(path) and not path.is_symlink()
    }


def test_without_any_editors_files_it_is_vscode(run: Run, root: Path) -> None:
    result = run()
    assert result.stdout == "".join(f"{path}: written, for vscode\n" for path in (SETTINGS, EXTENSIONS, VARIABLES))
    assert result.exit_code == 0
    settings = json.loads((root / SETTINGS).read_text())
    assert settings["python.defaultInterpreterPath"] == PYTHON
    assert settings["python.analysis.extraPaths"] == ["src", "tests"]
    assert settings["python.analysis.stubPath"] == "stubs"


def test_the_second_run_changes_nothing(run: Run, root: Path) -> None:
    run(f"--editors={ALL}")
    before = contents(root)
    result = run(f"--editors={ALL}")
    assert {line.partition(": ")[2] for line in result.stdout.splitlines()} == {"up to date"}
    assert result.stderr.splitlines()[-1] == "12 up to date."
    assert contents(root) == before


def test_editors_are_those_whose_files_are_there(run: Run, root: Path) -> None:
    (root / ".helix").mkdir()
    (root / ".nvimrc").write_text("")
    (root / "pyproject.toml").write_text("[tool.ty]\n")
    assert [line.partition(":")[0] for line in run().stdout.splitlines()] == [
        ".helix/languages.toml",
        "pyproject.toml",
        ".vimrc",
        ".nvimrc",
    ]


def test_a_checkout_that_git_ignores_is_a_source_root(run: Run, root: Path) -> None:
    (root / "plugins/mine").mkdir(parents=True)
    (root / "plugins/.hidden").mkdir()
    (root / ".gitignore").write_text("/plugins/\n")
    run()
    assert json.loads((root / SETTINGS).read_text())["python.analysis.extraPaths"] == ["plugins/mine", "src", "tests"]


def test_what_is_somebodys_own_stays(run: Run, root: Path) -> None:
    (root / ".vscode").mkdir()
    (root / SETTINGS).write_bytes(
        b"\xef\xbb\xbf{\r\n"
        b'    // \xc3\xa9\r\n    "python.analysis.extraPaths": ["mine", "dist/export/old/site-packages"],\r\n'
        b'    "python.defaultInterpreterPath": "old", // mine\r\n'
        b'    "python.analysis.importFormat": "absolute",\r\n}\r\n'
    )
    assert run().exit_code == 0
    text = (root / SETTINGS).read_bytes()
    assert text.startswith(
        b"\xef\xbb\xbf{\r\n"
        b'    // \xc3\xa9\r\n    "python.analysis.extraPaths": ["mine", "src", "tests"],\r\n'
        b'    "python.defaultInterpreterPath": "' + PYTHON.encode() + b'", // mine\r\n'
        b'    "python.analysis.importFormat": "absolute",\r\n    "'
    )
    assert text.count(b"\n") == text.count(b"\r\n")


def test_check_names_file_key_have_and_want(run: Run, root: Path) -> None:
    run("--editors=vscode,vim-ale")
    assert run("--check").stdout == ""
    for resolve in ("main", "mypy", "ruff"):
        (root / f"dist/export/fake/trees/{resolve}/2.0/bin").mkdir(parents=True)
    before = contents(root)
    result = run("--check", version="2.0")
    assert result.exit_code == 1
    new = PYTHON.replace("1.0", "2.0")
    assert f'{SETTINGS}: python.defaultInterpreterPath: have "{PYTHON}", want "{new}"\n' in result.stdout
    vim = "s:root . '/dist/export/fake/trees/ruff/{}/bin/ruff'"
    assert (
        f".vimrc: g:ale_python_ruff_executable: have {vim.format('1.0')}, want {vim.format('2.0')}\n" in result.stdout
    )
    assert result.stderr.endswith("2 files to write, 2 up to date.\nTo do it: pants ide-config\n")
    assert contents(root) == before
    assert run(version="2.0").exit_code == 0
    assert run("--check", version="2.0").exit_code == 0


def test_check_names_what_is_missing(run: Run, root: Path) -> None:
    result = run("--check", "--editors=ty")
    assert result.exit_code == 1
    assert f'ty.toml: environment.python: have nothing, want "./{MAIN}"\n' in result.stdout
    assert not (root / "ty.toml").exists()
    run("--editors=ty")
    os.rmdir(root / MAIN / "bin")
    result = run("--check", "--editors=ty")
    assert (result.exit_code, result.stdout.splitlines()) == (1, [f"{MAIN}: stale, not made by export-all-resolves"])
    assert result.stderr.endswith("1 up to date.\nTo do it: pants ide-config --editors=ty --export\n")


def test_a_dry_run_is_a_diff_that_patch_takes(run: Run, root: Path, tmp_path: Path) -> None:
    (root / ".vimrc").write_text("set number")
    before = contents(root)
    result = run("--dry-run", "--editors=vscode,vim-ale,pyright")
    assert result.exit_code == 0
    assert contents(root) == before
    assert result.stderr.endswith(
        "5 files to write, 0 up to date.\nTo do it: pants ide-config --editors=vscode,vim-ale,pyright\n"
    )
    patched = tmp_path / "patched"
    patched.mkdir()
    (patched / ".vimrc").write_text("set number")
    subprocess.run(["git", "apply", "-"], cwd=patched, input=result.stdout.encode(), check=True)
    run("--editors=vscode,vim-ale,pyright")
    for path in (SETTINGS, EXTENSIONS, ".vimrc", "pyrightconfig.json"):
        assert (patched / path).read_bytes() == (root / path).read_bytes()


def test_print_writes_nothing(run: Run, root: Path) -> None:
    before = contents(root)
    result = run("--print=pyright")
    assert json.loads(result.stdout)["extraPaths"] == ["src", "tests"]
    assert (result.stderr, result.exit_code) == ("", 0)
    both = run("--print=vscode").stdout
    assert both.startswith(f"// {SETTINGS}\n{{\n")
    assert f"\n// {EXTENSIONS}\n" in both
    as_json = json.loads(run("--print=ty", "--format=json").stdout)
    assert [(one["editor"], one["path"]) for one in as_json["results"]] == [("ty", "ty.toml")]
    assert contents(root) == before


@pytest.mark.parametrize("path", ["pyrightconfig.json", "pyproject.toml"])
def test_a_configuration_of_pyright_wins_and_is_kept_up(path: str, run: Run, root: Path) -> None:
    (root / path).write_text("{}" if path.endswith("json") else "[tool.pyright]\nstrict = []\n")
    result = run("--editors=vscode,zed")
    assert f"{path}: updated, for pyright\n" in result.stdout
    assert "pyright: its files win over the settings of vscode, zed, so they are updated, too.\n" in result.stderr
    assert "1.0" in (root / path).read_text()


def test_mypys_hand_written_interpreter_is_reported_and_mended(run: Run, root: Path) -> None:
    run()
    text = '[tool.mypy]\nstrict = true\npython_executable = "./dist/export/fake/trees/main/0.9/bin/python"  # mine\n'
    (root / "pyproject.toml").write_text(text)
    result = run("--check")
    assert result.stdout == (
        'pyproject.toml: tool.mypy.python_executable: have "./dist/export/fake/trees/main/0.9/bin/python", '
        f'want "./{MAIN}/bin/python"\n'
    )
    assert result.exit_code == 1
    run()
    assert (root / "pyproject.toml").read_text() == text.replace("0.9", "1.0")
    # One that leads elsewhere is somebody's own.
    (root / "pyproject.toml").write_text('[tool.mypy]\npython_executable = "/usr/bin/python"\n')
    assert run("--check").exit_code == 0


def test_missing_exports_are_named_with_the_command(run: Run, root: Path) -> None:
    os.rmdir(root / MAIN / "bin")
    os.rmdir(root / MAIN)
    result = run()
    assert result.exit_code == 0
    assert (
        "Not exported, but used by the settings: main.\n" "  Fix: pants export-all-resolves --include=main\n"
    ) in result.stderr


def test_export_makes_them_first(run: Run, root: Path) -> None:
    result = run("--export", resolves=("main", "mypy", "ruff", "other"))
    assert "main: exported, " in result.stderr
    assert "Exported 3, 0 up to date." in result.stderr
    assert not (root / "dist/export/fake/trees/other").exists()
    result = run("--export")
    assert (result.stderr, result.exit_code) == ("3 up to date.\n", 0)


def test_export_makes_what_the_editors_need(run: Run, root: Path) -> None:
    # ty has no settings for mypy and Ruff.
    result = run("--export", "--editors=ty")
    assert result.stderr.startswith("main: exported, ")
    assert "Exported 1, 0 up to date.\n" in result.stderr
    assert run("--export", "--editors=ty").stderr == "1 up to date.\n"


def test_git_would_pick_it_up(run: Run, root: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    (root / ".gitignore").write_text("/.vscode/\n/dist/\n")
    warning = "{0} holds paths of this machine, and git does not ignore it.\n  Fix: echo /{0} >> .gitignore"
    assert "git does not ignore" not in run("--editors=vscode").stderr
    result = run("--editors=neovim,pyright")
    assert warning.format("pyrightconfig.json") in result.stderr
    assert ".nvim.lua" not in result.stderr, "it is the same everywhere"


def test_what_the_team_has_committed_may_hold_a_version(run: Run, root: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    old = '{"venvPath": "dist/export/fake/trees/main", "venv": "3.10.0"}'
    (root / "pyrightconfig.json").write_text(old)
    assert "git does not ignore" in run("--editors=pyright", "--dry-run").stderr
    subprocess.run(["git", "add", "pyrightconfig.json"], cwd=root, check=True)
    assert "git does not ignore" not in run("--editors=pyright").stderr
    # But not where the repository is.
    (root / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [f"{root.resolve()}/own"]}))
    assert "pyrightconfig.json holds paths of this machine" in run("--editors=pyright").stderr


def test_dead_keys_are_named_and_stay(run: Run, root: Path) -> None:
    (root / ".vim").mkdir()
    (root / ".vim/coc-settings.json").write_text('{"ruff.enabled": true}')
    result = run()
    assert (
        ".vim/coc-settings.json: ruff.enabled is obsolete: the key is ruff.enable. Remove it by hand.\n"
    ) in result.stderr
    assert '"ruff.enabled": true' in (root / ".vim/coc-settings.json").read_text()


def test_json(run: Run, root: Path) -> None:
    document = json.loads(run("--editors=ty", "--format=json").stdout)
    assert (document["schema_version"], document["goal"], document["mode"]) == (1, "ide-config", "write")
    [result] = document["results"]
    assert (result["path"], result["editors"], result["status"], result["action"]) == (
        "ty.toml",
        ["ty"],
        "missing",
        "written",
    )
    assert {"key": "environment.python", "have": None, "want": f'"./{MAIN}"'} in result["changes"]
    assert [one["resolve"] for one in document["exports"]] == ["main"], "ty has no settings for other tools"
    document = json.loads(run("--editors=vscode", "--format=json").stdout)
    assert [one["resolve"] for one in document["exports"]] == ["main", "mypy", "ruff"]


def test_source_roots_that_no_target_owns(run: Run, root: Path) -> None:
    for path in ("src/BUILD", "stubs/BUILD", "tests/BUILD"):
        (root / path).unlink()
    (root / "src/sub").mkdir()
    (root / "src/sub/test_of_its_own.py").write_text("")
    (root / "src/more.py").write_text("")
    run()
    settings = json.loads((root / SETTINGS).read_text())
    assert settings["python.analysis.extraPaths"] == ["src", "tests"]
    assert settings["python.analysis.stubPath"] == "stubs"


def test_a_fresh_clone_lacks_what_is_in_dist_and_passes_the_check(run: Run, root: Path) -> None:
    run()
    environment = root / "dist/ide-config/vscode.env"
    environment.unlink()
    checked = run("--check")
    assert checked.exit_code == 0
    assert "dist/ide-config/vscode.env" in checked.stdout
    run()
    environment.write_text("PYTHONPATH=elsewhere\n")
    assert run("--check").exit_code == 1
