"""The page of `sphinx_docs` has a row for each field of the target, with its default."""

from __future__ import annotations

import re

from pants.engine.target import COMMON_TARGET_FIELDS

from devflow.sphinx_docs.targets import SphinxDocsTarget
from harness.transcripts import DOCS


def test_each_field_has_a_row() -> None:
    section = (
        (DOCS / "goals/sphinx-docs.md").read_text(encoding="utf-8").partition("## Fields\n")[2].partition("\n## ")[0]
    )
    fields = [field.alias for field in SphinxDocsTarget.core_fields if field not in COMMON_TARGET_FIELDS]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == fields
