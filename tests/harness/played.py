"""The transcripts of the documentation, played in a repository."""

from __future__ import annotations

from harness.transcripts import Transcript
from harness.world import Repository


def play(repo: Repository, transcript: Transcript) -> None:
    """Run the documented command, and compare what it prints."""
    refused = any(line.startswith("Failed ") for line in transcript.lines)
    stale = "--check" in transcript.command and any(line.startswith("To do it: ") for line in transcript.lines)
    fails = refused or stale
    result = repo.run(*transcript.command, check=not fails)
    assert result.exit_code == fails
    differences = transcript.differences(result.stdout + result.stderr)
    assert not differences, (transcript.command, differences)
