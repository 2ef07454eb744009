"""The state of a repository and of a run: what has the same one gives the same results."""

from __future__ import annotations

import os
from collections.abc import Hashable

from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.fs import PathGlobs
from pants.engine.internals.session import SessionValues
from pants.option.options_bootstrapper import OptionsBootstrapper

from devflow.common.callers import of_caller
from devflow.common.file_states import states_of
from devflow.engine.files import list_files
from devflow.engine.session import scoped_options


async def repository_state(session: SessionValues, build_root: str) -> Hashable | None:
    """The command line, its variables, and the states of the configuration files and of each file that Pants sees.

    For a goal that remembers what it has found. If a rule depends on targets, the engine looks in each run at all that
    the result was made of, file by file; to compare the states of the files takes a twentieth of that. None if a file
    has just changed.
    """
    options = (await scoped_options("")).options
    files = await list_files(PathGlobs(["**"]))
    states = states_of(build_root, files)
    if states is None:
        return None
    # They may be outside of the repository, or ignored in it.
    named = (*options.pants_config_files, *options.pantsrc_files)
    configuration = {os.path.join(build_root, os.path.expanduser(path)) for path in named}
    of_configuration = states_of(build_root, sorted(filter(os.path.isfile, configuration)))
    if of_configuration is None:
        return None
    variables = frozenset(of_caller(session[CompleteEnvironmentVars]).items())
    return build_root, session[OptionsBootstrapper].args, variables, files, states, of_configuration
