"""A release step: the version and the date in a citation file."""

from __future__ import annotations

import re

from pants.engine.fs import CreateDigest, FileContent, PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.api import (
    Problem,
    ReleaseStep,
    ReleaseStepChanges,
    ReleaseStepInputs,
    create_digest,
    digest_contents,
    list_paths,
)

CITATION = "CITATION.cff"


class CitationStep(ReleaseStep):
    """Writes into CITATION.cff, where there is one."""

    name = "citation"


@rule
async def citation_inputs(step: CitationStep) -> ReleaseStepInputs:
    """The one file."""
    there = await list_paths(PathGlobs([CITATION]))
    return ReleaseStepInputs((CITATION,), applies=bool(there.files))


@rule
async def citation_changes(step: CitationStep) -> ReleaseStepChanges:
    """The same text with two lines changed."""
    files = {file.path: file.content.decode() for file in await digest_contents(step.committed)}
    if CITATION not in files:
        return ReleaseStepChanges(problems=(Problem(f"{CITATION} is not committed.", f"git add {CITATION}"),))
    text = re.sub(r"(?m)^version: .*$", f"version: {step.version}", files[CITATION])
    text = re.sub(r"(?m)^date-released: .*$", f"date-released: {step.date}", text)
    written = await create_digest(CreateDigest([FileContent(CITATION, text.encode())]))
    return ReleaseStepChanges(writes=written, found=CITATION)


def rules():
    """The member."""
    return [*collect_rules(), UnionRule(ReleaseStep, CitationStep)]
