"""Whether distributions have what they require of each other. Pex asks this of all that it has resolved at once.

It needs `packaging`, which Pants brings, and which its interpreter has unless Pants is run in an unusual way.
Source: pex 2.1.137, `BuildAndInstallRequest._check_install`, `Target.requirement_applies`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from email.parser import BytesHeaderParser

from devflow.export_all_resolves.staging.part_cache import normalised


def unmet(metadata: Iterable[bytes], markers: Mapping[str, str]) -> str | None:
    """The first requirement that is not met, as a clause; requirements of extras do not count.

    `metadata` is the METADATA of each distribution; `markers`, the values of markers where these are installed.
    """
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return "what its distributions require is not known, because the interpreter of Pants has no `packaging`"
    all_headers = [BytesHeaderParser().parsebytes(content) for content in metadata]
    versions = {normalised(headers["Name"]): headers["Version"] for headers in all_headers}
    environment = {**markers, "extra": ""}
    for headers in all_headers:
        distribution = f"{headers['Name']} {headers['Version']}"
        for text in headers.get_all("Requires-Dist", ()):
            try:
                requirement = Requirement(text)
                if requirement.marker and not requirement.marker.evaluate(environment):
                    continue
                version = versions.get(normalised(requirement.name))
                if version is None:
                    return f"{distribution} requires {requirement}, and its lockfile does not pin {requirement.name}"
                if not requirement.specifier.contains(version, prereleases=True):
                    return f"{distribution} requires {requirement}, and its lockfile pins {version}"
            except ValueError as error:
                return f"a requirement of {distribution} is not understood: {error}"
    return None
