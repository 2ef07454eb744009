"""Machines that lack Pythons, and a stand-in for `uv`."""

from __future__ import annotations

import shutil
from pathlib import Path

# Beside a PATH without Python, so that pyenv's versions are none.
BARE = {"PYENV_ROOT": "/nonexistent"}

# Notes its calls. What it installs is {python} by another name, which answers for its version.
FAKE_UV = """\
version=$3
case "$1 $2" in
  "python install") echo "$* link=$UV_PYTHON_INSTALL_BIN" >>"{uv}/calls" ;;
  *) echo "$*" >>"{uv}/calls" ;;
esac
case "$*" in
  "python find"*) echo "error: the first python3.9 does not run" >&2; exit 2 ;;
  "python dir") echo "{uv}/python" ;;
  "python dir --bin") echo "{uv}/bin" ;;
  "python install "*)
    if [ "$FAKE_HOLD" = uv ]; then : >"$FAKE_HOLD_DIR/held"; : <"$FAKE_HOLD_DIR/go"; fi
    if [ "$FAKE_UV" = fails ]; then
      printf 'Downloading\\n\\nerror: Failed to install cpython-3.9\\n  cause: no route\\n' >&2
      exit 1
    fi
    "{python}" -c 'import os, sys
base, version, link, python = sys.argv[1:]
home = base + "/python/cpython-" + version + ".2-linux-x86_64-gnu/bin"
os.makedirs(home)
with open(home + "/python" + version, "w") as file:
    file.write("#!/bin/sh\\ncase \\"$*\\" in *version_info[[]1[]]*) echo " + version[2:] + "; exit;; esac\\n")
    file.write("exec " + python + " \\"$@\\"\\n")
os.chmod(file.name, 0o755)
if link == "1":
    os.symlink(file.name, base + "/bin/python" + version)
' "{uv}" "$version" "$UV_PYTHON_INSTALL_BIN" "{python}" ;;
esac
"""


def path_without_python(directory: Path) -> str:
    """A PATH with what the launcher itself needs, and neither a python3.9 nor a uv."""
    directory.mkdir()
    for tool in ("bash", "cksum", "env", "readlink"):
        found = shutil.which(tool)
        assert found is not None
        (directory / tool).symlink_to(found)
    return str(directory)


def script(path: Path, text: str) -> Path:
    """An executable for /bin/sh."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path
