"""The release step by which towncrier writes the changelog and removes the news fragments."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from pants.engine.fs import CreateDigest, DigestContents, FileContent, PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.common.errors import Problem, UserError
from devflow.common.report import count
from devflow.engine import Rules, create_digest, digest_contents, read_files
from devflow.release.steps.changelog_setup import Setup, chosen_configs, config_files, request_of, set_up
from devflow.release.steps.contract import ReleaseStep, ReleaseStepChanges, ReleaseStepInputs
from devflow.release.steps.prerelease_fragments import Combined, combined
from devflow.release.steps.towncrier.changelog import changelog_problems, produced_before
from devflow.release.steps.towncrier.config import CONFIG_FILES, config_paths, has_table, no_table
from devflow.release.steps.towncrier.consolidate import Consolidated, consolidated
from devflow.release.steps.towncrier.fragments import (
    encoding_problems,
    ignored_problem,
    mark_problems,
    may_be_a_fragment,
)
from devflow.release.steps.towncrier.rules import towncrier_result
from devflow.release.subsystem import Consolidate, ReleaseSubsystem
from devflow.release.versions.version import parse

_INVALID_NAME = re.compile(r"Invalid news fragment name: (.*)")


class ChangelogStep(ReleaseStep):
    """Runs towncrier."""

    name = "changelog"


@rule
async def changelog_inputs(step: ChangelogStep, options: ReleaseSubsystem) -> ReleaseStepInputs:
    """The settings, the fragments, the template and the changelog."""
    try:
        configs = config_files(options)
        files = _by_path(await read_files(PathGlobs(configs)))
        setups = [await set_up(chosen, files, step, options) for chosen in chosen_configs(options)]
        paths = dict.fromkeys(path for setup in setups for path in setup.paths)
        directories = dict.fromkeys(each for setup in setups for each in setup.config.directories)
        is_combined = options.consolidate is Consolidate.FRAGMENTS and not parse(step.version).is_prerelease
        return ReleaseStepInputs(tuple(paths), removed_from=tuple(directories) if is_combined else ())
    except UserError as error:
        return ReleaseStepInputs(CONFIG_FILES, problems=(error.problem,))


@rule
async def changelog_changes(step: ChangelogStep, options: ReleaseSubsystem) -> ReleaseStepChanges:
    """The new changelogs, and the fragments that towncrier removed."""
    files = _by_path(await digest_contents(step.committed))
    written: dict[str, bytes] = {}
    consumed: set[str] = set()
    notes: list[str] = []
    found: list[str] = []
    problems: list[Problem] = []
    try:
        configs = config_files(options)
        seen = _by_path(await read_files(PathGlobs(configs)))
        for chosen in chosen_configs(options):
            setup = await set_up(chosen, files, step, options)
            problems += [*uncommitted_problems(setup, files, seen), *input_problems(setup, files, step.version)]
            if problems:
                continue
            with_past = options.consolidate is Consolidate.FRAGMENTS
            combination = await combined(setup, files, step) if with_past else Combined(files)
            problems += combination.problems
            if problems:
                continue
            given = combination.files
            result = await towncrier_result(request_of(step, setup, given, "--yes"))
            if result.problem:
                problems.append(named(result.problem, setup, given))
                continue
            after = _by_path(await digest_contents(result.outputs))
            problems += output_problems(setup, given, after, step.version, options.not_fragments)
            gone = [path for path in given if setup.is_in_fragments(path) and path not in after]
            consumed.update(path for path in gone if path in files and path != setup.config.template)
            folded = _folded(setup, after, combination, step.version, options)
            more = f", with {' and '.join(folded.folded)}" if folded.folded else ""
            found.append(f"{count(len(gone), 'news fragment')} into {setup.changelog}{more}")
            notes += [*_notes(setup, files, after, gone), *folded.notes]
            written[setup.changelog] = folded.text.encode()
            files = {path: text for path, text in {**files, **written}.items() if path not in consumed}
    except UserError as error:
        problems.append(error.problem)
    if problems:
        return ReleaseStepChanges(problems=tuple(problems))
    return ReleaseStepChanges(
        writes=await create_digest(CreateDigest(FileContent(path, text) for path, text in sorted(written.items()))),
        removes=tuple(sorted(consumed)),
        notes=tuple(notes),
        found=" and ".join(found),
    )


def _folded(
    setup: Setup, after: Mapping[str, bytes], combination: Combined, version: str, options: ReleaseSubsystem
) -> Consolidated:
    """The new changelog, with the sections of pre-releases in that of their final release if that is wanted."""
    text = after.get(setup.config.written, b"").decode()
    if options.consolidate is not Consolidate.TEXT:
        return Consolidated(text, combination.folded)
    return consolidated(setup.changelog, text, parse(version), setup.config.categories)


def uncommitted_problems(setup: Setup, files: Mapping[str, bytes], seen: Mapping[str, bytes]) -> list[Problem]:
    """Settings that were edited: the paths of the release came from the work tree."""
    if all(seen.get(path) == files.get(path) for path in config_paths(setup.chosen)):
        return []
    path = setup.config.path
    return [Problem(f"{path} differs from the commit.", f"commit {path}, and run the same command again")]


def _notes(setup: Setup, files: Mapping[str, bytes], after: Mapping[str, bytes], gone: Sequence[str]) -> list[str]:
    notes = []
    if not gone:
        notes.append("There are no news fragments: the new section has the text of the template for that case.")
    name, text = setup.config.name, after.get(setup.config.written, b"").decode()
    is_known = any(path in files for path in setup.config.package_files)
    if name and not is_known and name in text and name not in files.get(setup.changelog, b"").decode(errors="replace"):
        notes.append(
            f"The new section names the project {name!r}: towncrier would import {setup.config.package} for the name, "
            f"and a release imports nothing. For another name, set `name` in {setup.config.path}."
        )
    return notes


def input_problems(setup: Setup, files: Mapping[str, bytes], version: str) -> tuple[Problem, ...]:
    """Mistakes at which towncrier would fail without naming the file, or which it would not report."""
    config, changelog = setup.config, setup.changelog
    texts = {path: files[path] for path in sorted(files) if setup.reads(path) or path == changelog}
    problems = list(encoding_problems(texts.items()))
    problems += mark_problems((path, text) for path, text in texts.items() if path != changelog)
    fragments = [path for path in files if setup.is_in_fragments(path)]
    if not fragments and not has_table(config.path, files[config.path].decode()):
        problems.append(no_table(config.path).problem)
    if config.template and config.template not in files:
        what = f"{config.path} names the template {config.template}, which is not in the commit."
        problems.append(Problem(what, f"commit {config.template}, or correct `template` in {config.path}"))
    if changelog in texts and not config.single_file and changelog == config.written:
        problems.append(Problem(f"{changelog} is there already.", "release another version, or remove it and commit"))
    return tuple(problems)


def output_problems(
    setup: Setup, files: Mapping[str, bytes], after: Mapping[str, bytes], version: str, not_fragments: Sequence[str]
) -> list[Problem]:
    """What is wrong with what towncrier has done, though it reports no error."""
    config, changelog = setup.config, setup.changelog
    if config.written not in after:
        return [Problem(f"towncrier wrote no {config.written}.", f"correct `filename` in {config.path}")]
    left = [path for path in sorted(files) if setup.is_in_fragments(path) and path in after]
    problems = [ignored_problem(path, config) for path in left if may_be_a_fragment(path, config, not_fragments)]
    if changelog in files and config.single_file:
        before, new = files[changelog].decode(), after[config.written].decode()
        problems += changelog_problems(changelog, before, new, version, config.start_string)
    return problems


def named(problem: Problem, setup: Setup, files: Mapping[str, bytes]) -> Problem:
    """A problem with the file that it is in, which neither jinja nor towncrier says."""
    template, title = setup.config.template, setup.config.title
    if "already produced newsfiles" in problem.what and title:
        return produced_before(setup.changelog, files[setup.changelog].decode(), title)
    invalid = _INVALID_NAME.search(problem.what)
    if invalid:
        paths = (path for path in sorted(files) if setup.is_in_fragments(path))
        path = next((path for path in paths if posixpath.basename(path) == invalid[1]), None)
        return ignored_problem(path, setup.config) if path else problem
    if not template or "jinja2." not in problem.what:
        return problem
    return Problem(f"{problem.what} (template: {template})", problem.fix)


def _by_path(files: DigestContents) -> dict[str, bytes]:
    return {file.path: file.content for file in files}


def rules() -> Rules:
    """The member of the union."""
    return [*collect_rules(), UnionRule(ReleaseStep, ChangelogStep)]
