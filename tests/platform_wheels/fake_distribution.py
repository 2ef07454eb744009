"""A distribution that is built without Python."""

from __future__ import annotations

from dataclasses import dataclass

from pants.core.goals.package import BuiltPackage, BuiltPackageArtifact, PackageFieldSet
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.rules import collect_rules, rule
from pants.engine.target import (
    COMMON_TARGET_FIELDS,
    BoolField,
    Dependencies,
    StringField,
    StringSequenceField,
    Target,
)
from pants.engine.unions import UnionRule

from devflow.engine import Rules, create_digest
from platform_wheels.wheels import ANY, PACKAGE, wheel


class FakeFileName(StringField):
    alias = "file_name"
    default = ANY
    help = "The file name of the wheel."


class FakeFiles(StringSequenceField):
    alias = "files"
    default = tuple(PACKAGE)
    help = "The files in it; without any, it is no zip file."


class FakeSdist(BoolField):
    alias = "sdist"
    default = False
    help = "Whether there is an sdist, too."


class FakeWheel(BoolField):
    alias = "wheel"
    default = True
    help = "Whether there is a wheel."


class FakeDependencies(Dependencies):
    supports_transitive_excludes = True


class FakeDistribution(Target):
    """A distribution that is built without Python."""

    alias = "distribution"
    core_fields = (*COMMON_TARGET_FIELDS, FakeFileName, FakeFiles, FakeSdist, FakeWheel, FakeDependencies)
    help = "A distribution."


@dataclass(frozen=True)
class FakeDistributionFieldSet(PackageFieldSet):
    required_fields = (FakeFileName,)

    file_name: FakeFileName
    files: FakeFiles
    sdist: FakeSdist
    wheel: FakeWheel


@rule
async def package_fake_distribution(field_set: FakeDistributionFieldSet) -> BuiltPackage:
    name = field_set.file_name.value
    made = {}
    if name and field_set.wheel.value:
        files = {file: PACKAGE.get(file, b"") for file in field_set.files.value or ()}
        made[name] = wheel(files, name) if files else b"no zip file"
    if field_set.sdist.value:
        made["acme_runner-1.0.tar.gz"] = b"sources"
    digest = await create_digest(CreateDigest(FileContent(path, content) for path, content in made.items()))
    return BuiltPackage(digest, tuple(map(BuiltPackageArtifact, made)))


def rules() -> Rules:
    return [*collect_rules(), UnionRule(PackageFieldSet, FakeDistributionFieldSet)]
