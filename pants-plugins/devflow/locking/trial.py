"""Makes lockfiles by the repository's lock command, which reads the new requirements from disk while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.files import atomic_write, read_file
from devflow.common.options import command_line
from devflow.locking import journal as journals
from devflow.locking.command import run_lock_command, words_of
from devflow.locking.facts import NewLockfile
from devflow.locking.journal import JournaledFile, Phase


def locked_by_command(
    command: str,
    lockfiles: Mapping[str, str],
    inputs: Sequence[JournaledFile],
    *,
    candidates: Mapping[str, str],
    journal: Path,
    build_root: str,
    environment: Mapping[str, str],
    say: Callable[[str], None],
) -> tuple[NewLockfile, ...]:
    """Run the command for each resolve (`lockfiles` has their paths), then restore every file.

    `candidates` has what each lockfile holds when the command begins, "" for the lockfile of the repository. A killed
    run leaves the journal, by which the next run restores the files. Raises: OSError.
    """
    words = {resolve: words_of(command, resolve=resolve, lockfile=path) for resolve, path in lockfiles.items()}
    olds = [JournaledFile(path, _content(build_root, path), None) for path in lockfiles.values()]
    everything = [*inputs, *olds]
    journals.begin(journal, Phase.TRIAL, everything)
    made = []
    try:
        for change in inputs:
            if change.after is not None:
                atomic_write(Path(build_root, change.path), change.after)
        for resolve, path in lockfiles.items():
            if candidates[resolve]:
                atomic_write(Path(build_root, path), candidates[resolve].encode())
            say(f"{resolve}: locking: {command_line(*words[resolve])}")
            try:
                run_lock_command(words[resolve], build_root=build_root, environment=environment)
                made.append(NewLockfile(resolve, {path: read_file(Path(build_root, path))}))
            except UserError as error:
                made.append(NewLockfile(resolve, problem=error.problem))
    finally:
        journals.restore(build_root, everything)
        journals.end(journal)
    return tuple(made)


def _content(build_root: str, path: str) -> bytes | None:
    try:
        return read_file(Path(build_root, path))
    except FileNotFoundError:
        return None
