"""Decide the names of a release: its tag, its branch, and the messages of commit and tag. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from devflow.release.transaction.spec import Tag
from devflow.release.versions.formats import fill
from devflow.release.versions.version import Version, is_prerelease


@dataclass(frozen=True)
class ReleaseRequest:
    """The options of `release` as values. Names and messages are templates with placeholders."""

    current: Version
    new: Version
    date: str  # YYYY-MM-DD
    commit_message: str
    tag_name: str | None  # None: make no tag
    tag_message: str
    prerelease_tag_message: str
    prerelease_pattern: str | None  # None: PEP 440 decides which versions are pre-releases
    allowed_branches: tuple[str, ...]
    allow_dirty: bool = False
    allow_equal: bool = False
    push_to: str | None = None  # a remote; None: push nothing
    branch: str | None = None  # the new branch that the commit is made on; None: HEAD's
    notes: tuple[str, ...] = ()  # what was guessed
    annotated: bool = True


@dataclass(frozen=True)
class ReleaseNames:
    """The commit's message, and the tag's name and message; None makes no tag. `branch` is the one to make, if any."""

    commit_message: str
    tag: Tag | None
    branch: str | None = None

    @property
    def tag_name(self) -> str | None:
        """The tag's name; None without a tag."""
        return self.tag.name if self.tag else None


def names_of(request: ReleaseRequest) -> ReleaseNames:
    """Fill in the templates. Raises: UserError."""
    message = fill("[release].commit_message", request.commit_message, request.new, request.date)
    if request.branch:
        # The commit that is merged is another one, which gets the tag.
        return ReleaseNames(message, None, fill("[release].branch", request.branch, request.new, request.date))
    return ReleaseNames(message, _tag_of(request))


def _tag_of(request: ReleaseRequest) -> Tag | None:
    if request.tag_name is None:
        return None
    name = fill("[release].tag_name", request.tag_name, request.new, request.date)
    option, template = (
        ("prerelease_tag_message", request.prerelease_tag_message)
        if is_prerelease(request.new, request.prerelease_pattern)
        else ("tag_message", request.tag_message)
    )
    message = fill(f"[release].{option}", template, request.new, request.date)
    return Tag(name, message, annotated=request.annotated)
