"""Beside backends that are not ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from e2e.adopting.repositories import by_path, by_wheel
from harness.world import PLUGINS, Repository

EXAMPLE = Path.cwd() / "examples" / "devflow-example-plugin"
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


def test_beside_a_backend_with_options_of_the_same_tool(repo: Repository) -> None:
    """Such as one that only exports towncrier: Pants takes each scope from one backend."""
    for tool in ("towncrier", "alembic"):
        repo.write(f"tools/own_{tool}/register.py", OWN_TOOL.format(tool=tool))
    backends = ("pants.backend.python", "own_towncrier", "own_alembic", "devflow")
    settings = by_path(["%(buildroot)s/tools", str(PLUGINS)], *backends)
    repo.write("pants.toml", settings + '[towncrier]\ninstall_from_resolve = "towncrier"\n[alembic]\nargs = []\n')
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Backends of our own")
    assert "Checked changelog: 1 news fragment into CHANGELOG.md\n" in repo.run("release", "--to=1.1").stdout
    assert '"revision": "aa"' in repo.run("dump-schema-history", "--output=", "stock:migrations").stdout
    wrong = repo.run("--towncrier-install-from-resolve=main", "release", "--to=1.1", check=False)
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

    repo.stop()  # else Pants starts twice: the old daemon takes the process id of the new one with it
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

    ours_and_theirs = "--include=main,terms"
    assert "terms: exported, not exported yet, dist/export/wordlists/terms/1\n" in repo.export(ours_and_theirs).stdout
    assert (repo.root / "dist/export/wordlists/terms/1/words.txt").read_text() == "kiln\nzebra\n"
    assert "terms: up to date, dist/export/wordlists/terms/1\n" in repo.export(ours_and_theirs, "--check").stdout
    assert "spelling: .cspellcache, " in repo.run("cache-status").stdout
    assert repo.run("ide-config", "--editors=cspell").stdout == "cspell.json: written, for cspell\n"
    assert '"dist/export/**"' in (repo.root / "cspell.json").read_text()
    assert repo.run("dump-schema-history", "db:sql").stdout == "db/history/1.0.json: written, 2 revisions of db:sql\n"
    plan = repo.run("release", "--to=1.1", "--skip=changelog", "--allow-dirty").stdout
    assert "Checked citation: CITATION.cff\n" in plan
    assert "Would change CITATION.cff: 2 lines changed\n" in plan
    assert "spelling: removed 1 file, " in repo.run("reset-cache", "--only=spelling").stdout
