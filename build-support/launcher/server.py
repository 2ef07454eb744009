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
from functools import cached_property, partial
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any, Callable

# What Python writes beside the repository's own plugins is the user's choice; `-I` ignores it.
BYTECODE_SETTINGS = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
# The native client's own exit code for "no daemon that takes this command" (EX_TEMPFAIL).
NO_DAEMON = 75
# By then a client that finds no daemon has long said so; it looks for one before it does anything else.
CLIENT_LOOKS_FOR_S = 1
PATIENCE_S = 3
MAKES_THE_SCHEDULER_OF_PLUGINS = "pants.init.options_initializer"


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


class LateScheduler:
    """Stands for the scheduler by which Pants finds `[GLOBAL].plugins`, and makes it when it is asked for.

    To make it is half of what a start of Pants costs: it has all rules of the Python backend.
    Source: `OptionsInitializer` of Pants 2.17.
    """

    def __init__(self, make: Callable[..., Any], *arguments: object) -> None:
        self._make = make
        self._arguments = arguments

    @cached_property
    def scheduler(self) -> object:
        """As the attribute of the real one."""
        return self._make(*self._arguments).scheduler


def make_scheduler_of_plugins_late(module: Any) -> None:
    """Only a repository with plugins shall wait for it. A Pants of another shape is left as it is."""
    make = getattr(module, "create_bootstrap_scheduler", None)
    resolver = getattr(module, "PluginResolver", None)
    resolve = getattr(resolver, "_resolve_plugins", None)
    if not make or not resolve:
        return

    def resolve_if_any(self: object, options_bootstrapper: Any, *arguments: object) -> object:
        plugins = options_bootstrapper.get_bootstrap_options().for_global_scope().plugins
        return resolve(self, options_bootstrapper, *arguments) if plugins else ()

    module.create_bootstrap_scheduler = partial(LateScheduler, make)
    resolver._resolve_plugins = resolve_if_any


class LateSchedulerFinder:
    """Finds that module as Python does, and changes it once it is loaded. To load it here would cost clients time."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """As the import system asks for it."""
        spec = PathFinder.find_spec(name, path, target) if name == MAKES_THE_SCHEDULER_OF_PLUGINS else None
        if spec and spec.loader:
            loader: Any = spec.loader
            load = loader.exec_module

            def load_and_change(module: object) -> None:
                load(module)
                make_scheduler_of_plugins_late(module)

            loader.exec_module = load_and_change
        return spec


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
        remedy = "Run the same command again: it will be installed again."
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
    sys.meta_path.insert(0, LateSchedulerFinder)
    try:
        from pants.bin.pants_loader import main as pants
    except Exception as error:
        sys.exit(explain_failed_import(entry, error))
    sys.exit(pants())


if __name__ == "__main__":
    main()
