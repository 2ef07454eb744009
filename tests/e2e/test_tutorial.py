"""The tutorial, from its first command to its last."""

from __future__ import annotations

import os
import subprocess

import pytest

from harness.example import copy_of_example
from harness.played import play
from harness.transcripts import DOCS, transcripts_of
from harness.world import LAUNCHER, Caches, Repository


def test_the_tutorial(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> None:
    # In a short path: pip writes other scripts for a long one, so the export would be installed as a whole.
    clone = tmp_path_factory.mktemp("t")
    copy_of_example(clone / "examples" / "monorepo", caches)
    (clone / "pants").symlink_to(LAUNCHER)
    repo = Repository(clone / "examples" / "kiln", caches, clone / "pants")
    directory = str(clone)
    try:
        for transcript in transcripts_of((DOCS / "tutorial.md").read_text()):
            program = transcript.typed.split()[0]
            if program == "cd":
                directory = os.path.normpath(os.path.join(directory, *transcript.command))
            elif program == "../../pants":
                assert directory == str(repo.root)
                play(repo, transcript)
            else:
                shell = ["bash", "-c", transcript.typed]
                done = subprocess.run(shell, cwd=directory, capture_output=True, text=True, check=True)
                assert transcript.differences(done.stdout + done.stderr) == []
    finally:
        repo.stop()
    assert not repo.root.exists()
