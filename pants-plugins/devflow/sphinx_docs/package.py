"""Sites as packages, for the goal `package`."""

from __future__ import annotations

from pants.core.goals.package import BuiltPackage, BuiltPackageArtifact, PackageFieldSet
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from devflow.common.errors import UserError
from devflow.common.paths import shown_fact
from devflow.common.report import count
from devflow.engine import Rules, merge_digests
from devflow.sphinx_docs.answer import report_lines
from devflow.sphinx_docs.inspect import inputs_of, output_paths
from devflow.sphinx_docs.plan import refuse_shared_output
from devflow.sphinx_docs.run import SphinxRun, sphinx_results
from devflow.sphinx_docs.targets import SphinxDocsFieldSet


@rule(desc="Package a documentation site", level=LogLevel.DEBUG)
async def package_site(fields: SphinxDocsFieldSet) -> BuiltPackage:
    """Each builder's output below the target's output path, in each language. Raises: UserError."""
    site = (await inputs_of(fields)).site
    refuse_shared_output(site, await output_paths())
    requests = [
        SphinxRun(fields, builder, output=output, kept=output, language=language)
        for builder in site.builders
        for language in site.languages or (None,)
        for output in ["/".join(filter(None, (site.output_path, builder, language)))]
    ]
    results = await sphinx_results(requests)
    for result in results:
        if result.problem:
            raise UserError.of(result.problem)
    artifacts = []
    for builder in site.builders:
        of_builder = [result for request, result in zip(requests, results) if request.builder == builder]
        warnings = dict.fromkeys(warning for result in of_builder for warning in result.answer.warnings)
        lines = [shown_fact(line) for line in report_lines(warnings, of_builder[0].resolve)]
        if warnings:
            lines.append(f"{site.address}: {count(len(warnings), 'warning')}")
        artifacts.append(BuiltPackageArtifact(f"{site.output_path}/{builder}", extra_log_lines=tuple(lines)))
    return BuiltPackage(await merge_digests(result.written for result in results), tuple(artifacts))


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(PackageFieldSet, SphinxDocsFieldSet)]
