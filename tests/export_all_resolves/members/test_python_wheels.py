"""The process that downloads wheels: what has none is left to pex, and the rest is not."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from pants.backend.python.util_rules import pex_environment
from pants.backend.python.util_rules.pex_environment import PexEnvironment, PythonExecutable
from pants.engine.fs import EMPTY_DIGEST, DigestContents
from pants.engine.rules import QueryRule, rule
from pants.testutil.rule_runner import RuleRunner
from pants.util.ordered_set import FrozenOrderedSet

from devflow.engine import digest_contents
from devflow.engine.python import ResolvePexConfig
from devflow.export_all_resolves.members.python_pins import Pin, read_pins
from devflow.export_all_resolves.members.python_wheels import (
    SEEDS,
    WHEELS,
    WheelSettings,
    download_wheels,
    fetch_beside,
)
from devflow.export_all_resolves.staging.fetching import CannotFetchError, Fetch, fetching
from devflow.export_all_resolves.staging.installed import place
from devflow.export_all_resolves.staging.part_cache import Part
from export_all_resolves.staging.processes import start
from harness.bundled_pip import unpack_pip

WHEEL = b"a wheel"
HASH = f"sha256:{hashlib.sha256(WHEEL).hexdigest()}"


@dataclass(frozen=True)
class WheelsInDirectory:
    """The wheels of pins that are in a directory."""

    pins: tuple[Pin, ...]
    directory: str
    seed: str = "0123"
    python: str = sys.executable
    beside: bool = False
    is_cluster: bool = False


def _parts(request: WheelsInDirectory) -> Mapping[Pin, Part]:
    """As if the cache of parts was in the same directory."""
    return {pin: Part(pin.name, f"{request.directory}/{pin.name}/{'0' * 32}", made_as="0123") for pin in request.pins}


@dataclass(frozen=True)
class FoundWheels:
    """`projects` is None if pex is to install everything; `fetch` and its files are for a process beside an export."""

    projects: frozenset[str] | None
    contents: DigestContents
    fetch: Fetch | None = None


@rule
async def find_wheels(request: WheelsInDirectory, environment: PexEnvironment) -> FoundWheels:
    taken = signature(ResolvePexConfig).parameters
    more: dict[str, Any] = {
        name: FrozenOrderedSet() for name in ("excludes", "overrides") if name in taken
    }  # newer Pants
    config = ResolvePexConfig(
        indexes=(),
        find_links=(request.directory,),
        manylinux=None,
        constraints_file=None,
        only_binary=FrozenOrderedSet(),
        no_binary=FrozenOrderedSet(),
        path_mappings=(),
        **more,
    )
    python = PythonExecutable(request.python, "of the tests")
    settings = WheelSettings(python, request.seed, config, environment, None, request.is_cluster)
    if request.beside:
        fetch, files = await fetch_beside(request.pins, settings, _parts(request)) or (None, EMPTY_DIGEST)
        return FoundWheels(None, await digest_contents(files), fetch)
    found = await download_wheels(request.pins, settings)
    if found is None:
        return FoundWheels(None, DigestContents())
    return FoundWheels(found.projects, await digest_contents(found.digest))


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> RuleRunner:
    caches = tmp_path_factory.mktemp("named caches")
    site_packages = caches / SEEDS / "0123/lib/python3/site-packages"
    (site_packages / "pip-23.2.1.dist-info").mkdir(parents=True)
    unpack_pip(site_packages)
    program = caches / SEEDS / "0123/bin/python"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'no such file' >&2\nexit 1\n")
    program.chmod(0o755)
    return RuleRunner(
        rules=[find_wheels, *pex_environment.rules(), QueryRule(FoundWheels, [WheelsInDirectory])],
        bootstrap_args=[f"--named-caches-dir={caches}"],
    )


def pins(*names: str) -> tuple[Pin, ...]:
    return read_pins("".join(f"{name}==1.0 --hash={HASH}\n" for name in names).encode(), {}).pins


def test_a_pin_without_a_wheel_is_left_to_pex(runner: RuleRunner, tmp_path: Path) -> None:
    (tmp_path / "a-1.0-py3-none-any.whl").write_bytes(WHEEL)
    (tmp_path / "b-1.0.tar.gz").write_bytes(WHEEL)
    found = runner.request(FoundWheels, [WheelsInDirectory(pins("a", "b"), str(tmp_path))])
    assert found.projects == frozenset({"a"})
    assert [(file.path, file.content) for file in found.contents] == [(f"{WHEELS}/a-1.0-py3-none-any.whl", WHEEL)]


def beside(sandbox: Path, found: FoundWheels, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the process as the one that assembles an export does. Raises: CannotFetchError."""
    for file in found.contents:
        (sandbox / file.path).parent.mkdir(parents=True, exist_ok=True)
        (sandbox / file.path).write_bytes(file.content)
    monkeypatch.chdir(sandbox)
    assert found.fetch
    with fetching(start(found.fetch)) as process:
        assert process
        process.require()


def test_a_few_are_fetched_by_a_process_of_the_export(
    runner: RuleRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-1.0-py3-none-any.whl").write_bytes(WHEEL)
    found = runner.request(FoundWheels, [WheelsInDirectory(pins("a"), str(tmp_path), beside=True)])
    beside(tmp_path / "sandbox", found, monkeypatch)
    assert (tmp_path / "sandbox" / WHEELS / "a-1.0-py3-none-any.whl").read_bytes() == WHEEL


def test_of_what_is_installed_no_wheel_is_fetched(
    runner: RuleRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "a-1.0-py3-none-any.whl"
    wheel.write_bytes(WHEEL)
    request = WheelsInDirectory(pins("a"), str(tmp_path), beside=True)
    [part] = _parts(request).values()
    installed = place(part.path, part.made_as, wheel.name, hashlib.sha256(WHEEL).hexdigest())
    Path(installed).mkdir(parents=True)
    beside(tmp_path / "sandbox", runner.request(FoundWheels, [request]), monkeypatch)
    assert os.readlink(tmp_path / "sandbox" / WHEELS / wheel.name) == installed


def test_what_has_no_wheel_is_named_then(runner: RuleRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b-1.0.tar.gz").write_bytes(WHEEL)
    found = runner.request(FoundWheels, [WheelsInDirectory(pins("b"), str(tmp_path), beside=True)])
    with pytest.raises(CannotFetchError, match="there are no wheels of b"):
        beside(tmp_path / "sandbox", found, monkeypatch)


def test_many_are_fetched_before(runner: RuleRunner, tmp_path: Path) -> None:
    many = pins(*(f"a{number}" for number in range(21)))
    assert runner.request(FoundWheels, [WheelsInDirectory(many, str(tmp_path), beside=True)]).fetch is None


def test_the_engine_decides_where_a_process_of_a_cluster_runs(runner: RuleRunner, tmp_path: Path) -> None:
    request = WheelsInDirectory(pins("a"), str(tmp_path), beside=True, is_cluster=True)
    assert runner.request(FoundWheels, [request]).fetch is None


def test_pex_installs_everything_if_pip_fails_too(runner: RuleRunner, tmp_path: Path) -> None:
    found = runner.request(FoundWheels, [WheelsInDirectory(pins("a"), str(tmp_path / "missing"))])
    assert found.projects is None


_PYTHON = """\
#!/bin/sh
echo "$*" >> {log}
if [ "$1 $2" = "-m venv" ]; then exec /bin/mkdir -p "$3/bin"; fi
exec {python} "$@"
"""


def test_a_seed_is_made_once_before_all_downloads(runner: RuleRunner, tmp_path: Path) -> None:
    """Each download would wait for the same one in one of the few processes that run at once."""
    log, python = tmp_path / "log", tmp_path / "python"
    python.write_text(_PYTHON.format(log=log, python=sys.executable))
    python.chmod(0o755)
    for name in ("a", "b"):
        runner.request(FoundWheels, [WheelsInDirectory(pins(name), str(tmp_path), "4567", str(python))])
    ran = [re.search(r"-m (?:\S+\.)?(\w+)|\S+/(\w+)\.py", line) for line in log.read_text().splitlines()]
    assert [found and (found[1] or found[2]) for found in ran] == ["seed", "venv", "download", "download"]
