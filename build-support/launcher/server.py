"""What runs as `<entry>/bin/pants`: Pants itself, after one question.

The native client becomes this when it could not carry a command through, without telling whether the command had begun.
Without the question, a second Ctrl-C or a closed pipe would run the command a second time.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

# What Python writes beside the repository's own plugins is the user's choice; `-I` ignores it.
BYTECODE_SETTINGS = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
# The native client's own exit code for "no daemon that takes this command" (EX_TEMPFAIL).
NO_DAEMON = 75
# By then a client that finds no daemon has long said so; it looks for one before it does anything else.
CLIENT_LOOKS_FOR_S = 1
PATIENCE_S = 3


def daemon_takes(client: str, arguments: list[str]) -> bool:
    """Whether there is a daemon that takes commands with these options; asked with one that does nothing."""
    environment = {key: value for key, value in os.environ.items() if key != "_PANTS_SERVER_EXE"}
    nobody = subprocess.DEVNULL
    command = [client, "--version", *arguments]
    try:
        probe = subprocess.run(command, env=environment, timeout=PATIENCE_S, stdin=nobody, stdout=nobody, stderr=nobody)
    except subprocess.TimeoutExpired:
        # It took the command, and is still busy with what was interrupted.
        return True
    return probe.returncode != NO_DAEMON


def is_broken_pipe(fd: int) -> bool:
    """Whether whoever read this stream is gone."""
    poll = select.poll()
    poll.register(fd, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def stop_if_command_had_begun(client: str) -> None:
    """Exit instead of running again what a daemon had been given."""
    if os.environ.get("PANTS_NO_NATIVE_CLIENT") or not daemon_takes(client, sys.argv[1:]):
        return
    if is_broken_pipe(1) or is_broken_pipe(2):
        sys.exit(128 + signal.SIGPIPE)
    import psutil

    # The process is still the one that was started as `./pants`.
    if time.time() - psutil.Process().create_time() > CLIENT_LOOKS_FOR_S:
        print("./pants: interrupted. Pants may need a moment to stop what it was doing.", file=sys.stderr)
        sys.exit(128 + signal.SIGINT)


def keep_python_settings_from_the_daemon() -> None:
    """Run in the child that becomes the daemon, by a Python without `-I`: PYTHONHOME, for one, would break it.

    What Pants itself puts there comes later. The daemon loses nothing else: each client sends its own environment.
    """
    for name in [name for name in os.environ if name.startswith("PYTHON") and name not in BYTECODE_SETTINGS]:
        del os.environ[name]


def explain_failed_import(entry: str, error: Exception) -> str:
    """What to do about it. Only an entry that is proved to be damaged is given up."""
    sys.path.insert(0, os.path.join(entry, "bin"))
    from damage import find_damage

    damage = find_damage(Path(entry))
    if not damage:
        return (
            f"./pants: Pants does not start: {type(error).__name__}: {error}\n"
            f"  {entry} is as it was installed. So the cause is the Python in {sys.base_prefix}, or a library of the "
            "system.\n  Repair that, or set PANTS_PYTHON to another Python 3.9."
        )
    try:
        os.unlink(os.path.join(entry, "ready"))
        remedy = "Run the same command again: it will be installed anew."
    except OSError:
        remedy = "Remove that directory and run the same command again."
    return f"./pants: the Pants installed in {entry} is damaged: {damage}.\n  {remedy}"


def main() -> None:
    """Run Pants with this process' arguments."""
    own_directory = os.path.dirname(os.path.abspath(__file__))
    entry = os.path.dirname(own_directory)
    # The daemon's Python puts it there; a plugin may have the name of a file in it.
    sys.path[:] = [path for path in sys.path if path != own_directory]
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    sys.pycache_prefix = os.environ.get("PYTHONPYCACHEPREFIX") or None
    os.register_at_fork(after_in_child=keep_python_settings_from_the_daemon)
    if os.environ.pop("_PANTS_SERVER_EXE", None):
        try:
            stop_if_command_had_begun(os.path.join(entry, "bin", "pants-client"))
        except KeyboardInterrupt:
            sys.exit(128 + signal.SIGINT)
    try:
        from pants.bin.pants_loader import main as pants
    except Exception as error:
        sys.exit(explain_failed_import(entry, error))
    sys.exit(pants())


if __name__ == "__main__":
    main()
