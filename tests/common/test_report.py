from __future__ import annotations

import json

from devflow.common.report import json_report


def test_the_envelope_comes_first_and_names_are_readable() -> None:
    text = json_report("some-goal", schema_version=3, mode="check", results=[{"name": "übung"}], removed=["a"])
    assert list(json.loads(text)) == ["schema_version", "goal", "mode", "results", "removed"]
    assert json.loads(text)["results"] == [{"name": "übung"}]
    assert "übung" in text
