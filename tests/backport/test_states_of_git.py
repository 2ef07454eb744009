"""Repositories that are not plain: attributes, line ends, odd names, hostile settings, killed runs, two at once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from backport.conftest import World, text

from devflow.common.files import exclusive_lock
from harness.git_world import fixes

BRANCH = "backport/12-to-24.03"


def test_attributes_are_those_of_the_series(world: World, fix: str) -> None:
    """A merge driver that the series has; and one of the user's work tree, which must have no effect."""
    world.git("config", "merge.ours.driver", "true")
    world.on_series("chore: ours", {".gitattributes": "*.py merge=ours\n", "app.py": text(_12="ours")})
    assert "24.03: already there" in world.run("HEAD", "--to=24.03", "--skip-fragments").stdout
    world.write({".gitattributes": "*.py merge=ours\n"})
    world.git("branch", "23.09", "24.03~")
    result = world.run(fix, "--to=23.09")
    assert "23.09: clean" in result.stdout
    assert "2 files" in result.stdout
    assert world.run(fix, "--to=24.03,23.09").stdout.endswith(
        result.stdout
    )  # nothing of one series is left for the next


def test_line_ends(world: World) -> None:
    world.git("config", "core.autocrlf", "true")
    crlf = text().replace("\n", "\r\n")
    world.git("-c", "core.autocrlf=false", "add", ".")
    world.write({"dos.txt": crlf})
    world.git("-c", "core.autocrlf=false", "add", "dos.txt")
    world.git("commit", "--quiet", "--message=A file of DOS")
    world.git("branch", "25.03")
    world.write({"dos.txt": crlf.replace("line 3", "three")})
    world.git("-c", "core.autocrlf=false", "add", "dos.txt")
    world.git("commit", "--quiet", "--message=fix: three")
    assert world.run("HEAD", "--to=25.03", "--execute").exit_code == 0
    number = world.git("rev-parse", "HEAD")[:8]
    assert world.tree(f"backport/{number}-to-25.03") == world.tree("HEAD")


def test_kinds_of_conflicts(world: World) -> None:
    world.commit("base", {"gone": "a\nb\nc\n", "bin": b"\0\1"})
    world.git("branch", "25.03")
    world.on_series("chore: theirs", {"gone": None, "bin": b"\0\3", "app.py": text(_0="x")}, series="25.03")
    fix = world.commit("fix: all", {"gone": "a\nB\nc\n", "bin": b"\0\2", "app.py": text(_0="y")})
    result = world.run(fix, "--to=25.03")
    kinds = {line.split(" in ")[1].split(", last")[0] for line in result.stdout.splitlines() if ": conflict in" in line}
    assert kinds == {"gone: modify/delete", "bin: binary", "app.py: content"}


def test_modes_links_and_submodules(world: World, tmp_path: Path) -> None:
    (world.root / "tool.sh").chmod(0o755)
    (world.root / "link").symlink_to("app.py")
    world.git("add", "--all")
    oid = world.git("rev-parse", "HEAD")
    world.git("update-index", "--add", "--cacheinfo", f"160000,{oid},module")
    world.git("commit", "--quiet", "--message=fix: modes (#12)")
    world.git("update-index", "--force-remove", "module")
    assert world.run("main", "--to=24.03", "--execute").exit_code == 0
    listed = world.git("ls-tree", BRANCH).splitlines()
    modes = {line.split("\t")[1]: line.split()[0] for line in listed}
    assert (modes["tool.sh"], modes["link"], modes["module"]) == ("100755", "120000", "160000")


def test_names_and_messages_are_bytes(world: World) -> None:
    name = os.fsdecode(b"n\xffm\ne\x1b")
    world.write({name: "1\n", "app.py": text(_3="three")})
    world.git("add", "--all")
    message = b"fix: caf\xe9 \x1b[31m (#12)\n\nbody\n"
    subprocess.run(
        ["git", "-c", "i18n.commitEncoding=ISO-8859-1", "commit", "--quiet", "--file=-"],
        input=message,
        cwd=world.root,
        env={**world.env, "PATH": os.environ["PATH"]},
        check=True,
    )
    world.on_series("chore: other", {"app.py": text(_3="drei")})
    result = world.run("main", "--to=24.03")
    assert r"fix: caf\xe9 \x1b[31m (#12)" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr
    assert world.run("main", "--to=24.03", "--conflicts=commit", "--execute").exit_code == 1
    raw = subprocess.run(["git", "cat-file", "commit", BRANCH], cwd=world.root, capture_output=True, check=True).stdout
    assert b"encoding ISO-8859-1\n" in raw
    assert raw.endswith(message)
    assert name in world.git("ls-tree", "-z", "--name-only", BRANCH).split("\0")
    world.git("config", "core.quotePath", "true")


def test_an_author_that_git_would_correct(world: World) -> None:
    tree = world.git("rev-parse", "HEAD^{tree}")
    world.write({"x": "1"})
    world.git("add", "x")
    tree = world.git("write-tree")
    parent = world.git("rev-parse", "HEAD")
    author = "Dr. J. Jr. <j@example.com> 1724000000 +0530"
    raw = f"tree {tree}\nparent {parent}\nauthor {author}\ncommitter C <c@d> 1 +0000\n\nfix: x (#12)"
    done = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        input=raw.encode(),
        cwd=world.root,
        capture_output=True,
        check=True,
    )
    assert world.run(done.stdout.decode().strip(), "--to=24.03", "--execute").exit_code == 0
    made = world.git("cat-file", "commit", BRANCH)
    assert f"\nauthor {author}\n" in made
    assert made.endswith("fix: x (#12)")


def test_a_branch_and_a_tag_of_one_name(world: World, fix: str) -> None:
    world.git("tag", "24.03", fix)
    result = world.run(fix, "--to=24.03")
    assert f"24.03: Would make branch {BRANCH}: 1 commit on heads/24.03" in result.stdout


def test_hostile_settings_and_environment(world: World, fix: str) -> None:
    """As users may have them, or a hook of git in which Pants is run."""
    expected = world.cherry_picked(fix)
    for key, value in {
        "core.hooksPath": "/nonexistent",
        "core.quotePath": "false",
        "color.ui": "always",
        "log.showSignature": "true",
        "diff.noprefix": "true",
        "diff.renames": "copies",
        "diff.external": "false",
        "merge.conflictStyle": "diff3",
        "merge.ff": "only",
        "grep.patternType": "perl",
        "i18n.logOutputEncoding": "UTF-16",
        "core.fsmonitor": "false",
        "alias.cat-file": "!false",
    }.items():
        world.git("config", key, value)
    env = {
        "GIT_DIR": "/nonexistent",
        "GIT_INDEX_FILE": "/nonexistent",
        "GIT_WORK_TREE": "/nonexistent",
        "GIT_OBJECT_DIRECTORY": "/nonexistent",
        "GIT_PAGER": "false",
        "LANG": "de_DE.UTF-8",
    }
    result = world.run("#12", "--to=24.03", "--execute", env=env)
    assert result.exit_code == 0, result.stderr
    assert world.tree(BRANCH) == expected
    assert (
        world.git("-c", "log.showSignature=false", "log", "-1", "--format=%s", BRANCH, env={"GIT_PAGER": "cat"}) != ""
    )


def test_a_linked_worktree_and_a_directory(world: World, fix: str, tmp_path: Path) -> None:
    """The branch is made once for all worktrees; the lock is theirs, too."""
    world.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    os.rename(world.root / ".git", tmp_path / "common")
    (world.root / ".git").write_text(f"gitdir: {tmp_path / 'common'}\n")
    assert world.run(fix, "--to=24.03", "--execute").exit_code == 0
    assert world.git("rev-parse", BRANCH, cwd=world.root) != ""
    assert (tmp_path / "common/devflow/backport.lock").is_file()


def test_two_at_once(world: World, fix: str) -> None:
    """The second waits for the first, and then finds its branch."""
    lock = world.root / ".git/devflow/backport.lock"
    with exclusive_lock(lock, timeout_s=0):
        waited = world.run(
            fix, "--to=24.03", "--execute", env={"PANTS_PANTSD_TIMEOUT_WHEN_MULTIPLE_INVOCATIONS": "0.1"}
        )
        assert "still makes backports in this repository." in waited.stderr
        assert waited.exit_code == 1
    assert world.run(fix, "--to=24.03", "--execute").exit_code == 0


KILLED = """
import os, subprocess, sys
from pathlib import Path
sys.path[:0] = {path!r}
from backport.plain import backport
from devflow.common.git import Git
root, fix = sys.argv[1:]
run, calls = Git.run, 0
def dying(self, *args, **more):
    global calls
    calls += 1
    if calls == number:
        os.kill(os.getpid(), 9)
    return run(self, *args, **more)
Git.run = dying
for number in range(1, 99):
    if not (child := os.fork()):
        backport(Path(root), fix, to="24.03")
        os._exit(0)
    if not os.waitpid(child, 0)[1]:
        break
    for command in ("for-each-ref", "status --porcelain --branch --untracked-files=all", "stash list", "worktree list"):
        print(subprocess.run(["git", *command.split()], cwd=root, capture_output=True, text=True).stdout.strip())
    print("--")
"""


def test_killed_anywhere(world: World, fix: str) -> None:
    """Before each git process that a run starts: refs, index and work tree are as before, and the next run does it."""
    world.write({"untracked": ""})
    before = world.state()[:4]
    done = subprocess.run(
        [sys.executable, "-c", KILLED.format(path=sys.path), str(world.root), fix],
        env={**world.env, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    states = done.stdout.split("--\n")[:-1]
    assert len(states) > 10
    assert set(states) == {"\n".join(before) + "\n"}
    assert world.tree(BRANCH) == world.cherry_picked(fix)
    leftovers = list((world.root / ".git/devflow/backport").iterdir())
    assert leftovers
    for leftover in leftovers:
        os.utime(leftover, (0, 0))
    world.run(fix, "--to=24.03", "--execute")
    assert list((world.root / ".git/devflow/backport").iterdir()) == []


def test_an_object_that_a_clone_lacks(world: World, fix: str, tmp_path: Path) -> None:
    """A partial clone whose remote is away is no conflict."""
    full, clone = tmp_path / "full", tmp_path / "clone"
    world.git("clone", "--quiet", "--bare", str(world.root), str(full))
    world.git("config", "uploadpack.allowFilter", "true", cwd=full)
    world.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{full}", str(clone))
    subprocess.run(["rm", "-rf", str(world.root / ".git")], check=True)
    os.rename(clone / ".git", world.root / ".git")
    os.rename(full, tmp_path / "away")
    result = world.run(fix, "--to=24.03")
    assert "This clone lacks an object: " in result.stderr
    assert "conflict" not in result.stdout
    [printed] = fixes(result)
    os.rename(tmp_path / "away", full)
    world.git("config", "uploadpack.allowAnySHA1InWant", "true", cwd=full)
    if printed == "git fetch --refetch":
        world.shell(printed)
    assert world.run(fix, "--to=24.03", "--execute").exit_code == 0


def test_random_histories_as_cherry_pick_makes_them(world: World, tmp_path: Path) -> None:
    """Wherever cherry-pick is clean, the tree is the same; wherever it is not, it is a conflict here, too."""
    results = {}
    for seed in range(5):
        chance = random.Random(seed)
        series = f"{seed}.1"
        world.git("switch", "--quiet", "--create", series, "24.03")
        for _ in range(2):
            lines = {f"_{chance.randrange(20)}": str(chance.randrange(99))}
            world.commit(f"chore: {seed}", {"app.py": text(**lines)})
        world.git("switch", "--quiet", "main")
        lines = {"_0": "first", f"_{chance.randrange(20)}": "fixed"}
        fix = world.commit(f"fix: {seed} (#1{seed})", {"app.py": text(**lines), f"new{seed % 2}": str(seed)})
        results[series, fix] = world.run(fix, f"--to={series}", "--execute").stdout
    clone, seen = tmp_path / "clone", set()
    world.git("clone", "--quiet", str(world.root), str(clone))
    for (series, fix), printed in results.items():
        world.git("checkout", "--quiet", "--force", "--detach", f"origin/{series}", cwd=clone)
        try:
            world.git("cherry-pick", fix, cwd=clone)
        except subprocess.CalledProcessError:
            world.git("cherry-pick", "--abort", cwd=clone)
            assert f"{series}: conflict: {fix[:12]}" in printed
            seen.add("conflict")
        else:
            number = printed.partition("(#")[2].partition(")")[0]
            assert world.tree(f"backport/{number}-to-{series}") == world.git("rev-parse", "HEAD^{tree}", cwd=clone)
            seen.add("clean")
    assert seen == {"clean", "conflict"}
