"""The other fixes that a backport prints, followed in the states that they are printed for."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from backport.conftest import World, text

from harness.git_world import fixes, refused, works


@pytest.fixture()
def client(world: World, tmp_path: Path) -> Path:
    """Another repository, with files of its own and a series."""
    path = tmp_path / "client"
    path.mkdir()
    world.git("init", "--quiet", "--initial-branch=main", cwd=path)
    world.commit("Begin", {"lib/app.py": text(_0="first"), "lib/tool.sh": "echo 1\n"}, cwd=path)
    world.git("branch", "23.03", cwd=path)
    return path


def test_maps_of_paths(world: World, client: Path, fix: str) -> None:
    there = (fix, "--to=23.03", f"--to-repository={client}", "--repository-name=o/r")
    mapped = "--path-map=app.py=lib/app.py"
    said = refused(world, "No file of ", *there, "--path-map=docs")
    assert said == "name one of their directories with --path-map=HERE=THERE"
    works(world, *there, mapped)
    outside = refused(world, "--path-map=../a=b leads out of the repository.", *there, "--path-map=../a=b")
    assert outside.endswith("such as --path-map=src/a=lib/a")
    twice = refused(world, "--path-map has app.py twice.", *there, "--path-map=app.py=a,app.py=b")
    assert twice == "leave one of the two out"
    both = world.commit("fix: two (#15)", {"app.py": text(_3="3"), "tool.sh": "echo 2\n"})
    clash = refused(world, "app.py and tool.sh would both become x.", both, *there[1:], "--path-map=app.py=x,tool.sh=x")
    assert clash == "map them to different directories with --path-map"
    works(world, both, *there[1:], "--path-map=app.py=lib/app.py,tool.sh=lib/tool.sh")
    nameless = refused(world, "The message of ", *there[:3], mapped)
    option = next(word for word in shlex.split(nameless) if word.startswith("--repository-name="))
    works(world, *there[:3], mapped, option)
    nowhere = refused(world, "--to-repository=/nowhere: ", fix, "--to=23.03", "--to-repository=/nowhere")
    assert nowhere == "name a directory with a clone, such as ../client"
    for option in ("--path-map=a=b", "--repository-name=o/r", "--with-fragments"):
        name = option.partition("=")[0]
        said = refused(world, f"{name} needs --to-repository.", fix, "--to=24.03", option)
        assert said == f"leave {name} out, or add --to-repository=PATH"
        works(world, fix, "--to=24.03")


def test_settings(world: World, fix: str) -> None:
    what = "[backport].missing_subjects is not a regular expression"
    said = refused(world, what, "--missing=24.03", "--missing-subjects=(")
    works(world, "--missing=24.03", shlex.split(said.partition("such as ")[2])[0])
    assert refused(world, "There is no branch 24.3 here", "--missing=24.3") == "--missing=24.03"
    works(world, "--missing=24.03")
    world.git("switch", "--quiet", "--orphan", "other")
    world.commit("Another beginning", {"x": ""})
    said = refused(world, "24.03 and HEAD have no commit in common.", "--missing=24.03")
    assert said == "git fetch --unshallow, or git switch to the branch that the series came from"
    world.shell("git switch --quiet main")
    works(world, "--missing=24.03")


def test_ranges(world: World, fix: str) -> None:
    said = refused(world, "nope..main is no range of commits", "nope..main", "--to=24.03")
    assert said == "git fetch; or write OLD..NEW with two commits that are here"
    works(world, "main~1..main", "--to=24.03")


def test_a_shallow_clone_without_the_number(world: World, fix: str, tmp_path: Path) -> None:
    full = tmp_path / "full"
    world.git("clone", "--quiet", "--bare", str(world.root), str(full))
    shutil.rmtree(world.root / ".git")
    world.git("clone", "--quiet", "--bare", "--depth=1", "--no-single-branch", f"file://{full}", str(tmp_path / "git"))
    (tmp_path / "git").rename(world.root / ".git")
    world.git("config", "core.bare", "false")
    world.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    world.git("reset", "--quiet")
    for word, message in (
        ("#11", "No subject in the history of HEAD ends with (#11)."),
        ("main~1", "There is no commit main~1 here. This is a shallow clone."),
        (fix, "is not here. This is a shallow clone."),
    ):
        assert refused(world, message, word, "--to=24.03").startswith("git fetch --unshallow")
    world.shell("git fetch --quiet --unshallow")
    for word in ("#11", "main~1", fix):
        works(world, word, "--to=24.03")


def test_a_clone_without_its_blobs(world: World, fix: str, tmp_path: Path) -> None:
    full = tmp_path / "full"
    world.git("clone", "--quiet", "--bare", str(world.root), str(full))
    world.git("config", "uploadpack.allowFilter", "true", cwd=full)
    world.git("remote", "add", "origin", f"file://{full}")
    world.git("fetch", "--quiet", "origin")
    blob = world.git("rev-parse", "24.03:app.py")
    (world.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    result = world.run(fix, "--to=24.03")
    assert "This clone lacks an object: " in result.stderr
    world.shell(fixes(result)[0])
    works(world, fix, "--to=24.03")


def test_an_identity(world: World, fix: str) -> None:
    for name in [name for name in world.env if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        del world.env[name]
    world.env["EMAIL"] = ""
    world.git("config", "user.useConfigOnly", "true")
    said = refused(world, "git does not know who commits: ", fix, "--to=24.03")
    commands = re.findall(r"git config [^;&`]*", said)
    assert commands, said
    subprocess.run(
        ["bash", "-c", " && ".join(commands)], cwd=world.root, env={**world.env, "PATH": "/usr/bin:/bin"}, check=True
    )
    works(world, fix, "--to=24.03")
