"""The script in a terminal: nothing stands between the command and the terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
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

    def __init__(self, script: Path, program: str) -> None:
        self.pid, self.descriptor = pty.fork()
        if not self.pid:
            os.execv(str(script), [str(script), "-c", program])
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
    started = Terminal(tmp_path / SCRIPT, PROGRAM)
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


@pytest.mark.skipif(sys.platform == "darwin", reason="an orphaned process group is not stopped there")
def test_ctrl_z(terminal: Terminal) -> None:
    # The child leads a session, so that its group is an orphan, which the terminal does not stop: it is told directly.
    os.kill(terminal.pid, signal.SIGSTOP)
    _, status = os.waitpid(terminal.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.type(b"\x03")
    terminal.wait_for("cleaned up")
    os.waitpid(terminal.pid, 0)
