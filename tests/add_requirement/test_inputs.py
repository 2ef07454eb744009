"""What cannot be done is said with its fix, and nothing changes."""

from __future__ import annotations

import pytest
from add_requirement.conftest import World
from add_requirement.test_goal import pins


def refused(world: World, *args: str) -> str:
    before = world.state()
    result = world.add(*args)
    assert result.exit_code == 1
    assert world.state() == before
    assert not (world.root / ".git" / "devflow" / "requirements.json").exists()
    return result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["redis=3"], "'redis=3' is not a requirement: a bound has two `=`.\n  Fix: 'redis==3'"),
        (["redis>3;"], "'redis>3;' is not a requirement"),
        (["redis 3"], "'redis 3' is not a requirement: '3' is no bound."),
        (["redis>="], "'redis>=' is not a requirement: '>=' is no bound."),
        (["redis>=new"], "'redis>=new' is not a requirement: '>=new' is no bound."),
        ([">3"], "it does not begin with the name of a project"),
        (
            ["x @ https://h/a--b.whl"],
            "Pants reads the address of 'x @ https://h/a--b.whl' up to 'x @ https://h/a'",
        ),
        (["x @ git+https://h/x#egg=x"], "up to 'x @ git+https://h/x' only.\n  Fix: use an address without"),
        (["redis>1", "redis<9"], "'redis>1' and 'redis<9' are about one project."),
        (["redis=3", "x y"], "2 requirements cannot be taken:"),
        (["redis", "--remove=redis"], "redis would be both added and removed."),
        ([], "Which requirements?\n  Fix: name them: pants add-requirement 'aiohttp>=3.9'"),
        (["--remove=atrs"], "No requirement is about atrs. Did you mean 'attrs'?"),
        (["--upgrade=nope"], "No requirement is about nope."),
        (
            ["redis", "--resolve=mian"],
            "has the name 'mian'. Did you mean 'main'?\n  Fix: choose among: main",
        ),
        (
            ["redis", "--resolve=tools"],
            "No target holds requirements of resolve tools.\n  Fix: add to a BUILD file: python_",
        ),
        (["redis", "--to=mian.txt"], "has the address or the file 'mian.txt'. Did you mean 'main.txt'?"),
        (
            ["redis", "--to=more/extra.txt"],
            'choose among: //:reqs; or make a target of that file: python_requirements(source="extra.txt") in the',
        ),
        (["redis", "--to=more:extra"], "'more:extra'.\n  Fix: choose among: //:reqs\n"),
        (["redis", "--extra=web"], "--extra is for [project.optional-dependencies] of pyproject.toml"),
        (["redis", "--check"], "--check takes no requirements."),
        (["--check", "--dry-run"], "--dry-run and --check cannot be used together."),
        (["no-such-project"], "No matching distribution found for no-such-project"),
        (["attrs>=99"], "Resolve main cannot be locked: ERROR: No matching distribution found for attrs>=99"),
    ],
)
def test_each_message(world: World, words: list[str], said: str) -> None:
    assert said in refused(world, *words)


def test_several_targets(world: World) -> None:
    world.write("b/BUILD", "python_requirements()\n")
    world.write("b/requirements.txt", "redis\n")
    said = refused(world, "zzz")
    assert "zzz may go to several targets:\n    //:reqs (main.txt, main)\n    b:b (b/requirements.txt, main)\n" in said
    assert "already, and in main.txt it would be in the resolve main twice" in refused(world, "redis>1", "--to=//:reqs")
    result = world.add("zzz", "--to=b:b", "--no-import-names")
    assert result.exit_code == 0, result.stderr
    assert world.read("b/requirements.txt") == "redis\nzzz\n"


def test_the_target_of_the_kind(world: World) -> None:
    world.write("b/BUILD", "python_requirements()\n")
    world.write("b/requirements.txt", "types-odd\n")
    assert world.add("redis").exit_code == 0
    assert "redis\n" in world.read("main.txt")


def test_a_project_that_is_required_twice(world: World) -> None:
    world.write("main.txt", "attrs==21.4.0; python_version<'3.8'\nclick\nattrs==22.2.0; python_version>='3.8'\n")
    said = refused(world, "attrs==23.1.0")
    assert "main.txt (//:reqs) is not edited to put attrs==23.1.0: lines 1, 3 are about attrs" in said


def test_a_mapping_that_is_computed(world: World) -> None:
    world.write("BUILD", 'M = {}\npython_requirements(name="reqs", source="main.txt", module_mapping=M)\n')
    said = refused(world, "pretendcrypto")
    assert "Pants has to be told the modules of pretendcrypto, and BUILD is not edited" in said
    assert 'add `"pretendcrypto": ["Crypto"]` to module_mapping of //:reqs' in said


def test_a_target_of_a_macro(world: World) -> None:
    world.write("macros.py", "def reqs(name):\n    python_requirements(name=name, source='main.txt')\n")
    world.write("BUILD", "reqs('reqs')\n")
    result = world.run("redis", "--no-export", global_args=["--build-file-prelude-globs=macros.py"])
    assert result.exit_code == 0, result.stderr
    assert "redis\n" in world.read("main.txt")
    result = world.run("pretendcrypto", "--no-export", global_args=["--build-file-prelude-globs=macros.py"])
    assert result.exit_code == 1
    assert "no call in a BUILD file makes that target" in result.stderr


def test_files_of_other_tools(world: World) -> None:
    world.write("BUILD", 'poetry_requirements(name="reqs")\n')
    world.write("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.9"\nattrs = "*"\n')
    said = refused(world, "redis")
    assert "Nothing is added to //:reqs (pyproject.toml): poetry manages it: run `poetry add NAME`" in said


def test_requirements_of_pipenv_are_edited_by_pipenv(world: World) -> None:
    world.write("BUILD", 'pipenv_requirements(name="reqs")\n')
    world.write("Pipfile.lock", '{"default": {"attrs": {"version": "==22.2.0"}}, "develop": {}}\n')
    said = refused(world, "redis")
    assert "Nothing is added to //:reqs (Pipfile.lock): pipenv makes it: run `pipenv install NAME`" in said


def test_conflict_markers(world: World) -> None:
    world.write("main.txt", "<<<<<<< ours\nattrs\n=======\nclick\n>>>>>>> theirs\n")
    assert "main.txt at line 1" in refused(world, "redis")


def test_an_empty_file_has_the_resolve_of_its_call(world: World) -> None:
    world.write("b/BUILD", 'python_requirements(resolve="tools")\n')
    world.write("b/requirements.txt", "")
    result = world.add("redis", "--resolve=tools")
    assert result.exit_code == 0, result.stderr
    assert pins(world, "tools") == {"redis": "5.0.1"}
