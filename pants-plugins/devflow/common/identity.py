"""Who commits and how commits are signed: plain data, and the problem of each. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from devflow.common.errors import Problem


@dataclass(frozen=True)
class Author:
    """Who commits: "Name <mail>"."""

    ident: str


@dataclass(frozen=True)
class UnknownAuthor:
    """git's message where it does not know who commits."""

    message: str

    @property
    def problem(self) -> Problem:
        """The problem that prevents every commit."""
        return Problem(
            f"git does not know who commits: {self.message}",
            "git config user.name NAME && git config user.email MAIL; or GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, "
            "GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL in the environment",
        )


@dataclass(frozen=True)
class Signing:
    """Whether commits and tags are signed. `settings` are git's own that say how.

    `failure` is git's message after a trial that failed; None: it worked, or nothing is to be signed.
    """

    commit: bool = False
    tag: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    failure: str | None = None

    @property
    def problem(self) -> Problem | None:
        """The problem that prevents signing; None if signing works or is not asked for."""
        if self.failure is None:
            return None
        fix = "correct user.signingkey and gpg.* in git's settings; or --no-sign"
        return Problem(f"Signing does not work: {self.failure}", fix)
