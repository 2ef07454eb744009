"""The helper that locks with uv, where Pants has it: what uv is given, and what it makes. A script stands for uv."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.backend.python.goals.lockfile import RequestedPythonUserResolveNames
from pants.engine.platform import Platform
from pants.engine.rules import rule
from pants.testutil.rule_runner import RuleRunner

from devflow.engine import digest_contents
from devflow.engine.python.lock import HAS_UV, is_made_by_uv, try_uv_lock
from devflow.engine.resolves import planned_lockfiles
from engine.answer import Answer
from engine.lock_runner import lock_runner
from engine.recorder import executes

HELPERS = ("try_uv_lock",) if HAS_UV else ()
PLATFORM = Platform.create_for_localhost().value
# The lock is what it was given.
UV = """\
#!/bin/sh
{ echo "$@"; cat pyproject.toml; test ! -e uv.lock || cat uv.lock; } > made
mv made uv.lock
"""


@dataclass(frozen=True)
class AboutUvLock:
    lockfile: str = ""
    changed: tuple[str, ...] = ()


@rule
async def see_uv_lock(about: AboutUvLock) -> Answer:
    [request] = await planned_lockfiles(RequestedPythonUserResolveNames(["main"]))
    if not HAS_UV:
        return Answer({"uv": is_made_by_uv(request)})
    result = await try_uv_lock(request, about.lockfile, about.changed)
    [file] = await digest_contents(result.output_digest)
    return Answer({"uv": is_made_by_uv(request), "path": file.path, "lock": file.content.decode().splitlines()})


def archive_with_uv(path: Path) -> str:
    """An archive as that of a release of uv; its entry in `known_versions`."""
    with tarfile.open(path, "w:gz") as archive:
        for platform in ("x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl", "aarch64-apple-darwin"):
            member = tarfile.TarInfo(f"uv-{platform}/uv")
            member.mode, member.size = 0o755, len(UV)
            archive.addfile(member, io.BytesIO(UV.encode()))
    content = path.read_bytes()
    return f"0.99.0|{PLATFORM}|{hashlib.sha256(content).hexdigest()}|{len(content)}"


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> RuleRunner:
    archive = tmp_path_factory.mktemp("uv") / "uv.tar.gz"
    known = archive_with_uv(archive)
    return lock_runner(
        see_uv_lock,
        AboutUvLock,
        "--python-resolver=uv",
        "--python-interpreter-constraints=['>=3.9']",
        f"--uv-url-template={archive.as_uri()}",
        "--uv-version=0.99.0",
        f"--uv-known-versions=['{known}']",
    )


@pytest.mark.skipif(not HAS_UV, reason="this Pants has no uv")
@executes(*HELPERS)
def test_uv_gets_the_requirements_the_lock_and_what_may_change(runner: RuleRunner) -> None:
    old = "an older lock"
    made = runner.request(Answer, [AboutUvLock(old, ("lib-b==2.0", "lib-a"))])
    assert (made.uv, made.path) == (True, "uv.lock")
    assert made.lock[0].endswith(" lock --upgrade-package=lib-a --upgrade-package=lib-b==2.0")
    assert '    "lib-a",' in made.lock
    assert 'requires-python = ">=3.9"' in made.lock
    assert made.lock[-1] == old
    assert old not in runner.request(Answer, [AboutUvLock()]).lock
