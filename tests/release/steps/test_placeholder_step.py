"""The version in the place of a placeholder, in the commit of a final release."""

from __future__ import annotations

import pytest

from release.conftest import World

ARGS = ("--placeholder=NEXT", "--skip=news", "--date=2024-03-29")
FILES = {
    "src/meta.py": 'NEXT = "the next one"\n',
    "src/a.py": "from meta import NEXT\n\nadded(NEXT)\n",
    "src/b.py": "x = 1\n",
    "src/kept.py": "# NEXT\n",
    "tools/c.py": "# since NEXT\n",
    "README.md": "NEXT\n",
}


@pytest.fixture()
def placed(world: World) -> World:
    world.commit(FILES)
    return world


def test_a_final_release(placed: World) -> None:
    plan = placed.run("--to=24.03.0", *ARGS, "--placeholder-keep=*/kept.py")
    assert "Checked placeholder: NEXT in 2 files\n" in plan.stdout
    assert (
        "Note: 24.03.0 replaces NEXT: the formatter of your sources may wrap these lines differently.\n" in plan.stdout
    )
    assert placed.run("--to=24.03.0", *ARGS, "--placeholder-keep=*/kept.py", "--execute").exit_code == 0
    now = {path: (placed.root / path).read_text() for path in FILES}
    assert now == {**FILES, "src/a.py": '\nadded("24.03.0")\n', "tools/c.py": "# since 24.03.0\n"}
    assert placed.git("status", "--porcelain") == ""


def test_a_pre_release_keeps_it(placed: World) -> None:
    plan = placed.run("--to=24.03.0rc2", *ARGS)
    assert "Checked placeholder: NEXT in 0 files\n" in plan.stdout
    assert "src/a.py" not in plan.stdout


def test_the_globs(placed: World) -> None:
    plan = placed.run("--to=24.03.0", *ARGS, "--placeholder-files=tools/*.py")
    assert "Would change tools/c.py: # since NEXT → # since 24.03.0\n" in plan.stdout
    assert "src/" not in plan.stdout


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = f'{NEXT!r}'\n", "release: src/a.py has NEXT inside of an expression of an f-string in line 1.\n"),
        ("'''NEXT", "release: src/a.py cannot be read as Python: "),
    ],
)
def test_what_cannot_be_replaced(placed: World, source: str, message: str) -> None:
    placed.commit({"src/a.py": source})
    before = placed.state()
    result = placed.run("--to=24.03.0", *ARGS, "--execute")
    assert result.exit_code == 1
    assert message in result.stderr
    assert placed.state() == before


def test_a_setting_that_is_no_name(placed: World) -> None:
    result = placed.run("--to=24.03.0", "--placeholder=the next")
    assert "release: [release].placeholder = 'the next' is not a name.\n" in result.stderr
    assert "placeholder" not in placed.run("--to=24.03.0").stdout
