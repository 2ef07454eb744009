"""`--notes`: the section of a version, from the commit that is checked out, or else from the tag of the version."""

from __future__ import annotations

from dataclasses import dataclass

from devflow.common.errors import UserError
from devflow.common.git import GitError
from devflow.common.git_worktree import Repository
from devflow.common.paths import shown
from devflow.release.git.hosts import web_host
from devflow.release.git.inspect import read_head, read_tag
from devflow.release.steps.section import fitting
from devflow.release.steps.sections import VersionSection, sections_at
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.dates import date_of
from devflow.release.versions.formats import fill
from devflow.release.versions.version import Version, parse


@dataclass(frozen=True)
class ReleasePage:
    """`text` is the section without its heading; of several changelogs, each with its path as a heading."""

    text: str
    notes: tuple[str, ...] = ()


async def release_page(options: ReleaseSubsystem, repository: Repository) -> ReleasePage:
    """The text of a release page. Raises: UserError, GitError."""
    version = parse(options.notes or "")
    date = date_of(options.date).isoformat()
    head = read_head(repository)
    tag_name = fill("[release].tag_name", options.tag_name, version, date)
    sections = await sections_at(options, repository, head.commit, version, date)
    notes: list[str] = []
    if not all(each.section for each in sections):
        tag = read_tag(repository, tag_name).existing
        if tag and tag.commit and tag.commit != head.commit:
            at_tag = await sections_at(options, repository, tag.commit, version, date)
            if all(each.section for each in at_tag):
                sections = at_tag
                notes.append(f"From the tag {shown(tag_name)}: HEAD has no section of {version.text}.")
    if any(repository.prefix + each.path in head.dirty for each in sections):
        notes.append(f"Not committed, and not in these notes: {' and '.join(shown(each.path) for each in sections)}.")
    texts = [_text(options, repository, version, tag_name, each) for each in sections]
    if len(texts) == 1:
        return ReleasePage(texts[0], tuple(notes))
    return ReleasePage("\n".join(f"# {each.path}\n\n{text}" for each, text in zip(sections, texts)), tuple(notes))


def _text(
    options: ReleaseSubsystem, repository: Repository, version: Version, tag_name: str, found: VersionSection
) -> str:
    if found.section is None:
        what = f"{shown(found.path)} has no section of {version.text}."
        if not found.is_there:
            what = f"There is no {shown(found.path)} in the commit."
        raise UserError(
            what,
            fix="name the changelog that has it with --changelog-file=PATH, or `git switch` to the branch that has it",
        )
    rest = f"The whole section is in {found.path} of {tag_name}."
    try:
        host = web_host(repository.git.line("remote", "get-url", "--", options.remote))
    except GitError:
        host = None
    if host:
        rest = f"The whole section: {host.file(tag_name, repository.prefix + found.path)}"
    return fitting(found.section, version.text, options.max_bytes, rest)
