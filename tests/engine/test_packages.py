"""The helpers for packages, and for the files that go into them."""

from __future__ import annotations

from dataclasses import dataclass

from pants.core.goals.package import BuiltPackage, BuiltPackageArtifact, PackageFieldSet
from pants.core.target_types import ResourcesGeneratorTarget, ResourceSourceField
from pants.core.util_rules.source_files import SourceFilesRequest
from pants.engine.addresses import Address
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.engine.target import COMMON_TARGET_FIELDS, SourcesField, StringField, Target
from pants.engine.unions import UnionRule
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import create_digest, digest_contents, transitive_targets
from devflow.engine.targets import built_package, package_rules, stripped_files
from engine.answer import Answer
from engine.recorder import executes


class Title(StringField):
    alias = "title"
    help = "A title."


class Book(Target):
    alias = "book"
    core_fields = (*COMMON_TARGET_FIELDS, Title)
    help = "A book."


@dataclass(frozen=True)
class BookFieldSet(PackageFieldSet):
    required_fields = (Title,)

    title: Title


@rule
async def bind(field_set: BookFieldSet) -> BuiltPackage:
    cover = FileContent("book.txt", str(field_set.title.value).encode())
    return BuiltPackage(await create_digest(CreateDigest([cover])), (BuiltPackageArtifact("book.txt"),))


@dataclass(frozen=True)
class AboutPackages:
    book: Address
    pages: Address


@rule
async def see_packages(about: AboutPackages) -> Answer:
    found = await transitive_targets([about.book, about.pages])
    built = await built_package(BookFieldSet.create(found.roots[0]))
    fields = [target[SourcesField] for target in found.closure if target.has_field(ResourceSourceField)]
    request = SourceFilesRequest(fields, for_sources_types=[ResourceSourceField])
    return Answer(
        {
            "artifacts": [artifact.relpath for artifact in built.artifacts],
            "contents": [file.content for file in await digest_contents(built.digest)],
            "stripped": [one.snapshot.files for one in await stripped_files([request, SourceFilesRequest([])])],
        }
    )


@executes("built_package", "stripped_files")
def test_a_package_and_files_without_source_roots() -> None:
    runner = RuleRunner(
        rules=[
            *collect_rules(),
            *engine.rules(),
            *package_rules(),
            UnionRule(PackageFieldSet, BookFieldSet),
            QueryRule(Answer, [AboutPackages]),
        ],
        target_types=[Book, ResourcesGeneratorTarget],
    )
    runner.set_options(["--source-root-patterns=['/site']"])
    runner.write_files(
        {"site/book/BUILD": "book(title='Rules')\nresources(name='pages', sources=['*.md'])", "site/book/a.md": ""}
    )
    about = AboutPackages(Address("site/book"), Address("site/book", target_name="pages"))
    seen = runner.request(Answer, [about])
    assert (seen.artifacts, seen.contents) == (["book.txt"], [b"Rules"])
    assert seen.stripped == [("book/a.md",), ()]
