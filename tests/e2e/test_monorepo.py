"""The example repository, with all of its backends."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.example import EXAMPLE, MAIN_LOCKFILE, copy_of_example
from harness.git import set_identity
from harness.installed_wheels import take_installed_wheels
from harness.played import play
from harness.pythons import python_of
from harness.transcripts import DOCS, printed_by, transcripts
from harness.world import Caches, Repository, imports

HISTORIES = "src/acme/manager/models/alembic/revision_history"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    repo = copy_of_example(tmp_path_factory.mktemp("example") / "examples" / "monorepo", caches)
    # The handbook needs most of what this repository's own documentation needs.
    take_installed_wheels(caches.root / "named" / "pex_root", (EXAMPLE / "3rdparty/docs.lock").read_text())
    repo.write(".gitignore", "/.pants.d/\n/.pids/\n/dist/\n__pycache__/\n")
    repo.git("init", "--quiet", "--initial-branch=main")
    set_identity(repo.root, "Ada Jensen", "ada@example.com")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Begin")
    repo.git("init", "--quiet", "--bare", "../origin.git")
    repo.git("remote", "add", "origin", "../origin.git")
    repo.git("push", "--quiet", "--set-upstream", "origin", "main")
    try:
        yield repo
    finally:
        repo.stop()


def toured(repo: Repository, part: str) -> list[tuple[str, ...]]:
    """The commands of the README with this part, as words, without the comments behind them."""
    typed = [line[2:] for line in (repo.root / "README.md").read_text().splitlines() if line.startswith("$ ")]
    return [tuple(shlex.split(line, comments=True)) for line in typed if part in line]


def test_the_example_declares_its_resolves(repo: Repository) -> None:
    configuration = (repo.root / "pants.toml").read_text()
    names = repo.export("--list").stdout.split()
    declared = re.search(r"^\[python.resolves\]\n((?:.+\n)+)", configuration, re.MULTILINE)
    assert declared
    assert names == sorted(line.split()[0] for line in declared[1].splitlines())


def test_the_page_of_export_all_resolves(repo: Repository) -> None:
    first, unchanged, changed = printed_by("export-all-resolves")
    play(repo, first)
    venv = repo.venv("ruff")
    version = subprocess.run([venv / "bin" / "ruff", "--version"], capture_output=True, text=True, check=True).stdout
    lockfile = repo.root / "3rdparty" / "ruff.lock"
    [pinned] = re.findall(r"^ruff==(\S+)", lockfile.read_text(), re.MULTILINE)
    assert version == f"ruff {pinned}\n"
    play(repo, unchanged)
    shutil.rmtree(next(repo.venv("mypy").glob("lib/python3*/site-packages/mypy")))
    one_hash_more = f"--hash=sha256:{'0' * 64} --hash=sha256:"
    lockfile.write_text(lockfile.read_text().replace("--hash=sha256:", one_hash_more, 1))
    play(repo, changed)
    repo.git("checkout", "--quiet", ".")


def test_the_scripts_of_the_example(repo: Repository) -> None:
    """They are thin: goals of its README do the work. (To install all of the main resolve takes minutes.)"""
    environ = {**os.environ, **repo.caches.environment(), "RESOLVE": "ruff", "PANTS": str(repo.launcher)}

    def script(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=repo.root, env=environ, capture_output=True, text=True, check=False)

    missing = script("./py", "ruff", "--version")
    assert missing.stderr == "./py: ./dist/exec/ruff is missing: pants exec-files --resolve=ruff\n"
    repo.run("exec-files", "--resolve=ruff")
    assert script("./py", "ruff", "--version").stdout.startswith("ruff ")
    remote = repo.root / "dist" / "kiln-notifier-mail.git"
    repo.git("clone", "--quiet", "--bare", ".", str(remote))
    added = script("scripts/install-plugin.sh", remote.as_uri())
    assert added.returncode == 0, added.stderr
    assert f'url = "{remote.as_uri()}"' in (repo.root / "plugins.toml").read_text()
    [mail, webhook] = repo.run("plugin-checkouts").stdout.splitlines()
    assert mail.startswith("kiln-notifier-mail: main, clean")
    assert webhook.startswith("kiln-notifier-webhook: not declared, tracked by this repository, ., 1 entry point")
    shutil.rmtree(repo.root / "plugins/kiln-notifier-mail")
    (repo.root / "plugins.toml").unlink()
    assert repo.git("status", "--porcelain") == ""
    readme = (repo.root / "README.md").read_text()
    assert {f"$ pants {goal}" for goal in ("exec-files", "plugin-checkouts")} <= {
        line.partition("  ")[0] for line in readme.splitlines()
    }


def test_the_page_of_link(repo: Repository) -> None:
    """With the tour of the README: the virtualenv, the command line in it, and the way back."""
    linked, again = printed_by("link")
    [paths] = transcripts(DOCS / "goals" / "link.md", "Containers")
    make, link, use, unlink = toured(repo, "../other/.venv")
    venv = repo.root.parent / "other" / ".venv"
    clean = {**os.environ, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([python_of("3.11"), *make[1:]], cwd=repo.root, check=True, env=clean)
    assert link == ("pants", *linked.command)
    play(repo, linked)
    play(repo, again)
    play(repo, paths)
    done = subprocess.run(use, cwd=repo.root, capture_output=True, text=True, check=True, env=clean)
    assert "submit" in done.stdout
    assert not imports(venv, "acme.agent")
    assert repo.git("status", "--porcelain") == ""
    repo.run(*unlink[1:])
    assert not imports(venv, "acme")


def test_the_handbook(repo: Repository) -> None:
    """With documentation from code, in two languages; no catalog is out of date."""
    repo.run("package", "docs")
    pages = repo.root / "dist" / "docs" / "html"
    assert "belongs to another release series" in (pages / "en" / "client.html").read_text(encoding="utf-8")
    assert "작업" in (pages / "ko" / "jobs.html").read_text(encoding="utf-8")
    assert 'href="https://docs.python.org/3/library/exceptions.html#Exception"' in (
        (pages / "en" / "client.html").read_text(encoding="utf-8")
    )
    checked = repo.run("docs-translate", "--check")
    assert (checked.stdout, checked.stderr) == ("", "All catalogs are up to date.\n")
    assert repo.git("status", "--porcelain", "docs") == ""


def test_the_page_of_dump_schema_history(repo: Repository) -> None:
    for transcript in printed_by("dump-schema-history"):
        play(repo, transcript)
    dump = json.loads((repo.root / HISTORIES / "24.03.0rc1.json").read_text())
    assert dump["manager_version"] == "24.03.0rc1"
    assert [revision["revision"] for revision in dump["revisions"] if revision["is_head"]] == ["b2d6ecc17732"]
    repo.git("clean", "--force", "--quiet", "src")


def test_alembic_runs_with_the_code_of_the_repository(repo: Repository) -> None:
    """By the goal, which exports first, and by the commands of the README's tour; as a program and as a module."""
    done = repo.run("exec", "--", "alembic", "heads")
    assert done.stdout == "b2d6ecc17732 (head)\n"
    assert done.stderr.endswith("Exported 1, 0 up to date.\n")
    repo.run("exec-files")
    typed = toured(repo, "alembic heads")
    assert typed == [("./py", "-m", "alembic", "heads"), ("./py", "alembic", "heads")]
    for command in typed:
        script = subprocess.run(command, cwd=repo.root, capture_output=True, text=True, check=True)
        assert (script.stdout, script.stderr) == (done.stdout, "")


def test_the_history_that_an_earlier_release_has_committed(repo: Repository) -> None:
    """It is made again, to the byte, from the scripts that there were."""
    path = f"{HISTORIES}/23.09.1.json"
    committed = (repo.root / path).read_bytes()
    known = [revision["revision"] for revision in json.loads(committed)["revisions"]]
    for script in (repo.root / HISTORIES).parent.glob("versions/*.py"):
        if script.name.partition("_")[0] not in known:
            script.unlink()
    goal = ("dump-schema-history", "--for-version=23.09.1")
    assert repo.run(*goal, "--check").stdout == f"{path}: up to date\n"
    (repo.root / path).unlink()
    repo.run(*goal)
    assert (repo.root / path).read_bytes() == committed
    repo.git("checkout", "--quiet", "src")


def test_the_page_of_merge_lockfiles(repo: Repository) -> None:
    """The command that makes lockfiles finds the merged pins in place, and keeps them, as uv does."""
    command = repo.write("../../3rdparty/python/lock.sh", "#!/bin/sh\ntest -e ../../$1\n")
    command.chmod(0o755)
    lockfile = repo.root / "3rdparty" / "black.lock"
    pinned = lockfile.read_text()
    click, pytokens = (re.search(rf"^{name}==.*", pinned, re.MULTILINE) for name in ("click", "pytokens"))
    assert click
    assert pytokens
    for branch, text in (
        ("feature", pinned.replace(click[0], "click==8.6.0 \\")),
        ("colleague", pinned.replace(click[0], "click==8.5.2 \\").replace(pytokens[0], "pytokens==0.5.0 \\")),
    ):
        repo.git("checkout", "--quiet", "-b", branch, "main")
        lockfile.write_text(text)
        repo.git("commit", "--quiet", "--all", "--message=Newer versions")
    subprocess.run(["git", "rebase", "feature"], cwd=repo.root, check=False, capture_output=True)
    [page] = printed_by("merge-lockfiles")
    play(repo, page)
    assert repo.git("diff", "--name-only", "--diff-filter=U") == ""
    assert re.findall(r"^(?:click|pytokens)==\S+", lockfile.read_text(), re.MULTILINE) == [
        "click==8.6.0",
        "pytokens==0.5.0",
    ]
    repo.git("rebase", "--abort")
    repo.git("checkout", "--quiet", "main")
    readme = (repo.root / "README.md").read_text()
    assert f"$ pants {page.command[0]}\n" in readme


def test_the_wheels_of_each_platform(repo: Repository) -> None:
    """By the commands of the README's tour; on whichever machine this is."""
    [every], [one], [dependents] = (
        toured(repo, part) for part in ("platform-specific", "platform-wheels-only", "launcher-linux_arm64")
    )
    repo.run(*every[1:])
    wheels = sorted((repo.root / "dist").glob("*.whl"))
    version = "24.3.0rc1"
    assert [path.name for path in wheels] == [
        f"acme_kiln_runner-{version}-py3-none-{tag}.whl"
        for tag in ("macosx_10_15_x86_64", "macosx_11_0_arm64", "manylinux2014_aarch64", "manylinux2014_x86_64")
    ]
    launchers = {path.name.partition("-py3-")[2]: launcher_in(path) for path in wheels}
    assert launchers == {
        "none-macosx_10_15_x86_64.whl": "kiln-launch.macos",
        "none-macosx_11_0_arm64.whl": "kiln-launch.macos",
        "none-manylinux2014_aarch64.whl": "kiln-launch.linux_arm64",
        "none-manylinux2014_x86_64.whl": "kiln-launch.linux_x86_64",
    }
    target = repo.root.parent / "installed"
    platform = ("--platform=manylinux2014_aarch64", "--only-binary=:all:")
    install = ("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", target, *platform)
    subprocess.run([python_of("3.11"), *install, wheels[2]], check=True, env={**os.environ, "PYTHONPATH": ""})
    program = target / "acme/runner/bin/kiln-launch.linux_arm64"
    assert os.access(program, os.X_OK)
    assert program.read_bytes() == (repo.root / "src/acme/runner/bin" / program.name).read_bytes()
    for path in wheels:
        path.unlink()
    repo.run(*one[1:])
    assert sorted((repo.root / "dist").glob("*.whl")) == [wheels[2]]
    wheels[2].unlink()
    _, released = toured(repo, "--tag=wheel")
    repo.run(*released[1:])
    made = {path.name.partition(f"-{version}-")[0] for path in (repo.root / "dist").glob("*.whl")}
    components = ("agent", "cli", "client", "common", "manager", "plugin", "runner", "storage")
    assert made == {f"acme_kiln_{name}" for name in components}
    assert "src/acme/runner:wheel" in repo.run(*dependents[1:]).stdout.split()
    program = repo.root / "src/acme/runner/bin/kiln-launch.linux_arm64"
    program.write_bytes(program.read_bytes() + b"changed")
    changed = ("--changed-since=HEAD", "--changed-dependents=transitive")
    listed = repo.run("--platform-specific-resources-target=macos_x86_64", *changed, "list").stdout.split()
    assert "src/acme/runner:wheel" in listed
    repo.git("checkout", "--quiet", "src")


def launcher_in(wheel: Path) -> str:
    """The one launcher in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if "/bin/" in name]
    return os.path.basename(name)


def test_the_page_of_add_requirement(repo: Repository) -> None:
    """The command that makes lockfiles finds the requirement in its file, and keeps the versions, as uv does."""
    repo.write(MAIN_LOCKFILE, (EXAMPLE / MAIN_LOCKFILE).read_text())
    repo.git("commit", "--quiet", "--all", "--message=All pins")
    script = f"grep --quiet multidict 3rdparty/python-default.in && git checkout --quiet -- {MAIN_LOCKFILE}"
    repo.write("../../3rdparty/python/lock.sh", f"#!/bin/sh\n{script}\n").chmod(0o755)
    [page] = [one for one in printed_by("add-requirement") if "--no-export" in one.command]
    play(repo, page)
    changed = repo.git("diff", "--unified=0")
    assert re.findall(r"^[-+](?![-+]).*", changed, re.MULTILINE) == ["+multidict"]
    readme = (repo.root / "README.md").read_text()
    assert f"$ pants {' '.join(page.command[:2])}\n" in readme
    repo.git("reset", "--quiet", "--hard", "HEAD~1")


def test_the_pages_of_release_and_release_branch(repo: Repository) -> None:
    [plan], [branch] = printed_by("release"), printed_by("release-branch")
    fragments = sorted(path.name for path in (repo.root / "changes").iterdir())
    play(repo, plan)
    repo.run(*plan.command, "--date=2024-03-29", "--execute")
    assert (repo.root / "VERSION").read_bytes() == b"24.03.0"
    assert len(fragments) > 1
    assert [path.name for path in (repo.root / "changes").iterdir()] == ["template.md.jinja"]
    changelog = (repo.root / "CHANGELOG.md").read_text()
    assert "<!-- towncrier release notes start -->\n\n## 24.03.0 (2024-03-29)\n\n### Breaking changes\n" in changelog
    for fragment in set(fragments) - {"template.md.jinja", "+launcher.misc.md"}:
        assert f"(#{fragment.split('.')[0]})" in changelog
    repo.run("dump-schema-history", "--for-version=24.03.0", "--check")
    assert (repo.root / HISTORIES / "24.03.0.json").exists()
    play(repo, branch)
    assert (repo.root / "VERSION").read_bytes() == b"24.09.0dev0"
    link = repo.root / "docker-compose.halfstack-main.yml"
    assert os.readlink(link) == "docker-compose.halfstack-2409.yml"
    assert link.read_bytes() == (repo.root / "docker-compose.halfstack-2403.yml").read_bytes()
    assert repo.git("status", "--porcelain") == ""
