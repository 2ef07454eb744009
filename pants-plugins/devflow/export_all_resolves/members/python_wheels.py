"""Wheels of pinned distributions, downloaded by one `pip` for all: docs/adr/0014.

Pex would start a `pip` of its own to find them, and another one to install each.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.pex_environment import PexEnvironment, PythonExecutable
from pants.engine.fs import CreateDigest, Digest, FileContent
from pants.engine.process import Process, ProcessCacheScope
from pants.option.global_options import GlobalOptions, ca_certs_path_to_file_content
from pants.util.logging import LogLevel

from devflow.common.errors import tail
from devflow.engine import create_digest, merge_digests, try_process
from devflow.engine.python import ResolvePexConfig
from devflow.export_all_resolves.members.python_pins import Pin
from devflow.export_all_resolves.sandbox import DOWNLOAD, STAGING, download_files, staging_files
from devflow.export_all_resolves.staging.build import OWN_DIR
from devflow.export_all_resolves.staging.fetching import Fetch
from devflow.export_all_resolves.staging.part_cache import Part

logger = logging.getLogger(__name__)

SEEDS = "devflow_venv_seeds"  # the named cache
WHEELS = f"{OWN_DIR}/wheels"
_SEEDS_DIR = os.path.join(".cache", SEEDS)
_FETCHING = f"{OWN_DIR}/fetching"  # the modules for the interpreter of an export: another one assembles it
_PINS = f"{OWN_DIR}/pins.txt"
_SPEC = f"{OWN_DIR}/pins.json"
_OLDEST_PYTHON = (3, 9)  # of the modules in the sandbox
_FEW = 20  # wheels that are fetched in about the time in which the rest of an export is laid out
_MORE_SCRIPTS = frozenset({"pip", "setuptools"})  # pip installs these in a form of their own


@dataclass(frozen=True)
class WheelSettings:
    """What decides how wheels are found; `seed` is the name of that of the interpreter.

    With `is_cluster`, processes of the engine may run on other machines.
    """

    python: PythonExecutable
    seed: str
    config: ResolvePexConfig
    environment: PexEnvironment
    ca_certs_path: str | None
    is_cluster: bool = False

    @property
    def can_fetch_beside(self) -> bool:
        """Whether the process that assembles an export can start one that fetches."""
        return not (self.is_cluster or self.python.append_only_caches)


def wheel_settings(
    python: PythonExecutable,
    version: str,
    seed: str,
    config: ResolvePexConfig,
    environment: PexEnvironment,
    python_setup: PythonSetup,
    global_options: GlobalOptions,
    *,
    is_cluster: bool,
) -> WheelSettings | None:
    """None if pex is to install everything, because it might take another file than `pip` alone would."""
    if config.no_binary or config.constraints_file:
        return None
    if tuple(map(int, version.split(".")[:2])) < _OLDEST_PYTHON or python_setup.pip_version.value.startswith("20."):
        return None
    return WheelSettings(python, seed, config, environment, global_options.ca_certs_path, is_cluster)


def installable(pins: Sequence[Pin]) -> tuple[Pin, ...]:
    """Those that may have a wheel, which is installed in the usual form."""
    return tuple(pin for pin in pins if pin.name not in _MORE_SCRIPTS and pin.may_be_wheel)


@dataclass(frozen=True)
class DownloadedWheels:
    """A digest with verified wheels in `WHEELS`, and the names of their projects."""

    digest: Digest
    projects: frozenset[str]


async def make_seed(settings: WheelSettings) -> None:
    """Make the seed whose `pip` downloads, if there is none on this machine.

    Downloads would make it, too, but all of an interpreter wait for the same one then, each in one of the few processes
    that the engine runs at once. If this fails, the download says why.
    """
    if os.path.isdir(_seed_here(settings)):
        return
    await try_process(
        Process(
            (settings.python.path, "-s", "-B", "-m", f"{STAGING}.seed", _in_sandbox(settings), settings.python.path),
            env=_variables(settings),
            input_digest=await create_digest(CreateDigest(staging_files())),
            append_only_caches=_caches(settings),
            cache_scope=ProcessCacheScope.PER_SESSION,
            description=f"Make a virtualenv with the pip of {settings.python.path}",
            level=LogLevel.DEBUG,
        )
    )


def _in_sandbox(settings: WheelSettings) -> str:
    return os.path.join(_SEEDS_DIR, settings.seed)


def _seed_here(settings: WheelSettings) -> str:
    return os.path.join(str(settings.environment.named_caches_dir), SEEDS, settings.seed)


def _variables(settings: WheelSettings) -> Mapping[str, str]:
    return {
        "PATH": os.pathsep.join(settings.environment.path),
        **settings.environment.subprocess_environment_dict,
        "PYTHONPATH": OWN_DIR,
    }


def _caches(settings: WheelSettings) -> Mapping[str, str]:
    caches = settings.environment.in_sandbox(working_directory=None).append_only_caches
    return {**caches, **settings.python.append_only_caches, SEEDS: _SEEDS_DIR}


async def download_wheels(pins: Sequence[Pin], settings: WheelSettings) -> DownloadedWheels | None:
    """The wheels of these pins, but for those that have none; None if they cannot be had in this way."""
    await make_seed(settings)
    pip_cache = str(settings.environment.in_sandbox(working_directory=None).pex_root / "pip_cache")
    argv, files = _command(OWN_DIR, pins, settings, _in_sandbox(settings), pip_cache, parts={})
    process = Process(
        argv=argv,
        env=_variables(settings),
        input_digest=await create_digest(CreateDigest([*staging_files(), *files])),
        output_directories=(WHEELS,),
        append_only_caches=_caches(settings),
        description=f"Download {len(pins)} wheels",
        level=LogLevel.DEBUG,
    )
    done = await try_process(process)
    said = tail(done.stderr.decode(errors="replace"))
    if done.exit_code:
        logger.debug(f"Pex installs the missing wheels, because pip failed: {said}")
        return None
    if said:
        logger.debug(said)
    absent = done.stdout.decode().split()
    return DownloadedWheels(done.output_digest, frozenset(pin.name for pin in pins).difference(absent))


async def fetch_beside(
    pins: Sequence[Pin], settings: WheelSettings, parts: Mapping[Pin, Part]
) -> tuple[Fetch, Digest] | None:
    """The process that fetches the wheels of these pins, for the one that assembles the export; and its files.

    It fetches no wheel from which the cache of parts has what is to be installed. None if they are so many that it
    would wait, or if the engine is to decide where this runs.
    """
    if not settings.can_fetch_beside or len(pins) > _FEW:
        return None
    await make_seed(settings)
    pip_cache = str(settings.environment.in_workspace().pex_root / "pip_cache")
    argv, files = _command(_FETCHING, pins, settings, _seed_here(settings), pip_cache, parts)
    env = {**_variables(settings), "PYTHONPATH": _FETCHING}
    modules = await create_digest(CreateDigest(download_files(_FETCHING)))  # memoised
    return Fetch(argv, env, OWN_DIR), await merge_digests([modules, await create_digest(CreateDigest(files))])


def _command(
    modules: str,
    pins: Sequence[Pin],
    settings: WheelSettings,
    seed: str,
    pip_cache: str,
    parts: Mapping[Pin, Part],
) -> tuple[tuple[str, ...], list[FileContent]]:
    """What downloads wheels into `WHEELS`, and the files that it reads beside the modules of a directory."""
    certificates = ca_certs_path_to_file_content(settings.ca_certs_path) if settings.ca_certs_path else None
    certificates_path = certificates.path if certificates else None
    argv = (
        settings.python.path,
        # Without `site`, which runs what other distributions put into it, until it is needed: network.py.
        *("-s", "-S", "-B", f"{modules}/{DOWNLOAD}"),
        *(seed, settings.python.path, _SPEC),
        *("--isolated", "--disable-pip-version-check", "--no-input", "--quiet", "--cache-dir", pip_cache),
        *(("--cert", certificates_path) if certificates_path else ()),
        *("download", "--require-hashes", "--only-binary=:all:", "--no-deps", "--dest", WHEELS),
        *("--requirement", _PINS, *_index_arguments(settings)),
    )
    files = [
        FileContent(_PINS, "".join(f"{pin.hashed}\n" for pin in pins).encode()),
        FileContent(
            _SPEC, json.dumps(_spec(pins, settings, pip_cache, certificates_path, parts), sort_keys=True).encode()
        ),
        *([certificates] if certificates else ()),
    ]
    return argv, files


def _spec(
    pins: Sequence[Pin],
    settings: WheelSettings,
    cache: str,
    certificates_path: str | None,
    parts: Mapping[Pin, Part],
) -> Mapping[str, object]:
    """What `staging/download.py` reads."""
    return {
        "directory": WHEELS,
        "pins": {
            pin.name: {
                "specifier": pin.specifier,
                "hashes": pin.hashes,
                "links": pin.links,
                "part": (parts[pin].path, parts[pin].made_as) if pin in parts else None,
            }
            for pin in pins
        },
        "find_links": settings.config.find_links,
        "network": {
            "cache": cache,
            "indexes": settings.config.indexes,
            "trusted_hosts": _trusted_hosts(settings),
            "certificates": certificates_path,
        },
    }


def _index_arguments(settings: WheelSettings) -> Iterator[str]:
    """The same for `pip`."""
    first, *others = settings.config.indexes or (None,)
    yield from ("--index-url", first) if first else ("--no-index",)
    for index in others:
        yield from ("--extra-index-url", index)
    for link in settings.config.find_links:
        yield from ("--find-links", link)
    for host in _trusted_hosts(settings):
        yield from ("--trusted-host", host)
    yield from ("--retries", "5", "--timeout", "15")


def _trusted_hosts(settings: WheelSettings) -> list[str]:
    urls = (*settings.config.indexes, *settings.config.find_links)
    return [urlsplit(url).netloc for url in urls if url.startswith("http:")]
