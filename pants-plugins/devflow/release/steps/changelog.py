"""The release step by which towncrier writes the changelog and removes the news fragments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pants.engine.fs import CreateDigest, DigestContents, FileContent, PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.common.errors import Problem, UserError
from devflow.common.report import count
from devflow.engine import Rules, create_digest, digest_contents, read_files
from devflow.release.steps.contract import ReleaseStep, ReleaseStepChanges, ReleaseStepInputs
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.towncrier.changelog import changelog_problems
from devflow.release.towncrier.config import CONFIG_FILES, TowncrierConfig, parse_config
from devflow.release.towncrier.fragments import encoding_problems, ignored_problem, may_be_a_fragment
from devflow.release.towncrier.rules import Towncrier, TowncrierResult, towncrier_result
from devflow.release.versions.formats import fill
from devflow.release.versions.version import parse


class ChangelogStep(ReleaseStep):
    """Runs towncrier."""

    name = "changelog"


@dataclass(frozen=True)
class Setup:
    """towncrier's settings. It writes the path `written` in its sandbox, which is `changelog` in the repository."""

    config: TowncrierConfig
    written: str
    changelog: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The files and directories that towncrier reads, and the changelog that it writes."""
        template = (self.config.template,) if self.config.template else ()
        return (*CONFIG_FILES, *self.config.directories, *template, self.changelog)

    def is_in_fragments(self, path: str) -> bool:
        """Whether a path is in a directory of news fragments."""
        return any(path.startswith(f"{directory}/") for directory in self.config.directories)

    def reads(self, path: str) -> bool:
        """Whether this file is an input of towncrier; the changelog is one in any case."""
        return self.is_in_fragments(path) or path in (*CONFIG_FILES, self.config.template)


def set_up(files: Mapping[str, bytes], step: ReleaseStep, options: ReleaseSubsystem) -> Setup:
    """Read towncrier's settings. Raises: UserError."""
    path = next((path for path in CONFIG_FILES if path in files), None)
    if path is None:
        raise UserError(
            "There is neither a towncrier.toml nor a pyproject.toml in the build root.",
            fix="add one with [tool.towncrier]; or release without a changelog: --skip=changelog",
        )
    problems = encoding_problems((name, files[name]) for name in CONFIG_FILES if name in files)
    if problems:
        raise UserError.of(problems[0])
    pyproject = files.get("pyproject.toml")
    config = parse_config(path, files[path].decode(), pyproject=pyproject.decode() if pyproject is not None else None)
    written = config.filename
    if not config.single_file:
        written = written.format(name=config.name, version=step.version, project_date=step.date)
    elsewhere = options.changelog_file
    version = parse(step.version)
    return Setup(
        config, written, fill("[release].changelog_file", elsewhere, version, step.date) if elsewhere else written
    )


@rule
async def changelog_inputs(step: ChangelogStep, options: ReleaseSubsystem) -> ReleaseStepInputs:
    """The settings, the fragments, the template and the changelog."""
    files = _by_path(await read_files(PathGlobs(CONFIG_FILES)))
    try:
        return ReleaseStepInputs(set_up(files, step, options).paths)
    except UserError as error:
        return ReleaseStepInputs(CONFIG_FILES, problems=(error.problem,))


async def run(step: ReleaseStep, setup: Setup, files: Mapping[str, bytes], *, draft: bool) -> TowncrierResult:
    """Run towncrier on those of the files that it reads."""
    inputs = {path: content for path, content in files.items() if setup.reads(path)}
    if setup.changelog in files:
        inputs[setup.written] = files[setup.changelog]
    config = setup.config
    with_fragments = [each for each in config.directories if any(path.startswith(f"{each}/") for path in inputs)]
    name = ("--name", config.name) if config.name else ()
    return await towncrier_result(
        Towncrier(
            ("build", "--draft" if draft else "--yes", "--version", step.version, "--date", step.date, *name),
            tuple(FileContent(path, content) for path, content in sorted(inputs.items())),
            config.directories,
            setup.written,
            (*with_fragments, *([setup.written] if setup.written in inputs else [])),
        )
    )


@rule
async def changelog_changes(step: ChangelogStep, options: ReleaseSubsystem) -> ReleaseStepChanges:
    """The new changelog, and the fragments that towncrier removed."""
    files = _by_path(await digest_contents(step.committed))
    try:
        setup = set_up(files, step, options)
    except UserError as error:
        return ReleaseStepChanges(problems=(error.problem,))
    problems = list(input_problems(setup, files, step.version))
    seen = _by_path(await read_files(PathGlobs(CONFIG_FILES)))
    if any(seen.get(path) != files.get(path) for path in CONFIG_FILES):
        what = f"{setup.config.path} differs from the commit."
        problems.append(Problem(what, f"commit {setup.config.path}, and run the same command again"))
    if problems:
        return ReleaseStepChanges(problems=tuple(problems))
    result = await run(step, setup, files, draft=False)
    if result.problem:
        return ReleaseStepChanges(problems=(named(result.problem, setup),))
    after = _by_path(await digest_contents(result.outputs))
    fragments = sorted(path for path in files if setup.is_in_fragments(path))
    consumed = tuple(path for path in fragments if path not in after and path != setup.config.template)
    left = [path for path in fragments if path in after]
    ignored = [path for path in left if may_be_a_fragment(path, setup.config, options.not_fragments)]
    if setup.written not in after:
        what = f"towncrier wrote no {setup.written}."
        return ReleaseStepChanges(problems=(Problem(what, f"correct `filename` in {setup.config.path}"),))
    written = await create_digest(CreateDigest([FileContent(setup.changelog, after[setup.written])]))
    return ReleaseStepChanges(
        writes=written,
        removes=consumed,
        notes=() if consumed else ("There are no news fragments: the changelog says what its template has for that.",),
        found=f"{count(len(consumed), 'news fragment')} into {setup.changelog}",
        problems=tuple(ignored_problem(path, setup.config) for path in ignored),
    )


def input_problems(setup: Setup, files: Mapping[str, bytes], version: str) -> tuple[Problem, ...]:
    """Mistakes at which towncrier would fail without naming the file, or which it would not report."""
    template, changelog = setup.config.template, setup.changelog
    texts = {path: files[path] for path in sorted(files) if setup.reads(path) or path == changelog}
    problems = list(encoding_problems(texts.items()))
    if template and template not in files:
        what = f"{setup.config.path} names the template {template}, which is not in the commit."
        problems.append(Problem(what, f"commit {template}, or correct `template` in {setup.config.path}"))
    if changelog in texts and not encoding_problems([(changelog, texts[changelog])]):
        if not setup.config.single_file and changelog == setup.written:
            problems.append(
                Problem(f"{changelog} is there already.", "release another version, or remove it and commit")
            )
        else:
            problems += changelog_problems(changelog, texts[changelog].decode(), version, setup.config)
    return tuple(problems)


def named(problem: Problem, setup: Setup) -> Problem:
    """A problem of the template with the template's name, which jinja does not say."""
    template = setup.config.template
    if not template or "jinja2." not in problem.what:
        return problem
    return Problem(f"{problem.what} (template: {template})", problem.fix)


def _by_path(files: DigestContents) -> dict[str, bytes]:
    return {file.path: file.content for file in files}


def rules() -> Rules:
    """The member of the union."""
    return [*collect_rules(), UnionRule(ReleaseStep, ChangelogStep)]
