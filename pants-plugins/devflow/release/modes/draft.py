"""`--draft`: the new section of the changelog, as the repository's own towncrier prints it."""

from __future__ import annotations

from dataclasses import dataclass

from devflow.common.errors import Problem, UserError
from devflow.common.git_worktree import Repository
from devflow.common.paths import shown
from devflow.release.git.committed import read_committed
from devflow.release.git.inspect import read_head
from devflow.release.git.names import not_text_problems, path_problem
from devflow.release.steps.changelog import ChangelogStep, input_problems, named
from devflow.release.steps.changelog_setup import chosen_configs, config_files, request_of, set_up
from devflow.release.steps.towncrier.rules import towncrier_result
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.dates import date_of
from devflow.release.versions.version import Version


@dataclass(frozen=True)
class Draft:
    """`text` is exactly what towncrier prints."""

    text: str
    notes: tuple[str, ...]


async def draft_section(options: ReleaseSubsystem, repository: Repository, version: Version) -> Draft:
    """The section for the committed fragments; notes name those that are not committed. Raises: UserError."""
    head = read_head(repository)
    step = ChangelogStep(version.text, version.series, date_of(options.date).isoformat())
    configs = read_committed(repository, head.commit, config_files(options)).files
    texts, directories = [], []
    for chosen in chosen_configs(options):
        setup = await set_up(chosen, configs, step, options)
        unusable = [problem for path in setup.paths if (problem := path_problem(path, repository.prefix))]
        _raise_first(tuple(unusable))
        files = read_committed(repository, head.commit, setup.paths).files
        _raise_first(not_text_problems(files))
        _raise_first(input_problems(setup, files, version.text))
        result = await towncrier_result(request_of(step, setup, files, "--draft"))
        if result.problem:
            raise UserError.of(named(result.problem, setup, files))
        texts.append(result.stdout.decode())
        directories += [repository.prefix + directory for directory in setup.config.directories]
    dirty = [path for path in head.dirty if any(path.startswith(f"{directory}/") for directory in directories)]
    return Draft("".join(texts), tuple(f"Not committed, and not in this draft: {shown(path)}" for path in dirty))


def _raise_first(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise UserError.of(problems[0])
