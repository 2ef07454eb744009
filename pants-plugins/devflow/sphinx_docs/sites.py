"""Which sites a goal is about."""

from __future__ import annotations

from pants.base.specs import Specs

from devflow.common.errors import UserError
from devflow.engine import all_targets, filtered_targets_of_specs
from devflow.sphinx_docs.targets import SphinxDocsFieldSet


async def chosen_sites(specs: Specs) -> tuple[SphinxDocsFieldSet, ...]:
    """Those that the specs name, else all of the repository, by address. Raises: UserError if there is none."""
    targets = await filtered_targets_of_specs(specs) if specs else await all_targets()
    sites = sorted(
        (SphinxDocsFieldSet.create(target) for target in targets if SphinxDocsFieldSet.is_applicable(target)),
        key=lambda fields: fields.address,
    )
    if not sites:
        raise UserError(
            "None of the targets is a `sphinx_docs`." if specs else "This repository has no target `sphinx_docs`.",
            fix='write "sphinx_docs()" into the BUILD file beside conf.py, and see that [GLOBAL].pants_ignore does not '
            "hide its directory",
        )
    return tuple(sites)
