"""Both kinds of lockfile give the trees of stock `export`, to the byte, and the virtualenvs work."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from devflow.export_all_resolves.members.python_assembly import PARTS
from devflow.export_all_resolves.staging import ageing
from e2e.projects import ANSICOLORS, HELLO, LOCKED, settings
from e2e.trees import linked_files, naming_a_staging_directory, snapshot
from e2e.warm_caches import lockfile_of_pants
from harness.world import EXPORTS, Caches, Repository, imports, python, repository

RESOLVES = {"editable": "editable.lock", "locked": "locked.lock", "pinned": "pinned.lock"}


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    files = {
        "pants.toml": settings(
            RESOLVES,
            constraints={"pinned": "==3.9.*"},
            backends=["pants.backend.python.lint.isort", "devflow.export_all_resolves"],
            python="pants.backend.python",
        ),
        "editable.lock": ANSICOLORS,
        "pinned.lock": ANSICOLORS,
        "locked.lock": lockfile_of_pants(),
        **HELLO,
        **LOCKED,
    }
    with repository(tmp_path_factory.mktemp("same") / "repository", caches, files) as new:
        yield new


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(
            ["--export-py-resolve-format=mutable_virtualenv", "--export-py-editable-in-resolve=['editable']"],
            marks=pytest.mark.needs("unzip"),
        ),
        ["--export-py-resolve-format=symlinked_immutable_virtualenv"],
    ],
    ids=["mutable", "symlinked"],
)
def test_the_trees_are_those_of_stock_export(repo: Repository, options: list[str]) -> None:
    assert repo.export(*options).stderr == "Exported 3, 0 up to date.\n"
    exports = repo.root / EXPORTS
    ours = snapshot(exports)
    assert naming_a_staging_directory(exports) == []
    venvs = [repo.venv(resolve) for resolve in RESOLVES]
    for venv in venvs:
        _every_script_runs(venv)
    editable, locked, pinned = venvs
    assert imports(pinned, "colors")
    assert imports(locked, "tabulate")
    if "symlinked" not in options[0]:
        assert python(editable, "import hello; print(hello.__file__)").stdout == f"{repo.root}/src/hello/__init__.py\n"
        assert (editable / "bin" / "hello").is_file()

    assert repo.export("--force", *options).stderr == "Exported 3, 0 up to date.\n"
    assert snapshot(exports) == ours
    if "symlinked" not in options[0]:
        # An edit reaches nothing else: all is assembled. (What is installed as a whole is linked, as stock does it.)
        assert linked_files(exports) == []
        # With a base and without any other part: wheels are fetched and installed while an export is assembled.
        kept = {"base", ageing.EXPORTS}
        for directory in (repo.caches.root / "named" / PARTS).iterdir():
            if directory.name not in kept and directory.is_dir():
                shutil.rmtree(directory)
        assert repo.export("--force", *options).stderr == "Exported 3, 0 up to date.\n"
        assert snapshot(exports) == ours
        _share_what_is_installed(repo, options)
        assert snapshot(exports) == ours
        repo.write("pinned.lock", ANSICOLORS)

    shutil.rmtree(exports)
    repo.run(*options, "export", *(f"--resolve={resolve}" for resolve in RESOLVES))
    assert snapshot(exports) == ours

    after_stock = repo.export("--check", *options, check=False)
    version = {resolve: venv.name for resolve, venv in zip(RESOLVES, venvs)}
    assert after_stock.stdout.splitlines() == [
        f"{resolve}: stale, not made by export-all-resolves, {EXPORTS}/{resolve}/{version[resolve]}"
        for resolve in RESOLVES
    ]


def test_a_tool_with_the_lockfile_of_pants(repo: Repository) -> None:
    """isort has no resolve here: `[isort].lockfile` is `<default>`, a file that Pants brings."""
    exports = repo.root / EXPORTS
    assert repo.export("--include=isort").stderr == "Exported 1, 0 up to date.\n"
    ours = snapshot(exports / "isort")
    assert repo.export("--include=isort").stderr == "1 up to date.\n"
    # Its own constraints allow any interpreter: stock takes one for those of the repository.
    assert repo.venv("isort").name.startswith("3.11.")
    _every_script_runs(repo.venv("isort"))
    shutil.rmtree(exports / "isort")
    repo.run("export", "--resolve=isort")
    assert snapshot(exports / "isort") == ours


def _share_what_is_installed(repo: Repository, options: list[str]) -> None:
    """Export a pin with one more hash, whose wheel is still the same one."""
    parts = repo.caches.root / "named" / PARTS / "ansicolors"
    installed = {path for path in parts.iterdir() if not path.is_symlink()}
    repo.write("pinned.lock", ANSICOLORS.rstrip("\n") + f" \\\n    --hash=sha256:{'0' * 64}\n")
    assert repo.export(*options).stderr == "Exported 1, 2 up to date.\n"
    assert {path for path in parts.iterdir() if not path.is_symlink()} == installed


def _every_script_runs(venv: Path) -> None:
    scripts = [path for path in (venv / "bin").iterdir() if os.access(path, os.X_OK)]
    assert scripts
    for script in scripts:
        done = subprocess.run([script, "--help"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{script}: {done.stderr}"
    activated = subprocess.run(
        ["bash", "-c", f". '{venv}/bin/activate' && type -p python"], capture_output=True, text=True, check=True
    )
    assert Path(activated.stdout.strip()).parent.samefile(venv / "bin")
