"""The script in a terminal: nothing stands between the command and the terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
from pathlib import Path

import pytest
from exec.repositories import SCRIPT, repository

PATIENCE_S = 300

PROGRAM = """\
import os, signal, sys, time
open("/dev/tty").close()
# A handler must not print: it may run within the print below.
signal.signal(signal.SIGWINCH, lambda *_: os.write(1, b"resized %d\\n" % os.get_terminal_size().columns))
signal.signal(signal.SIGCONT, lambda *_: os.write(1, b"continued\\n"))
try:
    print("ready", os.isatty(0), os.getpgrp() == os.tcgetpgrp(0), flush=True)
    while True:
        time.sleep(0.05)
except KeyboardInterrupt:
    time.sleep(0.5)
    print("cleaned up", flush=True)
    raise SystemExit(130)
"""


class Terminal:
    """A child whose terminal is ours."""

    def __init__(self, *command: str) -> None:
        self.pid, self.descriptor = pty.fork()
        if not self.pid:
            os.execv(command[0], command)
        self.text = ""

    def wait_for(self, text: str) -> None:
        while text not in self.text:
            ready, _, _ = select.select([self.descriptor], [], [], PATIENCE_S)
            assert ready, f"waited in vain for {text!r}, after {self.text!r}"
            self.text += os.read(self.descriptor, 1024).decode()

    def type(self, key: bytes) -> None:
        os.write(self.descriptor, key)

    def resize(self, columns: int) -> None:
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


@pytest.fixture()
def terminal(tmp_path: Path) -> Terminal:
    repository(tmp_path)
    started = Terminal(str(tmp_path / SCRIPT), "-c", PROGRAM)
    started.wait_for("ready True True")
    return started


def test_the_size_of_the_terminal_and_ctrl_c(terminal: Terminal) -> None:
    terminal.resize(123)
    terminal.wait_for("resized 123")
    terminal.type(b"\x03")
    terminal.wait_for("cleaned up")
    _, status = os.waitpid(terminal.pid, 0)
    assert os.WIFEXITED(status)
    assert os.WEXITSTATUS(status) == 130


def test_ctrl_z(tmp_path: Path) -> None:
    """In a shell with job control, as a user types it."""
    repository(tmp_path)
    commands = 'cd "$0"; dist/exec/main -c "$1"; echo stopped $?; fg >/dev/null; echo ended $?'
    terminal = Terminal("/bin/sh", "-mc", commands, str(tmp_path), PROGRAM)
    terminal.wait_for("ready True True")
    terminal.type(b"\x1a")
    terminal.wait_for(f"stopped {128 + signal.SIGTSTP}")
    terminal.wait_for("continued")
    terminal.type(b"\x03")
    terminal.wait_for("ended 130")
    os.waitpid(terminal.pid, 0)
