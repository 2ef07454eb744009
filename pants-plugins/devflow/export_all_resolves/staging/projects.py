"""Names of projects. Pure. Source: PEP 427, PEP 503."""

from __future__ import annotations

import re


def normalised(name: str) -> str:
    """The one form of a project's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def project_of(wheel: str) -> str:
    """The normalised name of the project of a wheel or a `.dist-info`."""
    return normalised(wheel.partition("-")[0])
