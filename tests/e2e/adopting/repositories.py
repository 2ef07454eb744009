"""A repository that has nothing of ours: what it has, and the lines with which it adopts devflow."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from e2e.projects import ANSICOLORS
from harness.example import EXAMPLE, MAIN_LOCKFILE, alembic_lockfile
from harness.world import Repository

SETTINGS = """\
[GLOBAL]
pants_version = "2.17.1"
{adopted}
[anonymous-telemetry]
enabled = false
[python]
interpreter_constraints = ["==3.11.*"]
enable_resolves = true
default_resolve = "main"
resolves_generate_lockfiles = false
[python.resolves]
main = "main.lock"
python-default = "3rdparty/python-default.lock"
towncrier = "3rdparty/towncrier.lock"
[python-infer]
use_rust_parser = true
[dump-schema-history]
output = "{{config_dir}}/history/{{version}}.json"
"""
MINIMAL = """\
[GLOBAL]
pants_version = "2.17.1"
{adopted}
[anonymous-telemetry]
enabled = false
"""
FILES = {
    ".gitignore": "/.pants.d/\n/.pids/\n/dist/\n/.vscode/\n/cspell.json\n/.cspellcache/\n__pycache__/\n",
    "VERSION": "1.0\n",
    "main.lock": ANSICOLORS,
    # As the example has them: the warm caches hold their environments.
    MAIN_LOCKFILE: alembic_lockfile(),
    "3rdparty/towncrier.lock": (EXAMPLE / "3rdparty/towncrier.lock").read_text(),
    "pyproject.toml": '[tool.towncrier]\nname = "Shop"\ndirectory = "changes"\nfilename = "CHANGELOG.md"\n',
    "CHANGELOG.md": "<!-- towncrier release notes start -->\n",
    "changes/1.feature.md": "Something new.\n",
    "stock/BUILD": "alembic_migrations(name='migrations')\n",
    "stock/alembic.ini": "[alembic]\nscript_location = %(here)s/scripts\n",
    "stock/scripts/env.py": "",
    "stock/scripts/versions/aa.py": '"""Begin."""\nrevision = "aa"\ndown_revision = None\n',
    "web/BUILD": "django_migrations(name='migrations')\n",
    "web/manage.py": "import django\n",
    "web/shop/__init__.py": "",
    "web/shop/migrations/__init__.py": "",
    "web/shop/migrations/0001_initial.py": "from django.db import migrations\n\n\n"
    "class Migration(migrations.Migration):\n    dependencies = []\n    operations = []\n",
}


def by_wheel(wheels: Path, *backends: str) -> str:
    """The lines of docs/adopting.md."""
    pins = [f"{wheel.name.split('-')[0].replace('_', '-')}=={wheel.name.split('-')[1]}" for wheel in wheels.iterdir()]
    return SETTINGS.format(
        adopted=f"plugins = {sorted(pins)}\nbackend_packages = {list(backends)}\n"
        f'[python-repos]\nfind_links = ["{wheels.as_uri()}"]'
    )


def by_path(directories: Sequence[str], *backends: str) -> str:
    """The plugin from sources: a start of Pants costs half of what it costs with a wheel."""
    return SETTINGS.format(adopted=f"pythonpath = {list(directories)}\nbackend_packages = {list(backends)}")


def every_goal_runs(repo: Repository) -> None:
    """Each of them, as a look that changes nothing but the one export."""
    shutil.rmtree(repo.root / "dist", ignore_errors=True)
    missing = repo.export("--check", check=False).stdout.splitlines()
    assert [line.partition(", ")[0] for line in missing] == [
        "main: missing",
        "python-default: missing",
        "towncrier: missing",
    ]
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
