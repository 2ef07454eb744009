"""The second member through the goal, what its modules may say, and the targets that `tailor` proposes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pants.core.goals.tailor import AllOwnedSources, PutativeTarget, PutativeTargets
from pants.testutil.rule_runner import RuleRunner

from devflow.schema_history.reader.read_django import history
from devflow.schema_history.tailor import PutativeMigrationsRequest
from devflow.schema_history.targets import AlembicMigrationsTarget, DjangoMigrationsTarget
from schema_history.conftest import Run

HEAD = "from django.conf import settings\nfrom django.db import migrations\n"


def migration(dependencies: str = "", more: str = "", doc: str = "") -> str:
    body = f"    dependencies = [{dependencies}]\n{more}"
    return f'"""{doc}"""\n{HEAD}class Migration(migrations.Migration):\n{body}'


SHOP = {
    "site/manage.py": "import django\nraise SystemExit\n",
    "site/shop/migrations/__init__.py": "",
    "site/shop/migrations/0001_initial.py": migration("migrations.swappable_dependency(settings.AUTH_USER_MODEL)"),
    "site/shop/migrations/0002_add_prices.py": migration('("shop", "0001_initial")', doc="Add prices.\n\nMore."),
}


def write(root: Path, files: dict[str, str]) -> str:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return str(root / "site")


def test_the_dump(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**SHOP, "site/old/alembic/versions/x.py": "", "site/other/migrations/__init__.py": ""})
    # Django takes the second of these.
    configs = "from django.apps import AppConfig\nclass A(AppConfig):\n    label = 'a'\n    default = False\n"
    runner.write_files({"site/shop/apps.py": f"{configs}class B(AppConfig):\n    name = 'shop'\n"})
    result = run()
    assert (result.stderr, result.exit_code) == ("", 0)
    assert json.loads(result.stdout)["revisions"] == [
        {
            "down_revision": "shop.0001_initial",
            "revision": "shop.0002_add_prices",
            "is_head": True,
            "is_branch_point": False,
            "is_merge_point": False,
            "doc": "Add prices.",
        },
        {
            "down_revision": None,
            "revision": "shop.0001_initial",
            "is_head": False,
            "is_branch_point": False,
            "is_merge_point": False,
            "doc": "initial",
        },
    ]
    runner.write_files({"site/BUILD": "django_migrations(output='h.json')"})
    assert run("site/manage.py").stdout == "h.json: written, 2 revisions of site:site\n"
    assert "[base, depends on settings.AUTH_USER_MODEL]" in run("--format=text").stdout


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"site/shop/migrations/0003_x.py": migration('("shop", "0001_initial")')}, "0003_x.py:4: shop has 2 heads: "),
        (
            {"site/shop/migrations/0003_x.py": migration("previous()")},
            "0003_x.py:5: `dependencies` cannot be read with",
        ),
    ],
)
def test_problems_of_the_goal(runner: RuleRunner, run: Run, files: dict[str, str], message: str) -> None:
    runner.write_files({**SHOP, **files})
    result = run()
    assert result.stderr.startswith(f"dump-schema-history: site/shop/migrations/{message}")
    assert result.exit_code == 1


def test_a_project_without_migrations(runner: RuleRunner, run: Run) -> None:
    runner.write_files({"site/manage.py": "import django"})
    assert run().stderr.startswith("dump-schema-history: site/manage.py: No app in site or below has migrations.")
    assert run("--config=sit/manage.py").stderr.startswith("dump-schema-history: sit/manage.py: There is no such file")
    runner.write_files({"site/manage.py": "import flask"})
    says = "There is no configuration of a migration tool in this repository (looked at: site/manage.py)."
    assert run().stderr.startswith(f"dump-schema-history: {says}")


@pytest.mark.parametrize(
    ("path", "text", "what"),
    [
        ("shop/migrations/0003_x.py", "x = 1", "0003_x.py:1: The module has no `class Migration`."),
        ("shop/migrations/0003_x.py", "class", "0003_x.py:1: Python "),
        ("shop/migrations/0003_x.py", migration('("shop", "0009")'), "0003_x.py:5: shop.0003_x depends on shop.0009, "),
        (
            "shop/migrations/0003_x.py",
            migration("", '    run_before = [("shop", "9")]\n'),
            "0003_x.py:6: shop.0003_x is ",
        ),
        ("shop/migrations/0003_x.py", migration("", "    replaces = OLD\n"), "0003_x.py:6: `replaces` cannot be read "),
        (
            "shop/migrations/0003_x.py",
            migration('("shop", NAME)'),
            "0003_x.py:5: `dependencies` cannot be read without",
        ),
        (
            "shop/migrations/0001_initial.py",
            migration('("shop", "0002_add_prices")'),
            "0001_initial.py:5: The history has a cycle: ",
        ),
        (
            "shop/migrations/0001_initial.py",
            migration("", '    replaces = [("shop", "0001_initial")]\n'),
            "0001_initial.py:6: Migrations replace each other: ",
        ),
        ("shop/apps.py", "class C(AppConfig):\n    label = f()\n", "apps.py:2: `label` cannot be read without"),
        ("shop/apps.py", "class", "apps.py:1: Python "),
        ("b/shop/migrations/0001_initial.py", migration(), "__init__.py:1: The app label 'shop' is that of "),
    ],
)
def test_what_a_module_may_say(tmp_path: Path, path: str, text: str, what: str) -> None:
    more = {f"site/{path}": text}
    if path.startswith("b/"):
        more["site/b/shop/migrations/__init__.py"] = ""
    found = history(write(tmp_path, {**SHOP, **more}))
    assert found["revisions"] == []
    assert any(what in problem.what for problem in found["problems"]), found["problems"]
    assert all(problem.what.startswith(str(tmp_path)) and problem.fix for problem in found["problems"])


def test_what_counts(tmp_path: Path) -> None:
    more = {
        "site/shop/migrations/_draft.py": "raise SystemExit",
        "site/shop/migrations/~x.py": "raise SystemExit",
        "site/shop/migrations/sub/0001_x.py": migration(),
        "site/plain/migrations/0001_x.py": migration(),  # no package
        "site/db/migrations/__init__.py": "",
        "site/db/migrations/env.py": "tool = 1",
        "site/named/apps.py": "class C(apps.AppConfig):\n    name = 'site.named'\n    label: str = 'label'\n",
        "site/named/migrations/__init__.py": "",
        "site/named/migrations/0001_x.py": migration('("shop", "__latest__"), ("auth", "0001_initial")'),
    }
    found = history(write(tmp_path, {**SHOP, **more}))
    assert found["problems"] == []
    by_id = {part["id"]: part for part in found["revisions"]}
    assert sorted(by_id) == ["label.0001_x", "shop.0001_initial", "shop.0002_add_prices"]
    assert by_id["label.0001_x"]["depends_on"] == ["shop.0002_add_prices", "auth.0001_initial"]


def test_what_is_skipped_is_said(runner: RuleRunner, run: Run) -> None:
    runner.write_files({**SHOP, "site/es/migrations/__init__.py": "", "site/es/migrations/1.py": "steps = []\n"})
    runner.write_files({"site/shop/migrations/old/0000_x.py": migration()})
    result = run("--format=text")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "site/manage.py (django): 2 revisions, 1 head")
    assert [line for line in result.stderr.splitlines() if "warning" in line] == [
        "dump-schema-history: warning: site/es/migrations: skipped, because none of its modules has a migration of "
        "Django.",
        "dump-schema-history: warning: site/shop/migrations/old/0000_x.py: skipped with all of "
        "site/shop/migrations/old, because Django loads no migrations from directories below site/shop/migrations.",
    ]


def test_tailor(runner: RuleRunner) -> None:
    runner.write_files(
        {
            **SHOP,
            "db/alembic.ini": "[alembic]",
            "db/pyproject.toml": "[tool.alembic]",
            "api/pyproject.toml": "[tool.alembic]",
            "web/pyproject.toml": "[tool.ruff]",
            "done/alembic.ini": "[alembic]",
            "done/BUILD": "alembic_migrations()",
            "many/alembic.ini": "[a]\nscript_location = a\n[b c]\nscript_location = b\n[d]\nscript_location = d\n",
            "many/BUILD": "alembic_migrations(name='a', section='a')",
        }
    )
    runner.set_options([], env_inherit={"PATH"})
    dirs = ("", "db", "api", "web", "done", "site", "many")
    found = runner.request(PutativeTargets, [PutativeMigrationsRequest(dirs), AllOwnedSources([])])

    def expected(kind: type, path: str, source: str, name: str = "migrations", **more: str) -> PutativeTarget:
        return PutativeTarget.for_target_type(kind, path, name, [source], kwargs=more)

    assert set(found) == {
        expected(AlembicMigrationsTarget, "db", "alembic.ini"),
        expected(AlembicMigrationsTarget, "many", "alembic.ini", "b_c", section="b c"),
        expected(AlembicMigrationsTarget, "many", "alembic.ini", "d", section="d"),
        expected(AlembicMigrationsTarget, "api", "pyproject.toml", config="pyproject.toml"),
        expected(DjangoMigrationsTarget, "site", "manage.py"),
    }
