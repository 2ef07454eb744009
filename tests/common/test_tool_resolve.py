from __future__ import annotations

import pytest

from devflow.common.errors import UserError
from devflow.common.tool_resolve import WantedTool, choose_resolve, locked_names

REQUIREMENTS = """\
# A comment about ruff==1.0.
--no-binary=foo
alembic==1.16.5 \\
    --hash=sha256:0011 \\
    --hash=sha256:2233
    # via -r app.in
sqlalchemy[asyncio]==2.0.1 ; python_version >= "3.9"
Ruamel.Yaml_clib==0.2
own @ file:///somewhere/own
"""
PEX_LOCK = """\
// {"generated_with_requirements": ["alembic"]}
{
  "locked_resolves": [{"locked_requirements": [
    {"artifacts": [], "project_name": "alembic", "requires_dists": ["Mako", "tomli==1"]},
    {"project_name":"Mako", "version": "1"}
  ]}],
  "requirements": ["towncrier==1"]
}
"""
UV_LOCK = """\
version = 1

[[package]]
name = "alembic"
version = "1.16.5"
dependencies = [
    { name = "mako" },
]
"""
BOTH: dict[str, str | None] = {"app": REQUIREMENTS, "other": PEX_LOCK, "none": "", "gone": None}


def test_names_in_each_kind_of_lockfile() -> None:
    assert locked_names(REQUIREMENTS) == {"alembic", "sqlalchemy", "ruamel-yaml-clib", "own"}
    assert locked_names(PEX_LOCK) == {"alembic", "mako"}
    assert locked_names(UV_LOCK) == {"alembic"}
    assert locked_names("") == set()


def choose(
    lockfiles: dict[str, str | None], *, default: str, configured: str | None = None, requirement: str = "alembic"
) -> str:
    tool = WantedTool(requirement, "[alembic].install_from_resolve", configured)
    return choose_resolve(tool, lockfiles, default=default, how_to_lock={name: f"lock {name}" for name in lockfiles})


@pytest.mark.parametrize(
    ("default", "configured", "chosen"),
    [("app", None, "app"), ("other", None, "other"), ("app", "other", "other"), ("none", "app", "app")],
)
def test_the_configured_one_then_the_default_one(default: str, configured: str | None, chosen: str) -> None:
    assert choose(BOTH, default=default, configured=configured) == chosen


def test_the_only_one_that_holds_it() -> None:
    assert choose({"none": "", "tools": PEX_LOCK}, default="none") == "tools"
    assert choose({"none": "", "tools": PEX_LOCK}, default="none", requirement="MAKO") == "tools"


@pytest.mark.parametrize(
    ("lockfiles", "default", "configured", "message"),
    [
        (
            BOTH,
            "none",
            None,
            "Several resolves hold alembic, and the default one (none) is none of them: app, other.\n"
            "  Fix: set [alembic].install_from_resolve in pants.toml to one of them",
        ),
        (
            {"none": "", "gone": None},
            "gone",
            None,
            "No resolve of this repository holds alembic.\n"
            "  Fix: add alembic to the requirements of resolve gone, then: lock gone",
        ),
        (
            BOTH,
            "app",
            "none",
            "The lockfile of resolve none does not hold alembic ([alembic].install_from_resolve names that resolve).\n"
            "  Fix: add alembic to the requirements of resolve none, then: lock none",
        ),
        (
            BOTH,
            "app",
            "othr",
            "[alembic].install_from_resolve: no resolve has the name 'othr'. Did you mean 'other'?\n"
            "  Fix: set it to one of: app, gone, none, other",
        ),
    ],
)
def test_errors(lockfiles: dict[str, str | None], default: str, configured: str | None, message: str) -> None:
    with pytest.raises(UserError) as raised:
        choose(lockfiles, default=default, configured=configured)
    assert str(raised.value) == message
