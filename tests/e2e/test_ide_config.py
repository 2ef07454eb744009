"""The settings that `ide-config` writes, in the hands of real editors and language servers."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import toml

from devflow.ide_config.formats import jsonc
from e2e.projects import ANSICOLORS
from harness.editor_scripts import EGLOT, NVIM, VIM
from harness.editor_tools import ALE, OLDER_PYRIGHT, PYRIGHT, executable, language_server, run
from harness.example import MAIN_LOCKFILE, copy_of_example
from harness.lsp import Lookup, literal, section, serving
from harness.transcripts import printed_by
from harness.world import EXPORTS, Caches, Repository

# In one source root: what a package index, another source root, a plugin's checkout and the stubs have.
PROBE = "tests/probe.py"
PROBE_TEXT = """\
import colors
import sortedcontainers
from acme.common.types import JobInfo
from kiln_notifier_webhook import WebhookNotifier

print(colors, sortedcontainers, JobInfo, WebhookNotifier)
"""
OTHER_PYTHON = (
    "--python-resolves-to-interpreter-constraints={'pants-plugins': ['==3.9.*'], 'python-default': ['==3.9.*']}"
)
Configure = Callable[..., Mapping[str, str]]


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    """The example, with its main lockfile cut down; everything that editors need is exported."""
    repo = copy_of_example(tmp_path_factory.mktemp("ide") / "monorepo", caches, lean=True)
    repo.write(MAIN_LOCKFILE, ANSICOLORS)
    repo.write(PROBE, PROBE_TEXT)
    repo.write("tests/unused.py", "import os\n")
    repo.git("init", "--quiet")
    try:
        repo.run("ide-config", "--export", "--editors=vscode")
        shutil.rmtree(repo.root / ".vscode")
        shutil.rmtree(repo.root / "dist/ide-config")
        yield repo
    finally:
        repo.stop()


@pytest.fixture()
def configure(repo: Repository) -> Iterator[Configure]:
    """Configure one editor, for this test only: one that is left over could make up for another. Path → text."""
    written: list[Path] = []

    def run_goal(editor: str, *options: str) -> Mapping[str, str]:
        result = repo.run("ide-config", f"--editors={editor}", "--format=json", *options)
        paths = [entry["path"] for entry in json.loads(result.stdout)["results"]]
        written.extend(repo.root / path for path in paths)
        return {path: (repo.root / path).read_text() for path in paths}

    yield run_goal
    for path in set(written):
        path.unlink()
        with suppress(OSError):  # it is not empty
            path.parent.rmdir()


def parsed(text: str) -> dict[str, Any]:
    node = jsonc.parse(text)
    assert node
    return dict(node.value)


def vscode(files: Mapping[str, str], root: Path) -> dict[str, Any]:
    """What VS Code and its Python extension make of the file before a server sees it."""
    settings = parsed(files[".vscode/settings.json"].replace("${workspaceFolder}", str(root)))
    return {**settings, "python.pythonPath": settings["python.defaultInterpreterPath"]}


SETTINGS: dict[str, Callable[[Mapping[str, str], Path], dict[str, Any]]] = {
    "vscode": vscode,
    "coc": lambda files, root: parsed(files[".vim/coc-settings.json"]),
    "zed": lambda files, root: dict(parsed(files[".zed/settings.json"])["lsp"]["pyright"]["settings"]),
    "helix": lambda files, root: dict(
        toml.loads(files[".helix/languages.toml"])["language-server"]["pyright"]["config"]
    ),
    "pyright": lambda files, root: {},  # the server reads the file itself
}


def path_with(executable: str) -> str:
    """A PATH that begins with the directory of an executable."""
    return f"{Path(executable).parent}{os.pathsep}{os.environ['PATH']}"


def resolved(
    repo: Repository, settings: Mapping[str, Any], lookup: Lookup = section, release: str = PYRIGHT
) -> tuple[dict[str, str], str]:
    """Where each name of the probe is defined, relative to the repository; and what Pyright complains of."""
    with serving([language_server(release), "--stdio"], repo.root, settings, lookup) as server:
        complaints = "\n".join(one["message"] for one in server.open(PROBE))
        names = ("colors", "sortedcontainers", "JobInfo", "WebhookNotifier")
        found = {name: server.definition(PROBE, name) for name in names}
    real = repo.root.resolve()
    return {name: " ".join(os.path.relpath(path, real) for path in paths) for name, paths in found.items()}, complaints


def as_they_should_be(python: Path) -> dict[str, str]:
    [site_packages] = python.glob("lib/*/site-packages")
    venv = f"{EXPORTS}/python-default/{python.name}/{site_packages.relative_to(python)}"
    return {
        "colors": f"{venv}/colors/__init__.py",
        "sortedcontainers": "stubs/sortedcontainers/__init__.pyi",
        "JobInfo": "src/acme/common/types.py",
        "WebhookNotifier": "plugins/kiln-notifier-webhook/kiln_notifier_webhook/__init__.py",
    }


def on_another_python(repo: Repository) -> dict[str, str]:
    """The settings that want a Python 3.11 want a 3.9. To change the file would restart the daemon."""
    settings = toml.loads((repo.root / "pants.toml").read_text())
    scopes = [scope for scope, values in settings.items() if values.get("interpreter_constraints") == ["==3.11.*"]]
    assert "python" in scopes
    return {f"PANTS_{scope.upper().replace('-', '_')}_INTERPRETER_CONSTRAINTS": "['==3.9.*']" for scope in scopes}


def test_the_transcripts_of_its_page(repo: Repository) -> None:
    write, check = printed_by("ide-config")
    written = repo.run(*write.command)
    assert write.differences(written.stdout + written.stderr) == []
    checked = repo.run(*check.command, check=False, env=on_another_python(repo))
    assert (checked.exit_code, check.differences(checked.stdout + checked.stderr)) == (1, [])
    shutil.rmtree(repo.root / ".vscode")


@pytest.mark.needs("npm-registry")
@pytest.mark.parametrize(
    ("editor", "release"), [*((editor, PYRIGHT) for editor in sorted(SETTINGS)), ("zed", OLDER_PYRIGHT)]
)
def test_imports_resolve_to_the_right_files(editor: str, release: str, repo: Repository, configure: Configure) -> None:
    settings = SETTINGS[editor](configure(editor), repo.root)
    lookup = literal if editor == "zed" else section
    found, complaints = resolved(repo, settings, lookup, release)
    assert found == as_they_should_be(repo.venv("python-default"))
    assert '"colors"' not in complaints


@pytest.mark.needs("npm-registry")
def test_a_stale_version_is_what_this_goal_is_against(repo: Repository, configure: Configure) -> None:
    settings = vscode(configure("vscode"), repo.root)
    stale = settings["python.pythonPath"].replace(f"/{repo.venv('python-default').name}/", "/3.11.0/")
    found, complaints = resolved(repo, {**settings, "python.pythonPath": stale})
    assert found["colors"] == ""
    assert 'Import "colors" could not be resolved' in complaints


def test_the_server_of_ruff(repo: Repository, configure: Configure) -> None:
    binary = parsed(configure("zed")[".zed/settings.json"])["lsp"]["ruff"]["binary"]
    assert Path(binary["path"]) == repo.venv("ruff") / "bin" / "ruff"
    with serving([binary["path"], *binary["arguments"]], repo.root, {}) as server:
        assert [one["code"] for one in server.open("tests/unused.py")] == ["F401"]


def test_ty_finds_everything(repo: Repository, configure: Configure) -> None:
    text = configure("ty")["ty.toml"]
    assert "All checks passed" in run(executable("ty"), "check", PROBE, cwd=repo.root)
    (repo.root / "ty.toml").write_text(text.replace(f"/{repo.venv('python-default').name}", "/3.11.0"))
    with pytest.raises(AssertionError, match="exited with"):
        run(executable("ty"), "check", PROBE, cwd=repo.root)


@pytest.mark.needs("vim-ale")
@pytest.mark.parametrize("in_a_virtualenv", [False, True])
def test_ale_runs_our_tools(in_a_virtualenv: bool, repo: Repository, configure: Configure, tmp_path: Path) -> None:
    configure("vim-ale")
    (tmp_path / "check.vim").write_text(VIM)
    env = {"ALE": str(ALE), "OUT": str(tmp_path / "out")}
    # Another virtualenv, with tools of these names, is active.
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    for name in ("mypy", "ruff"):
        shutil.copy(shutil.which("true") or "", tmp_path / "venv" / "bin" / name)
    env["VIRTUAL_ENV"] = str(tmp_path / "venv") if in_a_virtualenv else ""
    run("vim", "-es", "-u", "NONE", "-S", str(tmp_path / "check.vim"), cwd=repo.root, env=env)
    found = json.loads((tmp_path / "out").read_text())
    main = repo.venv("python-default")
    assert found == {
        "ruff executable": str(repo.venv("ruff") / "bin" / "ruff"),
        "mypy executable": str(repo.venv("mypy") / "bin" / "mypy"),
        "mypy": f"--python-executable='{main}/bin/python'",
        "linters": {"python": ["ruff", "mypy"]},
        "fixers": {"python": ["ruff", "black"]},
    }


@pytest.mark.needs("npm-registry")
def test_neovim_finds_definitions_and_asks_for_trust_once(
    repo: Repository, configure: Configure, tmp_path: Path
) -> None:
    stub = configure("neovim")[".nvim.lua"]
    (tmp_path / "config" / "nvim").mkdir(parents=True)
    (tmp_path / "config" / "nvim" / "init.lua").write_text("vim.o.exrc = true\n")
    (tmp_path / "check.lua").write_text(NVIM)
    env = {f"XDG_{kind.upper()}_HOME": str(tmp_path / kind) for kind in ("cache", "config", "data", "state")}
    env["OUT"] = str(tmp_path / "out")
    env["PATH"] = path_with(language_server(PYRIGHT))
    nvim = executable("nvim")
    trust = ("-c", "edit .nvim.lua", "-c", "trust", "-c", "qall!")
    run(nvim, "--headless", "--clean", *trust, cwd=repo.root, env=env)

    # The settings change, and what was trusted stays as it is.
    data = repo.root / "dist/ide-config/neovim.json"
    data.write_text(data.read_text().replace(repo.venv("python-default").name, "3.11.0"))
    assert configure("neovim")[".nvim.lua"] == stub
    run(nvim, "--headless", "-c", f"luafile {tmp_path / 'check.lua'}", cwd=repo.root, env=env)
    found = json.loads((tmp_path / "out").read_text())
    assert sorted(found["clients"]) == ["pyright", "ruff"]
    expected = as_they_should_be(repo.venv("python-default"))
    del expected["sortedcontainers"]
    real = repo.root.resolve()
    assert {name: os.path.relpath(path, real) for name, path in found["definitions"].items()} == expected


@pytest.mark.needs("emacs-eglot", "npm-registry")
@pytest.mark.parametrize("release", [PYRIGHT, OLDER_PYRIGHT])
def test_eglot_finds_definitions(release: str, repo: Repository, configure: Configure, tmp_path: Path) -> None:
    configure("emacs")
    (tmp_path / "check.el").write_text(EGLOT)
    env = {"HOME": str(tmp_path), "OUT": str(tmp_path / "out")}
    env["PATH"] = path_with(language_server(release))
    run("emacs", "--batch", "--no-init-file", "--load", str(tmp_path / "check.el"), cwd=repo.root, env=env)
    found = json.loads((tmp_path / "out").read_text())
    real = repo.root.resolve()
    assert {name: os.path.relpath(path, real) for name, path in found.items()} == as_they_should_be(
        repo.venv("python-default")
    )


@pytest.mark.needs("npm-registry")
def test_another_interpreter_is_noticed_and_mended(repo: Repository, configure: Configure) -> None:
    configure("vscode")
    old = repo.venv("python-default")
    new = old.with_name(".".join(map(str, sys.version_info[:3])))
    assert repo.run("ide-config", "--check").stderr.splitlines()[-1].endswith("up to date.")

    check = repo.run("ide-config", "--check", OTHER_PYTHON, check=False)
    assert check.exit_code == 1
    here = f"${{workspaceFolder}}/{EXPORTS}/python-default"
    assert (
        f'.vscode/settings.json: python.defaultInterpreterPath: have "{here}/{old.name}/bin/python", '
        f'want "{here}/{new.name}/bin/python"\n'
    ) in check.stdout
    assert f"{EXPORTS}/python-default/{new.name}: stale, interpreter {old.name} → {new.name}\n" in check.stdout

    repo.run("ide-config", "--export", OTHER_PYTHON)
    assert repo.run("ide-config", "--check", OTHER_PYTHON).stdout == ""
    settings = parsed((repo.root / ".vscode/settings.json").read_text())
    assert section(settings, "python.defaultInterpreterPath") == f"{here}/{new.name}/bin/python"
    found, _ = resolved(
        repo, vscode({".vscode/settings.json": (repo.root / ".vscode/settings.json").read_text()}, repo.root)
    )
    assert found == as_they_should_be(new)
    shutil.rmtree(new)
