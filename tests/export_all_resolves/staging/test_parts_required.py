"""The parts of an export must be all that they require, whoever has made them, and for whatever markers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging.part_cache import CannotAssembleError
from export_all_resolves.staging.packed_pex import Files, packed_pex
from export_all_resolves.staging.test_parts import assemble, assembly, kept, virtualenv, wheel


def test_parts_must_be_all_that_they_require(tmp_path: Path) -> None:
    """If some are in the cache, nothing else has compared them with the others."""

    cache = tmp_path / "cache"

    def with_metadata(name: str, lines: str) -> Files:
        return kept(name, {f"{name}-1.0.dist-info/METADATA": f"Name: {name}\nVersion: 1.0\n{lines}"})

    top = {
        **with_metadata("top", "Requires-Dist: below\nRequires-Dist: other; sys_platform == 'win32'\n"),
        "top/_vendor/x-1.0.dist-info/METADATA": "Name: x\nVersion: 1.0\nRequires-Dist: nowhere\n",
    }
    pex = packed_pex(tmp_path / "parts.pex", {wheel("below"): with_metadata("below", ""), wheel("top"): top})
    markers = {"sys_platform": "linux"}
    both = assembly(cache, "below", "top", made=("below", "top"), pex=pex)
    virtualenv(tmp_path / "first")
    assemble(str(tmp_path / "first"), both._replace(markers=markers), from_base=False)

    alone = assembly(cache, "top")._replace(markers=markers)
    with pytest.raises(CannotAssembleError, match=r"^top 1\.0 requires below, and its lockfile does not pin below$"):
        assemble(str(tmp_path / "second"), alone, from_base=True)

    # What was read for other values of the markers says nothing; a part may also be one of an older version.
    windows = {"sys_platform": "win32"}
    again = assembly(cache, "below", "top")._replace(markers=windows)
    with pytest.raises(
        CannotAssembleError, match=r"^top 1\.0 requires other; .*, and its lockfile does not pin other$"
    ):
        assemble(str(tmp_path / "third"), again, from_base=True)
    record = Path(alone.parts[0].path, "part.json")
    noted = json.loads(record.read_text())
    assert noted.pop("requires")["distributions"] == [["top", "1.0", [["below", "below", ""]]]]
    record.write_text(json.dumps(noted))
    with pytest.raises(CannotAssembleError, match=r"requires below"):
        assemble(str(tmp_path / "fourth"), alone, from_base=True)
