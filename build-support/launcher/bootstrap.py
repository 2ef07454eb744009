"""Install one Pants into the cache: the slow path of `./pants`, which needs Python 3.9 and its standard library.

An entry of the cache is a virtualenv that is never changed once it is there. It is built in a directory of its own and
renamed, by whoever holds the cache's lock; the kernel frees that lock when its holder dies, however that happens. So
what the next holder finds under a temporary name is left over from a killed run, and goes.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from failures import Failure, explain_installer, explain_os_error, printable

# Part of the key: raise it when the layout of an entry changes.
SCHEMA = 3
HERE = Path(__file__).resolve().parent
TEMPORARY = "tmp-devflow-"
# Finds what it runs by where it is, so that the virtualenv can be built elsewhere and renamed. Like Pants' official
# launcher, it keeps PYTHONPATH and its kin from Python: what they name is made for other Pythons.
SERVER_SCRIPT = '#!/bin/sh\nexec "${0%/*}/python" -I "${0%/*}/server.py" "$@"\n'
# What that script runs, copied into the entry.
SERVER_PARTS = ("server.py", "damage.py")
PLATFORMS = ("linux_arm64", "linux_x86_64", "macos_arm64", "macos_x86_64")
# Settings that say where pip installs to, or what, would make it install something else than what we ask for.
PIP_DISTRACTIONS = (
    "PIP_CONSTRAINT PIP_DRY_RUN PIP_EDITABLE PIP_IGNORE_INSTALLED PIP_NO_DEPS PIP_PREFIX PIP_PYTHON PIP_QUIET "
    "PIP_REQUIREMENT PIP_REQUIRE_VIRTUALENV PIP_ROOT PIP_TARGET PIP_USER PIP_WHEEL_DIR"
).split()


def say(*lines: str) -> None:
    """Chatter, on standard error."""
    print("./pants: " + "\n  ".join(map(printable, lines)), file=sys.stderr, flush=True)


def key(args):
    """What tells this installation from others of the same version."""
    identity = (SCHEMA, args.version, sys.version, sysconfig.get_platform(), os.path.realpath(sys._base_executable))
    digest = hashlib.sha256(repr(identity).encode())
    for part in SERVER_PARTS:
        digest.update((HERE / part).read_bytes())
    if args.lockfile:
        digest.update(Path(args.lockfile).read_bytes())
    return digest.hexdigest()[:16]


def is_whole(entry):
    """Whether an entry has all that this script put there; `ready` is the last thing written and says what."""
    try:
        client, known_versions = (entry / "ready").read_text().splitlines()
        pex = (entry / "pex").read_bytes() if known_versions else b""
    except (OSError, ValueError):
        return False
    if not all((entry / "bin" / part).exists() for part in SERVER_PARTS):
        return False
    executables = ["python", "pants"] + ([client] if client else [])
    return all(os.access(entry / "bin" / name, os.X_OK) for name in executables) and known_versions == known(
        pex, known_versions
    )


def known(pex, like):
    """The value of PANTS_PEX_CLI_KNOWN_VERSIONS for a pex tool of the version that `like` is about."""
    if not pex:
        return ""
    version = like.strip("[]'").split("|")[0]
    digest = hashlib.sha256(pex).hexdigest()
    return repr([f"{version}|{platform}|{digest}|{len(pex)}" for platform in PLATFORMS])


class Install:
    """One attempt to build an entry in `tmp`."""

    def __init__(self, args, tmp):
        self.args = args
        self.tmp = tmp
        self.wheels = tmp / "wheels"
        self.venv = tmp / "venv"
        self.python = self.venv / "bin" / "python"
        self.environ = {
            k: v for k, v in os.environ.items() if k not in PIP_DISTRACTIONS and not k.startswith(("PEX_", "PYTHON"))
        }
        self.environ.update(TMPDIR=str(tmp), PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
        # pip knows the first two by itself, but not the variable that OpenSSL and Pants go by.
        if not {"PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} & set(self.environ) and self.environ.get(
            "SSL_CERT_FILE"
        ):
            self.environ["REQUESTS_CA_BUNDLE"] = self.environ["SSL_CERT_FILE"]

    def run(self, *command, **environ):
        """Standard output and error of a command that worked; raises CalledProcessError with them otherwise."""
        return subprocess.run(
            [str(word) for word in command],
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=True,
        ).stdout

    def fetch(self, *requirements):
        """Turn requirements into wheels: the one step that needs the network."""
        try:
            self.run(
                self.python, "-I", "-m", "pip", "wheel", "--prefer-binary", f"--wheel-dir={self.wheels}", *requirements
            )
        except subprocess.CalledProcessError as error:
            raise explain_installer(error.stdout, self.args) from error

    def build(self):
        """Make the virtualenv and all that `./pants` expects in it; `ready` comes last."""
        version = self.args.version
        say(f"installing Pants {version} for {sys.executable} into {self.args.cache} (once; takes about a minute)")
        self.run(sys.executable, "-I", "-m", "venv", "--without-pip", self.venv)
        self.run(self.python, "-I", "-m", "ensurepip", "--default-pip")
        if self.args.lockfile:
            self.fetch("--no-deps", "--require-hashes", f"--requirement={self.args.lockfile}")
        else:
            self.fetch(f"pantsbuild.pants=={version}")
        pip_install = (
            self.python,
            "-I",
            "-m",
            "pip",
            "--isolated",
            "install",
            "--no-index",
            "--no-deps",
            "--no-cache-dir",
        )
        self.run(*pip_install, *sorted(self.wheels.glob("*.whl")))
        # The scripts that pip made hold the path of this directory, which will be another one.
        for script in (self.venv / "bin").iterdir():
            if not script.name.startswith("python"):
                script.unlink()
        for part in SERVER_PARTS:
            shutil.copy(HERE / part, self.venv / "bin")
        (self.venv / "bin" / "pants").write_text(SERVER_SCRIPT)
        (self.venv / "bin" / "pants").chmod(0o755)
        pex_version = self.pex_version()
        pex = self.build_pex(pex_version) if pex_version else b""
        (self.venv / "ready").write_text(f"{self.native_client()}\n{known(pex, pex_version)}\n")

    def pex_version(self):
        """The version of the pex tool that this Pants is made for, or nothing if it has no such tool."""
        code = "from pants.backend.python.util_rules.pex_cli import PexCli; print(PexCli.default_version)"
        try:
            return self.run(self.python, "-I", "-W", "ignore", "-c", code).split()[-1]
        except subprocess.CalledProcessError as error:
            if "No module named 'pants.backend.python.util_rules" in error.stdout:
                return ""
            raise

    def build_pex(self, version):
        """The tool as Pants would download it; the same bytes everywhere, for its digest is in every cache key."""
        requirement = "pex==" + version.lstrip("v")
        if not list(self.wheels.glob(f"pex-{version.lstrip('v')}-*.whl")):
            self.fetch("--no-deps", requirement)
        command = (
            *(self.python, "-I", "-W", "ignore", "-m", "pex", requirement, "--no-index", f"--find-links={self.wheels}"),
            *("--console-script=pex", "--python-shebang=/usr/bin/env python3", f"--output-file={self.venv / 'pex'}"),
            *("--disable-cache", f"--tmpdir={self.tmp}"),
            # As it is released: without them, what it starts would not see PEX_ROOT, and would use ~/.pex.
            *("--no-strip-pex-env", "--include-tools"),
        )
        try:
            # Compressed bytes would differ between builds of zlib.
            self.run(*command, "--no-compress", PEX_IGNORE_RCFILES="1")
        except subprocess.CalledProcessError as error:
            if "unrecognized arguments" not in error.stdout:
                raise
            self.run(*command, PEX_IGNORE_RCFILES="1")
        return (self.venv / "pex").read_bytes()

    def native_client(self):
        """The name of the native client, if this Pants has one and the machine can run it."""
        found = list(self.venv.glob("lib/python3.*/site-packages/pants/bin/native_client"))
        if not found:
            return ""
        client = self.venv / "bin" / "pants-client"
        shutil.copy(found[0], client)
        client.chmod(0o755)
        environ = {k: v for k, v in self.environ.items() if k != "_PANTS_SERVER_EXE"}
        try:
            # In a directory that is no repository it ends at once.
            subprocess.run([str(client), "--version"], cwd=str(self.wheels), env=environ, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        except OSError:
            client.unlink()
            return ""
        return client.name


@contextlib.contextmanager
def locked(cache):
    """Hold the cache's lock."""
    with open(cache / "lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another ./pants that is installing into the same cache directory")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_entry(args, entry):
    """Build the entry and put it into its place, unless somebody else just did."""
    args.cache.mkdir(parents=True, exist_ok=True)
    with locked(args.cache):
        for leftover in args.cache.glob(TEMPORARY + "*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if not args.rebuild and is_whole(entry):
            return
        tmp = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=args.cache))
        try:
            install = Install(args, tmp)
            try:
                install.build()
            except subprocess.CalledProcessError as error:
                raise explain_installer(error.stdout, args) from error
            if entry.exists():
                entry.rename(tmp / "replaced")
            install.venv.rename(entry)
        finally:
            shutil.rmtree(tmp, ignore_errors=True)
        say(f"installed Pants {args.version}")


def write_stamp(args, entry):
    """Spare the next command this script. A cache that is full or read-only by now still serves."""
    with contextlib.suppress(OSError):
        args.stamp.parent.mkdir(exist_ok=True)
        fresh = args.stamp.with_name(f"{TEMPORARY}{os.getpid()}")
        fresh.write_text(f"{entry.name}\n{args.asked_python}\n")
        fresh.replace(args.stamp)


def main():
    """Print the name of the entry, which is there and whole by then."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--stamp", type=Path, required=True)
    for name in ("--version", "--wanted-by", "--lockfile", "--asked-python"):
        parser.add_argument(name, required=True)
    parser.add_argument("--rebuild", action="store_true")
    args = parser.parse_args()
    # The pex tool holds the modes of its files, which must not make a difference to its digest.
    os.umask(0o022)
    entry = args.cache / f"{args.version}-{key(args)}"
    try:
        if args.rebuild or not is_whole(entry):
            make_entry(args, entry)
        write_stamp(args, entry)
    except OSError as error:
        raise explain_os_error(error, args.cache) from error
    print(entry.name)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        say(*failure.lines)
        sys.exit(failure.exit_code)
    except KeyboardInterrupt:
        say("interrupted; nothing was installed.")
        sys.exit(130)
