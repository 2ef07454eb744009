"""Each fix about the state of a repository, its remotes and other runs, followed in the state that it is printed for.

A fix is a command, which runs in a shell as it is printed; an option, which is added; or an edit, which the test makes.
Fixes about options are in `test_fixes_of_options.py`, those about files in `test_fixes_of_files.py`.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from devflow.common.files import exclusive_lock
from harness.git_world import fixes, options_in, refused, works
from release.conftest import Origin, World

TO = "--to=24.03.0"


def test_states_of_the_work_tree(world: World) -> None:
    world.write({"other": ""})
    fix = refused(world, "Not committed: other.", TO)
    assert fix == "commit them, or `git stash --include-untracked`; or leave them as they are with --allow-dirty"
    works(world, TO, "--allow-dirty")
    world.shell("git stash --include-untracked")
    works(world, TO)
    world.write({"news/3": ""})
    fix = refused(world, "Not committed, and a part of the release: news/3.", TO)
    assert fix == "commit them, or put them aside with `git stash --include-untracked`"
    world.shell("git stash --include-untracked")
    works(world, TO)
    world.commit({"VERSION": "24.03.0rc2"})
    world.git("switch", "--quiet", "--create=side", "HEAD^")
    world.commit({"VERSION": "24.03.0rc3"})
    assert "main" in world.git("branch", "--list", "main")
    world.shell("git merge main", accept=(1,))
    assert refused(world, "A merge is under way.", TO, "--allow-branch=side") == "finish or abort it first"
    world.shell("git merge --abort")
    works(world, TO, "--allow-branch=side")
    fix = refused(world, "side is not one of the allowed branches", TO)
    works(world, TO, *options_in(fix))
    world.git("checkout", "--quiet", "--detach", "main")
    fix = refused(world, "HEAD is detached at ", TO)
    assert fix == "git switch BRANCH; in a CI job that checks out a commit: git switch -C BRANCH"
    world.shell("git switch -C main")
    works(world, TO)


def test_a_tag_that_is_there(world: World) -> None:
    world.git("tag", "24.03.0")
    fix = refused(world, "The tag 24.03.0 is there already, on this commit.", TO)
    works(world, "--to=24.03.1")
    world.shell(fix.rpartition("nobody has fetched, ")[2])
    works(world, TO)
    world.git("tag", "v")
    fix = refused(world, "git cannot make the tag v/24.03.0 beside v", TO, "--tag-name=v/{version}")
    assert fix == "change the version, or [release].tag_name in pants.toml"
    works(world, TO, "--tag-name=v-{version}")


def test_no_commit_and_no_repository(bare: World) -> None:
    bare.write({"VERSION": "1.0", "NEWS": "", ".gitignore": "/.pants.d/\nBUILDROOT\n"})
    no_repository = bare.run("--to=1.1")
    if "is not in a git repository." in no_repository.stderr:
        assert fixes(no_repository) == ["clone one, or make one with `git init`"]
    bare.git("init", "--quiet", "--initial-branch=main")
    [fix] = fixes(bare.run("--to=1.1"))
    bare.shell(fix.removeprefix("make one: "))
    works(bare, "--to=1.1")


def test_paths_that_a_release_cannot_change(world: World) -> None:
    world.git("mv", "VERSION", "REAL")
    (world.root / "VERSION").symlink_to("REAL")
    world.commit()
    fix = refused(world, "VERSION is a symbolic link to REAL.", TO)
    assert "name the file that it leads to" in fix
    works(world, TO, "--release-version-file=REAL")
    world.shell("rm VERSION && git mv REAL VERSION")
    world.commit()
    works(world, TO)
    world.git("rm", "--quiet", "-r", "NEWS", "news")
    world.commit({".gitignore": (world.root / ".gitignore").read_text() + "/NEWS\n"})
    world.write({"NEWS": "mine\n"})
    fix = refused(world, "NEWS would be created, but git ignores a file of that path.", TO)
    assert fix == "move NEWS away"
    world.shell("mv NEWS ../moved-away && rm ../moved-away")
    works(world, TO)
    world.write({"NEWS/x": ""})
    fix = refused(world, "NEWS ", TO)
    world.shell("rm -r NEWS")
    works(world, TO)


def test_names_that_are_not_utf8(world: World) -> None:
    with open(b"%s/news/9.\xff" % bytes(world.root), "w"):
        pass
    world.commit()
    fix = refused(world, "The name news/9.\\xff is not UTF-8", TO)
    world.shell(fix.removesuffix(", and commit that"))
    world.commit()
    works(world, TO)


@pytest.mark.parametrize(
    ("hidden", "edit"), [("skip-worktree", "mine\n"), ("assume-unchanged", "mine\n"), ("assume-unchanged", None)]
)
def test_hidden_edits(world: World, hidden: str, edit: str | None) -> None:
    world.git("update-index", f"--{hidden}", "NEWS")
    world.write({"NEWS": edit})
    what = "NEWS differs from the commit" if edit else "NEWS is in the commit and not in the worktree"
    fix = refused(world, what, TO)
    world.shell(fix.partition(", then")[0])
    world.shell("git stash")
    works(world, TO)


def test_directories_that_are_something_else(world: World, tmp_path: Path) -> None:
    (world.root / "news").rename(tmp_path / "news")
    (world.root / "news").symlink_to(tmp_path / "news")
    world.git("update-index", "--assume-unchanged", "news/1", "news/2")
    (world.root / ".git/info/exclude").write_text("/news\n")
    fix = refused(world, "news/1 is below a symbolic link", TO, "--allow-dirty")
    assert fix == "put the directory back in the place of the link"
    (world.root / "news").unlink()
    (tmp_path / "news").rename(world.root / "news")
    works(world, TO)


def test_an_identity(world: World) -> None:
    for name in [name for name in world.env if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        del world.env[name]
    world.env["EMAIL"] = ""
    world.git("config", "user.useConfigOnly", "true")
    fix = refused(world, "git does not know who commits: ", TO)
    commands = re.findall(r"git config [^;&`]*", fix)
    assert commands, fix
    world.shell(" && ".join(commands))
    works(world, TO)


def test_signing(world: World) -> None:
    world.git("config", "gpg.format", "ssh")
    world.git("config", "user.signingKey", "/nowhere/key")
    world.git("config", "commit.gpgSign", "true")
    fix = refused(world, "Signing does not work: ", TO)
    works(world, TO, *[option for option in options_in(fix) if option == "--no-sign"])


def test_remotes(world: World, origin: Origin) -> None:
    fix = refused(world, "There is no remote 'orign'. Did you mean 'origin'?", TO, "--push", "--remote=orign")
    works(world, TO, "--push", *options_in(fix))
    origin.path.rename(origin.path.with_suffix(".away"))
    fix = refused(world, "origin cannot be reached: ", TO, "--push")
    command = re.findall(r"`(.*?)`", fix)[0]
    world.shell(command, accept=(128,))
    works(world, TO)
    origin.path.with_suffix(".away").rename(origin.path)
    world.shell(command)
    works(world, TO, "--push")
    world.git("remote", "remove", "origin")
    fix = refused(world, "There is no remote 'origin'.", TO, "--push")
    world.shell(fix.replace("URL", shlex.quote(str(origin.path))))
    works(world, TO, "--push")


def test_names_that_the_remote_has(world: World, origin: Origin) -> None:
    world.git("push", "--quiet", "origin", "HEAD:refs/tags/24.03.0", "HEAD:refs/tags/v/x")
    fix = refused(world, "origin has a tag 24.03.0 already.", TO, "--push")
    world.shell(fix.rpartition(": ")[2])
    assert world.git("tag", "--list", "24*") == "24.03.0"
    works(world, "--to=24.03.1", "--push")
    fix = refused(world, "origin/v/x blocks the push", "--to=24.03.2", "--push", "--tag-name=v")
    assert fix == "change [release].tag_name (v) in pants.toml"
    works(world, "--to=24.03.2", "--push", "--tag-name=v2")


def test_a_shallow_clone_that_cannot_compare(world: World, origin: Origin, tmp_path: Path) -> None:
    world.commit({"ours": ""})
    world.git("push", "--quiet", "origin", "main")
    world.git("remote", "set-url", "origin", f"file://{origin.path}")
    world.git("clone", "--quiet", "--depth=1", f"file://{origin.path}", str(tmp_path / "shallow"))
    origin.moves_on()
    world.git("fetch", "--quiet", "--depth=1", "origin", "main")
    fix = refused(world, "This is a shallow clone: it does not show whether origin/main has commits", TO, "--push")
    world.shell(fix)
    result = world.run(TO, "--push")
    assert "origin/main has commits that main lacks." in result.stderr


def test_locks_of_other_programs(world: World) -> None:
    lock = world.root / ".git/index.lock"
    lock.touch()
    fix = refused(world, "Another git command is under way.", TO)
    assert fix == "finish or abort it first"
    lock.unlink()
    works(world, TO)


def test_a_release_that_was_interrupted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr("devflow.release.transaction.run.update_worktree", full)
        failed = world.run(TO, "--execute")
    assert fixes(failed) == ["correct the cause; the same command with --execute then finishes what has begun"]
    [fix] = fixes(world.run(TO))
    assert fix == "pants release --execute"
    assert "Finished what was interrupted: release 24.03.0" in world.run(*shlex.split(fix)[2:]).stderr
    assert world.git("status", "--porcelain") == ""
    journal = world.root / ".git/devflow/transaction.json"
    journal.write_text('{"format": 0}')
    [fix] = fixes(world.run("--to=24.03.1"))
    assert fix.endswith("or look at `git status` and `git log`, and remove that file")
    world.shell("git status && git log")
    journal.unlink()
    works(world, "--to=24.03.1")


def test_a_run_that_waits_for_another(world: World) -> None:
    short = {"PANTS_PANTSD_TIMEOUT_WHEN_MULTIPLE_INVOCATIONS": "0.1"}
    with exclusive_lock(world.root / ".git/devflow/lock", timeout_s=0):
        waited = world.run(TO, "--execute", env=short)
    assert "still holds the release lock of this repository." in waited.stderr
    assert fixes(waited)[0].startswith("wait for it to end; ")
    works(world, TO, "--execute")
