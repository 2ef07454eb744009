from __future__ import annotations

import os
from pathlib import Path

import pytest

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.common.git_entries import EXECUTABLE, REGULAR, SYMLINK, Entry, index_info


@pytest.fixture()
def git(tmp_path: Path) -> Git:
    # What a hook of another repository would have in its environment.
    redirected = {"GIT_DIR": "/nowhere/.git", "GIT_INDEX_FILE": "/nowhere/index", "GIT_WORK_TREE": "/nowhere"}
    identity = {f"GIT_{who}_{what}": "me@x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    kept = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "de_DE.UTF-8"}
    made = Git(tmp_path, {**kept, **redirected, **identity})
    made.run("init", "--quiet", "--initial-branch=main")
    return made


def test_it_works_where_it_is_told_to(git: Git) -> None:
    assert git.line("rev-parse", "--absolute-git-dir") == f"{git.directory}/.git"


def test_a_directory_that_has_to_be_the_repository_itself(git: Git, tmp_path: Path) -> None:
    below = git.directory / "below"
    below.mkdir()
    (tmp_path / "link").symlink_to(below)
    for directory in (below, tmp_path / "link"):
        assert Git(directory, git.environment).succeeds("rev-parse")
        assert not Git(directory, git.environment, alone=True).succeeds("rev-parse")
    assert Git(git.directory, git.environment, alone=True).succeeds("rev-parse")


def test_names_come_as_they_are(git: Git) -> None:
    for name in ("a b", "t\tb", "n\nl", "ü"):
        (git.directory / name).touch()
    git.run("add", ".")
    assert sorted(git.records("ls-files", "-z")) == ["a b", "n\nl", "t\tb", "ü"]


def test_a_path_is_a_path(git: Git) -> None:
    (git.directory / "*").touch()
    (git.directory / "other").touch()
    git.run("add", "*")
    assert git.records("ls-files", "-z") == ["*"]


def test_what_it_ignores(git: Git) -> None:
    assert git.ignored(["a"]) == frozenset()
    (git.directory / ".gitignore").write_text("/a\n/b*\n!/bc\n/d/\n")
    (git.directory / "bt").touch()
    git.run("add", "--force", "bt")
    assert git.ignored(["a", "x/a", "ü", "b\nb", "bc", "bt", "d/e"]) == {"a", "b\nb", "d/e"}
    assert git.ignored([]) == frozenset()


def test_blobs(git: Git) -> None:
    contents = [b"", b"one\n", b"two\n\n", b"\0\xff"]
    oids = [git.line("hash-object", "-w", "--stdin", stdin=content) for content in contents]
    assert git.blobs([*oids, oids[1]]) == dict(zip(oids, contents))
    assert git.blobs([]) == {}


def test_a_failure_has_gits_own_words(git: Git) -> None:
    with pytest.raises(GitError, match="Needed a single revision") as error:
        git.run("rev-parse", "--verify", "nothing")
    assert error.value.exit_code == 128
    assert not git.succeeds("rev-parse", "--verify", "nothing")


def test_a_failure_without_words_has_the_command(git: Git) -> None:
    with pytest.raises(GitError, match="git rev-parse exited with 1"):
        git.run("rev-parse", "--verify", "--quiet", "nothing")


def test_no_git(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no `git` on PATH."):
        Git(tmp_path, {"PATH": str(tmp_path)}).run("version")


def test_the_entries_of_a_commit_and_of_the_index(git: Git) -> None:
    directory = git.directory / "d d"
    (directory / "sub").mkdir(parents=True)
    (directory / "n\nl").write_text("1")
    (directory / "sub" / "run").write_text("1")
    (directory / "sub" / "run").chmod(0o755)
    (git.directory / "link").symlink_to("d d")
    git.run("add", ".")
    git.run("commit", "--quiet", "--message=x")
    one = git.line("hash-object", "--stdin", stdin=b"1")
    link = Entry(SYMLINK, git.line("hash-object", "--stdin", stdin=b"d d"))
    plain, executable = Entry(REGULAR, one), Entry(EXECUTABLE, one)
    assert git.tree("HEAD", ["d d", "link", "none"], recursive=True) == {
        "d d/n\nl": plain,
        "d d/sub/run": executable,
        "link": link,
    }
    assert set(git.tree("HEAD", ["d d/"])) == {"d d/n\nl", "d d/sub"}
    assert set(git.tree("HEAD", ["/"])) == {"d d", "link"}
    assert git.tree("HEAD", []) == {}
    assert [entry.is_file for entry in (plain, executable, link, *git.tree("HEAD", ["d d"]).values())] == [
        True,
        True,
        False,
        False,
    ]
    assert git.staged(["d d/sub/run", "link", "none"]) == {"d d/sub/run": executable, "link": link}
    assert git.staged([]) == {}
    changes = index_info("new\nfile", plain, like=one) + index_info("link", None, like=one)
    git.run("update-index", "-z", "--index-info", stdin=os.fsencode(changes))
    assert git.staged(["new\nfile", "link"]) == {"new\nfile": plain}


def test_the_users_own_settings_are_kept_and_redirections_are_not(git: Git) -> None:
    (git.directory / "file").write_text("one\n")
    git.run("add", "file")
    git.run("commit", "--quiet", "--message=Begin")
    (git.directory / "file").write_text("two\n")
    setting = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "X"}
    nowhere = {name: "/nowhere" for name in ("GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR", "GIT_CONFIG")}
    other = {"GIT_NAMESPACE": "n", "GIT_EXTERNAL_DIFF": "false", "GIT_DIFF_OPTS": "--unified=0", "GIT_ATTR_SOURCE": "n"}
    hostile = Git(git.directory, {**git.environment, **setting, "GIT_AUTHOR_NAME": "Ada", **nowhere, **other})
    assert hostile.run("diff", "--patch") == git.run("diff", "--patch")
    assert hostile.line("config", "user.name") == "X"
    assert hostile.line("var", "GIT_AUTHOR_IDENT").startswith("Ada <me@x> ")
