"""What Pants reads of files with requirements, and what it infers from the name of a distribution."""

from __future__ import annotations

from typing import Any

from packaging.utils import canonicalize_name
from pants.backend.python.dependency_inference import default_module_mapping as tables
from pants.backend.python.dependency_inference import module_mapper
from pants.backend.python.macros import python_requirements

try:
    from pants.backend.python.pip_requirement import PipRequirement
except ImportError:
    from pants.util.pip_requirement import PipRequirement  # type: ignore[import-not-found,no-redef]

# Pants 2.19 and newer have patterns.
_pattern: Any = getattr(module_mapper, "generate_mappings_from_pattern", None)


def normalised(requirement: str, origin: str = "") -> str:
    """The requirement as Pants writes it. Raises: ValueError if it is none."""
    return str(PipRequirement.parse(requirement, description_of_origin=origin))


def requirements_of_lines(text: str, path: str) -> tuple[str, ...]:
    """The requirements that Pants reads from a requirement file. Raises: ValueError with the line."""
    return tuple(map(str, python_requirements.parse_requirements_callback(text.encode(), path)))


def requirements_of_pyproject(text: str, path: str) -> tuple[str, ...]:
    """The requirements that Pants reads from pyproject.toml. Raises: KeyError, ValueError."""
    return tuple(map(str, python_requirements.parse_pyproject_callback(text.encode(), path)))


def inferred_modules(requirement: str) -> tuple[tuple[str, ...], bool]:
    """The modules that Pants infers for a requirement without a mapping, and whether these are type stubs.

    Source: `map_third_party_modules_to_addresses` of Pants 2.17 to 2.33.
    """
    parsed: Any = PipRequirement.parse(requirement)
    written = str(getattr(parsed, "project_name", None) or parsed.name)
    name = canonicalize_name(written)
    fallback = written.strip().lower().replace("-", "_")
    if name in tables.DEFAULT_MODULE_MAPPING:
        return tuple(tables.DEFAULT_MODULE_MAPPING[name]), False
    if name in tables.DEFAULT_TYPE_STUB_MODULE_MAPPING:
        return tuple(tables.DEFAULT_TYPE_STUB_MODULE_MAPPING[name]), True
    if _pattern is not None:
        for is_stub in (True, False):
            found = _pattern(name, is_type_stub=is_stub)
            if found:
                return tuple(found), is_stub
    elif fallback.startswith(("types_", "stubs_")):
        return (fallback[6:],), True
    elif fallback.endswith(("_types", "_stubs")):
        return (fallback[:-6],), True
    return (fallback,), False
