"""`--to-repository`: the commits of this repository in another one, whose files have other places."""

from __future__ import annotations

from pathlib import Path

import pytest
from backport.conftest import World, text

from harness.git_world import fixes

NAME = "--repository-name=o/app"


@pytest.fixture()
def client(world: World, tmp_path: Path) -> Path:
    """A repository of its own history with an older copy of the files, at another place."""
    root = tmp_path / "client"
    world.git("init", "--quiet", "--initial-branch=main", str(root))
    files: dict[str, str | bytes | None] = {
        "lib/app.py": "# the client's copy\n" + text(),
        "lib/tool.sh": "echo 1\n",
        "lib/logo.bin": b"\0\1",
        "lib/old.py": "old\n",
        "README": "client\n",
    }
    world.commit("Begin", files, cwd=root)
    world.git("branch", "24.03", cwd=root)
    return root


@pytest.fixture()
def change(world: World) -> str:
    """A commit with each kind of change, in `src` and elsewhere."""
    world.commit(
        "More", {"src/app.py": text(), "src/tool.sh": "echo 1\n", "src/logo.bin": b"\0\1", "src/old.py": "old\n"}
    )
    (world.root / "src/tool.sh").chmod(0o755)
    (world.root / "src/link").symlink_to("app.py")
    changed: dict[str, str | bytes | None] = {
        "src/app.py": text(_12="twelve"),
        "src/logo.bin": b"\0\2",
        "src/new/x.py": "x\n",
        "src/old.py": None,
        "app.py": text(_0="not of the map"),
        "changes/12.fix.md": "Counted from one, as #7 asked.\n",
    }
    return world.commit("fix: count (#12)\n\nSee lablup/other#9, https://h/x#3, `#4` and #7.\n", changed)


def test_every_kind_of_change(world: World, client: Path, change: str) -> None:
    world.write({"README": "dirty\n"}, cwd=client)
    args = (change, "--to=24.03", f"--to-repository={client}", "--path-map=src=lib", NAME)
    refs = world.git("for-each-ref", cwd=client)
    plan = world.run(*args)
    assert plan.exit_code == 0, plan.stderr
    assert "24.03: left out app.py\n24.03: left out changes/12.fix.md\n" in plan.stdout
    assert world.git("for-each-ref", cwd=client) == refs
    assert world.git("count-objects", cwd=client) == world.git("count-objects", cwd=client)
    result = world.run(*args, "--execute")
    assert result.exit_code == 0, result.stderr
    branch = "backport/12-to-24.03"
    assert world.git("for-each-ref", "refs/heads/backport") == ""  # nothing here
    world.git("fsck", "--full", "--strict", cwd=client)
    listed = world.git("diff", "--raw", "--no-abbrev", "--no-renames", "24.03", branch, cwd=client).splitlines()
    changes = {line.split("\t")[1]: (line.split()[0], line.split()[1], line.split()[4]) for line in listed}
    assert changes == {
        "lib/app.py": (":100644", "100644", "M"),
        "lib/tool.sh": (":100644", "100755", "M"),
        "lib/logo.bin": (":100644", "100644", "M"),
        "lib/link": (":000000", "120000", "A"),
        "lib/new/x.py": (":000000", "100644", "A"),
        "lib/old.py": (":100644", "000000", "D"),
    }
    assert (
        world.git("show", f"{branch}:lib/app.py", cwd=client) == ("# the client's copy\n" + text(_12="twelve")).strip()
    )
    assert world.git("log", "-1", "--format=%B", branch, cwd=client) == (
        "fix: count (o/app#12)\n\nSee lablup/other#9, https://h/x#3, `#4` and o/app#7."
    )
    assert world.git("status", "--porcelain", cwd=client) == "M README"
    assert world.run(*args, "--execute").stderr == "Nothing to do.\n"


def test_a_bare_repository_and_a_push(world: World, client: Path, change: str, tmp_path: Path) -> None:
    hub, bare = tmp_path / "hub.git", tmp_path / "bare.git"
    world.git("clone", "--quiet", "--bare", str(client), str(hub))
    world.git("clone", "--quiet", "--bare", str(hub), str(bare))
    args = (change, "--to=24.03", f"--to-repository={bare}", "--path-map=src=lib", NAME, "--push", "--execute")
    result = world.run(*args)
    assert result.exit_code == 0, result.stderr
    assert world.git("rev-parse", "backport/12-to-24.03", cwd=hub) == world.git(
        "rev-parse", "backport/12-to-24.03", cwd=bare
    )


def test_fragments_go_along_if_asked(world: World, client: Path, change: str) -> None:
    args = (change, "--to=24.03", f"--to-repository={client}", "--path-map=src=lib,changes=news", NAME)
    assert "left out changes/12.fix.md" in world.run(*args).stdout
    assert world.run(*args, "--with-fragments", "--execute").exit_code == 0
    fragment = world.git("show", "backport/12-to-24.03:news/12.fix.md", cwd=client)
    assert fragment == "Counted from one, as o/app#7 asked. (o/app#12)"


def test_a_conflict(world: World, client: Path, change: str) -> None:
    world.git("switch", "--quiet", "24.03", cwd=client)
    world.commit("chore: mine", {"lib/app.py": text(_12="mine")}, cwd=client)
    world.git("switch", "--quiet", "main", cwd=client)
    args = (change, "--to=24.03", f"--to-repository={client}", "--path-map=src=lib", NAME)
    refused = world.run(*args, "--execute")
    assert "conflicts in lib/app.py (content, last changed there by " in refused.stderr
    assert world.git("branch", "--list", "backport/*", cwd=client) == ""
    assert fixes(refused)[0].startswith("add --conflicts=commit, ")
    marked = world.run(*args, "--conflicts=commit", "--execute")
    assert marked.exit_code == 1
    assert "<<<<<<<" in world.git("show", "backport/12-to-24.03:lib/app.py", cwd=client)
    world.shell(fixes(marked)[0].partition("  # ")[0])
    assert "<<<<<<<" in (client.parent / "client-backport-12-to-24.03/lib/app.py").read_text()


def test_what_lacks(world: World, client: Path, change: str) -> None:
    to = (change, "--to=24.03", f"--to-repository={client}", "--path-map=src=lib")
    unnamed = world.run(*to)
    assert "has references such as #12, which the other repository would take for its own." in unnamed.stderr
    assert fixes(unnamed) == ["add the name of this repository, such as --repository-name=owner/name"]
    nothing = world.run(change, "--to=24.03", f"--to-repository={client}", "--path-map=nowhere=lib", NAME)
    assert "No file of " in nothing.stderr
    assert "is in the path map: app.py, changes/12.fix.md, src/app.py" in nothing.stderr
    clash = world.run(change, "--to=24.03", f"--to-repository={client}", "--path-map=src/app.py=x,app.py=x", NAME)
    assert "app.py and src/app.py would both become x." in clash.stderr
    away = world.run(change, "--to=24.03", f"--to-repository={client}-2", NAME)
    assert f"--to-repository={client}-2: " in away.stderr
    assert len(fixes(away)) == 1
