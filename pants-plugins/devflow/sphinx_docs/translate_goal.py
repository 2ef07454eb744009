"""The goal `docs-translate`."""

from __future__ import annotations

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.util.docutil import bin_name

from devflow.common.errors import UserError
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas
from devflow.common.report import to_do
from devflow.engine import Rules, digest_contents
from devflow.sphinx_docs.apply import refuse_odd_destination, write_catalog
from devflow.sphinx_docs.inspect import inputs_of
from devflow.sphinx_docs.plan import CATALOGS, checked_languages, checked_names, templates_of
from devflow.sphinx_docs.report import catalog_lines, catalogs_as_json, catalogs_closing
from devflow.sphinx_docs.run import SphinxRun, sphinx_results
from devflow.sphinx_docs.sites import chosen_sites
from devflow.sphinx_docs.subsystem import DocsTranslateSubsystem
from devflow.sphinx_docs.targets import SphinxDocsFieldSet


class DocsTranslate(Goal):
    """Writes into the working copy, so it runs in the local environment only."""

    subsystem_cls = DocsTranslateSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


def _languages(fields: SphinxDocsFieldSet, given: tuple[str, ...]) -> tuple[str, ...]:
    """Raises: UserError."""
    own = fields.languages.value or ()
    languages = checked_languages(given) or checked_names(str(fields.address), "languages", own)
    if not languages:
        raise UserError(
            f"{fields.address} has no languages.", fix="add --language=ko, or set `languages` of the target"
        )
    return languages


@goal_rule
async def docs_translate_goal(
    console: Console, options: DocsTranslateSubsystem, specs: Specs, build_root: BuildRoot, session: SessionValues
) -> DocsTranslate:
    """See docs/goals/docs-translate.md."""
    with GoalRun(console, options.name) as run:
        sites = await chosen_sites(specs)
        runs = []
        for fields in sites:
            site = (await inputs_of(fields)).site
            runs += [
                SphinxRun(fields, "gettext", output=templates_of(site), kept=CATALOGS, catalogs_of=language)
                for language in _languages(fields, split_commas(options.language))
            ]
        results = await sphinx_results(runs)
        run.fail(*(result.problem for result in results if result.problem))
        catalogs = sorted((one for result in results for one in result.answer.catalogs), key=lambda one: one.path)
        contents = {
            file.path[len(f"{CATALOGS}/") :]: file.content
            for result in results
            for file in await digest_contents(result.written)
        }
        for path in contents:
            refuse_odd_destination(path, build_root.path)
        if not options.check:
            for path, content in contents.items():
                write_catalog(path, content, build_root.path)
        run.report(
            options.format,
            lines=catalog_lines(catalogs, check=options.check),
            document=catalogs_as_json(catalogs, check=options.check),
        )
        run.say(catalogs_closing(len(catalogs), check=options.check))
        if options.check and catalogs:
            given = flagged(options, typed_arguments(session), without=("check", "format"))
            addresses = [str(fields.address) for fields in sites]
            run.say(to_do(command_line(bin_name(), options.name, *given, *addresses)))
            run.end(1)
    return DocsTranslate(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
