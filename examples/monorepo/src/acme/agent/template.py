"""Job commands are templates: `["convert", "{{ env.INPUT }}", "{{ scratch }}/out.png"]`."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

_environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


class BadCommand(Exception):
    """The command cannot be filled in."""


def render(command: Sequence[str], scratch: Path, env: dict[str, str]) -> list[str]:
    """Raises: BadCommand."""
    try:
        return [_environment.from_string(part).render(scratch=scratch, env=env) for part in command]
    except TemplateError as error:
        raise BadCommand(str(error)) from error
