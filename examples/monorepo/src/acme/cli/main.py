"""`kiln`: one command for all components that are installed."""

from __future__ import annotations

import importlib
import importlib.util

import click

from acme.cli import __version__
from acme.cli.jobs import cancel, ps, submit

# Loaded when asked for, so that `kiln ps` needs neither a database nor a server's packages.
COMPONENTS = {"agent": "acme.agent.cli", "mgr": "acme.manager.cli"}


class Components(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        installed = [name for name, module in COMPONENTS.items() if _is_installed(module)]
        return sorted([*super().list_commands(ctx), *installed])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if (module := COMPONENTS.get(cmd_name)) and _is_installed(module):
            command = importlib.import_module(module).main
            assert isinstance(command, click.Command)
            return command
        return super().get_command(ctx, cmd_name)


def _is_installed(module: str) -> bool:
    package, _, _ = module.rpartition(".")
    return importlib.util.find_spec(package) is not None


@click.group(cls=Components)
@click.version_option(__version__)
def main() -> None:
    """Acme Kiln: run batch jobs on many machines."""


main.add_command(cancel)
main.add_command(ps)
main.add_command(submit)
