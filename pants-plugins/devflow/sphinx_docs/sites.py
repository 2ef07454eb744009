"""Finds the sites of a goal."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pants.base.build_environment import get_buildroot
from pants.base.specs import Specs
from pants.engine.target import Target

from devflow.common.errors import UserError
from devflow.engine import filtered_targets_of_specs, scoped_options
from devflow.sphinx_docs.inspect import declared_sites
from devflow.sphinx_docs.targets import SphinxDocsFieldSet


async def chosen_sites(specs: Specs) -> tuple[SphinxDocsFieldSet, ...]:
    """The sites that the specs name, else all of the repository, by address. Raises: UserError if there is none."""
    sites = _sites_of(await filtered_targets_of_specs(specs) if specs else await declared_sites())
    if specs and not sites and (elsewhere := _sites_of(await declared_sites())):
        raise UserError(
            "None of the targets is a `sphinx_docs`.",
            fix=f"name one that is: {', '.join(str(fields.address) for fields in elsewhere)}",
        )
    if not sites:
        ignored = _ignored_sites((await scoped_options("")).options.pants_ignore)
        if ignored:
            pattern, directory = ignored[0]
            raise UserError(
                f'{directory} is ignored: [GLOBAL].pants_ignore has "{pattern}".',
                fix=f'take "{pattern}" out of [GLOBAL].pants_ignore in pants.toml',
            )
        raise UserError(
            "This repository has no target `sphinx_docs`.",
            fix='write "sphinx_docs()" into the BUILD file beside conf.py, and see that [GLOBAL].pants_ignore does not '
            "hide its directory",
        )
    return sites


def _sites_of(targets: Iterable[Target]) -> tuple[SphinxDocsFieldSet, ...]:
    """The sites among these targets, by address."""
    sites = (SphinxDocsFieldSet.create(target) for target in targets if SphinxDocsFieldSet.is_applicable(target))
    return tuple(sorted(sites, key=lambda fields: fields.address))


def _ignored_sites(patterns: Iterable[str]) -> list[tuple[str, str]]:
    """The patterns that hide a directory with a conf.py, each with that directory."""
    directories = ((pattern, pattern.strip("/")) for pattern in patterns if not set(pattern) & set("*?[!"))
    return [
        (pattern, directory)
        for pattern, directory in directories
        for below in ("", "source")
        if os.path.isfile(os.path.join(get_buildroot(), directory, below, "conf.py"))
    ]
