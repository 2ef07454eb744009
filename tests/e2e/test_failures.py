"""What fails says what happened and what to do, and does not stop the others."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

import pytest

from e2e.projects import ANSICOLORS, settings
from harness.world import EXPORTS, Caches, Repository, imports, repository

MAKE_IT = "pants generate-lockfiles --resolve=bad"
TRY_AGAIN = "pants -ldebug export-all-resolves --include=bad"
FORGET_THE_OLD_FILE = (
    f"{TRY_AGAIN}; if the file was replaced under its version, lock it anew, and let Pants forget the old one first: "
    "pants reset-cache --only=store,named-caches"
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
    files = {
        "pants.toml": settings({"bad": "bad.lock", "good": "good.lock"}),
        "bad.lock": ANSICOLORS,
        "good.lock": ANSICOLORS,
    }
    with repository(tmp_path_factory.mktemp("failures") / "repository", caches, files) as new:
        new.export()
        yield new


@pytest.fixture()
def repo(shared: Repository) -> Repository:
    """`bad` has been exported; `good` has not."""
    shared.git("checkout", "--quiet", ".")
    shutil.rmtree(shared.root / EXPORTS / "good", ignore_errors=True)
    return shared


def fails(repo: Repository, *options: str) -> str:
    """What is said about `bad`. The other resolve is exported, and the old export of this one stays."""
    result = repo.export(*options, check=False)
    assert result.exit_code == 1
    good = repo.venv("good")
    assert result.stdout.splitlines() == [
        "bad: failed, see below",
        f"good: exported, not exported yet, {EXPORTS}/good/{good.name}",
    ]
    assert imports(good, "colors")
    assert imports(repo.venv("bad"), "colors")
    message, _, summary = result.stderr.rstrip("\n").rpartition("\n")
    assert summary == "Exported 1, 1 failed, 0 up to date."
    return message


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{ "locked', "Unterminated string starting at: line 1 column 3 (char 2)"),
        (bytes(range(256)), "'utf-8' codec can't decode byte 0x80 in position 128: invalid start byte"),
        (
            "# Café\n".encode("latin-1") + ANSICOLORS.encode(),
            "'utf-8' codec can't decode byte 0xe9 in position 5: invalid continuation byte",
        ),
    ],
    ids=["broken JSON", "binary", "not UTF-8"],
)
def test_an_unreadable_lockfile(repo: Repository, content: bytes, why: str) -> None:
    repo.write("bad.lock", content)
    assert fails(repo) == f"bad: bad.lock, the lockfile of resolve bad, cannot be read: {why}\n  Fix: {MAKE_IT}"


def test_what_is_mended_works_at_once(repo: Repository) -> None:
    repo.write("bad.lock", bytes(range(256)))
    fails(repo)
    repo.write("bad.lock", ANSICOLORS)
    assert repo.export().stderr.endswith("2 up to date.\n")


def test_a_missing_lockfile(repo: Repository) -> None:
    (repo.root / "bad.lock").unlink()
    assert fails(repo) == f"bad: bad.lock, the lockfile of resolve bad, does not exist.\n  Fix: {MAKE_IT}"


def test_a_version_that_the_index_does_not_have(repo: Repository) -> None:
    repo.write("bad.lock", ANSICOLORS.replace("1.1.8", "1.1.99"))
    first, *tools_words, fix = fails(repo).splitlines()
    assert first.startswith("bad: exporting bad failed: ")
    assert "ERROR: No matching distribution found for ansicolors==1.1.99" in tools_words[-1]
    assert fix == f"  Fix: {TRY_AGAIN}"


def test_a_hash_that_does_not_match(repo: Repository) -> None:
    repo.write("bad.lock", ANSICOLORS.replace("sha256:00d2", "sha256:00d3").replace("sha256:99f9", "sha256:99f8"))
    first, *tools_words, fix = fails(repo).splitlines()
    assert first.startswith("bad: exporting bad failed: ")
    assert "DO NOT MATCH THE HASHES" in tools_words[0]
    assert tools_words[-1].split() == ["Got", "00d2dde5a675579325902536738dd27e4fac1fd68f773fe36c21044eb559e187"]
    assert fix == f"  Fix: {FORGET_THE_OLD_FILE}"


def test_no_matching_interpreter(repo: Repository) -> None:
    assert fails(repo, "--python-resolves-to-interpreter-constraints={'bad': ['==3.5.*']}") == (
        "This machine lacks CPython==3.5.* (for bad). The other resolves are exported first.\n"
        "bad: No Python interpreter on this machine matches CPython==3.5.*.\n"
        f"  Fix: {GET_PYTHON}"
    )


def test_no_matching_interpreter_for_several(repo: Repository) -> None:
    assert all_fail(repo, "--python-interpreter-constraints=['==3.5.*']") == (
        f"bad, good: No Python interpreter on this machine matches CPython==3.5.*.\n  Fix: {GET_PYTHON}\n"
        "2 failed, 0 up to date.\n"
    )


def test_resolves_are_off(repo: Repository) -> None:
    assert all_fail(repo, "--no-python-enable-resolves") == (
        "bad: Resolves are off: [python].enable_resolves is false.\n  Fix: set it to true in pants.toml\n"
        "good: Resolves are off: [python].enable_resolves is false.\n  Fix: set it to true in pants.toml\n"
        "2 failed, 0 up to date.\n"
    )


def test_dist_is_a_file(repo: Repository) -> None:
    os.rename(repo.root / "dist", repo.root / "elsewhere")
    repo.write("dist", "")
    message = all_fail(repo)
    os.unlink(repo.root / "dist")
    os.rename(repo.root / "elsewhere", repo.root / "dist")
    assert message == (
        "bad: dist is not a directory, and the export goes below it.\n  Fix: mv dist dist.old1\n"
        "good: dist is not a directory, and the export goes below it.\n  Fix: mv dist dist.old1\n"
        "2 failed, 0 up to date.\n"
    )


def test_an_export_is_a_file(repo: Repository) -> None:
    bad = repo.venv("bad")
    os.rename(bad, repo.root / "elsewhere")
    bad.touch()
    result = repo.export(check=False)
    assert result.exit_code == 1
    assert bad.is_file()
    os.unlink(bad)
    os.rename(repo.root / "elsewhere", bad)
    assert result.stderr == (
        f"bad: {EXPORTS}/bad/{bad.name} is a file, and the export is a directory.\n"
        f"  Fix: mv {EXPORTS}/bad/{bad.name} {EXPORTS}/bad/{bad.name}.old1\n"
        "Exported 1, 1 failed, 0 up to date.\n"
    )


@pytest.mark.needs("mount-namespaces")
def test_dist_is_read_only(repo: Repository) -> None:
    repo.write("bad.lock", ANSICOLORS + "\n# A comment, and so the export is not stale.\n")
    result = repo.run("export-all-resolves", "--force", check=False, pantsd=False, wrapper=READ_ONLY)
    assert result.exit_code == 1
    assert result.stdout == "bad: failed, see below\ngood: failed, see below\n"
    fix = "  Fix: mount it for writing, or name another directory in [GLOBAL].pants_distdir"
    assert result.stderr == (
        f"bad: {EXPORTS}/bad is on a read-only file system.\n{fix}\n"
        f"good: {EXPORTS} is on a read-only file system.\n{fix}\n"
        "2 failed, 0 up to date.\n"
    )
    assert imports(repo.venv("bad"), "colors")


@pytest.mark.needs("mount-namespaces")
def test_the_disk_is_full(repo: Repository) -> None:
    result = repo.run("export-all-resolves", check=False, pantsd=False, wrapper=FULL)
    assert result.exit_code == 1
    report, nothing_is_left = result.stdout.splitlines()[:2], result.stdout.splitlines()[2:]
    assert report == ["bad: failed, see below", "good: failed, see below"]
    assert sorted(nothing_is_left) == [
        "dist",
        "dist/export",
        "dist/export/python",
        EXPORTS,
        f"{EXPORTS}/bad",
        f"{EXPORTS}/good",
    ]
    assert re.sub(r"'/[^']+'", "…", result.stderr) == (
        "bad: exporting bad failed: [Errno 28] No space left on device: … -> …\n"
        "  Fix: free some space on that disk, then run the same command again\n"
        "good: exporting good failed: [Errno 28] No space left on device: … -> …\n"
        "  Fix: free some space on that disk, then run the same command again\n"
        "2 failed, 0 up to date.\n"
    )


def all_fail(repo: Repository, *options: str) -> str:
    result = repo.export(*options, check=False)
    assert result.exit_code == 1
    assert result.stdout == "bad: failed, see below\ngood: failed, see below\n"
    return result.stderr
