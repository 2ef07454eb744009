"""What makes an export stale, each alone, and what does not."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.projects import ANSICOLORS, HELLO, INICONFIG, LOCKED, MARKDOWN_IT_PY, settings
from e2e.warm_caches import lockfile_of_pants
from harness.world import EXPORTS, Caches, Repository, imports, repository

RESOLVES = {"editable": "editable.lock", "locked": "locked.lock", "pinned": "pinned.lock"}
# One resolve of each test is editable.
pytestmark = pytest.mark.needs("unzip")
EDITABLE = "--export-py-editable-in-resolve=['editable']"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    files = {
        "pants.toml": settings(RESOLVES),
        "editable.lock": ANSICOLORS,
        "pinned.lock": ANSICOLORS,
        "locked.lock": lockfile_of_pants(),
        **HELLO,
        **LOCKED,
    }
    with repository(tmp_path_factory.mktemp("fresh") / "repository", caches, files) as new:
        new.export(EDITABLE)
        yield new


@pytest.fixture()
def repo(exported: Repository) -> Repository:
    """Everything is up to date, whatever the test before this one did."""
    exported.git("checkout", "--quiet", ".")
    exported.export(EDITABLE)
    return exported


def stale(
    repo: Repository, *options: str, pantsd: bool = True, env: dict[str, str] | None = None
) -> dict[str, list[str]]:
    """The reasons of each resolve that is not up to date; the exit code says the same."""
    result = repo.export("--check", "--format=json", EDITABLE, *options, check=False, pantsd=pantsd, env=env)
    reasons = {item["resolve"]: item["reasons"] for item in json.loads(result.stdout)["results"] if item["reasons"]}
    assert result.exit_code == (1 if reasons else 0), result.stderr
    return reasons


def everything(*reasons: str) -> dict[str, list[str]]:
    return {resolve: list(reasons) for resolve in RESOLVES}


def state(venv: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.lstat().st_ino, path.lstat().st_mtime_ns) for path in [venv, *venv.rglob("*")]}


def test_a_second_run_does_nothing(repo: Repository) -> None:
    before = state(repo.root / EXPORTS)
    assert repo.export(EDITABLE).stderr == "3 up to date.\n"
    assert state(repo.root / EXPORTS) == before


def test_only_the_resolve_whose_lockfile_changed_is_built(repo: Repository) -> None:
    others = {resolve: state(repo.venv(resolve)) for resolve in ("editable", "locked")}
    repo.write("pinned.lock", ANSICOLORS + INICONFIG)
    assert stale(repo) == {"pinned": ["lockfile changed"]}
    assert repo.export(EDITABLE).stderr == "Exported 1, 2 up to date.\n"
    assert imports(repo.venv("pinned"), "iniconfig")
    assert {resolve: state(repo.venv(resolve)) for resolve in others} == others


@pytest.mark.parametrize(
    ("how", "lockfile"),
    [
        ("--assemble", MARKDOWN_IT_PY),
        ("--assemble", ANSICOLORS + MARKDOWN_IT_PY),
        ("--no-assemble", MARKDOWN_IT_PY),
    ],
    ids=["all pins are new", "a part is there", "nothing is assembled"],
)
def test_a_lockfile_that_lacks_what_a_pin_requires_is_refused(repo: Repository, how: str, lockfile: str) -> None:
    """By `pip` and by the metadata of parts as by pex, which stock's export runs."""
    before = state(repo.venv("pinned"))
    repo.write("pinned.lock", lockfile)
    refused = repo.export(EDITABLE, how, check=False)
    assert refused.exit_code == 1
    assert "mdurl" in refused.stderr
    assert state(repo.venv("pinned")) == before


@pytest.mark.parametrize(
    ("lockfile", "old", "new", "expected"),
    [
        ("locked.lock", '"tabulate==0.9.0"', '"tabulate>=0.9.0"', {"locked": ["lockfile changed"]}),
        ("locked.lock", "// This lockfile", "// Edited.\n// This lockfile", {}),
        ("pinned.lock", "ansicolors==", "# Edited.\nansicolors==", {}),
    ],
    ids=["content", "header of Pants' kind", "header of a requirement file"],
)
def test_a_lockfile_counts_without_its_header(
    repo: Repository, lockfile: str, old: str, new: str, expected: dict[str, list[str]]
) -> None:
    content = (repo.root / lockfile).read_text()
    head, found, tail = content.rpartition(old)
    assert found
    repo.write(lockfile, head + new + tail)
    assert stale(repo) == expected


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--python-repos-indexes=['https://mirror.example/simple/']", {}),
        (
            "--export-py-resolve-format=symlinked_immutable_virtualenv",
            {
                **everything("format mutable_virtualenv → symlinked_immutable_virtualenv"),
                "editable": [
                    "format mutable_virtualenv → symlinked_immutable_virtualenv",
                    "editable distributions changed",
                ],
            },
        ),
        (
            "--export-py-editable-in-resolve=['pinned']",
            {"editable": ["editable distributions changed"], "pinned": ["editable distributions changed"]},
        ),
    ],
)
def test_settings(repo: Repository, option: str, expected: dict[str, list[str]]) -> None:
    assert stale(repo, option) == expected


def test_a_changed_distribution(repo: Repository) -> None:
    repo.write("src/hello/BUILD", HELLO["src/hello/BUILD"].replace("1.0", "1.1"))
    assert stale(repo) == {"editable": ["editable distributions changed"]}


def test_another_interpreter(repo: Repository) -> None:
    old = repo.venv("pinned").name
    reasons = stale(repo, "--python-resolves-to-interpreter-constraints={'pinned': ['==3.9.*']}")
    assert set(reasons) == {"pinned"}
    [interpreter] = reasons["pinned"]
    assert interpreter.startswith(f"interpreter {old} → 3.9.")


def test_another_pex_tool(repo: Repository, tmp_path: Path) -> None:
    installed = Path(repo.caches.environment()["PANTS_BOOTSTRAP_CACHE_DIR"])
    other = Path(shutil.copy(next(installed.glob("2.17.1-*/pex")), tmp_path / "pex"))
    with zipfile.ZipFile(other, "a") as archive:
        archive.comment = b"The same tool, in another build."
    assert stale(repo, env=handed_over(other)) == everything("pex tool changed")


def handed_over(tool: Path) -> dict[str, str]:
    digest = hashlib.sha256(tool.read_bytes()).hexdigest()
    platforms = ("linux_arm64", "linux_x86_64", "macos_arm64", "macos_x86_64")
    versions = [f"v2.1.137|{platform}|{digest}|{tool.stat().st_size}" for platform in platforms]
    return {"PANTS_PEX_CLI_URL_TEMPLATE": tool.as_uri(), "PANTS_PEX_CLI_KNOWN_VERSIONS": repr(versions)}


def test_another_place_and_another_cache_directory(repo: Repository, tmp_path: Path) -> None:
    """Each alone is in tests/export_all_resolves; both take a start of Pants."""
    moved = Repository(tmp_path / "moved", repo.caches)
    ignore = shutil.ignore_patterns(".pids", ".pants.d")
    shutil.copytree(repo.root, moved.root, symlinks=True, ignore=ignore)
    own = {"PANTS_NAMED_CACHES_DIR": str(tmp_path / "named")}
    assert stale(moved, "--include=pinned", pantsd=False, env=own) == {
        "pinned": ["destination changed", "cache directory changed"]
    }


@pytest.mark.parametrize(
    ("lost", "reason"),
    [
        ("bin", "bin/python is gone"),
        ("bin/pip", "bin/pip is gone"),
        ("lib/python3.11/site-packages", "lib/python3.11/site-packages is gone"),
        ("lib/python3.11/site-packages/colors", "lib/python3.11/site-packages/colors is gone"),
        (
            "lib/python3.11/site-packages/ansicolors-1.1.8.dist-info",
            "lib/python3.11/site-packages/ansicolors-1.1.8.dist-info is gone",
        ),
    ],
)
def test_something_is_lost(repo: Repository, tmp_path: Path, lost: str, reason: str) -> None:
    path = repo.venv("pinned") / lost
    os.rename(path, tmp_path / "lost")
    assert stale(repo) == {"pinned": [reason]}
    os.rename(tmp_path / "lost", path)
    assert stale(repo) == {}


def test_what_is_lost_is_made_again_from_a_subdirectory(repo: Repository) -> None:
    shutil.rmtree(repo.venv("pinned") / "lib")
    subdirectory = repo.root / "src" / "hello"
    made = repo.run("export-all-resolves", EDITABLE, cwd=subdirectory)
    assert made.stderr == "Exported 1, 2 up to date.\n"
    assert sorted(path.name for path in subdirectory.iterdir()) == ["BUILD", "__init__.py"]
    assert imports(repo.venv("pinned"), "colors")


def test_a_users_own_installation_stays(repo: Repository, tmp_path: Path) -> None:
    site_packages = next(repo.venv("pinned").glob("lib/*/site-packages"))
    wheel = tmp_path / "own-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("own.py", "")
        archive.writestr("own-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
        archive.writestr("own-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("own-1.0.dist-info/RECORD", "")
    pip(repo, "install", "--no-index", str(wheel))
    assert stale(repo) == {}
    assert repo.export(EDITABLE).stderr == "3 up to date.\n"
    assert (site_packages / "own.py").is_file()
    pip(repo, "uninstall", "--yes", "own")


def pip(repo: Repository, *args: str) -> None:
    command = [str(repo.venv("pinned") / "bin" / "pip"), "--isolated", *args]
    subprocess.run(command, check=True, capture_output=True, env=repo.caches.environment())
