"""Ours against the real Django: which migrations count, their order, their ends."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devflow.schema_history.reader.read_django import history
from schema_history.alembics import environment

DJANGO = "4.2.16"
PROJECTS = 25
# Run by a Python with Django, in the project's directory, for each project.
ORACLE = """
import json, sys
from django.conf import settings
settings.configure(INSTALLED_APPS=json.loads(sys.argv[1]), AUTH_USER_MODEL="users.User")
from django.apps import apps
apps.populate(settings.INSTALLED_APPS)
from django.db.migrations.loader import MigrationLoader
graph = MigrationLoader(None).graph
leaves = graph.leaf_nodes()
plan = []
for leaf in leaves:
    plan += [key for key in graph.forwards_plan(leaf) if key not in plan]
print(json.dumps({"plan": [".".join(key) for key in plan], "leaves": [".".join(key) for key in leaves]}))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    venv = tmp_path_factory.mktemp("django") / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    own = venv / "bin" / "python"
    command = [str(own), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"Django=={DJANGO}"]
    subprocess.run(command, check=True, env=environment(venv))
    return own


def write_project(root: Path, seed: int) -> list[str]:
    """Apps whose migrations depend on older ones, of their own and of other apps. The names of the apps' packages."""
    rnd = random.Random(seed)
    apps = ["shop", "users", "z_last", "nested.billing"][: rnd.randint(1, 4)]
    (root / "manage.py").parent.mkdir(parents=True)
    (root / "manage.py").write_text("import django")
    written: list[tuple[str, str]] = []
    squashed: set[tuple[str, str]] = set()
    for app in apps:
        package = root / app.replace(".", "/")
        (package / "migrations").mkdir(parents=True)
        for directory in (package, package / "migrations", package.parent):
            if directory != root:
                (directory / "__init__.py").touch()
        if app == "nested.billing":
            (package / "apps.py").write_text(
                "from django.apps import AppConfig\nclass C(AppConfig):\n"
                "    name = 'nested.billing'\n    label = 'bills'\n"
            )
    labels = [app if app != "nested.billing" else "bills" for app in apps]
    for number in range(1, rnd.randint(3, 14)):
        index = rnd.randrange(len(apps))
        label = labels[index]
        own = [key for key in written if key[0] == label and key not in squashed]
        others = [key for key in written if key[0] != label]
        name = f"{number:04}_x" if own else f"{number:04}_initial"
        dependencies = [repr(key) for key in rnd.sample(own, min(len(own), rnd.choice((1, 1, 1, 2))))]
        dependencies += [repr(key) for key in rnd.sample(others, min(len(others), rnd.choice((0, 0, 1, 2))))]
        if others and rnd.random() < 0.2:
            dependencies.append(repr((rnd.choice(others)[0], "__first__")))
        if "users" in labels[:1] and label != "users" and rnd.random() < 0.3:
            dependencies.append("migrations.swappable_dependency(settings.AUTH_USER_MODEL)")
        replaces = [own[0], own[1]] if len(own) == 2 and not squashed and rnd.random() < 0.5 else []
        if replaces:
            dependencies = []
            squashed.update(replaces)
        rnd.shuffle(dependencies)
        body = [
            "from django.conf import settings",
            "from django.db import migrations",
            "class Migration(migrations.Migration):",
            f"    dependencies = [{', '.join(dependencies)}]",
            f"    replaces = {replaces!r}",
        ]
        (root / apps[index].replace(".", "/") / "migrations" / f"{name}.py").write_text("\n".join(body) + "\n")
        written.append((label, name))
    return apps


def test_the_same_plan_and_leaves(python: Path, tmp_path: Path) -> None:
    compared = 0
    for seed in range(PROJECTS):
        root = tmp_path / str(seed)
        apps = write_project(root, seed)
        command = [str(python), "-B", "-c", ORACLE, json.dumps(apps)]
        done = subprocess.run(command, cwd=root, env={"PYTHONPATH": "."}, capture_output=True, text=True, check=False)
        ours: dict[str, Any] = history(str(root))
        if done.returncode:
            assert ours["problems"], (seed, done.stderr[-500:])
            continue
        compared += 1
        theirs = json.loads(done.stdout)
        assert not ours["problems"], (seed, ours["problems"])
        assert [part["id"] for part in reversed(ours["revisions"])] == theirs["plan"], seed
        assert sorted(part["id"] for part in ours["revisions"] if part["is_head"]) == theirs["leaves"], seed
    assert compared > PROJECTS / 2
