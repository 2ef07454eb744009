"""The changelog of a final release from the news fragments of its pre-releases, too: `consolidate = "fragments"`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from pants.engine.fs import FileContent

from devflow.common.errors import Problem
from devflow.engine import digest_contents
from devflow.release.steps.changelog_setup import Setup, request_of
from devflow.release.steps.contract import ReleaseStep
from devflow.release.steps.towncrier.prereleases import Prereleases, contents_of, edited_problem, prereleases_in
from devflow.release.steps.towncrier.rules import towncrier_results
from devflow.release.versions.version import parse


@dataclass(frozen=True)
class Combined:
    """`files` are what towncrier gets, `folded` the pre-releases that are in them."""

    files: Mapping[str, bytes]
    folded: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def by_prerelease(removed: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """The files of `ReleaseStep.removed`: pre-release → path → content."""
    found: dict[str, dict[str, bytes]] = {}
    for name, content in removed.items():
        version, _, path = name.partition("/")
        found.setdefault(version, {})[path] = content
    return found


def of_prerelease(setup: Setup, files: Mapping[str, bytes], past: Mapping[str, bytes]) -> dict[str, bytes]:
    """What towncrier gets for a pre-release alone: its fragments, and no changelog."""
    kept = {path: content for path, content in files.items() if path != setup.changelog and _stays(setup, path)}
    return {**{path: content for path, content in past.items() if setup.is_in_fragments(path)}, **kept}


def of_all(
    setup: Setup, files: Mapping[str, bytes], found: Prereleases, past: Mapping[str, Mapping[str, bytes]]
) -> dict[str, bytes]:
    """The input of towncrier for all pre-releases in one run. Of two fragments of one name, the newer one counts."""
    everything: dict[str, bytes] = {}
    for version in reversed(tuple(found.contents)):
        everything.update({path: text for path, text in past.get(version, {}).items() if setup.is_in_fragments(path)})
    return {**everything, **files, setup.changelog: found.rest.encode()}


def _stays(setup: Setup, path: str) -> bool:
    """Whether a file is no fragment: the template may be in the directory of the fragments."""
    return not setup.is_in_fragments(path) or path == setup.config.template


async def combined(setup: Setup, files: Mapping[str, bytes], step: ReleaseStep) -> Combined:
    """The fragments of the pre-releases with those of the release; the changelog without the sections of the former.

    A section that its own fragments do not give was edited by hand: a problem.
    """
    found = prereleases_in(setup.changelog, files.get(setup.changelog, b"").decode(), parse(step.version))
    if not found.contents:
        return Combined(files)
    removed: Mapping[str, FileContent] = {file.path: file for file in await digest_contents(step.removed)}
    past = by_prerelease({path: file.content for path, file in removed.items()})
    versions = tuple(found.contents)
    results = await towncrier_results(
        request_of(
            dataclasses.replace(step, version=version),
            setup,
            of_prerelease(setup, files, past.get(version, {})),
            "--yes",
        )
        for version in versions
    )
    problems = []
    for version, result in zip(versions, results):
        if result.problem:
            problems.append(result.problem)
            continue
        after = {file.path: file.content for file in await digest_contents(result.outputs)}
        again = after.get(setup.config.written, b"").decode()
        given = contents_of(setup.changelog, again, version)
        problem = edited_problem(setup.changelog, version, found.contents[version], given)
        problems += [problem] if problem else []
    return Combined(of_all(setup, files, found, past), versions, tuple(problems))
