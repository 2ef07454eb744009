"""A backend that exports resolves without Python: each export is a small tree, made from the text in `[fake].resolves`.

The version of a resolve is what stands before the first space of its text. The text `raise` makes the fingerprint fail,
`broken` the export, and `foreign` is a resolve that the backend declares and does not export. Of a text that ends with
`in parts`, the cache has lost the parts; `1.0 fetched DIRECTORY` has its cache there, and wheels that cannot be fetched
meanwhile. The text `program NAME CONTENT` is an export without a version, whose program
is linked as NAME.
"""

from __future__ import annotations

from pants.core.goals.export import ExportResult, PostProcessingCommand
from pants.core.goals.generate_lockfiles import (
    KnownUserResolveNames,
    KnownUserResolveNamesRequest,
    RequestedUserResolveNames,
)
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.option.option_types import DictOption
from pants.option.subsystem import Subsystem

from devflow.engine import Rules, create_digest
from devflow.export_all_resolves.contract import (
    MaybeResolveFingerprint,
    ResolveExporter,
    ResolveFingerprint,
    StagedExport,
)
from devflow.export_all_resolves.facts import ExportInput
from devflow.export_all_resolves.staging.fetching import Fetch
from devflow.export_all_resolves.staging.part_cache import Part, Sources
from devflow.export_all_resolves.staging.parts import Assembly


class Fake(Subsystem):
    options_scope = "fake"
    help = "A backend for tests."

    resolves = DictOption[str](default={}, help="Resolve → version and content.")


class FakeRequestedNames(RequestedUserResolveNames):
    pass


class FakeKnownNamesRequest(KnownUserResolveNamesRequest):
    pass


@rule
def fake_known_names(_: FakeKnownNamesRequest, fake: Fake) -> KnownUserResolveNames:
    return KnownUserResolveNames(tuple(fake.resolves), "[fake].resolves", FakeRequestedNames)


class FakeExporter(ResolveExporter):
    export_root = "fake/trees"


@rule
async def fake_fingerprint(request: FakeExporter, fake: Fake) -> MaybeResolveFingerprint:
    text = fake.resolves.get(request.resolve, "foreign")
    if text.startswith(("foreign", "program ")):
        return MaybeResolveFingerprint(None)
    if text == "raise":
        raise ValueError("cannot be read today")
    version, _, content = text.partition(" ")
    return MaybeResolveFingerprint(
        ResolveFingerprint(
            f"fake/trees/{request.resolve}/{version}",
            inputs=(ExportInput("version", version, version), ExportInput("content", content, content)),
            anchors=("bin/run",),
            listings=("bin",),
            tools=("hammer", "saw") if request.resolve == "tools" else (),
        )
    )


@rule
async def fake_export(request: FakeExporter, fake: Fake) -> StagedExport:
    text = fake.resolves[request.resolve]
    if text.endswith("broken"):
        script = "echo the well is dry; exit 7"
    else:
        script = f"mkdir -p {{digest_root}}/bin && echo '{text} in {{digest_root}}' > {{digest_root}}/bin/run"
    version = text.partition(" ")[0]
    if text.endswith("in parts") and not request.builtin_only:
        result = ExportResult("nothing to do", f"fake/trees/{request.resolve}/{version}", resolve=request.resolve)
        return StagedExport(result, assembly=Assembly((), "/no/such/base", "/no/such/record"))
    assembly = None
    if text.startswith("1.0 fetched ") and not request.wheels_first:
        cache = text.partition("fetched ")[2]
        nothing = Sources(fetch=Fetch(("/bin/sh", "-c", "echo a"), {}, ".devflow"))
        part = Part("a", f"{cache}/a/0123")
        assembly = Assembly((part,), f"{cache}/base/0123", f"{cache}/record", made=("a",), sources=nothing)
    return StagedExport(
        ExportResult(
            f"tree of {request.resolve}",
            f"fake/trees/{request.resolve}/{version}",
            post_processing_cmds=[PostProcessingCommand(["/bin/sh", "-c", script])],
            resolve=request.resolve,
        ),
        assembly=assembly,
    )


class FakeProgramExporter(ResolveExporter):
    export_root = "fake/programs"
    has_versions = False


@rule
async def fake_program_fingerprint(request: FakeProgramExporter, fake: Fake) -> MaybeResolveFingerprint:
    kind, _, text = fake.resolves.get(request.resolve, "foreign").partition(" ")
    if kind != "program":
        return MaybeResolveFingerprint(None)
    name, _, content = text.partition(" ")
    return MaybeResolveFingerprint(
        ResolveFingerprint(
            f"fake/programs/{request.resolve}",
            inputs=(ExportInput("content", content, content),),
            anchors=("tool/run",),
            programs=((name, "tool/run"),),
        )
    )


@rule
async def fake_program_export(request: FakeProgramExporter, fake: Fake) -> StagedExport:
    content = fake.resolves[request.resolve].split(" ")[2]
    run = FileContent("tool/run", content.encode(), is_executable=True)
    digest = await create_digest(CreateDigest([run] if content != "broken" else []))
    return StagedExport(ExportResult(f"program {request.resolve}", f"fake/programs/{request.resolve}", digest=digest))


def rules() -> Rules:
    return [
        *collect_rules(),
        UnionRule(KnownUserResolveNamesRequest, FakeKnownNamesRequest),
        UnionRule(ResolveExporter, FakeExporter),
        UnionRule(ResolveExporter, FakeProgramExporter),
    ]
