"""What `devflow.api` promises is written down in surface.txt, so that a change of it is a conscious one."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

from pants.engine.target import Field

import devflow
from devflow import api

SURFACE = Path(__file__).with_name("surface.txt")
UPDATE = """
The public surface has changed. If that is meant: say so in a news fragment (a name or a field that is gone is a
breaking change), and write the new one into tests/api/surface.txt:

"""


def signature(function: FunctionType) -> str:
    """With types, which are strings in all of our modules."""
    return str(inspect.signature(function)).replace("'", "")


def described(name: str) -> Iterator[str]:
    """A name with what an author of a backend relies on: signature, fields with types and defaults, methods, values."""
    thing = getattr(api, name)
    if isinstance(thing, FunctionType):
        yield f"{'async def' if inspect.iscoroutinefunction(thing) else 'def'} {name}{signature(thing)}"
        return
    bases = [base.__name__ for base in thing.__bases__ if base.__name__ in api.__all__ or base is Exception]
    yield f"class {name}{f'({bases[0]})' if bases else ''}"
    if issubclass(thing, enum.Enum):
        yield from (f"  {member.name} = {member.value!r}" for member in thing)
        return
    if issubclass(thing, Exception):
        yield f"  __init__{signature(thing.__init__)}"
    # The fields of Pants' own `Field` are not ours, and differ between its releases.
    ours = not issubclass(thing, Field)
    fields = dataclasses.fields(thing) if ours and dataclasses.is_dataclass(thing) else ()
    for field in fields:
        default = "" if field.default is dataclasses.MISSING else f" = {field.default!r}"
        yield f"  {field.name}: {field.type}{default}"
    for key in getattr(thing, "_fields", ()):  # of a named tuple
        default = f" = {thing._field_defaults[key]!r}" if key in thing._field_defaults else ""
        yield f"  {key}: {thing.__annotations__[key].__forward_arg__}{default}"
    for key, value in thing.__dict__.get("__annotations__", {}).items():
        if "ClassVar" in str(value):
            yield f"  {key}: {value}{f' = {thing.__dict__[key]!r}' if key in thing.__dict__ else ''}"
    names = {*(field.name for field in fields), *getattr(thing, "_fields", ())}
    for key, value in sorted(thing.__dict__.items()):
        if key.startswith("_") or key in names or key == "debug_hint":
            continue
        function = getattr(value, "__func__", value)
        if isinstance(value, property):
            yield f"  {key} -> {value.fget.__annotations__.get('return') if value.fget else ''}"
        elif isinstance(function, FunctionType):
            yield f"  {key}{signature(function)}"


def surface() -> str:
    return "".join(f"{line}\n" for name in api.__all__ for line in described(name))


def test_the_surface_is_the_one_that_is_written_down() -> None:
    assert surface() == SURFACE.read_text(), f"{UPDATE}{surface()}"


def test_the_names_are_sorted_and_all_that_is_offered() -> None:
    assert sorted(api.__all__) == api.__all__
    offered = {name for name, thing in vars(api).items() if not name.startswith("_") and name != "annotations"}
    assert offered == set(api.__all__)


def test_an_import_brings_neither_rules_nor_other_backends() -> None:
    code = "import sys, devflow.api; print('\\n'.join(sys.modules))"
    path = str(Path(next(iter(devflow.__path__))).parent)
    env = {"PYTHONPATH": ":".join([path, *sys.path])}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    modules = done.stdout.splitlines()
    assert "devflow.api" in modules
    assert [name for name in modules if name.startswith("pants.backend.python")] == []
    registering = ("goal", "register", "rules", "subsystem")
    assert [name for name in modules if name.startswith("devflow.") and name.rpartition(".")[2] in registering] == []
