"""The goal `docs-serve`."""

from __future__ import annotations

import json
import os

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.pex import VenvPexProcess
from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.fs import CreateDigest
from pants.engine.goal import Goal
from pants.engine.process import InteractiveProcess
from pants.engine.rules import collect_rules, goal_rule
from pants.option.global_options import GlobalOptions

from devflow.common.errors import UserError
from devflow.common.goals import GoalRun
from devflow.engine import Rules, create_digest, environment_vars, merge_digests, run_interactive
from devflow.engine.python import venv_pex_process
from devflow.engine.python.resolves import how_to_make_lockfile
from devflow.engine.sandbox_package import REMOVING, module_file, module_path, modules_as_files
from devflow.sphinx_docs.inspect import inputs_of
from devflow.sphinx_docs.plan import HOME, RUNNER, checked_languages, job, serve_spec
from devflow.sphinx_docs.run import build_variables, sphinx_venv
from devflow.sphinx_docs.sites import chosen_sites
from devflow.sphinx_docs.subsystem import BROWSER_VARIABLES, DocsServeSubsystem, SphinxSubsystem

_MODULES = (
    *(f"devflow.common.{name}" for name in ("errors", "masking")),
    *REMOVING,
    "devflow.sphinx_docs.answer",
    "devflow.sphinx_docs.facts",
    "devflow.sphinx_docs.failures",
    *(f"devflow.sphinx_docs.sandbox.{name}" for name in ("mirror", "serve")),
)
_CHROOT = "{chroot}"


class DocsServe(Goal):
    """Runs a process of this machine, so it runs in the local environment only."""

    subsystem_cls = DocsServeSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def docs_serve_goal(
    console: Console,
    options: DocsServeSubsystem,
    specs: Specs,
    build_root: BuildRoot,
    global_options: GlobalOptions,
    python_setup: PythonSetup,
    subsystem: SphinxSubsystem,
) -> DocsServe:
    """See docs/goals/docs-serve.md."""
    with GoalRun(console, options.name) as run:
        if not 0 <= options.port <= 65535:
            raise UserError(f"--port={options.port}: ports go from 0 to 65535.", fix="name another: --port=8080")
        checked_languages([options.language] if options.language is not None else [])
        sites = await chosen_sites(specs)
        if len(sites) > 1:
            raise UserError(
                f"One site can be served, and there are {len(sites)}.",
                fix=f"name one of them: {', '.join(str(fields.address) for fields in sites)}",
            )
        [fields] = sites
        inputs = await inputs_of(fields)
        site = inputs.site
        resolve, venv = await sphinx_venv(site, python_setup)
        state = os.path.join(global_options.pants_workdir, "devflow", "docs", fields.address.path_safe_spec)
        spec = serve_spec(
            site,
            job(
                site,
                "html",
                output="html",
                python_path=inputs.python_path,
                foreign=inputs.foreign,
                language=options.language,
            ),
            directory=fields.address.spec_path,
            globs=fields.sources.globs,
            files=inputs.dependencies,
            state=os.path.relpath(state, build_root.path),
            build_root=build_root.path,
            sandbox=_CHROOT,
            port=options.port,
            watch=not options.once,
            open_browser=options.open,
            resolve=resolve,
            how_to_lock=how_to_make_lockfile(resolve, python_setup),
        )
        files = await create_digest(
            CreateDigest(
                [*modules_as_files(_MODULES, HOME), module_file("devflow.sphinx_docs.sandbox.run_sphinx", RUNNER)]
            )
        )
        process = await venv_pex_process(
            VenvPexProcess(
                venv,
                argv=(f"{_CHROOT}/{module_path('devflow.sphinx_docs.sandbox.serve', HOME)}", json.dumps(spec)),
                input_digest=await merge_digests([files, inputs.files]),
                extra_env={
                    **await environment_vars(BROWSER_VARIABLES if options.open else ()),
                    **await build_variables(site, subsystem, network=site.network),
                    "PYTHONPATH": f"{_CHROOT}/{HOME}",
                },
                description=f"Serve {site.address}",
            )
        )
        done = await run_interactive(
            InteractiveProcess(
                (os.path.join(_CHROOT, process.argv[0]), *process.argv[1:]),
                env=process.env,
                input_digest=process.input_digest,
                append_only_caches=process.append_only_caches,
                immutable_input_digests=process.immutable_input_digests,
                run_in_workspace=True,
            )
        )
        run.end(done.exit_code if done.exit_code >= 0 else 130)
    return DocsServe(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
