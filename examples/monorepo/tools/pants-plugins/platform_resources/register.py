"""Resources that differ by the platform a distribution is built for."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.rules import Rule
from pants.engine.target import Target
from pants.engine.unions import UnionRule

from platform_resources import rules as platform_resources_rules
from platform_resources.target_types import PlatformResourcesTarget


def rules() -> Iterable[Rule | UnionRule]:
    return platform_resources_rules.rules()


def target_types() -> Iterable[type[Target]]:
    return [PlatformResourcesTarget]
