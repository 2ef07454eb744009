#!/bin/sh
"""exec' "${0%/*}/python" "$0" "$@"
"""
# The lines above start the Python beside this file wherever the virtualenv is, so it can be built and then renamed.
#
# This is what pip would install as `pants`, and what the native client becomes when it could not carry a command
# through. It does that without telling whether the command had begun: without the check below, a second Ctrl-C, or a
# closed pipe, would run the command a second time.
import os
import select
import subprocess
import sys
import time

# The native client's own exit code for "no daemon that takes this command" (EX_TEMPFAIL).
NO_DAEMON = 75
# By then a client that finds no daemon has long said so; it looks for one before it does anything else.
CLIENT_LOOKS_FOR_S = 1
PATIENCE_S = 3


def daemon_takes(client, arguments):
    """Whether there is a daemon that takes commands with these options; asked with one that does nothing."""
    environment = {key: value for key, value in os.environ.items() if key != "_PANTS_SERVER_EXE"}
    nowhere = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        probe = subprocess.run([client, "--version", *arguments], env=environment, timeout=PATIENCE_S, **nowhere)
    except subprocess.TimeoutExpired:
        # It took the command, and is still busy with what was interrupted.
        return True
    return probe.returncode != NO_DAEMON


def is_broken_pipe(fd):
    poll = select.poll()
    poll.register(fd, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def stop_if_command_had_begun():
    client = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pants-client")
    if os.environ.get("PANTS_NO_NATIVE_CLIENT") or not daemon_takes(client, sys.argv[1:]):
        return
    if is_broken_pipe(1) or is_broken_pipe(2):
        sys.exit(128 + 13)
    import psutil

    # The process is still the one that was started as `./pants`.
    if time.time() - psutil.Process().create_time() > CLIENT_LOOKS_FOR_S:
        print("./pants: interrupted. Pants may need a moment to stop what it was doing.", file=sys.stderr)
        sys.exit(128 + 2)


def main():
    if os.environ.pop("_PANTS_SERVER_EXE", None):
        try:
            stop_if_command_had_begun()
        except KeyboardInterrupt:
            sys.exit(128 + 2)
    try:
        from pants.bin.pants_loader import main as pants
    except ImportError as error:
        entry = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        try:
            os.unlink(os.path.join(entry, "ready"))
            remedy = "Run the same command again: it will be installed anew."
        except OSError:
            remedy = "Remove that directory and run the same command again."
        sys.exit("./pants: the Pants installed in %s is damaged: %s\n  %s" % (entry, error, remedy))
    sys.exit(pants())


if __name__ == "__main__":
    main()
