"""Ours against the real Django: which migrations count, their order, their ends."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devflow.schema_history.reader.django_apps import Label, app_label
from devflow.schema_history.reader.read_django import history
from harness.virtualenvs import virtualenv_with

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

# Run by a Python with Django, in the directory of the apps: the label of each app, or the error.
LABELS = """
import json, sys
from django.apps import AppConfig
def label(name):
    try:
        return AppConfig.create(name).label
    except Exception as error:
        return [type(error).__name__, str(error)]
print(json.dumps([label(name) for name in sys.argv[1:]]))
"""
APPS = 300


@pytest.fixture(scope="module")
def python() -> Path:
    return virtualenv_with(Path(os.path.realpath(sys.executable)), f"Django=={DJANGO}") / "bin" / "python"


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


def write_app(root: Path, seed: int) -> str:
    """An app with an `apps.py` of some classes, whose bases may be in another module. The name of its package."""
    rnd = random.Random(seed)
    name = f"app{seed}"
    lines = [rnd.choice(("from django.apps import AppConfig", "import django.apps", "from django import apps as a"))]
    own = {"from": "AppConfig", "impo": "django.apps.AppConfig"}[lines[0][:4]]
    if lines[0].endswith("as a"):
        own = "a.AppConfig"
    bases = [own]
    if rnd.random() < 0.4:
        base = rnd.choice(("Plain", "Quiet", "Marked"))
        lines.append(rnd.choice((f"from base.apps import {base}", f"from base.apps import {base} as Other")))
        bases.append(lines[-1].split()[-1])
    for number in range(rnd.randint(0, 3)):
        base = rnd.choice([*bases, own, "object"])
        lines.append(f"class C{number}({base}):")
        lines.append(f"    name{rnd.choice(('', ': str'))} = {name!r}")
        if rnd.random() < 0.7:
            lines.append(f"    label = 'label{number}_{seed}'")
        if rnd.random() < 0.6:
            lines.append(f"    default = {rnd.choice(('True', 'False', 'False', '1', 'None'))}")
        bases.append(f"C{number}")
    (root / name).mkdir()
    (root / name / "__init__.py").touch()
    (root / name / "apps.py").write_text("\n".join(lines) + "\n")
    return name


def test_the_same_labels(python: Path, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "__init__.py").touch()
    (tmp_path / "base" / "apps.py").write_text(
        "from django.apps import AppConfig\nclass Plain(AppConfig):\n    name = 'base'\n"
        "class Quiet(AppConfig):\n    name = label = 'base'\n    default = False\n"
        "class Marked(Plain):\n    default = True\n"
    )
    names = [write_app(tmp_path, seed) for seed in range(APPS)]
    command = [str(python), "-B", "-c", LABELS, *names]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": "."}, capture_output=True, text=True, check=True)
    theirs = json.loads(done.stdout)
    for name, label in zip(names, theirs):
        ours = app_label(str(tmp_path / name), str(tmp_path))
        text = (tmp_path / name / "apps.py").read_text()
        if isinstance(label, list):
            assert not isinstance(ours, Label), (text, label)
        else:
            assert isinstance(ours, Label), (text, ours, label)
            assert ours.label == label, text
    # The generator makes what is to be compared: labels of classes, of directories, and refusals.
    refused = sum(isinstance(label, list) for label in theirs)
    of_directory = sum(label == name for name, label in zip(names, theirs))
    assert refused > APPS / 100
    assert APPS / 5 < of_directory < APPS / 1.5
