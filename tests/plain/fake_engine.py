"""An engine of containers of which only the answers are real: those of docker and podman."""

from __future__ import annotations

import json
from pathlib import Path

from devflow.plain.containers import DEFAULT_LABELS, list_leftovers
from devflow.plain.facts import FoundContainers, Process
from reset_cache.fakes import FakeSource

NOW_S = 1_700_000_000.0
MADE = "2023-11-14T21:13:20.123456789Z"  # an hour before
LABELS = {"org.testcontainers": "true", "org.testcontainers.lang": "python", "org.testcontainers.session-id": "s1"}
ENGINE = """\
#!/bin/sh
cd {directory}
case "$1" in
  context) echo "$HOST" ;;
  ps) case "$*" in *--all*) cat ids ;; *) cat ryuk ;; esac ;;
  inspect) cat inspected ;;
  rm) {removal} ;;
esac
"""


def container(**labels: str) -> dict[str, object]:
    return {
        "Id": "c" * 64,
        "Name": "/test-db",
        "Created": MADE,
        "State": {"Running": True},
        "Config": {"Image": "postgres:16", "Labels": {**LABELS, **labels}},
    }


class Engine:
    """`docker`, or `podman`, as the only one on its PATH; `removal` is what it does to remove containers."""

    def __init__(self, base: Path, name: str = "docker", removal: str = ": > ids; echo '[]' > inspected") -> None:
        self.base = base
        self.environment = {"PATH": f"{base}:/usr/bin:/bin", "DOCKER_HOST": "unix:///var/run/docker.sock"}
        program = base / name
        program.write_text(ENGINE.format(directory=base, removal=removal))
        program.chmod(0o755)
        self.answer([container()])

    def answer(self, inspected: list[dict[str, object]], ryuk: str = "") -> None:
        (self.base / "ids").write_text("".join(f"{one['Id']}\n" for one in inspected))
        (self.base / "inspected").write_text(json.dumps(inspected))
        (self.base / "ryuk").write_text(ryuk)

    def list(self, *processes: Process, source: bool = True) -> FoundContainers:
        fake = FakeSource(list(processes)) if source else None
        return list_leftovers(DEFAULT_LABELS, self.environment, fake, now_s=NOW_S)
