"""Names are bytes: each kind of name goes through a transaction and comes out as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devflow.common.git import Git
from devflow.common.git_identity import read_author
from devflow.common.git_worktree import open_repository
from devflow.release.git.inspect import read_branch, read_head, read_tag
from devflow.release.git.remotes import read_remote
from devflow.release.transaction.run import recover, run
from devflow.release.transaction.spec import Edit, Tag, TransactionSpec
from release.transaction.conftest import World, environment

ODD = [
    os.fsdecode(b"latin-1 \xf6"),
    "new\nline",
    "\x1b[2J\x07",
    "c1 \x9b31m",
    "bidi \u202egnp",
    "-rf",
    "--upload-pack=x",
    'quo"te\\',
    "tab\t",
    ":(glob)*",
]


@pytest.mark.parametrize("name", ODD)
def test_files(world: World, name: str) -> None:
    changed, removed, new = f"a/{name}", name, f"{name}/new"
    for path in (changed, removed):
        file = world.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_text("old\n")
    world.git.run("add", ".")
    world.git.run("commit", "--quiet", "--message=Odd")
    edits = (Edit(changed, b"new\n"), Edit(removed, None), Edit(f"b/{new}", b"new\n"))
    run(world.worktree, TransactionSpec("release 1.0", world.head, "main", "x", edits, tag=Tag("1.0", "x")))
    assert (world.root / changed).read_text() == (world.root / "b" / new).read_text() == "new\n"
    assert not (world.root / removed).exists()
    assert world.git.line("status", "--porcelain", "--untracked-files=all") == ""
    world.git.run("fsck", "--strict")


@pytest.mark.parametrize("name", [os.fsdecode(b"latin-\xf6"), "c1\x9b", "bidi\u202egnp", "quo'te$(id)"])
def test_branches_and_tags(world: World, name: str) -> None:
    world.git.run("switch", "--quiet", "--create", name)
    repository = open_repository(world.git)
    head = read_head(repository)
    assert head.branch == name
    assert read_tag(repository, f"v{name}").valid
    spec = TransactionSpec(
        f"release {name}", head.commit, name, f"release {name}", (Edit("VERSION", b"1"),), tag=Tag(f"v{name}", name)
    )
    steps: list[str] = []

    class StopError(Exception):
        """In the place of a kill."""

    def stop(step: str) -> None:
        steps.append(step)
        if step == "index":
            raise StopError

    with pytest.raises(StopError):
        run(world.worktree, spec, stop)
    done = recover(world.worktree)
    assert done is not None
    assert done.title == f"release {name}"
    assert world.git.line("rev-parse", f"refs/heads/{name}") == world.git.line("rev-parse", f"refs/tags/v{name}^{{}}")
    # git takes a byte of a commit that is not UTF-8 for Latin-1, and converts it.
    assert world.git.line("log", "-1", "--format=%B").strip() == f"release {name}".replace("\udcf6", "ö")
    assert world.git.line("for-each-ref", "--format=%(contents)", "refs/tags").strip() == name


@pytest.mark.parametrize("name", ["-x", "HEAD", "a b", "a..b", "", "a\x1b", "@{-1}", ".x", "x.lock"])
def test_names_that_git_refuses_are_no_names(world: World, name: str) -> None:
    world.git.run("switch", "--quiet", "--create", "other")
    world.git.run("switch", "--quiet", "main")
    repository = open_repository(world.git)
    assert not read_tag(repository, name).valid or name == "HEAD"
    assert not read_branch(repository, name).valid


def test_a_tag_that_is_like_an_option_is_refused_by_git_itself(world: World) -> None:
    assert not world.git.succeeds("tag", "--end-of-options", "-x")
    assert not read_tag(open_repository(world.git), "-x").valid


def test_an_identity_that_is_not_utf8(world: World) -> None:
    for name in [name for name in world.git.environment if name.startswith("GIT_") and "CONFIG" not in name]:
        world.git.environment.pop(name)  # type: ignore[attr-defined]
    world.git.run("config", "user.name", os.fsdecode(b"J\xf6rg"))
    world.git.run("config", "user.email", "j@example.com")
    author = read_author(open_repository(world.git))
    world.release()
    assert world.git.run("cat-file", "tag", "1.0").count(b"tagger J\xf6rg <j@example.com> ") == 1
    assert world.git.run("cat-file", "commit", "HEAD").decode().count("Jörg <j@example.com>") == 2  # git converts it
    assert getattr(author, "ident", None) == os.fsdecode(b"J\xf6rg <j@example.com>")


def test_a_remote_that_is_like_an_option_runs_nothing(world: World, tmp_path: Path) -> None:
    script = tmp_path / "run"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/RAN\n")
    script.chmod(0o755)
    name = f"--upload-pack={script}"
    with open(world.root / ".git/config", "a") as config:
        config.write(f'[remote "{name}"]\n\turl = {tmp_path}/nowhere\n')
    repository = open_repository(world.git)
    found = read_remote(repository, name, read_head(repository))
    assert found is not None
    assert found.state.name == "UNREACHABLE"
    assert not (tmp_path / "RAN").exists()


@pytest.mark.parametrize("name", [*ODD, "ends in a newline\n", 'co:lon"'])
def test_the_path_of_a_repository(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    (root / "below\nit").mkdir(parents=True)
    git = Git(root / "below\nit", environment(tmp_path))
    git.run("init", "--quiet", "--initial-branch=main", "..")
    (root / "VERSION").write_text("1")
    git.run("add", "..")
    git.run("commit", "--quiet", "--message=Begin")
    repository = open_repository(git)
    assert repository.worktree.top == root.resolve()
    assert repository.worktree.git_dir == repository.worktree.common_dir == root.resolve() / ".git"
    assert repository.prefix == "below\nit/"
    assert not repository.shallow
    git.run("--git-dir", str(root / ".git"), "cat-file", "-e", "HEAD")
    scratch = {
        "GIT_OBJECT_DIRECTORY": str(tmp_path),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": repository.worktree.as_alternate,
    }
    git.run("cat-file", "-e", "HEAD", env=scratch)


@pytest.mark.parametrize("message", ["# only a comment", "Title\n\n# kept\n\n\nand this  \n", "ü\x1b"])
def test_a_message_is_kept_as_it_is(world: World, message: str) -> None:
    spec = TransactionSpec("x", world.head, "main", message, (Edit("VERSION", b"1"),), tag=Tag("1.0", message))
    run(world.worktree, spec)
    texts = (world.git.run("cat-file", kind, "1.0").partition(b"\n\n")[2] for kind in ("tag", "commit"))
    assert list(texts) == [message.rstrip("\n").encode() + b"\n"] * 2
