"""The rule that gives goals a machine: apart from `fakes.py`, because processes without Pants import that."""

from __future__ import annotations

from pants.engine.rules import rule

from devflow.engine import Rules
from devflow.reset_cache.inspect import Machine
from reset_cache.fakes import FakeSource, machine_of


def machine_rules(source: FakeSource) -> Rules:
    """Let the goals run on a machine with these processes, in place of the rule in `register.py`."""

    @rule
    async def fake_machine() -> Machine:
        return machine_of(source)

    return [fake_machine]
