"""One transaction: commit, tag and worktree, and what prevents it."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.release.transaction.run import recover, run
from devflow.release.transaction.spec import Edit, TransactionSpec
from release.transaction.conftest import AFTER, FILES, World, environment


def test_everything_is_done(world: World) -> None:
    before = world.head
    done = world.release()
    assert done.commit == world.head
    assert done.left_alone == ()
    assert world.git.line("rev-parse", "HEAD^") == before
    assert world.git.line("log", "-1", "--format=%an <%ae>|%cn|%B") == (
        "Somebody <somebody@example.com>|Somebody|release: 1.0"
    )
    assert world.git.line("status", "--porcelain", "--untracked-files=all") == ""
    assert world.files() == AFTER
    assert not (world.root / "changes").exists()
    assert list(world.worktree.own_dir.iterdir()) == []


def test_the_tag_is_what_git_makes(world: World) -> None:
    commit = world.release().commit
    world.git.run("tag", "--annotate", "--message=Release v1.0", "by-git", commit)
    ours, gits = (world.git.line("cat-file", "tag", name).split("\n") for name in ("1.0", "by-git"))
    assert ours[:2] == gits[:2] == [f"object {commit}", "type commit"]
    assert ours[2] == "tag 1.0"
    assert ours[3].rsplit(" ", 2)[0] == gits[3].rsplit(" ", 2)[0]
    assert ours[4:] == gits[4:] == ["", "Release v1.0"]
    world.git.run("fsck", "--strict")


def test_the_index_needs_no_refresh(world: World) -> None:
    world.release()
    assert world.git.line("diff-files") == ""


def test_what_is_not_committed_elsewhere_stays(world: World) -> None:
    (world.root / "other.txt").write_text("mine\n")
    (world.root / "new.txt").write_text("mine, too\n")
    world.git.run("add", "new.txt")
    world.release()
    assert world.git.line("status", "--porcelain") == " M other.txt\nA  new.txt" or (
        world.git.line("status", "--porcelain") == "A  new.txt\n M other.txt"
    )
    assert (world.root / "other.txt").read_text() == "mine\n"


def test_what_changed_since_the_plan_stops_it(world: World) -> None:
    spec = world.spec()
    (world.root / "VERSION").write_text("mine")
    before = world.state()
    with pytest.raises(UserError, match="VERSION changed while this was running; nothing was done"):
        run(world.worktree, spec)
    assert world.state() == before


def test_a_file_that_appeared_since_the_plan_stops_it(world: World) -> None:
    spec = world.spec()
    (world.root / ".git/info/exclude").write_text("docs\n")
    (world.root / "docs/new").mkdir(parents=True)
    (world.root / "docs/new/1.0.md").write_text("mine\n")
    with pytest.raises(UserError, match="changed while this was running"):
        run(world.worktree, spec)
    assert (world.root / "docs/new/1.0.md").read_text() == "mine\n"


@pytest.mark.parametrize("meanwhile", ["commit", "tag"])
def test_a_ref_that_moved_since_the_plan_stops_it(world: World, meanwhile: str) -> None:
    spec = world.spec()
    commit = ("commit", "--allow-empty", "--quiet", "--message=Meanwhile")
    world.git.run(*(commit if meanwhile == "commit" else ("tag", "1.0")))
    before = world.state()
    with pytest.raises(GitError):
        run(world.worktree, spec)
    assert world.state() == before
    assert recover(world.worktree) is None


def test_what_is_written_while_it_runs_stays(world: World) -> None:
    def write(step: str) -> None:
        if step == "file CHANGELOG.md":
            (world.root / "VERSION").write_text("mine")
            (world.root / "docs/new").mkdir(parents=True)
            (world.root / "docs/new/1.0.md").write_text("mine\n")

    done = world.release(write)
    assert done.left_alone == ("VERSION", "docs/new/1.0.md")
    assert (world.root / "VERSION").read_text() == "mine"
    assert world.git.line("status", "--porcelain") == " M VERSION\n M docs/new/1.0.md"


def test_a_new_branch_stays_at_the_commit_before(world: World) -> None:
    before = world.head
    run(world.worktree, world.spec(tag=False, new_branches=("1.0",)))
    assert world.git.line("rev-parse", "refs/heads/1.0") == before
    assert world.git.line("rev-parse", "HEAD^") == before


def test_a_worktree_has_its_own_index_and_journal(world: World, tmp_path: Path) -> None:
    world.git.run("worktree", "add", "--quiet", "-b", "1.x", str(tmp_path / "other"))
    other = World(tmp_path / "other", Git(tmp_path / "other", world.git.environment))
    before = world.files()
    other.release()
    assert other.git.line("status", "--porcelain", "--untracked-files=all") == ""
    assert other.git.line("rev-parse", "1.0^{commit}", "refs/heads/1.x").split("\n") == [other.head] * 2
    assert world.files() == before
    assert world.git.line("status", "--porcelain") == ""


def test_line_ends_as_git_is_told(world: World) -> None:
    (world.root / ".gitattributes").write_text("*.md text eol=crlf\n")
    world.git.run("add", ".")
    world.git.run("commit", "--quiet", "--message=Ends")
    world.release()
    assert world.git.run("cat-file", "blob", "HEAD:CHANGELOG.md") == b"# Changes\n\n## 1.0\n"
    assert (world.root / "CHANGELOG.md").read_bytes() == b"# Changes\r\n\r\n## 1.0\r\n"
    assert world.git.line("status", "--porcelain") == ""


@pytest.mark.parametrize("path", ["with space", 'quo"te', "ünï", "tab\there", "new\nline", ":(glob)*"])
def test_names_of_every_kind(world: World, path: str) -> None:
    (world.root / path).write_text("old\n")
    world.git.run("add", ".")
    world.git.run("commit", "--quiet", "--message=Name")
    spec = TransactionSpec("x", world.head, "main", "x", (Edit(path, None), Edit(f"{path}2", b"new\n")))
    run(world.worktree, spec)
    assert world.git.line("status", "--porcelain", "--untracked-files=all") == ""
    assert (world.root / f"{path}2").read_text() == "new\n"


HOOKS = ["commit-msg", "post-commit", "pre-commit", "prepare-commit-msg", "post-checkout", "reference-transaction"]


@pytest.mark.parametrize("place", [".git/hooks", "hooks"])
def test_which_hooks_run(world: World, tmp_path: Path, place: str) -> None:
    hooks = world.root / place if place == ".git/hooks" else tmp_path / "hooks"
    hooks.mkdir(exist_ok=True)
    if place == "hooks":
        world.git.run("config", "core.hooksPath", str(hooks))
    for name in HOOKS:
        (hooks / name).write_text(f"#!/bin/sh\necho {name} $1 >> {tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    world.release()
    ran = (tmp_path / "ran").read_text().split("\n")
    assert sorted(set(filter(None, ran))) == ["reference-transaction committed", "reference-transaction prepared"]


def test_a_hook_that_refuses_leaves_everything_as_it_was(world: World) -> None:
    before = world.state()
    hook = world.root / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ncat > /dev/null\n[ $1 != prepared ] || { echo no releases on Fridays >&2; exit 1; }\n")
    hook.chmod(0o755)
    with pytest.raises(GitError, match="no releases on Fridays"):
        world.release()
    hook.unlink()
    assert world.state() == before
    assert recover(world.worktree) is None


@pytest.mark.needs("ssh-keygen")
def test_signed_by_ssh(world: World, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"somebody@example.com {(tmp_path / 'key.pub').read_text()}")
    for name, value in {
        "gpg.format": "ssh",
        "user.signingKey": str(key),
        "gpg.ssh.allowedSignersFile": str(allowed),
        "tag.gpgSign": "true",
    }.items():
        world.git.run("config", name, value)
    spec = world.spec()
    commit = run(world.worktree, TransactionSpec(**{**spec.__dict__, "sign": True})).commit
    world.git.run("verify-commit", commit)
    world.git.run("verify-tag", "1.0")


def test_the_mode_of_a_new_file_follows_the_umask(world: World) -> None:
    old = os.umask(0o027)
    try:
        world.release()
    finally:
        os.umask(old)
    assert stat.S_IMODE((world.root / "VERSION").stat().st_mode) == 0o640
    assert stat.S_IMODE((world.root / "tool.sh").stat().st_mode) == 0o750


def test_sha256_repositories(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    git = Git(root, environment(tmp_path))
    git.run("init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git.run("add", ".")
    git.run("commit", "--quiet", "--message=Begin")
    world = World(root, git)
    world.release()
    assert len(world.head) == 64
    assert world.git.line("status", "--porcelain") == ""
    git.run("fsck", "--strict")
