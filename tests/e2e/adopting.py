"""A repository that has nothing of ours: what it has, and the lines with which it adopts devflow."""

from __future__ import annotations

from pathlib import Path

from e2e.projects import ANSICOLORS
from e2e.releases import LOCKS, TOWNCRIERS
from harness.example import alembic_lockfile

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
db = "db.lock"
towncrier = "towncrier.lock"
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
    "db.lock": alembic_lockfile(),
    "towncrier.lock": (LOCKS / f"{TOWNCRIERS[-1]}.lock").read_text(),
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


def by_wheel(wheels: Path, *backends: str, settings: str = SETTINGS) -> str:
    """The lines of docs/adopting.md."""
    pins = [f"{wheel.name.split('-')[0].replace('_', '-')}=={wheel.name.split('-')[1]}" for wheel in wheels.iterdir()]
    return settings.format(
        adopted=f"plugins = {sorted(pins)}\nbackend_packages = {list(backends)}\n"
        f'[python-repos]\nfind_links = ["{wheels.as_uri()}"]'
    )
