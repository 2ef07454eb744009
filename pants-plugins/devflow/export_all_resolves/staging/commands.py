"""Makes the tree of an export by stock's commands. Imported only if there is no base that has been made before."""

from __future__ import annotations

import os
import re
import shutil
import stat
from subprocess import DEVNULL, PIPE, STDOUT, run

from devflow.export_all_resolves.staging.build import OWN_DIR, BuildError, Command, Spec
from devflow.export_all_resolves.staging.seed import plant
from devflow.export_all_resolves.staging.trees import clone, staging_path

_SCRATCH_DIR = re.compile(r"\.[0-9a-f]{32}\.tmp")  # Pants' own commands expect it in the export, and remove it


def make(spec: Spec, staged: str, sandbox: str) -> None:
    """Lay out the files of the sandbox, and run the commands. Raises: BuildError, OSError."""
    _lay_out(spec, staged, sandbox)
    for command in spec.commands:
        _run(command, staged)


def _lay_out(spec: Spec, staged: str, sandbox: str) -> None:
    """Put the files that the commands expect into the export: link scratch directories, and move the others."""
    if spec.seed:
        plant(spec.seed.path, spec.seed.command.argv, spec.seed.command.env, staged)
    os.makedirs(staged, exist_ok=True)
    for name in sorted(set(os.listdir(sandbox)) - {OWN_DIR}):
        source, target = os.path.join(sandbox, name), os.path.join(staged, name)
        if _SCRATCH_DIR.fullmatch(name):
            os.symlink(source, target)
        else:
            shutil.move(source, target)
            _make_own(target)


def _make_own(path: str) -> None:
    """Replace hard links by copies: the engine links large files into its store, which must not change."""
    for directory, _, names in os.walk(path):
        for name in names:
            _copy_hard_link(os.path.join(directory, name))
    if os.path.isfile(path):
        _copy_hard_link(path)


def _copy_hard_link(path: str) -> None:
    status = os.lstat(path)
    if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
        copy = staging_path(path)
        clone(path, copy)
        os.chmod(copy, stat.S_IMODE(status.st_mode) | stat.S_IWUSR)
        os.replace(copy, path)


def _run(command: Command, staged: str) -> None:
    argv = [argument.replace("{digest_root}", staged) for argument in command.argv]
    done = run(argv, env=command.env, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, check=False)  # noqa: S603
    if done.returncode:
        output = done.stdout.decode(errors="replace").strip()
        raise BuildError(f"{os.path.basename(argv[0])} exited with {done.returncode}: {output}")
