"""No machine and no clone makes a check fail with an error of Python: it finds what is wrong, or says why it cannot."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from doctor.broken import Clone, healthy_clone
from hypothesis import HealthCheck as Health
from hypothesis import given, settings
from hypothesis import strategies as st

from devflow.doctor import __main__ as plain
from devflow.doctor import report
from devflow.doctor.checks.registry import ALL_CHECKS
from devflow.doctor.inspect import made
from devflow.doctor.plan import Diagnosis

OF_PYTHON = re.compile(r"\b(?:[A-Z]\w*(?:Error|Exception)|Traceback|object has no attribute|is not iterable)\b")
# Those that read files only, so that a property is quick. None of them runs a program if PATH is empty.
NOT_QUICK = {"index", "locale", "exports", "watches", "launcher", "launchers", "open-files", "address-space"}
QUICK = [check for check in ALL_CHECKS if check.name not in NOT_QUICK]
SCOPES = {
    "GLOBAL": (
        "pants_version local_store_dir named_caches_dir local_execution_root_dir pants_workdir pants_distdir "
        "pants_subprocessdir pantsd pantsrc verify_config keep_sandboxes local_store_shard_count "
        "local_store_processes_max_size_bytes local_store_files_max_size_bytes"
    ),
    "python": (
        "enable_resolves resolves interpreter_constraints resolves_to_interpreter_constraints "
        "invalid_lockfile_behavior resolves_generate_lockfiles"
    ),
    "python-bootstrap": "search_path",
    "doctor": "git_hooks git_hooks_fix container_labels",
    "reset-cache": "container_labels",
    "DEFAULT": "x",
    "Strange": "x",
}
WORDS = st.sampled_from(
    "|x|true|false|/|.|..|~|1|-1|0|2.17.1|1GiB|a\nb|\u202e|é|a b|'|%(x)s|%(env.HOME)s|%(|[|['a']|+['b']|-['b']|"
    "{'a': 'b'}|+{'a': 1}|<PATH>|<PYENV>|==3.9.*|>=3.8,<3.10|CPython==9|$(touch x)|\x1b[31m|://".split("|")
)
SCALARS = st.one_of(WORDS, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(max_size=5))
KEYS = st.sampled_from(["a", "b", "add", "remove", "python-default"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=5,
)


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps("".join(char if char.isprintable() else " " for char in value), ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {toml(one)}' for key, one in value.items())}}}"
    return str(value)


@st.composite
def documents(draw: st.DrawFn) -> str:
    lines: list[str] = []
    for scope in draw(st.lists(st.sampled_from(sorted(SCOPES)), unique=True, max_size=4)):
        if draw(st.integers(0, 9)) == 0:
            lines.insert(0, f"{scope} = {toml(draw(VALUES))}")
            continue
        lines.append(f"[{scope}]")
        for option in draw(st.lists(st.sampled_from(SCOPES[scope].split()), unique=True, max_size=4)):
            lines.append(f"{option} = {toml(draw(VALUES))}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(os.path.realpath(tmp_path_factory.mktemp("hostile")))


def assert_no_error_of_python(clone: Clone) -> Diagnosis:
    world = clone.world()
    diagnosis = Diagnosis(tuple(made(check, world) for check in QUICK))
    for result in diagnosis.results:
        assert not OF_PYTHON.search(result.not_checked), f"{result.check}: {result.not_checked}"
    printed = "\n".join(report.lines(diagnosis, verbose=True))
    assert printed.isprintable() or set(filter(lambda char: not char.isprintable(), printed)) == {"\n"}
    assert json.loads(report.as_json(diagnosis))["results"]
    return diagnosis


@settings(max_examples=80, deadline=None, suppress_health_check=list(Health))
@given(
    documents(),
    st.dictionaries(
        st.sampled_from(
            [
                "PANTS_PYTHON_RESOLVES",
                "PANTS_CONFIG_FILES",
                "PANTS_LEVEL",
                "PANTS_LOCAL_STORE_DIR",
                "PANTS_DOCTOR_GIT_HOOKS",
                "PYENV_ROOT",
                "PANTS_PYTHON_INTERPRETER_CONSTRAINTS",
            ]
        ),
        WORDS,
        max_size=2,
    ),
)
def test_whatever_the_configuration_holds(base: Path, text: str, environment: dict[str, str]) -> None:
    clone = Clone(base, environment={"PATH": str(base / "none"), **environment})
    clone.write("repo/pants.toml", text)
    assert_no_error_of_python(clone)


@settings(max_examples=60, deadline=None, suppress_health_check=list(Health))
@given(st.binary(max_size=40))
def test_whatever_bytes_are_in_the_files(base: Path, content: bytes) -> None:
    clone = Clone(base, environment={"PATH": str(base / "none")})
    clone.configure('[python]\nenable_resolves = true\n[python.resolves]\na = "a.lock"\n')
    for name in (".pants.rc", ".pants.bootstrap", ".pants.env", "a.lock", "../store/cache/0/data.mdb"):
        clone.write(f"repo/{name}", content)
    assert_no_error_of_python(clone)
    clone.write("repo/pants.toml", content)
    assert_no_error_of_python(clone)
    for name in (".pants.rc", ".pants.bootstrap", ".pants.env", "a.lock"):
        (clone.root / name).unlink()


NAMES = ("pants.toml", ".pants.rc", ".pants.bootstrap", ".git", ".pids", ".pants.d", "dist", "a.lock")


@pytest.mark.parametrize("kind", ["directory", "file", "loop", "fifo", "device"])
@pytest.mark.parametrize("name", [*NAMES, "../store", "../store/cache", "../store/cache/0/data.mdb", "../execution"])
def test_another_kind_of_file_than_expected(clone: Clone, name: str, kind: str) -> None:
    clone.environment["PATH"] = str(clone.base / "none")
    clone.configure('[python]\nenable_resolves = true\n[python.resolves]\na = "a.lock"\n')
    path = clone.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if kind == "directory":
        path.mkdir()
    elif kind == "file":
        path.write_text("x")
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to(path if kind == "loop" else "/dev/full")
    assert_no_error_of_python(clone)


@pytest.fixture()
def open_clone() -> Iterator[Clone]:
    """One that other users may enter."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        yield healthy_clone(Path(os.path.realpath(directory)))


@pytest.mark.parametrize(
    "name", ["repo/.git", "repo/.pants.d", "repo/dist", "store", "store/cache", "execution", "named", "repo", "pyenv"]
)
def test_a_directory_that_cannot_be_read(open_clone: Clone, name: str) -> None:
    """In a child, as a user who is not root."""
    open_clone.configure('[python]\nenable_resolves = true\ninterpreter_constraints = ["==3.9.*"]\n')
    open_clone.environment.update(PATH=str(open_clone.base / "none"), PYENV_ROOT=str(open_clone.base / "pyenv"))
    open_clone.write("pyenv/versions/3.9.1/bin/python3.9", mode=0o755)
    closed = open_clone.base / name
    closed.mkdir(parents=True, exist_ok=True)
    if os.getuid() == 0:
        for path in (open_clone.base, *open_clone.base.rglob("*")):
            os.chown(path, 65534, -1)
    closed.chmod(0)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            if os.getuid() == 0:
                os.setresuid(65534, 65534, 65534)
            open_clone.options = {"user_id": os.getuid()}
            assert_no_error_of_python(open_clone)
            os.write(write, b"fine")
        except BaseException as error:
            os.write(write, repr(error).encode()[:4000])
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        assert pipe.read().decode() == "fine"
    os.waitpid(child, 0)
    closed.chmod(0o755)


def run_plain(clone: Clone, *args: str, cwd: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    plugins = str(plain.__file__).rpartition("/devflow/")[0]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(clone.base / "home"), "PYTHONPATH": plugins, **environment}
    command = [sys.executable, "-m", "devflow.doctor", *args]
    done = subprocess.run(command, cwd=cwd or clone.root, env=env, capture_output=True, check=False)
    assert done.returncode in (0, 1)
    assert not OF_PYTHON.search((done.stdout + done.stderr).decode(errors="replace")), done.stdout + done.stderr
    return done


def test_names_that_are_no_text(clone: Clone) -> None:
    """Of the clone, of what is in it, and of variables; on a file system that takes them."""
    root = os.fsencode(clone.base) + b"/\xff repo\x1b[31m\n"
    os.rename(clone.root, root)
    for name in (b"/.pants.d/\xfe", b"/dist/\xfe", b"/.git/hooks/\xfe"):
        os.makedirs(root + name)
    os.makedirs(os.fsencode(clone.base) + b"/execution/pants-sandbox-\xff")
    with open(root + b"/pants.toml", "a", encoding="utf-8") as config:
        config.write('local_store_shard_count = 7\n[doctor]\ngit_hooks = ["\\u00ff"]\n')
    strange = os.fsdecode(b"\xff\xfe")
    done = run_plain(clone, "--verbose", cwd=root, PANTS_STRANGE=strange, PATH=f"/usr/bin:/bin:/{strange}", CI=strange)
    assert done.stderr == b""
    assert b"\x1b" not in done.stdout
    document = run_plain(clone, "--format=json", cwd=root, PANTS_STRANGE=strange)
    assert json.loads(document.stdout)["goal"] == "doctor"


@pytest.mark.parametrize("arguments", [(), ("--format=json",), ("--only=ü",)])
def test_a_terminal_that_has_only_ascii(clone: Clone, arguments: tuple[str, ...]) -> None:
    """The locale in which Pants does not start is the one in which the user calls this program."""
    clone.write("repo/pants.toml", "[GLOBAL]\n")  # of which the fix has an ellipsis
    clone.write("repo/.pants.bootstrap", "export PYTHON=/no/pythön\n")
    done = run_plain(clone, *arguments, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 1
    assert done.stdout or done.stderr
    (done.stdout + done.stderr).decode("ascii")
