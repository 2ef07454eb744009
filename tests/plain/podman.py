"""A podman of a test's own: rootful, with runc, its images and containers in the test's directory, and no network."""

from __future__ import annotations

import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import psutil

# crun and the default limits need what a container in a container does not have.
CONFIGURATION = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
netns = "none"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
WRAPPER = """\
#!/bin/sh
exec /usr/bin/podman --root {base}/root --runroot {base}/run --storage-driver vfs "$@"
"""
IMAGE = "bb:1"


@dataclass(frozen=True)
class Podman:
    """`environment` has a PATH on which `podman` is this one, and no docker."""

    base: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "CONTAINERS_CONF": str(self.base / "containers.conf"),
            "HOME": str(self.base),
            "PATH": f"{self.base}/bin:/usr/sbin:/sbin",
        }

    def run(self, *args: str) -> str:
        """Run podman; returns its stripped output. Raises: CalledProcessError."""
        environment = {**self.environment, "PATH": f"{self.base}/bin:{os.environ['PATH']}"}
        done = subprocess.run(
            [str(self.base / "bin" / "podman"), *args], env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def start(self, name: str, *labels: str, volume: str = "") -> str:
        """A container that sleeps; returns its id."""
        flags = [f"--label={label}" for label in labels]
        volumes = [f"--volume={volume}:/data", "--volume=/anonymous"] if volume else []
        return self.run("run", "--detach", f"--name={name}", *flags, *volumes, IMAGE, "/bin/busybox", "sleep", "600")

    def is_at_work(self) -> bool:
        """Whether a process with its directories runs: each container has one that outlives it for a moment."""
        commands = (process.info["cmdline"] or () for process in psutil.process_iter(["cmdline"]))
        return any(f"{self.base}/root" in command for command in commands)


def make_podman(base: Path) -> Podman:
    """With an image that has busybox only."""
    podman = Podman(base)
    (base / "bin").mkdir(parents=True)
    (base / "containers.conf").write_text(CONFIGURATION)
    wrapper = base / "bin" / "podman"
    wrapper.write_text(WRAPPER.format(base=base))
    wrapper.chmod(0o755)
    with tarfile.open(base / "image.tar", "w") as archive:
        archive.add("/bin/busybox", "bin/busybox")
    podman.run("import", str(base / "image.tar"), IMAGE)
    return podman
