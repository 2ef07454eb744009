"""What is installed from a wheel is installed once, whichever hashes the pins have that lead to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import parts
from devflow.export_all_resolves.staging.part_cache import CannotAssembleError, Part, Sources
from devflow.export_all_resolves.staging.parts import Assembly
from devflow.export_all_resolves.staging.unchanged import OldExport
from export_all_resolves.staging.packed_pex import downloaded_wheel
from export_all_resolves.staging.test_parts import SITE, assemble, assembly, contents, virtualenv, wheel


class World:
    """A cache with a base, and a directory of wheels, in which is one of c."""

    def __init__(self, directory: Path) -> None:
        self.exports = directory / "exports"
        self.cache = directory / "cache"
        self.wheel = downloaded_wheel(directory / "wheels" / wheel("c"), {"c/__init__.py": "c"})
        virtualenv(directory / "base")
        assemble(str(directory / "base"), assembly(self.cache), from_base=False)

    def installed_for(self, pin: str, tree: str, *, requirement: str = "c==1.0", made_as: str = "") -> Path:
        """Assemble an export of a pin of c; the result is the directory of the cache that it came from."""
        export = self.exports / tree
        export.mkdir(parents=True)
        sources = Sources(wheels=str(self.wheel.parent))
        part = Part("c", str(self.cache / "c" / pin), requirement, made_as)
        wanted = Assembly([part], str(self.cache / "base" / "4567"), "", made=("c",), sources=sources)
        files = parts.assemble(str(export), wanted, OldExport(""), frozenset(), from_base=True)
        [place] = set(files) - {wanted.base}
        assert (export / SITE / "c/__init__.py").read_text() == "c"
        assert (self.cache / "c" / pin).resolve() == Path(place).resolve()
        return Path(place)


@pytest.fixture()
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_pins_with_other_hashes_share_it(world: World) -> None:
    one = world.installed_for("one", ".+one")
    assert world.installed_for("two", ".+two") == one
    assert one.is_dir()
    assert not one.is_symlink()
    assert contents(world.exports / ".+one") == contents(world.exports / ".+two")


def test_it_is_another_one_if_something_else_decides_how(world: World) -> None:
    assert world.installed_for("one", ".+one") != world.installed_for("two", ".+two", made_as="by another Pants")


def test_a_link_instead_of_the_wheel_leads_to_it(world: World) -> None:
    one = world.installed_for("one", ".+one")
    world.wheel.unlink()
    world.wheel.symlink_to(one)
    assert world.installed_for("two", ".+two") == one
    shutil.rmtree(one)
    with pytest.raises(CannotAssembleError, match=r"^c is no longer in the cache$"):
        world.installed_for("three", ".+three")


def test_what_is_gone_is_installed_again(world: World) -> None:
    """`reset-cache` removes directories, and leaves the links to them."""
    one = world.installed_for("one", ".+one")
    shutil.rmtree(one)
    assert world.installed_for("one", ".+two") == one


def test_a_part_of_an_older_version_stays(world: World) -> None:
    """It has no link, and is the directory itself."""
    one = world.installed_for("one", ".+one")
    path = world.cache / "c" / "one"
    path.unlink()
    one.rename(path)
    assert world.installed_for("one", ".+two") == path
