"""Containers that interrupted tests left: found by label, never by name, and never while their test run may live."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from devflow.common.errors import tail
from devflow.common.masking import masked
from devflow.common.options import split_commas
from devflow.common.paths import is_inside
from devflow.plain.facts import Container, FoundContainers, Process
from devflow.plain.processes.pants_processes import is_daemon
from devflow.plain.processes.table import ProcessSource
from devflow.plain.settings.configuration import Configuration

DEFAULT_LABELS = ("org.testcontainers=true",)
LIMIT_S = 5.0
_SOCKET = "/var/run/docker.sock"
# Source: testcontainers-python 4.14, `core/labels.py`, `core/container.py`; Docker Compose.
_LANGUAGE, _SESSION = "org.testcontainers.lang", "org.testcontainers.session-id"
_REUSED = ("org.testcontainers.hash", "org.testcontainers.copied_files.hash")
_COMPOSE = ("com.docker.compose.project", "io.podman.compose.project")
_RYUK = "testcontainers-ryuk-"
# What runs tests, by an editor, too (`_jb_pytest_runner.py`); `manage.py test`; and what runs in a sandbox of Pants.
_TEST_RUN = re.compile(
    r"py\.?test|unittest|testcontainers|(?:^|[/\s])(?:tox|nox|trial|behave|robot|ward|nose2?|test)(?:\.\w+|\d)?(?:\s|$)"
)
_SANDBOX = re.compile(r"/pants-sandbox-[^/]+(?:/|$)")
_PYTHON = re.compile(r"(?:^|/)(?:python|pypy|ipython)[\d.]*$")


RunEngine = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


def labels_of(config: Configuration) -> tuple[str, ...]:
    """The labels in `[doctor].container_labels` and `[reset-cache].container_labels`, which are one list."""
    named = [config.texts(scope, "container_labels") or () for scope in ("doctor", "reset-cache")]
    return split_commas(label for labels in named for label in labels) or DEFAULT_LABELS


def list_leftovers(
    labels: Sequence[str],
    environment: Mapping[str, str],
    source: ProcessSource | None,
    *,
    now_s: float,
    limit_s: float = LIMIT_S,
    build_root: str | None = None,
) -> FoundContainers:
    """Ask docker, or podman where there is no docker. One of another machine is not asked, and none is started.

    A Python that works in the build root may be what started a container, too.
    """
    engine = find_engine(environment)
    if engine is None:
        return FoundContainers("", not_asked="there is neither docker nor podman on PATH")
    name = os.path.basename(engine)

    def run(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return run_engine(engine, arguments, environment, limit_s)

    start = f"start {name}, or see what `{name} ps` prints"
    try:
        elsewhere = _elsewhere(name, environment, run)
        if elsewhere:
            return FoundContainers(name, not_asked=elsewhere, fix=_use_this_machine(name, environment))
        ids: dict[str, None] = {}
        for label in labels:
            listed = run(["ps", "--all", "--no-trunc", "--filter", f"label={label}", "--format", "{{.ID}}"])
            if listed.returncode:
                return FoundContainers(name, not_asked=f"{name} does not answer: {tail(listed.stderr)}", fix=start)
            ids.update(dict.fromkeys(listed.stdout.split()))
        inspected = _inspected(list(ids), run)
        sessions = _living_sessions(run) if inspected else frozenset()
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        return FoundContainers(name, not_asked=f"{name} does not answer: {error}", fix=start)
    runs = test_runs(source, build_root)
    found = [_container(one, labels, sessions, runs, now_s) for one in inspected]
    return FoundContainers(name, tuple(sorted(filter(None, found), key=lambda one: (-one.age_s, one.name))))


def find_engine(environment: Mapping[str, str]) -> str | None:
    """The path of docker, or of podman; None if there is neither."""
    path = environment.get("PATH", os.defpath)
    return shutil.which("docker", path=path) or shutil.which("podman", path=path)


def run_engine(
    engine: str, arguments: Sequence[str], environment: Mapping[str, str], limit_s: float = LIMIT_S
) -> subprocess.CompletedProcess[str]:
    """Run docker or podman. Raises: TimeoutExpired, because a dead socket hangs; OSError."""
    return subprocess.run(
        [engine, *arguments],  # noqa: S603
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=limit_s,
    )


def _elsewhere(name: str, environment: Mapping[str, str], run: RunEngine) -> str | None:
    """Why the engine is not to be asked: it is on another machine, or does not run. None for one of this machine."""
    if name == "podman":
        host = environment.get("CONTAINER_HOST", "")
    else:
        host = environment.get("DOCKER_HOST", "")
        if not host and _context(environment) in ("", "default"):
            # To start the client only to hear this takes longer than all other checks together.
            return None if os.path.exists(_SOCKET) else f"{name} does not run: there is no {_SOCKET}"
        host = host or run(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]).stdout.strip()
    local = not host or host.startswith("unix://")
    return None if local else f"{name} is that of another machine: {masked(host)}"


def _use_this_machine(name: str, environment: Mapping[str, str]) -> str:
    if name == "podman":
        return "unset CONTAINER_HOST"
    if environment.get("DOCKER_HOST"):
        return "unset DOCKER_HOST"
    return "start docker" if _context(environment) in ("", "default") else "export DOCKER_CONTEXT=default"


def _context(environment: Mapping[str, str]) -> str:
    """The context of docker's client. Source: docker(1), `docker context`."""
    named = environment.get("DOCKER_CONTEXT")
    if named is not None:
        return named
    home = environment.get("DOCKER_CONFIG") or os.path.join(environment.get("HOME", "/"), ".docker")
    try:
        with open(os.path.join(home, "config.json"), encoding="utf-8") as file:
            config = json.load(file)
    except (OSError, ValueError):
        return ""
    return str(config.get("currentContext", "")) if isinstance(config, Mapping) else ""


def _inspected(ids: Sequence[str], run: RunEngine) -> list[Mapping[str, Any]]:
    """One that has ended meanwhile is left out."""
    if not ids:
        return []
    done = run(["inspect", "--type", "container", *ids])
    found = json.loads(done.stdout or "[]")
    return [one for one in found if isinstance(one, Mapping)]


def _living_sessions(run: RunEngine) -> frozenset[str]:
    """Sessions of testcontainers whose reaper runs: it removes their containers itself."""
    listed = run(["ps", "--filter", f"name={_RYUK}", "--format", "{{.Names}}"])
    return frozenset(name.partition(_RYUK)[2] for name in listed.stdout.split() if _RYUK in name)


def test_runs(source: ProcessSource | None, build_root: str | None = None) -> tuple[Process, ...] | None:
    """The processes that may own containers of tests; None if processes cannot be read.

    Too many rather than too few: whatever names a runner of tests, whatever works in a sandbox of Pants, and a Python
    that works in the build root. The daemon of Pants is none: the tests that it runs are processes of their own.
    """
    if source is None:
        return None
    root = os.path.realpath(build_root) if build_root else None
    return tuple(
        process
        for process in source.processes()
        if process.pid != os.getpid() and not is_daemon(process) and _may_run_tests(process, root)
    )


def _may_run_tests(process: Process, root: str | None) -> bool:
    directory = process.directory or ""
    if _TEST_RUN.search(" ".join(process.arguments)) or _SANDBOX.search(directory):
        return True
    programs = (process.executable or "", *process.arguments[:1])
    return bool(root and is_inside(directory, root)) and any(map(_PYTHON.search, programs))


def _container(
    inspected: Mapping[str, Any],
    labels: Sequence[str],
    sessions: frozenset[str],
    runs: tuple[Process, ...] | None,
    now_s: float,
) -> Container | None:
    """One container; None if it has none of the labels after all. Source: `docker inspect`; podman agrees with it."""
    config, state = inspected.get("Config") or {}, inspected.get("State") or {}
    own: Mapping[str, str] = config.get("Labels") or {}
    if not any(_has(own, label) for label in labels):
        return None
    created_s = _seconds(str(inspected.get("Created", "")))
    return Container(
        str(inspected["Id"]),
        str(inspected.get("Name", "")).lstrip("/"),
        str(config.get("Image", "")),
        now_s - created_s if created_s else 0.0,
        bool(state.get("Running")),
        _blocker(own, created_s, sessions, runs),
    )


def _has(own: Mapping[str, str], label: str) -> bool:
    key, equals, value = label.partition("=")
    return key in own and (not equals or own[key] == value)


def _blocker(
    own: Mapping[str, str], created_s: float | None, sessions: frozenset[str], runs: tuple[Process, ...] | None
) -> str | None:
    compose = next((own[key] for key in _COMPOSE if key in own), None)
    if compose is not None:
        return f"it belongs to the compose project {compose}"
    if any(key in own for key in _REUSED):
        return "it is kept to be used again"
    if own.get(_LANGUAGE, "python") != "python":
        return f"it is of tests in {own[_LANGUAGE]}, whose runs are not known here"
    if own.get(_SESSION) in sessions:
        return "its test run lives"
    if created_s is None:
        return "it does not say when it was made"
    if runs is None:
        return "this Python cannot read processes, so it is unknown whether its test run lives"
    # A test run is there before its containers; the clocks of both have whole seconds.
    owner = next((run for run in runs if run.started_s <= created_s + 1), None)
    return f"process {owner.pid} ({owner.command}) may be its test run" if owner else None


def _seconds(created: str) -> float | None:
    """Since the epoch, of `2024-03-29T10:00:00.123456789Z`."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)(?: \w+)?", created)
    if not match:
        return None
    zone = "+0000" if match[3] == "Z" else match[3].replace(":", "")
    return datetime.strptime(f"{match[1]} {match[2]} {zone}", "%Y-%m-%d %H:%M:%S %z").timestamp()
