"""A repository that has nothing of ours adopts devflow: by wheel, by a copy, in parts; with a backend of its own."""

from __future__ import annotations

import email
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.adopting import FILES, MINIMAL, SETTINGS, by_wheel
from e2e.projects import ANSICOLORS, INICONFIG
from harness.world import PLUGINS, Caches, Repository, repository

EXAMPLE = Path.cwd() / "examples" / "devflow-example-plugin"
PAGE = Path.cwd() / "docs" / "adopting.md"
OWN_TOOL = """\
from pants.option.option_types import StrListOption, StrOption
from pants.option.subsystem import Subsystem

class Tool(Subsystem):
    options_scope = "{tool}"
    help = "Options of {tool}, as another backend has them."
    args = StrListOption(default=[], help="Arguments.")
    if "{tool}" == "towncrier":
        install_from_resolve = StrOption(default=None, help="Its resolve.")

def rules():
    return Tool.rules()
"""
NO_PYTHON = (
    "No backend that is enabled declares a resolve: pants.backend.python is not among them.\n"
    '  Fix: put backend_packages.add = ["pants.backend.python"] into [GLOBAL] of pants.toml\n'
)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with what `./pants package pants-plugins::` makes: beside the test in a sandbox, else in `dist`."""
    [wheel, *_] = [*Path.cwd().glob("pants_devflow-*.whl"), *Path.cwd().glob("dist/pants_devflow-*.whl")]
    directory = tmp_path_factory.mktemp("wheels")
    shutil.copy(wheel, directory)
    return directory


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches, wheels: Path) -> Iterator[Repository]:
    files = {"pants.toml": by_wheel(wheels, "pants.backend.python", "devflow"), **FILES}
    with repository(tmp_path_factory.mktemp("adopting") / "repository", caches, files) as new:
        for key, value in (("user.name", "Somebody"), ("user.email", "somebody@example.com")):
            new.git("config", key, value)
        yield new


def test_the_wheel(wheels: Path) -> None:
    [wheel] = wheels.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        [metadata] = [name for name in archive.namelist() if name.endswith("/METADATA")]
        fields = email.message_from_bytes(archive.read(metadata))
    assert {name for name in names if not name.startswith("devflow/")} == set()
    assert "devflow/py.typed" in names
    # In a sandbox of Pants are the files that the tests need, so all of the wheel's if the wheel has too few.
    sources = {path.relative_to(PLUGINS).as_posix() for path in (PLUGINS / "devflow").rglob("*.py")}
    assert sources - names == set()
    assert fields["Name"] == "pants-devflow"
    assert fields["Requires-Python"] == ">=3.9"
    assert fields.get_all("Requires-Dist") is None


def every_goal_runs(repo: Repository) -> None:
    """Each of them, as a look that changes nothing but the one export."""
    shutil.rmtree(repo.root / "dist", ignore_errors=True)
    missing = repo.export("--check", check=False).stdout.splitlines()
    assert [line.partition(", ")[0] for line in missing] == ["db: missing", "main: missing", "towncrier: missing"]
    assert repo.export("--include=main").stdout.startswith("main: exported, not exported yet, ")
    checked = repo.export("--include=main", "--check").stdout
    assert checked == f"main: up to date, {repo.venv('main').relative_to(repo.root)}\n"
    assert "store: " in repo.run("cache-status").stdout
    assert (
        "To do it: pants reset-cache --only=workdir\n" in repo.run("reset-cache", "--dry-run", "--only=workdir").stderr
    )
    assert "+++ b/.vscode/settings.json\n" in repo.run("ide-config", "--dry-run", "--editors=vscode").stdout
    check = repo.run("ide-config", "--check", "--editors=vscode", check=False)
    assert check.exit_code == 1
    assert "To do it: pants ide-config --editors=vscode" in check.stderr
    history = "stock/history/1.0.json: missing\nweb/history/1.0.json: missing\n"
    assert repo.run("dump-schema-history", "--check", check=False).stdout == history
    plan = repo.run("release", "--to=1.1").stdout
    assert "Checked changelog: 1 news fragment into CHANGELOG.md\n" in plan
    assert "Would tag 1.1: " in plan
    branch = repo.run("release-branch", "--next=1.2", check=False)
    assert "Checked series: 1.0 → 1.2\n" in branch.stdout, branch.stderr


def test_by_the_wheel(repo: Repository, wheels: Path) -> None:
    every_goal_runs(repo)
    # The plugin itself is in a cache that a reset removes.
    assert repo.run("reset-cache", "--only=named-caches").exit_code == 0
    assert "main: up to date" in repo.export("--check", "--include=main").stdout
    # When Pants does not start.
    plain = subprocess.run(
        [sys.executable, "-m", "devflow.reset_cache", "--dry-run", "--only=workdir"],
        cwd=repo.root,
        env={**repo.caches.environment(), "PYTHONPATH": str(next(wheels.iterdir()))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "workdir: " in plain.stdout


def test_in_ci(repo: Repository, tmp_path: Path) -> None:
    """The steps of the page in clones, as a pipeline runs them: until one fails."""
    yaml = re.search(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert yaml
    steps = [shlex.split(step, comments=True)[1:] for step in re.findall(r"(?m)^- run: (.+)$", yaml[1])]
    assert [step[0] for step in steps] == ["export-all-resolves", "ide-config", "dump-schema-history"]
    start = _branch(repo)
    repo.git("checkout", "--quiet", "-b", "checked")
    # What developers commit before they add the steps.
    repo.write(".gitignore", FILES[".gitignore"].replace("/.vscode/\n", ""))
    repo.run("ide-config", "--editors=vscode")
    repo.run("dump-schema-history")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Settings and histories")

    pipeline = Repository(tmp_path / "ci", repo.caches)
    repo.git("clone", "--quiet", ".", str(pipeline.root))

    def fails_at() -> tuple[str, str]:
        """The first step that fails, and what it says."""
        for step in steps:
            result = pipeline.run(*step, check=False)
            if result.exit_code:
                return step[0], result.stdout + result.stderr
        return "", ""

    try:
        assert fails_at() == ("", "")
        assert pipeline.export("--check").exit_code == 0
        # Somebody forgets a run: of the histories, …
        script = FILES["stock/scripts/versions/aa.py"].replace("None", "'aa'").replace('"aa"', '"bb"', 1)
        pipeline.write("stock/scripts/versions/bb.py", script)
        step, said = fails_at()
        assert step == "dump-schema-history"
        assert "stock/history/1.0.json: " in said
        assert "\nTo do it: pants dump-schema-history" in said
        # … and of the settings, after a change of the interpreter.
        settings = pipeline.root / ".vscode/settings.json"
        settings.write_text(settings.read_text().replace(pipeline.venv("main").name, "3.11.0"))
        step, said = fails_at()
        assert step == "ide-config"
        assert ".vscode/settings.json: python.defaultInterpreterPath: have " in said
        # A lockfile that cannot be exported.
        pipeline.write("main.lock", ANSICOLORS.replace("sha256:0", "sha256:1").replace("sha256:9", "sha256:1"))
        step, said = fails_at()
        assert step == "export-all-resolves"
        assert "main: failed" in said
    finally:
        pipeline.stop()
    repo.git("checkout", "--quiet", start)


def test_the_hook(repo: Repository, tmp_path: Path) -> None:
    code = re.search(r"```sh\n(#!/bin/sh\n.*?)```", PAGE.read_text(), re.DOTALL)
    assert code
    hook = repo.write(".git/hooks/post-checkout", code[1])
    hook.chmod(0o755)
    calls = tmp_path / "calls"
    pants = tmp_path / "bin" / "pants"
    pants.parent.mkdir()
    pants.write_text(f'#!/bin/sh\necho "$@" >>{calls}\nexec {repo.launcher} "$@"\n')
    pants.chmod(0o755)

    def checkout(*args: str, path: str | None = None) -> str:
        environment = repo.caches.environment()
        found = path if path is not None else f"{pants.parent}:{environment['PATH']}"
        done = subprocess.run(
            ["git", "checkout", "--quiet", *args],
            cwd=repo.root,
            env={**environment, "PATH": found},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == ""
        return done.stderr

    start = _branch(repo)
    repo.export()
    # Nothing that matters has changed: Pants is not even asked.
    checkout("-b", "other")
    repo.write("web/shop/models.py", "")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Models")
    assert checkout(start) == ""
    assert not calls.exists()
    # A lockfile has: the hook says which exports are stale, and nothing once they are fresh.
    checkout("-b", "newer")
    repo.write("main.lock", ANSICOLORS + INICONFIG)
    repo.git("commit", "--quiet", "--all", "--message=Newer")
    old, new = "other", "newer"
    assert checkout(old) == ""
    where = repo.venv("main").relative_to(repo.root)
    said = f"main: stale, lockfile changed, {where}\nTo export them: pants export-all-resolves\n"
    assert checkout(new) == said
    repo.export()
    assert checkout(old) == said
    assert checkout(new) == ""
    assert calls.read_text() == "export-all-resolves --check\n" * 4
    # Single files, and a Pants that is not there or fails: a checkout is a checkout.
    assert checkout(old, "--", "main.lock") == ""
    repo.git("checkout", "--quiet", "--force", new)
    pants.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    assert checkout(old) == ""
    git = Path(shutil.which("git") or "").parent
    assert checkout(new, path=f"{git}:/usr/bin:/bin") == ""
    hook.unlink()
    assert checkout(start) == ""


def _branch(repo: Repository) -> str:
    command = ["git", "symbolic-ref", "--short", "HEAD"]
    return subprocess.run(command, cwd=repo.root, capture_output=True, text=True, check=True).stdout.strip()


def test_a_copy(repo: Repository) -> None:
    copied = repo.root / "pants-plugins"
    shutil.copytree(PLUGINS / "devflow", copied / "devflow", ignore=shutil.ignore_patterns("__pycache__"))
    adopted = 'pythonpath = ["%(buildroot)s/pants-plugins"]\nbackend_packages = ["pants.backend.python", "devflow"]'
    repo.write("pants.toml", SETTINGS.format(adopted=adopted))
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Copied")
    every_goal_runs(repo)
    repo.daemon.terminate()  # it has the modules of the copy, and goes on with them until it sees that they are gone
    shutil.rmtree(copied)


@pytest.mark.parametrize(
    ("backend", "goal", "says"),
    [
        (
            "devflow.export_all_resolves",
            ["export-all-resolves", "--check"],
            f"export-all-resolves: {NO_PYTHON}",
        ),
        (
            "devflow.ide_config",
            ["ide-config", "--check", "--editors=vscode"],
            f"ide-config: {NO_PYTHON}",
        ),
        ("devflow.reset_cache", ["reset-cache", "--dry-run", "--only=workdir"], ""),
        (
            "devflow.schema_history",
            ["--python-interpreter-constraints=['==3.11.*']", "dump-schema-history", "--format=text", "web:migrations"],
            "",
        ),
        ("devflow.release", ["release", "--to=1.1", "--skip=changelog"], ""),
        (
            "devflow.release",
            ["release", "--to=1.1", "--schema-history"],
            "release: [release].schema_history is on, and the backend that writes the schema history is not enabled.\n"
            '  Fix: enable "devflow" in [GLOBAL].backend_packages in place of its parts, or turn the option off\n',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("devflow") else "",
)
def test_a_part_alone(repo: Repository, wheels: Path, backend: str, goal: list[str], says: str) -> None:
    """With no other backend: it does its work, or says in one line what it needs."""
    # Pants refuses sections of backends that are not enabled.
    repo.write("pants.toml", by_wheel(wheels, backend, settings=MINIMAL))
    repo.git("commit", "--quiet", "--all", "--allow-empty", "--message=A part")
    result = repo.run(*goal, pantsd=False, check=not says)
    if says:
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", says)


def test_beside_a_backend_with_options_of_the_same_tool(repo: Repository, wheels: Path) -> None:
    """Such as one that only exports towncrier: Pants takes each scope from one backend."""
    for tool in ("towncrier", "alembic"):
        repo.write(f"tools/own_{tool}/register.py", OWN_TOOL.format(tool=tool))
    settings = by_wheel(wheels, "pants.backend.python", "own_towncrier", "own_alembic", "devflow")
    configured = '[towncrier]\ninstall_from_resolve = "{}"\n[alembic]\nargs = []\n'
    where = '[GLOBAL]\npythonpath = ["%(buildroot)s/tools"]\n'
    repo.write("pants.toml", settings.replace("[GLOBAL]\n", where) + configured.format("towncrier"))
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Backends of our own")
    assert "Checked changelog: 1 news fragment into CHANGELOG.md\n" in repo.run("release", "--to=1.1").stdout
    assert '"revision": "aa"' in repo.run("dump-schema-history", "--output=", "stock:migrations").stdout
    repo.write(
        "pants.toml", (repo.root / "pants.toml").read_text().replace('= "towncrier"\n[alembic]', '= "main"\n[alembic]')
    )
    wrong = repo.run("release", "--to=1.1", "--allow-dirty", check=False)
    assert (
        "The lockfile of resolve main does not hold towncrier ([towncrier].install_from_resolve names" in wrong.stderr
    )


def test_a_backend_of_somebody_else(repo: Repository, wheels: Path, tmp_path: Path) -> None:
    plugin = tmp_path / "plugin"
    shutil.copytree(EXAMPLE, plugin, ignore=shutil.ignore_patterns("dist", ".p*", "wheels", "__pycache__"))
    shutil.copytree(wheels, plugin / "wheels")
    # Its own Pants packages it. Its own tests run here with the wheels of both, which is what its own Pants would do.
    packaging = Repository(plugin, repo.caches)
    packaging.run("package", "::", pantsd=False)
    [wheel] = (plugin / "dist").glob("*.whl")
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=plugin,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(wheel), str(next(wheels.iterdir())), *sys.path]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (tests.returncode, "5 passed" in tests.stdout) == (0, True), tests.stdout + tests.stderr

    both = tmp_path / "both"
    shutil.copytree(wheels, both)
    shutil.copy(wheel, both)
    repo.write(
        "pants.toml",
        by_wheel(both, "pants.backend.python", "devflow", "devflow_example")
        + '[wordlists]\nresolves = { terms = "terms.txt" }\n',
    )
    repo.write("terms.txt", "zebra\nkiln\n")
    repo.write("CITATION.cff", "version: 1.0\ndate-released: 2023-01-01\n")
    repo.write("db/BUILD", "sql_migrations(name='sql')\n")
    repo.write("db/migrations.list", "1.sql\n2.sql\n")
    repo.write("db/1.sql", "-- create users\n")
    repo.write("db/2.sql", "-- create jobs\n")
    repo.write(".cspellcache/1", "seen")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Words")

    assert "terms: exported, not exported yet, dist/export/wordlists/terms/1\n" in repo.export().stdout
    assert (repo.root / "dist/export/wordlists/terms/1/words.txt").read_text() == "kiln\nzebra\n"
    assert "terms: up to date, dist/export/wordlists/terms/1\n" in repo.export("--check").stdout
    assert "spelling: .cspellcache, " in repo.run("cache-status").stdout
    assert "spelling: removed 1 file, " in repo.run("reset-cache", "--only=spelling").stdout
    assert repo.run("ide-config", "--editors=cspell").stdout == "cspell.json: written, for cspell\n"
    assert '"dist/export/**"' in (repo.root / "cspell.json").read_text()
    assert repo.run("dump-schema-history", "db:sql").stdout == "db/history/1.0.json: written, 2 revisions of db:sql\n"
    plan = repo.run("release", "--to=1.1", "--skip=changelog", "--allow-dirty").stdout
    assert "Checked citation: CITATION.cff\n" in plan
    assert "Would change CITATION.cff: 2 lines changed\n" in plan
