"""The app labels that Django would take, and what Django does not load."""

from __future__ import annotations

from pathlib import Path

import pytest

from devflow.schema_history.reader.django_apps import Label, app_label
from devflow.schema_history.reader.django_project import read_project
from devflow.schema_history.reader.read_django import history

DJANGO = "from django.apps import AppConfig\n"
TWO = f"""{DJANGO}
class PlainConfig(AppConfig):
    name = "orders"
    label = "plain_orders"
    default = False

class OrdersConfig(AppConfig):
    name = "orders"
    label = "sales"
    default = True
"""
ONE = f"{DJANGO}class C(AppConfig):\n    name = 'orders'\n    label = 'sales'\n"
INITIAL = "from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = []\n"


def write(root: Path, files: dict[str, str]) -> str:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return str(root)


@pytest.mark.parametrize(
    ("apps", "label"),
    [
        (TWO, "sales"),
        (TWO.replace("    default = True\n", ""), "sales"),
        (TWO.replace("    default = False\n", ""), "sales"),
        (ONE, "sales"),
        (ONE.replace("    label = 'sales'\n", ""), "orders"),
        (ONE.replace("orders", "shop.backend").replace("    label = 'sales'\n", ""), "backend"),
        (
            ONE.replace("from django.apps import AppConfig", "import django.apps as a").replace("(App", "(a.App"),
            "sales",
        ),
        (ONE.replace("import AppConfig", "import AppConfig as A").replace("(AppConfig", "(A"), "sales"),
        (ONE.replace(DJANGO, "try:\n    from django.apps import AppConfig\nexcept ImportError:\n    pass\n"), "sales"),
        (f"{ONE}class Helper:\n    label = 'no'\n", "sales"),
        (f"{ONE}    default = False\n    default = True\n", "sales"),
        (f"{DJANGO}class B(AppConfig):\n    default = False\n    label = 'b'\nclass C(B):\n    default = True\n", "b"),
        ("from core.apps import Base\nclass C(Base):\n    default = True\n    label = 'c'\n", "c"),
        ("from core.apps import Base\nclass C(Base):\n    default = True\n", "of_core"),
        ("from core import apps\nclass C(apps.Base):\n    default = True\n", "of_core"),
        ("from .more import *\n", "orders"),
        ("x = 1\n", "orders"),
    ],
)
def test_the_app_config_that_django_takes(tmp_path: Path, apps: str, label: str) -> None:
    core = f"{DJANGO}class Base(AppConfig):\n    default = False\n    label = 'of_core'\n"
    project = write(tmp_path, {"orders/apps.py": apps, "core/apps.py": core})
    assert app_label(f"{project}/orders", project) == Label(label)


def test_an_apps_package(tmp_path: Path) -> None:
    files = {"orders/apps/__init__.py": "from .config import C\n", "orders/apps/config.py": ONE, "orders/apps.py": "x"}
    project = write(tmp_path, files)
    assert app_label(f"{project}/orders", project) == Label("sales")
    assert app_label(f"{project}/other", project) == Label("other")


@pytest.mark.parametrize(
    ("apps", "why"),
    [
        (TWO.replace("    default = False\n", "").replace("    default = True\n", ""), "none has `default = True`"),
        (f"{ONE}    default = False\n", "it has `default = False`"),
        ("from core.apps import Base\nclass C(Base):\n    label = 'c'\n", "none has `default = True`"),
    ],
)
def test_a_label_that_only_the_settings_may_choose_is_said(tmp_path: Path, apps: str, why: str) -> None:
    core = f"{DJANGO}class Base(AppConfig):\n    label = 'of_core'\n"
    project = write(tmp_path, {"orders/apps.py": apps, "core/apps.py": core})
    found = app_label(f"{project}/orders", project)
    assert isinstance(found, Label)
    assert found.label == "orders"
    assert found.warning
    assert f"because {why}: the app's label is 'orders'." in found.warning.what
    marked = app_label(
        f"{write(tmp_path, {'orders/apps.py': apps.replace('default = False', 'x = 1')})}/orders", project
    )
    if "it has" in why:
        assert marked == Label("sales")


def test_modules_that_import_each_other(tmp_path: Path) -> None:
    cycle = {"a/apps.py": "from b.apps import C\n", "b/apps.py": "from a.apps import C\n"}
    selves = {"c/apps.py": "class A(B): ...\nclass B(A): ...\n"}
    project = write(tmp_path, {**cycle, **selves})
    assert [app_label(f"{project}/{name}", project) for name in "abc"] == [Label("a"), Label("b"), Label("c")]


@pytest.mark.parametrize(
    ("apps", "what"),
    [
        (
            TWO.replace("default = False", "default = True"),
            "apps.py:3: Django refuses several AppConfigs with `default",
        ),
        (TWO.replace("default = False", "default = f()"), "apps.py:6: `default` cannot be read without runnin"),
        (ONE.replace("'sales'", "f()"), "apps.py:4: `label` cannot be read without running the module."),
        (
            ONE.replace("    label = 'sales'\n", "").replace("'orders'", "f()"),
            "apps.py:3: `name` cannot be read without",
        ),
        (
            ONE.replace("sales", "sa-les"),
            "apps.py:4: Django refuses the app label 'sa-les', which is no Python identif",
        ),
        ("class", "apps.py:1: Python "),
    ],
)
def test_an_app_config_that_is_wrong_or_unreadable(tmp_path: Path, apps: str, what: str) -> None:
    project = write(tmp_path, {"orders/apps.py": apps})
    found = app_label(f"{project}/orders", project)
    assert not isinstance(found, Label)
    assert found.what.startswith(f"{project}/orders/{what}")


FOREIGN = [
    "class Migration:\n    def up(self): ...\n",
    "from async_migrations import Definition\nclass Migration(Definition):\n    depends_on = '0001'\n",
    "from other.tool import Base\nclass Migration(Base):\n    dependencies = ['0001_x']\n",
    "from south.v2 import SchemaMigration\nclass Migration(SchemaMigration):\n    models = {}\n",
    "operations = []\n",
    "print 'Python 2'\n",
    "steps = [step('CREATE TABLE x')]\n",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_the_migrations_of_another_tool_are_skipped_and_said(tmp_path: Path, text: str) -> None:
    files = {
        "shop/migrations/__init__.py": "",
        "shop/migrations/0001_initial.py": INITIAL,
        "tool/migrations/__init__.py": "",
        "tool/migrations/0001_x.py": text,
        "tool/apps.py": "class",  # which nobody reads
        "empty/migrations/__init__.py": "",
    }
    found = history(write(tmp_path, files))
    assert (found["problems"], [part["id"] for part in found["revisions"]]) == ([], ["shop.0001_initial"])
    [warning] = found["warnings"]
    assert (
        warning.what == f"{tmp_path}/tool/migrations: skipped, because none of its modules has a migration of Django."
    )


@pytest.mark.parametrize(
    "text",
    [
        INITIAL,
        "class Migration:\n    dependencies = []\n",
        "from django.db import models\nfrom core.db import Checked\nclass Migration(Checked):\n    operations = []\n",
        "import django.db.migrations\nclass Migration(django.db.migrations.Migration): ...\n",
        "from django.db.migrations import Migration as M\nclass Migration(M): ...\n",
    ],
)
def test_what_is_a_migration_of_django(tmp_path: Path, text: str) -> None:
    found = read_project(write(tmp_path, {"a/migrations/__init__.py": "", "a/migrations/0001_x.py": text}))
    assert (found.problems, found.warnings) == ([], [])
    assert [str(migration.key) for migration in found.migrations] == ["a.0001_x"]


def test_one_module_without_a_migration_is_a_problem_beside_those_of_django(tmp_path: Path) -> None:
    files = {"a/migrations/__init__.py": "", "a/migrations/0001_x.py": INITIAL, "a/migrations/helper.py": "x = 1"}
    found = read_project(write(tmp_path, files))
    assert [problem.what for problem in found.problems] == [
        f"{tmp_path}/a/migrations/helper.py:1: The module has no `class Migration`."
    ]


def test_a_broken_migration_is_a_problem_even_alone(tmp_path: Path) -> None:
    files = {"a/migrations/__init__.py": "", "a/migrations/0001_x.py": f"{INITIAL}def"}
    [problem] = read_project(write(tmp_path, files)).problems
    assert problem.what.startswith(f"{tmp_path}/a/migrations/0001_x.py:4: Python ")


def test_directories_that_django_does_not_load_are_said(tmp_path: Path) -> None:
    files = {
        "a/migrations/__init__.py": "",
        "a/migrations/0001_x.py": INITIAL,
        "a/migrations/old/__init__.py": "",
        "a/migrations/old/0000_x.py": INITIAL,
        "a/migrations/sql/note.py": "x = 1",
        "b/migrations/0001_x.py": INITIAL,
        "c/migrations/env.py": "no package, and no migration of Django",
    }
    found = read_project(write(tmp_path, files))
    assert found.problems == []
    assert [str(migration.key) for migration in found.migrations] == ["a.0001_x"]
    below, bare = found.warnings
    assert below.what.startswith(
        f"{tmp_path}/a/migrations/old/0000_x.py: skipped with all of {tmp_path}/a/migrations/o"
    )
    assert bare.what.startswith(f"{tmp_path}/b/migrations/0001_x.py: skipped with all of {tmp_path}/b/migrations, beca")
    assert bare.fix.startswith(f"add {tmp_path}/b/migrations/__init__.py, ")
    write(tmp_path, {"b/migrations/__init__.py": ""})
    assert len(read_project(str(tmp_path)).warnings) == 1
