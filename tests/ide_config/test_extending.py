"""The editor of docs/extending.md, as it stands there."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path

import pytest
from pants.testutil.rule_runner import RuleRunner

from devflow.ide_config import register
from devflow.ide_config.goal import IdeConfig
from harness import fake_backend
from ide_config.conftest import MAIN

PAGE = Path.cwd() / "docs" / "extending.md"


def test_the_editor_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = PAGE.read_text().partition("## An editor\n")[2]
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert code
    (tmp_path / "nova").mkdir()
    (tmp_path / "nova" / "register.py").write_text(code[1])
    monkeypatch.syspath_prepend(str(tmp_path))
    nova = importlib.import_module("nova.register")
    try:
        runner = RuleRunner(rules=[*register.core_rules(), *fake_backend.rules(), *nova.rules()])
        runner.write_files({"src/x.txt": "", ".nova/Configuration.json": '{"mine": 1, // stays\n}'})
        options = ["--fake-resolves={'main': '1.0 x'}", "--python-default-resolve=main", "--python-resolves={}"]
        constraints = ["--python-interpreter-constraints=['==3.9.*']", "--source-root-patterns=['/src']"]
        result = runner.run_goal_rule(IdeConfig, global_args=[*options, *constraints], env_inherit={"PATH"})
        assert result.stdout == ".nova/Configuration.json: updated, for nova\n"
        text = Path(runner.build_root, ".nova/Configuration.json").read_text()
        assert text.startswith('{"mine": 1, // stays\n')
        settings = json.loads(text.replace(" // stays", "").replace(",\n}", "\n}"))
        assert settings == {
            "mine": 1,
            "python.interpreter": f"{runner.build_root}/{MAIN}/bin/python",
            "python.paths": ["src"],
            "editor": {"format on save": True},
        }
    finally:
        sys.modules.pop("nova.register", None)
        sys.modules.pop("nova", None)
