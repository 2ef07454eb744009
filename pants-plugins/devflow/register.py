"""The backend `devflow`: every goal of the project. Each slice is a backend of its own, too."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.target import Target

from devflow.add_requirement import register as add_requirement
from devflow.backport import register as backport
from devflow.doctor import register as doctor
from devflow.engine import Rules, rules_once
from devflow.exec import register as exec_
from devflow.export_all_resolves import register as export_all_resolves
from devflow.ide_config import register as ide_config
from devflow.link import register as link
from devflow.merge_lockfiles import register as merge_lockfiles
from devflow.platform_wheels import register as platform_wheels
from devflow.plugin_checkouts import register as plugin_checkouts
from devflow.release import register as release
from devflow.release.steps import schema_history as schema_history_step
from devflow.reset_cache import register as reset_cache
from devflow.schema_history import register as schema_history
from devflow.sphinx_docs import register as sphinx_docs


@rules_once
def rules() -> Rules:
    """The rules of every slice, and the release step that needs two of them."""
    return [
        *add_requirement.rules(),
        *backport.rules(),
        *doctor.rules(),
        *exec_.rules(),
        *export_all_resolves.rules(),
        *ide_config.rules(),
        *link.rules(),
        *merge_lockfiles.rules(),
        *platform_wheels.rules(),
        *plugin_checkouts.rules(),
        *release.rules(),
        *reset_cache.rules(),
        *schema_history.rules(),
        *schema_history_step.rules(),
        *sphinx_docs.rules(),
    ]


def target_types() -> Iterable[type[Target]]:
    """The target types of every slice."""
    return [*platform_wheels.target_types(), *schema_history.target_types(), *sphinx_docs.target_types()]
