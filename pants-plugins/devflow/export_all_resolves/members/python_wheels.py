"""Wheels of pinned distributions, downloaded by one `pip` for all: docs/adr/0014.

Pex would start a `pip` of its own to find them, and another one to install each.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.pex_environment import PexEnvironment, PythonExecutable
from pants.engine.fs import CreateDigest, Digest, FileContent
from pants.engine.process import Process
from pants.option.global_options import GlobalOptions, ca_certs_path_to_file_content
from pants.util.logging import LogLevel

from devflow.common.errors import tail
from devflow.engine import create_digest, try_process
from devflow.engine.python import ResolvePexConfig
from devflow.export_all_resolves.members.python_pins import Pin
from devflow.export_all_resolves.sandbox import STAGING, staging_files
from devflow.export_all_resolves.staging.build import OWN_DIR

logger = logging.getLogger(__name__)

SEEDS = "devflow_venv_seeds"  # the named cache
WHEELS = f"{OWN_DIR}/wheels"
_PINS = f"{OWN_DIR}/pins.txt"
_SPEC = f"{OWN_DIR}/pins.json"
_PAGE = f"{OWN_DIR}/index.html"
_OLDEST_PYTHON = (3, 9)  # of the modules in the sandbox
_MORE_SCRIPTS = frozenset({"pip", "setuptools"})  # pip installs these in a form of their own


@dataclass(frozen=True)
class WheelSettings:
    """What decides how wheels are found; `seed` is the name of that of the interpreter."""

    python: PythonExecutable
    seed: str
    config: ResolvePexConfig
    environment: PexEnvironment
    ca_certs_path: str | None


def wheel_settings(
    python: PythonExecutable,
    version: str,
    seed: str,
    config: ResolvePexConfig,
    environment: PexEnvironment,
    python_setup: PythonSetup,
    global_options: GlobalOptions,
) -> WheelSettings | None:
    """None if pex is to install everything, because it might take another file than `pip` alone would."""
    if config.no_binary or config.constraints_file:
        return None
    if tuple(map(int, version.split(".")[:2])) < _OLDEST_PYTHON or python_setup.pip_version.value.startswith("20."):
        return None
    return WheelSettings(python, seed, config, environment, global_options.ca_certs_path)


def installable(pins: Sequence[Pin]) -> tuple[Pin, ...]:
    """Those that may have a wheel, which is installed in the usual form."""
    return tuple(pin for pin in pins if pin.name not in _MORE_SCRIPTS and pin.may_be_wheel)


async def download_wheels(pins: Sequence[Pin], settings: WheelSettings, *, checked: bool) -> Digest | None:
    """The wheels of these pins in `WHEELS`, verified by their hashes; None if any of them cannot be had in this way.

    `checked`: only if they are all that they require.
    """
    certificates = ca_certs_path_to_file_content(settings.ca_certs_path) if settings.ca_certs_path else None
    caches = settings.environment.in_sandbox(working_directory=None)
    seeds = os.path.join(".cache", SEEDS)
    cache = str(caches.pex_root / "pip_cache")
    files = [
        FileContent(_PINS, "".join(f"{pin.hashed}\n" for pin in pins).encode()),
        FileContent(_SPEC, json.dumps(_spec(pins, settings, cache, certificates), sort_keys=True).encode()),
        *([certificates] if certificates else ()),
    ]
    process = Process(
        argv=(
            settings.python.path,
            *("-s", "-B", "-m", f"{STAGING}.download", os.path.join(seeds, settings.seed), settings.python.path, _SPEC),
            *("--isolated", "--disable-pip-version-check", "--no-input", "--quiet", "--cache-dir", cache),
            *(("--cert", certificates.path) if certificates else ()),
            *("download", "--require-hashes", "--only-binary=:all:", "--dest", WHEELS, "--requirement", _PINS),
            *(() if checked else ("--no-deps",)),
        ),
        env={
            "PATH": os.pathsep.join(settings.environment.path),
            **settings.environment.subprocess_environment_dict,
            "PYTHONPATH": OWN_DIR,
        },
        input_digest=await create_digest(CreateDigest([*staging_files(), *files])),
        output_directories=(WHEELS,),
        append_only_caches={**caches.append_only_caches, **settings.python.append_only_caches, SEEDS: seeds},
        description=f"Download {len(pins)} wheels",
        level=LogLevel.DEBUG,
    )
    done = await try_process(process)
    if done.exit_code:
        logger.debug(
            f"Pex installs the missing wheels, because pip failed: {tail(done.stderr.decode(errors='replace'))}"
        )
        return None
    return done.output_digest


def _spec(
    pins: Sequence[Pin], settings: WheelSettings, cache: str, certificates: FileContent | None
) -> dict[str, object]:
    """What `staging/fetch.py` reads."""
    indexes, find_links = settings.config.indexes, settings.config.find_links
    first, *others = indexes or (None,)
    index_arguments = ["--index-url", first] if first else ["--no-index"]
    for index in others:
        index_arguments += ["--extra-index-url", index]
    common = ["--retries", "5", "--timeout", "15"]
    for link in find_links:
        common += ["--find-links", link]
    for url in (*indexes, *find_links):
        if url.startswith("http:"):
            common += ["--trusted-host", urlsplit(url).netloc]
    return {
        # A password of an index may be for its files, too, and then pip must know the index.
        "narrow": not any("@" in urlsplit(index).netloc for index in indexes),
        "page": _PAGE,
        "hashes": {pin.name: pin.hashes for pin in pins},
        "links": {pin.name: pin.links for pin in pins if pin.links},
        "indexes": indexes,
        "index_arguments": index_arguments,
        "common_arguments": common,
        "cache": cache,
        "certificates": certificates.path if certificates else None,
    }
