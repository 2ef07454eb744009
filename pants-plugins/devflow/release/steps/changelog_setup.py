"""One changelog of a release: towncrier's settings for it, and the run of towncrier on files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pants.engine.fs import FileContent

from devflow.common.errors import UserError
from devflow.common.options import split_commas
from devflow.release.steps.contract import ReleaseStep
from devflow.release.steps.towncrier.config import (
    TowncrierConfig,
    config_of,
    config_path,
    config_paths,
    has_table,
    no_table,
)
from devflow.release.steps.towncrier.fragments import encoding_problems, mark_problems
from devflow.release.steps.towncrier.package_name import name_in_version
from devflow.release.steps.towncrier.rules import AskTowncrier, Towncrier, towncrier_answer
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.formats import fill
from devflow.release.versions.version import parse


@dataclass(frozen=True)
class Setup:
    """One changelog, and towncrier's settings for it: the file `chosen`, or those that towncrier looks for itself.

    towncrier writes the path `config.written` in its sandbox, which is `changelog` in the repository.
    """

    chosen: str | None
    config: TowncrierConfig
    changelog: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The files and directories that towncrier reads, and the changelog that it writes."""
        template = (self.config.template,) if self.config.template else ()
        of_package = self.config.package_files
        return (*config_paths(self.chosen), *self.config.directories, *template, *of_package, self.changelog)

    def is_in_fragments(self, path: str) -> bool:
        """Whether a path is in a directory of news fragments."""
        return any(path.startswith(f"{directory}/") for directory in self.config.directories)

    def reads(self, path: str) -> bool:
        """Whether this file is an input of towncrier; the changelog is one in any case."""
        return self.is_in_fragments(path) or path in (*config_paths(self.chosen), self.config.template)


def chosen_configs(options: ReleaseSubsystem) -> tuple[str | None, ...]:
    """The files of settings that the options name; None is what towncrier finds without one. Raises: UserError."""
    chosen = split_commas(options.changelog_config)
    if len(chosen) > 1 and options.changelog_file:
        raise UserError(
            "[release].changelog_file is for one changelog, and [release].changelog_config names several.",
            fix="leave changelog_file out, and give each of them its `filename`",
        )
    return chosen or (None,)


def config_files(options: ReleaseSubsystem) -> tuple[str, ...]:
    """The files that may have settings of towncrier. Raises: UserError."""
    return tuple(path for chosen in chosen_configs(options) for path in config_paths(chosen))


def arguments_of(step: ReleaseStep, chosen: str | None, how: str) -> tuple[str, ...]:
    """The command line of towncrier in the build root."""
    config = ("--config", *config_paths(chosen)) if chosen is not None else ()
    return ("build", how, "--version", step.version, "--date", step.date, *config)


async def set_up(chosen: str | None, files: Mapping[str, bytes], step: ReleaseStep, options: ReleaseSubsystem) -> Setup:
    """Ask towncrier for its settings. Raises: UserError."""
    path = config_path(chosen, files)
    inputs = {name: files[name] for name in config_paths(chosen) if name in files}
    problems = (*encoding_problems(inputs.items()), *mark_problems(inputs.items()))
    if problems:
        raise UserError.of(problems[0])
    is_there = has_table(path, files[path].decode())
    answer = await towncrier_answer(
        AskTowncrier(
            arguments_of(step, chosen, "--yes"),
            tuple(FileContent(name, content) for name, content in sorted(inputs.items())),
        )
    )
    if answer.problem:
        raise UserError.of(answer.problem) if is_there else no_table(path)
    config = config_of(path, answer.text)
    if options.changelog_file is None:
        return Setup(chosen, config, config.written)
    changelog = fill("[release].changelog_file", options.changelog_file, parse(step.version), step.date)
    return Setup(chosen, config, changelog)


def request_of(step: ReleaseStep, setup: Setup, files: Mapping[str, bytes], how: str) -> Towncrier:
    """The run of towncrier on the files that it reads, of these."""
    config = setup.config
    inputs = {path: content for path, content in files.items() if setup.reads(path)}
    if setup.changelog in files:
        inputs[config.written] = files[setup.changelog]
    with_fragments = [each for each in config.directories if any(path.startswith(f"{each}/") for path in inputs)]
    return Towncrier(
        arguments_of(step, setup.chosen, how),
        tuple(FileContent(path, content) for path, content in sorted(inputs.items())),
        config.directories,
        config.written,
        (*with_fragments, *([config.written] if config.written in inputs else [])),
        config.package,
        name_in_version(files[path] for path in config.package_files if path in files),
    )
