"""The goal without Pants, as far as it changes a repository: for tests that kill it."""

from __future__ import annotations

import os
from pathlib import Path

from devflow.backport import run
from devflow.backport.carry import Carrier
from devflow.backport.plan import BackportRequest
from devflow.backport.workplace import Workplace
from devflow.common.files import exclusive_lock
from devflow.common.git import Git
from devflow.common.git_worktree import open_repository


def backport(root: Path, *words: str, to: str) -> None:
    """Make the branch, as `backport WORD… --to=… --execute` does."""
    repository = open_repository(Git(root, dict(os.environ)))
    place = Workplace(repository, repository)
    carrier = Carrier(place, fragments=("changes/*",), skip_fragments=False, paths={"": ""}, repository=None)
    request = BackportRequest(branch="backport/{number}-to-{series}", execute=True)
    with exclusive_lock(place.lock, timeout_s=-1):
        place.remove_leftovers()
        outcome = run.backport(place, request, carrier, words, [to])
    assert outcome.branches or not outcome.all_problems
