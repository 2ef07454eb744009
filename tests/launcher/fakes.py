"""Wheels that stand in for Pants and pex: they install like the real ones and report how they were called.

With FAKE_HOLD=<point> a stand-in stops there: it opens the FIFO `held` for writing, then `go` for reading, both in
FAKE_HOLD_DIR. So a test knows that the point is reached, and can let it go on, without any clock.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from pathlib import Path
from typing import Any

PINNED = "2.17.1"
UNPINNED = "2.16.9"
# Not what any Pants pins, so a test sees that it is read from the installed one.
PEX = "7.7.7"

HOLD = """\
import os
def hold(point):
    if os.environ.get("FAKE_HOLD") == point:
        open(os.environ["FAKE_HOLD_DIR"] + "/held", "w").close()
        open(os.environ["FAKE_HOLD_DIR"] + "/go").close()
"""

NATIVE_CLIENT = """\
#!/bin/sh
if [ "$FAKE_HOLD" = client ]; then
  : >"$FAKE_HOLD_DIR/held"
  : <"$FAKE_HOLD_DIR/go"
fi
echo "client $*"
pwd
env | grep -E '^(PANTS_PEX_CLI|PANTS_PYTHON_REPOS|PANTS_CA|_PANTS|NO_SCIE)' | LC_ALL=C sort
exit "${FAKE_EXIT:-0}"
"""

SERVER = """\
import sys
VERSION = {version!r}
def main():
    print("server", VERSION, *sys.argv[1:])
"""

PEX_CLI = """\
from pants.hold import hold
hold("pex version")
class PexCli:
    default_version = "v{pex}"
"""

PEX_MAIN = """\
import sys
from pex.hold import hold
hold("pex")
for argument in sys.argv:
    if argument.startswith("--output-file="):
        with open(argument.partition("=")[2], "w") as file:
            file.write("a stand-in for pex\\n")
"""


def write_wheel(directory: Path, distribution: str, version: str, files: dict[str, str], requires: str = "") -> None:
    info = f"{distribution}-{version}.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},{_hash(text)},{len(text)}\n" for name, text in files.items()) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(directory / f"{distribution}-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(name, text)


def _hash(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    return f"sha256={digest.decode().rstrip('=')}"


def write_wheels(directory: Path) -> Path:
    for version in (PINNED, UNPINNED):
        packages = ("pants", "pants/bin", "pants/backend", "pants/backend/python", "pants/backend/python/util_rules")
        files = {f"{package}/__init__.py": "" for package in packages}
        files["pants/hold.py"] = HOLD
        files["pants/bin/pants_loader.py"] = SERVER.format(version=version)
        files["pants/bin/native_client"] = NATIVE_CLIENT
        files["pants/backend/python/util_rules/pex_cli.py"] = PEX_CLI.format(pex=PEX)
        # As the real ones do.
        write_wheel(directory, "pantsbuild.pants", version, files, f"Requires-Dist: pex=={PEX}\n")
    write_wheel(directory, "pex", PEX, {"pex/__init__.py": "", "pex/hold.py": HOLD, "pex/__main__.py": PEX_MAIN})
    return directory


def write_lockfile(lockfile: Path, wheels: Path) -> None:
    lines = []
    for name, wheel in (("pantsbuild-pants", f"pantsbuild.pants-{PINNED}"), ("pex", f"pex-{PEX}")):
        digest = hashlib.sha256((wheels / f"{wheel}-py3-none-any.whl").read_bytes()).hexdigest()
        lines.append(f"{name}=={wheel.rsplit('-', 1)[1]} \\\n    --hash=sha256:{digest}\n")
    lockfile.write_text("".join(lines))


class Hold:
    """The test's end of FAKE_HOLD."""

    def __init__(self, directory: Path, point: str) -> None:
        directory.mkdir()
        self.directory = directory
        self.environ: dict[str, Any] = {"FAKE_HOLD": point, "FAKE_HOLD_DIR": str(directory)}
        for name in ("held", "go"):
            os.mkfifo(directory / name)

    def wait(self) -> None:
        (self.directory / "held").open().close()

    def release(self) -> None:
        (self.directory / "go").open("w").close()
