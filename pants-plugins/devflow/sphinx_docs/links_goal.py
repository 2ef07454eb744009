"""The goal `docs-links`."""

from __future__ import annotations

from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.rules import collect_rules, goal_rule

from devflow.common.goals import GoalRun
from devflow.engine import Rules
from devflow.sphinx_docs.report import broken_links, link_lines, links_as_json, links_closing
from devflow.sphinx_docs.run import SphinxRun, sphinx_results
from devflow.sphinx_docs.sites import chosen_sites
from devflow.sphinx_docs.subsystem import DocsLinksSubsystem


class DocsLinks(Goal):
    """Changes nothing."""

    subsystem_cls = DocsLinksSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def docs_links_goal(console: Console, options: DocsLinksSubsystem, specs: Specs) -> DocsLinks:
    """See docs/goals/docs-links.md."""
    with GoalRun(console, options.name) as run:
        sites = await chosen_sites(specs)
        builder = "linkcheck" if options.external else "dummy"
        results = await sphinx_results(
            SphinxRun(fields, builder, nitpicky=not options.external, asks_network=options.external) for fields in sites
        )
        run.fail(*(result.problem for result in results if result.problem))
        found = {
            str(fields.address): broken_links(result.answer)
            for fields, result in zip(sites, results)
            if not result.problem
        }
        run.report(options.format, lines=link_lines(found), document=links_as_json(found, external=options.external))
        run.say(*links_closing(found))
        run.end(1 if any(found.values()) else 0)
    return DocsLinks(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
