"""What fails says what happened and what to do, and does not stop the others."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from pants.version import VERSION

from e2e.projects import ANSICOLORS, INICONFIG, settings
from e2e.warm_caches import lockfile_of_pants
from harness.world import EXPORTS, Caches, Repository, imports, repository

# `pinned` and `two` are resolves of the warm caches, which hold their environments.
BOTH = "--include=pinned,two"
# What the lockfile of a resolve holds that fails; None: there is none. All of them fail in one run.
BROKEN = {
    "pinned": bytes(range(256)),
    "gone": None,
    "hash": ANSICOLORS.replace("sha256:00d2", "sha256:00d3").replace("sha256:99f9", "sha256:99f8").encode(),
    "json": b'{ "locked',
    "latin": "# Café\n".encode("latin-1") + ANSICOLORS.encode(),
    "version": ANSICOLORS.replace("1.1.8", "1.1.99").encode(),
}
FORGET_THE_OLD_FILE = (
    "pants -ldebug export-all-resolves --include=hash; if the index has another file of the same version now, "
    "run pants reset-cache --only=store,named-caches, and lock the resolve again"
)
GET_PYTHON = (
    "`uv python install 3.5`, `pyenv install 3.5`, or your system's package python3.5, where "
    "[python-bootstrap].search_path finds it (by default: on PATH, and in pyenv's versions); or change "
    "[python.resolves_to_interpreter_constraints] in pants.toml"
)
# In a namespace of its own, and so gone with the process. Works with and without root's rights.
IN_A_NAMESPACE = ("unshare", "--map-root-user", "--mount", "sh", "-c")
READ_ONLY = (*IN_A_NAMESPACE, 'mount --bind dist dist && mount -o remount,bind,ro dist && exec "$@"', "sh")
FULL = (*IN_A_NAMESPACE, 'mount -t tmpfs -o size=4m none dist && "$@"; code=$?; find dist; exit $code', "sh")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    resolves = {name: f"{name}.lock" for name in (*BROKEN, "two")}
    files = {"pants.toml": settings(resolves), **dict.fromkeys(resolves.values(), ANSICOLORS)}
    files["two.lock"] += INICONFIG
    with repository(tmp_path_factory.mktemp("failures") / "repository", caches, files) as new:
        new.export(BOTH)
        yield new


@pytest.fixture()
def repo(shared: Repository) -> Repository:
    """`pinned` has been exported; `two` has not."""
    shared.git("checkout", "--quiet", ".")
    shutil.rmtree(shared.root / EXPORTS / "two", ignore_errors=True)
    return shared


def fails(repo: Repository, *options: str) -> str:
    """What is said about `pinned`. The other resolve is exported, and the old export of this one stays."""
    result = repo.export(BOTH, *options, check=False)
    assert result.exit_code == 1
    two = repo.venv("two")
    assert result.stdout.splitlines() == [
        "pinned: failed, see below",
        f"two: exported, not exported yet, {EXPORTS}/two/{two.name}",
    ]
    assert imports(two, "colors")
    assert imports(repo.venv("pinned"), "colors")
    message, _, summary = result.stderr.rstrip("\n").rpartition("\n")
    assert summary == "Exported 1, 1 failed, 0 up to date."
    return message


def test_lockfiles_that_fail_and_what_is_mended_works_at_once(repo: Repository) -> None:
    old = repo.venv("pinned")
    for name, content in BROKEN.items():
        if content is None:
            (repo.root / f"{name}.lock").unlink()
        else:
            repo.write(f"{name}.lock", content)
        if name != "pinned":
            shutil.copytree(old, repo.root / EXPORTS / name / old.name, symlinks=True)
    result = repo.export(check=False)
    assert result.exit_code == 1
    two = repo.venv("two")
    assert imports(two, "colors")
    reported = {name: f"{name}: failed, see below" for name in BROKEN}
    reported["two"] = f"two: exported, not exported yet, {EXPORTS}/two/{two.name}"
    assert result.stdout.splitlines() == [line for _, line in sorted(reported.items())]
    *messages, summary = re.split(r"\n(?=\S)", result.stderr.rstrip("\n"))
    assert summary == "Exported 1, 6 failed, 0 up to date."
    assert [message.partition(":")[0] for message in messages] == sorted(BROKEN)
    said = {message.partition(":")[0]: message for message in messages}
    for name, why in {
        "pinned": "'utf-8' codec can't decode byte 0x80 in position 128: invalid start byte",
        "json": "Unterminated string starting at: line 1 column 3 (char 2)",
        "latin": "'utf-8' codec can't decode byte 0xe9 in position 5: invalid continuation byte",
    }.items():
        what = f"{name}: {name}.lock, the lockfile of resolve {name}, cannot be read: {why}"
        assert said[name] == f"{what}\n  Fix: pants generate-lockfiles --resolve={name}"
    assert said["gone"] == (
        "gone: gone.lock, the lockfile of resolve gone, does not exist.\n"
        "  Fix: pants generate-lockfiles --resolve=gone"
    )
    first, *tools_words, fix = said["version"].splitlines()
    assert first.startswith("version: exporting version failed: ")
    assert "ERROR: No matching distribution found for ansicolors==1.1.99" in tools_words[-1]
    assert fix == "  Fix: pants -ldebug export-all-resolves --include=version"
    first, *tools_words, fix = said["hash"].splitlines()
    assert first.startswith("hash: exporting hash failed: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES")
    assert tools_words[-1].split() == ["Got", "00d2dde5a675579325902536738dd27e4fac1fd68f773fe36c21044eb559e187"]
    assert fix == f"  Fix: {FORGET_THE_OLD_FILE}"
    # The old exports stay.
    assert all(imports(repo.venv(name), "colors") for name in BROKEN)
    repo.write("pinned.lock", ANSICOLORS)
    assert repo.export(BOTH).stderr.endswith("2 up to date.\n")


def test_a_lockfile_of_another_pex(repo: Repository) -> None:
    """As of a Pants that is newer: pex refuses a version of pip that it does not know."""
    of_another, changed = re.subn(r'"pip_version": ".*"', '"pip_version": "99.1"', lockfile_of_pants())
    assert changed == 1
    repo.write("pinned.lock", of_another)
    result = repo.export("--include=pinned", "--no-assemble", check=False)
    assert result.exit_code == 1
    what, fix, _summary = result.stderr.splitlines()
    assert what.startswith(
        "pinned: pinned.lock, the lockfile of resolve pinned, was made by another pex than that of Pants "
        f"{VERSION}, which cannot read it: The '.[\"pip_version\"]' is invalid: '99.1'"
    )
    assert fix == (
        "  Fix: pants generate-lockfiles --resolve=pinned; or set [GLOBAL].pants_version in pants.toml to the release "
        "that has made it"
    )
    assert imports(repo.venv("pinned"), "colors")


def test_no_matching_interpreter(repo: Repository) -> None:
    assert fails(repo, "--python-resolves-to-interpreter-constraints={'pinned': ['==3.5.*']}") == (
        "This machine lacks CPython==3.5.* (for pinned). The other resolves are exported first.\n"
        "pinned: No Python interpreter on this machine matches CPython==3.5.*.\n"
        f"  Fix: {GET_PYTHON}"
    )


def test_no_matching_interpreter_for_several(repo: Repository) -> None:
    assert all_fail(repo, "--python-interpreter-constraints=['==3.5.*']") == (
        f"pinned, two: No Python interpreter on this machine matches CPython==3.5.*.\n  Fix: {GET_PYTHON}\n"
        "2 failed, 0 up to date.\n"
    )


def test_resolves_are_off(repo: Repository) -> None:
    assert all_fail(repo, "--no-python-enable-resolves") == (
        "pinned, two: Resolves are off: [python].enable_resolves is false.\n  Fix: set it to true in pants.toml\n"
        "2 failed, 0 up to date.\n"
    )


def test_dist_is_a_file(repo: Repository) -> None:
    os.rename(repo.root / "dist", repo.root / "elsewhere")
    repo.write("dist", "")
    message = all_fail(repo)
    os.unlink(repo.root / "dist")
    os.rename(repo.root / "elsewhere", repo.root / "dist")
    assert message == (
        "pinned, two: dist is not a directory, and the export goes below it.\n  Fix: mv dist dist.old1\n"
        "2 failed, 0 up to date.\n"
    )


def test_an_export_is_a_file(repo: Repository) -> None:
    pinned = repo.venv("pinned")
    os.rename(pinned, repo.root / "elsewhere")
    pinned.touch()
    result = repo.export(BOTH, check=False)
    assert result.exit_code == 1
    assert pinned.is_file()
    os.unlink(pinned)
    os.rename(repo.root / "elsewhere", pinned)
    assert result.stderr == (
        f"pinned: {EXPORTS}/pinned/{pinned.name} is a file, and the export is a directory.\n"
        f"  Fix: mv {EXPORTS}/pinned/{pinned.name} {EXPORTS}/pinned/{pinned.name}.old1\n"
        "Exported 1, 1 failed, 0 up to date.\n"
    )


@pytest.mark.needs("mount-namespaces")
def test_dist_is_read_only(repo: Repository) -> None:
    result = repo.run("export-all-resolves", BOTH, "--force", check=False, pantsd=False, wrapper=READ_ONLY)
    assert result.exit_code == 1
    assert result.stdout == "pinned: failed, see below\ntwo: failed, see below\n"
    fix = "  Fix: mount it for writing, or name another directory in [GLOBAL].pants_distdir"
    assert result.stderr == (
        f"pinned: {EXPORTS}/pinned is on a read-only file system.\n{fix}\n"
        f"two: {EXPORTS} is on a read-only file system.\n{fix}\n"
        "2 failed, 0 up to date.\n"
    )
    assert imports(repo.venv("pinned"), "colors")


@pytest.mark.needs("mount-namespaces")
def test_the_disk_is_full(repo: Repository) -> None:
    result = repo.run("export-all-resolves", BOTH, check=False, pantsd=False, wrapper=FULL)
    assert result.exit_code == 1
    report, nothing_is_left = result.stdout.splitlines()[:2], result.stdout.splitlines()[2:]
    assert report == ["pinned: failed, see below", "two: failed, see below"]
    assert sorted(nothing_is_left) == [
        "dist",
        "dist/export",
        "dist/export/python",
        EXPORTS,
        f"{EXPORTS}/pinned",
        f"{EXPORTS}/two",
    ]
    assert re.sub(r"'/[^']+'", "…", result.stderr) == (
        "pinned: exporting pinned failed: [Errno 28] No space left on device: … -> …\n"
        "  Fix: free some space on that disk, then run the same command again\n"
        "two: exporting two failed: [Errno 28] No space left on device: … -> …\n"
        "  Fix: free some space on that disk, then run the same command again\n"
        "2 failed, 0 up to date.\n"
    )


def all_fail(repo: Repository, *options: str) -> str:
    result = repo.export(BOTH, *options, check=False)
    assert result.exit_code == 1
    assert result.stdout == "pinned: failed, see below\ntwo: failed, see below\n"
    return result.stderr
