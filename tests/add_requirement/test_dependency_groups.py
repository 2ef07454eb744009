"""Groups of PEP 735: no Pants reads them, so nothing is put there; the fix names where Pants does read."""

from __future__ import annotations

import re

from add_requirement.conftest import World
from add_requirement.test_inputs import refused

PYPROJECT = """\
[project]
name = "app"
dependencies = ["attrs"]

[dependency-groups]
dev = ["click"]
"""


def test_a_group_is_no_extra(world: World) -> None:
    world.write("BUILD", 'python_requirements(name="reqs", source="pyproject.toml")\n')
    world.write("pyproject.toml", PYPROJECT)
    said = refused(world, "redis", "--extra=dev", "--no-import-names")
    assert "dev is a group of [dependency-groups], which Pants does not read" in said
    [extra] = re.findall(r"Fix: name a list of \[project.optional-dependencies\], such as (--extra=\S+)", said)
    assert world.add("redis", extra, "--no-import-names").exit_code == 0
    assert f'{extra.partition("=")[2]} = ["redis"]' in world.read("pyproject.toml")
    assert 'dev = ["click"]' in world.read("pyproject.toml")
    # Without a group, it is a requirement of the project.
    assert world.add("zzz", "--no-import-names").exit_code == 0
    assert '"zzz"' in world.read("pyproject.toml").partition("[dependency-groups]")[0]


def test_what_only_a_group_has_is_named(world: World) -> None:
    """A person might take it for there; Pants does not."""
    world.write("BUILD", 'python_requirements(name="reqs", source="pyproject.toml")\n')
    world.write("pyproject.toml", PYPROJECT)
    result = world.add("click", "--no-import-names")
    assert result.exit_code == 0, result.stderr
    assert 'dependencies = ["attrs", "click"]' in world.read("pyproject.toml")


def test_nothing_but_groups(world: World) -> None:
    world.write("BUILD", 'python_requirements(name="reqs", source="pyproject.toml")\n')
    world.write("pyproject.toml", '[dependency-groups]\ndev = ["click"]\n')
    said = refused(world, "redis")
    assert "The requirements cannot be read: " in said
    assert "Traceback" not in said
