"""A release in every state that a repository can be in: it is made, or its checks say what to do."""

from __future__ import annotations

from pathlib import Path

from release.conftest import World


def test_no_repository(bare: World) -> None:
    result = bare.run("--to=1.0")
    assert result.exit_code == 1
    assert result.stderr.endswith("is not in a git repository.\n  Fix: clone one, or make one with `git init`\n")


def test_no_commit(bare: World) -> None:
    bare.git("init", "--quiet")
    assert bare.run("--to=1.0").stderr.startswith("release: There is no commit yet.\n  Fix: make one: git add")


def test_no_git(world: World, tmp_path: Path) -> None:
    result = world.run("--to=24.03.0", env={"PATH": str(tmp_path)})
    assert (result.exit_code, result.stderr) == (
        1,
        "release: There is no `git` on PATH.\n  Fix: install git, or put it on PATH\n",
    )


def test_no_identity(world: World) -> None:
    nobody = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"), "")
    for name in nobody:
        del world.env[name]
    result = world.run("--to=24.03.0", "--execute")
    assert result.exit_code == 1
    assert "release: git does not know who commits: " in result.stderr
    assert "git config user.name NAME" in result.stderr


def test_a_bot_by_environment(world: World) -> None:
    bot = {
        f"GIT_{who}_{what}": text
        for who in ("AUTHOR", "COMMITTER")
        for what, text in (("NAME", "bot"), ("EMAIL", "b@x"))
    }
    world.run("--to=24.03.0", "--execute", env={**bot, "CI": "true"})
    assert world.git("log", "-1", "--format=%an %ae %cn %ce") == "bot b@x bot b@x"
    assert "tagger bot <b@x>" in world.git("cat-file", "tag", "24.03.0")


def test_a_detached_head(world: World) -> None:
    world.git("checkout", "--quiet", "--detach")
    result = world.run("--to=24.03.0", "--execute")
    assert "there is no branch for the commit.\n  Fix: git switch BRANCH" in result.stderr


def test_a_read_only_git_directory_is_no_traceback(world: World) -> None:
    (world.root / ".git/devflow").write_text("")
    result = world.run("--to=24.03.0", "--execute")
    assert result.exit_code == 1
    assert result.stderr.startswith("release: FileExistsError: ")
    assert result.stderr.endswith("nothing was changed\n")


def test_a_hook_that_refuses(world: World) -> None:
    before = world.state()
    hook = world.root / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n[ $1 != prepared ] || { echo not on Fridays >&2; exit 1; }\n")
    hook.chmod(0o755)
    result = world.run("--to=24.03.0", "--execute")
    assert result.exit_code == 1
    assert "release: git failed: not on Fridays" in result.stderr
    assert result.stderr.endswith("nothing was changed\n")
    hook.unlink()
    assert world.state() == before


def test_a_hook_before_the_push(world: World, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    world.git("clone", "--quiet", "--bare", str(world.root), str(remote))
    world.git("remote", "add", "origin", str(remote))
    hook = world.root / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not before the tests >&2\nexit 1\n")
    hook.chmod(0o755)
    refused = world.run("--to=24.03.0", "--push", "--execute")
    assert refused.exit_code == 1
    assert "not before the tests" in refused.stderr
    assert world.git("tag").strip() == "24.03.0"
    assert "24.03.0" not in world.git("ls-remote", str(remote))
    hook.write_text(f"#!/bin/sh\ncat > {tmp_path}/refs\n")
    assert world.run("--to=24.03.0", "--push", "--execute").exit_code == 0
    assert sorted(line.split()[2] for line in (tmp_path / "refs").read_text().splitlines()) == [
        "refs/heads/main",
        "refs/tags/24.03.0",
    ]
    assert "refs/tags/24.03.0" in world.git("ls-remote", str(remote))


def test_a_merge_under_way(world: World) -> None:
    (world.root / ".git/MERGE_HEAD").write_text(world.git("rev-parse", "HEAD"))
    assert "release: A merge is under way.\n" in world.run("--to=24.03.0", "--allow-dirty").stderr


def test_a_shallow_clone(world: World, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    world.git("clone", "--quiet", "--bare", str(world.root), str(remote))
    world.git("remote", "add", "origin", f"file://{remote}")
    world.commit(message="Two")
    world.git("push", "--quiet", "origin", "main")
    (world.root / ".git/shallow").write_text(world.git("rev-parse", "HEAD") + "\n")
    plan = world.run("--to=24.03.0")
    assert "this is a shallow clone, which may lack tags: git fetch --unshallow --tags\n" in plan.stdout
    assert world.run("--to=24.03.0", "--push").exit_code == 0


def test_signing_that_does_not_work(world: World) -> None:
    world.git("config", "gpg.format", "ssh")
    world.git("config", "user.signingKey", "/nowhere/key")
    world.git("config", "commit.gpgSign", "true")
    before = world.state()
    result = world.run("--to=24.03.0", "--execute")
    assert result.exit_code == 1
    assert "release: Signing does not work: " in result.stderr
    assert world.state() == before
    unsigned = world.run("--to=24.03.0", "--no-sign")
    assert unsigned.exit_code == 0
    assert unsigned.stderr == "To do it: pants release --to=24.03.0 --no-sign --execute\n"


def test_a_version_file_that_is_a_link(world: World) -> None:
    (world.root / "VERSION").rename(world.root / "REAL")
    (world.root / "VERSION").symlink_to("REAL")
    world.commit()
    result = world.run("--to=24.03.0")
    assert result.exit_code == 1
    assert "release: VERSION is a symbolic link to REAL.\n" in result.stderr
    assert world.run("--to=24.03.0", "--release-version-file=REAL").exit_code == 0


def test_a_version_file_in_a_submodule(world: World, tmp_path: Path) -> None:
    world.git("clone", "--quiet", str(world.root), str(tmp_path / "other"))
    world.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "other"), "sub")
    world.commit()
    assert (
        "There is no sub/VERSION in the commit."
        in world.run("--to=24.03.0", "--release-version-file=sub/VERSION").stderr
    )
    world.run("--to=24.03.0", "--execute")
    assert world.git("status", "--porcelain") == ""


def test_a_build_root_below_the_top_of_the_repository(bare: World) -> None:
    bare.runner.write_files({"VERSION": "1.0", "NEWS": "old\n", "news/1": ""})
    parent = bare.root.parent
    git_dir = parent / f"{bare.root.name}.git"
    bare.git("init", "--quiet", "--initial-branch=main", f"--separate-git-dir={git_dir}", str(parent))
    try:
        bare.git("add", "VERSION", "NEWS", "news")
        bare.git("commit", "--quiet", "--message=Begin")
        (git_dir / "info/exclude").write_text("*\n")
        result = bare.run("--to=1.1", "--execute")
        assert result.exit_code == 0, result.stderr
        assert bare.git("show", "--name-status", "--format=", "HEAD").split() == [
            "M",
            f"{bare.root.name}/NEWS",
            "M",
            f"{bare.root.name}/VERSION",
            "D",
            f"{bare.root.name}/news/1",
        ]
        assert bare.git("status", "--porcelain") == ""
    finally:
        (parent / ".git").unlink()
