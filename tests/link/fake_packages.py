"""Distributions that are built without setuptools: a wheel in the words of `python_artifact`, in no time.

`requires` are its requirements, and `points` is its `entry_points.txt`. The version "broken" fails to build; with
`wheel=False`, there is only an sdist.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from pants.backend.python.subsystems.setuptools import PythonDistributionFieldSet
from pants.backend.python.target_types import WheelField
from pants.core.goals.package import BuiltPackage, BuiltPackageArtifact, PackageFieldSet
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules, create_digest, transitive_targets
from harness.package_index import make_wheel


@rule
async def package_distribution(field_set: PythonDistributionFieldSet) -> BuiltPackage:
    kwargs = field_set.provides.value.kwargs
    if kwargs["version"] == "broken":
        raise ValueError("the build of this one fails")
    [target] = (await transitive_targets([field_set.address])).roots
    if not target[WheelField].value:
        content = FileContent("x.tar.gz", b"")
    else:
        module = kwargs.get("module", f"{kwargs['name']}/__init__.py")
        with tempfile.TemporaryDirectory() as directory:
            wheel = make_wheel(
                Path(directory),
                kwargs["name"],
                kwargs["version"],
                requires=kwargs.get("requires", ()),
                files={module: "print('of the wheel')\n"},
                requires_python=kwargs.get("python_requires", ""),
                entry_points=kwargs.get("points", ""),
            )
            content = FileContent(wheel.name, wheel.read_bytes())
    digest = await create_digest(CreateDigest([content]))
    return BuiltPackage(digest, (BuiltPackageArtifact(content.path),))


def rules() -> Rules:
    return [*collect_rules(), UnionRule(PackageFieldSet, PythonDistributionFieldSet)]
