"""A requirement goes to its place, its lockfile gets what it needs and nothing else, and Pants is told its modules."""

from __future__ import annotations

import json

import pytest
from add_requirement.conftest import OLD, World

from devflow.locking.reading import read_lockfile


def pins(world: World, resolve: str = "main") -> dict[str, str]:
    return dict(read_lockfile(world.read(f"{resolve}.lock")).pins)


def test_one_line_and_its_projects_come_in(world: World) -> None:
    world.write("main.txt", "boto3  # why: é\nclick\n")
    world.lock("main", ["boto3", "click"], OLD)
    result = world.add("aiohttp>=3.9")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (
        "main.txt: aiohttp>=3.9 added at line 1\n"
        "main.lock (main): aiohttp 3.9.1 added, wanted\n"
        "main.lock (main): attrs 23.1.0 added, by aiohttp\n"
        "main.lock (main): yarl 1.20.0 added, by aiohttp\n"
        "main.lock (main): 2 pins kept\n"
    )
    assert world.read("main.txt") == "aiohttp>=3.9\nboto3  # why: é\nclick\n"
    assert pins(world) == {**OLD, "aiohttp": "3.9.1", "attrs": "23.1.0", "yarl": "1.20.0"}
    locked = read_lockfile(world.read("main.lock"))
    assert locked.requirements == locked.header == ("aiohttp>=3.9", "boto3", "click")
    assert not (world.root / ".git" / "devflow" / "requirements.json").exists()
    assert world.run("--check").exit_code == 0


def test_a_pin_that_is_in_the_way_is_given_up_alone(world: World) -> None:
    result = world.add("aiohttp>=3.9")
    assert (
        "main.lock (main): attrs 21.4.0 → 23.1.0, The user requested attrs; aiohttp 3.9.1 depends on attrs>=22\n"
        in result.stdout
    )
    assert "main: locking again, without the pins of attrs\n" in result.stderr
    assert pins(world)["click"] == "8.0.4"


def test_modules_that_pants_would_not_infer(world: World) -> None:
    result = world.add("pretendcrypto", "types-odd", "zzz")
    assert result.exit_code == 0, result.stderr
    assert world.read("BUILD") == (
        'python_requirements(\n    name="reqs",\n    source="main.txt",\n'
        '    module_mapping={"pretendcrypto": ["Crypto"]},\n'
        '    type_stubs_module_mapping={"types-odd": ["quaint"]},\n)\n'
    )
    assert (
        "BUILD: module_mapping of //:reqs added, pretendcrypto: Crypto; Pants would infer pretendcrypto\n"
        in result.stdout
    )
    assert "zzz has no module to import\n" in result.stdout
    again = world.state()
    result = world.add("pretendcrypto", "types-odd", "zzz")
    assert result.exit_code == 0
    assert result.stdout.startswith("main.txt: pretendcrypto is there already\n")
    assert world.state() == again


def test_modules_as_the_options_say(world: World) -> None:
    assert world.add("zzz", "types-odd", "--modules=zzz=a,b", "--modules=types-odd=odd").exit_code == 0
    assert 'module_mapping={"zzz": ["a", "b"]}' in world.read("BUILD")
    assert "type_stubs" not in world.read("BUILD")
    assert world.add("pretendcrypto", "--no-import-names").exit_code == 0
    assert "Crypto" not in world.read("BUILD")


@pytest.mark.parametrize(
    ("before", "options", "written"),
    [
        ("attrs~=21.4\nboto3~=1.26.0\nclick", (), "redis~=5.0.1"),
        ("attrs==21.4.0\nboto3\nclick==8.0.4", (), "redis==5.0.1"),
        ("attrs>=21\nboto3>=1\nclick", (), "redis>=5.0.1"),
        ("attrs\nboto3\nclick==8.0.4", (), "redis"),
        ("attrs==21.4.0\nboto3>=1\nclick", (), "redis"),
        ("attrs\nboto3\nclick", ("--bounds=exact",), "redis==5.0.1"),
        ("attrs~=21.4\nboto3~=1.26.0\nclick", ("--bounds=none",), "redis"),
    ],
)
def test_the_bound_is_that_of_the_file(world: World, before: str, options: tuple[str, ...], written: str) -> None:
    world.write("main.txt", f"{before}\n")
    result = world.add("redis", *options)
    assert result.exit_code == 0, result.stderr
    assert world.read("main.txt") == f"{before}\n{written}\n"
    assert written in (read_lockfile(world.read("main.lock")).header or ())
    assert world.run("--check").exit_code == 0


def test_a_bound_is_changed_in_its_place(world: World) -> None:
    result = world.add("Boto3>=1.28")
    assert result.stdout.startswith("main.txt: Boto3>=1.28 changed at line 2\n")
    assert world.read("main.txt") == "attrs\nBoto3>=1.28  # why: é\nclick\n"
    assert pins(world) == {**OLD, "boto3": "1.28.0"}


def test_a_name_alone_changes_no_bound(world: World) -> None:
    world.write("main.txt", "attrs>=21\nboto3\nclick\n")
    before = world.state()
    result = world.add("Attrs", "--bounds=exact")
    assert (result.exit_code, result.stdout) == (0, "main.txt: Attrs is there already\n")
    assert world.state() == before


def test_upgrade_moves_one_pin_and_no_requirement(world: World) -> None:
    before = world.read("main.txt")
    result = world.add("--upgrade=attrs")
    assert result.stdout == ("main.lock (main): attrs 21.4.0 → 23.1.0, as wanted\n" "main.lock (main): 2 pins kept\n")
    assert world.read("main.txt") == before


def test_free_pins(world: World) -> None:
    assert world.add("redis", "--pins=free").exit_code == 0
    assert pins(world) == {"attrs": "23.1.0", "boto3": "1.28.0", "click": "8.1.7", "redis": "5.0.1"}


def test_removal_takes_the_mapping_too(world: World) -> None:
    assert world.add("pretendcrypto").exit_code == 0
    result = world.add("--remove=PretendCrypto")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (
        "main.txt: pretendcrypto removed from line 4\n"
        "main.lock (main): pretendcrypto 3.19 removed, nothing needs it\n"
        "main.lock (main): 3 pins kept\n"
    )
    assert "module_mapping" not in world.read("BUILD")
    assert pins(world) == OLD


def test_what_is_used_stays(world: World) -> None:
    world.write("src/BUILD", 'target(name="code", dependencies=["//:reqs#attrs"])\n')
    before = world.state()
    result = world.add("--remove=attrs")
    assert result.exit_code == 1
    assert "attrs is still used: src:code.\n  Fix: remove the imports first, or add --force" in result.stderr
    assert world.state() == before
    assert world.add("--remove=attrs", "--force").exit_code == 0


def test_what_a_parametrized_target_has_is_seen_as_used(world: World) -> None:
    call = 'python_requirement(name="r", requirements=["redis", "zzz"], resolve=parametrize("main", "tools"))\n'
    world.write("b/BUILD", call)
    world.write("src/BUILD", 'target(name="code", dependencies=["b:r@resolve=tools"])\n')
    result = world.add("--remove=redis")
    assert result.exit_code == 1
    assert "redis is still used: src:code." in result.stderr


def test_what_a_single_target_has_is_seen_as_used(world: World) -> None:
    world.write("b/BUILD", 'python_requirement(name="r", requirements=["redis", "zzz"])\n')
    world.write("src/BUILD", 'target(name="code", dependencies=["b:r"])\n')
    result = world.add("--remove=redis")
    assert result.exit_code == 1
    assert "redis is still used: src:code." in result.stderr


def test_a_dry_run_changes_nothing(world: World) -> None:
    before = world.state()
    result = world.add("pretendcrypto", "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "main.txt: pretendcrypto would be added at line 4\nBUILD: module_mapping of //:reqs "
    )
    assert result.stderr.endswith("To do it: pants add-requirement pretendcrypto --no-export\n")
    assert world.state() == before


def test_a_parametrized_target_feeds_several_resolves(world: World) -> None:
    world.write("BUILD", 'python_requirements(name="reqs", source="main.txt", resolve=parametrize("main", "tools"))\n')
    world.lock("tools", ["attrs", "boto3", "click"], {**OLD, "click": "8.1.7"})
    result = world.add("redis")
    assert result.exit_code == 0, result.stderr
    assert pins(world) == {**OLD, "redis": "5.0.1"}
    assert pins(world, "tools") == {**OLD, "click": "8.1.7", "redis": "5.0.1"}
    refused = world.add("zzz", "--resolve=tools")
    assert refused.exit_code == 1
    assert "main.txt feeds main and tools: not tools alone.\n  Fix: leave --resolve out" in refused.stderr


def test_requirements_in_a_build_file(world: World) -> None:
    world.write(
        "3rdparty/BUILD",
        'python_requirement(\n    name="r",\n    requirements=["redis==4.0"],\n    resolve="tools",\n)\n',
    )
    world.lock("tools", ["redis==4.0"], {"redis": "4.0"})
    result = world.add("zzz", "--resolve=tools", "--no-import-names")
    assert result.exit_code == 0, result.stderr
    assert 'requirements=["redis==4.0", "zzz==1"]' in world.read("3rdparty/BUILD")
    assert result.stdout.startswith("3rdparty/BUILD: zzz==1 added at line 3\n")
    assert world.run("--check").exit_code == 0
    refused = world.add("pretendcrypto", "--to=3rdparty:r")
    assert refused.exit_code == 1
    assert 'add `"pretendcrypto": ["Crypto"]` to module_mapping of 3rdparty:r' in refused.stderr


def test_requirements_in_pyproject(world: World) -> None:
    text = '[project]\nname = "é"\ndependencies = [\n    "attrs",\n    "click",  # why\n]\n'
    world.write("BUILD", "")
    world.write("app/BUILD", 'python_requirements(source="pyproject.toml")\n')
    world.write("app/pyproject.toml", text)
    result = world.add("boto3>=1", "redis", "--bounds=none")
    assert result.exit_code == 0, result.stderr
    after = text.replace('    "click"', '    "boto3>=1",\n    "click"').replace("# why\n", '# why\n    "redis",\n')
    assert world.read("app/pyproject.toml") == after
    assert world.add("zzz", "--extra=web").exit_code == 0
    assert world.read("app/pyproject.toml") == f'{after}\n[project.optional-dependencies]\nweb = ["zzz"]\n'


def test_json(world: World) -> None:
    document = json.loads(world.add("pretendcrypto", "--dry-run", "--format=json").stdout)
    [result], [lockfile] = document["results"], document["lockfiles"]
    assert document["mode"] == "dry-run"
    assert (result["action"], result["path"], result["line"]) == ("added", "main.txt", 4)
    assert (lockfile["resolve"], lockfile["kept"], [one["name"] for one in lockfile["changes"]]) == (
        "main",
        3,
        ["pretendcrypto"],
    )
    assert document["mappings"][0]["modules"] == ["Crypto"]


def test_check(world: World) -> None:
    result = world.run("--check")
    assert (result.exit_code, result.stdout) == (0, "main.lock: matches its requirements\n")
    world.write("main.txt", "attrs\nboto3\nredis\n")
    world.write("BUILD", 'python_requirements(name="reqs", source="main.txt", module_mapping={"redi": ["redis"]})\n')
    result = world.run("--check")
    assert result.exit_code == 1
    assert "main.lock: its metadata lacks requirements: redis\n" in result.stdout
    assert "BUILD: module_mapping of //:reqs names redi, which is none of its requirements\n" in result.stdout
    assert json.loads(world.run("--check", "--format=json").stdout)["results"][0]["path"] == "main.lock"


def test_nothing_to_check(world: World) -> None:
    world.write("BUILD", "")
    result = world.run("--check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Nothing to check: no target holds requirements of a resolve.\n"
