"""Wheels are downloaded by means of the `pip` of a seed, which is made if there is none."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import download
from harness.bundled_pip import unpack_pip


def seed(directory: Path, version: str) -> Path:
    """A seed whose Python prints its arguments, and the environment that was changed for it."""
    tree = directory / "seeds/0123"
    (tree / "bin").mkdir(parents=True)
    (tree / f"lib/python3.11/site-packages/pip-{version}.dist-info").mkdir(parents=True)
    python = tree / "bin/python"
    python.write_text('#!/bin/sh\necho "$@" "$TMPDIR" "PATH=$PATH"\n')
    python.chmod(0o755)
    return tree


def run(directory: Path, *arguments: str, options: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Python finds the modules of this process, and before them those of `directory`."""
    return subprocess.run(
        [sys.executable, *options, "-m", download.__name__, *arguments],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(directory), *map(os.path.abspath, sys.path)])},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("version", ["21.3", "21.3.1", "25.0"])
def test_pip_does_what_cannot_be_done_without(tmp_path: Path, version: str) -> None:
    seed(tmp_path, version)  # nothing can be imported from it
    (tmp_path / "pins.json").write_text("{}")
    done = run(tmp_path, "seeds/0123", "/no/python", "pins.json", "download", "--dest", "x")
    assert done.stdout == f"-I -B -m pip download --dest x {tmp_path.resolve()}/.tmp PATH=\n"
    assert done.stderr.startswith("pip downloads the wheels, because of: KeyError(")
    assert done.returncode == 0


def test_pins_without_a_wheel_are_printed(tmp_path: Path) -> None:
    tree = seed(tmp_path, "23.2.1")
    unpack_pip(tree / "lib/python3.11/site-packages")
    (tmp_path / "links").mkdir()
    content = b"a wheel"
    (tmp_path / "links/a-1.0-py3-none-any.whl").write_bytes(content)
    hashes = [f"sha256:{hashlib.sha256(content).hexdigest()}"]
    pins = {name: {"specifier": "==1.0", "hashes": hashes, "links": []} for name in ("a", "b", "c")}
    network: dict[str, object] = {"cache": "cache", "indexes": [], "trusted_hosts": [], "certificates": None}
    spec = {"directory": "wheels", "pins": pins, "find_links": ["links"], "network": network}
    (tmp_path / "pins.json").write_text(json.dumps(spec))
    done = run(tmp_path, "seeds/0123", "/no/python", "pins.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "b\nc\n", "")
    assert (tmp_path / "wheels/a-1.0-py3-none-any.whl").read_bytes() == content


@pytest.mark.parametrize(("index", "said"), [(None, ""), ("file:///there/is/none", "certificates are added\n")])
def test_what_a_machine_adds_to_python_is_there_for_the_session_of_pip(
    tmp_path: Path, index: str | None, said: str
) -> None:
    """As certificates of a company. It may take longer than all the rest, which does without it."""
    tree = seed(tmp_path, "23.2.1")
    unpack_pip(tree / "lib/python3.11/site-packages")
    (tmp_path / "sitecustomize.py").write_text("import sys; print('certificates are added', file=sys.stderr)\n")
    pins = {"a": {"specifier": "==1.0", "hashes": ["sha256:0123"], "links": []}}
    network = {"cache": "cache", "indexes": [index] if index else [], "trusted_hosts": [], "certificates": None}
    spec = {"directory": "wheels", "pins": pins, "find_links": [], "network": network}
    (tmp_path / "pins.json").write_text(json.dumps(spec))
    done = run(tmp_path, "seeds/0123", "/no/python", "pins.json", options=["-S"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "a\n", said)


@pytest.mark.parametrize("version", ["20.2.3", "21.2.4", "9.0"])
def test_an_old_pip_might_take_another_wheel(tmp_path: Path, version: str) -> None:
    seed(tmp_path, version)
    done = run(tmp_path, "seeds/0123", "/no/python", "pins.json", "download")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "the pip of /no/python is older than 21.3\n"


def test_what_makes_a_seed_is_imported_only_for_that(tmp_path: Path) -> None:
    seed(tmp_path, "23.2.1")
    verbose = [sys.executable, "-v", "-m", download.__name__, "seeds/0123", "/no/python", "pins.json"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    done = subprocess.run(verbose, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert "devflow.export_all_resolves.staging" in done.stderr
    assert "staging.seed" not in done.stderr


def test_a_python_without_pip(tmp_path: Path) -> None:
    done = run(tmp_path, "seeds/0123", "/no/python", "pins.json", "download")
    assert (done.returncode, done.stderr) == (1, "/no/python has no ensurepip\n")
