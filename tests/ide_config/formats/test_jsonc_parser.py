"""Our editor of JSON with comments against Microsoft's, which VS Code itself uses."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from devflow.ide_config.formats import jsonc
from harness.editor_tools import node, node_modules

# For each text: what it holds, what it holds after `modify`, and its comments.
SCRIPT = """\
const jsonc = require("jsonc-parser");
const options = { allowTrailingComma: true };
const comments = (text) => {
  const scanner = jsonc.createScanner(text, false), found = [];
  for (let kind = scanner.scan(); kind !== 17; kind = scanner.scan())
    if (kind === 12 || kind === 13) found.push(scanner.getTokenValue());
  return found;
};
const read = (text) => {
  const errors = [];
  const value = jsonc.parse(text, errors, options);
  return { value, errors: errors.length };
};
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(({ before, after, path, value }) => {
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  const theirs = jsonc.applyEdits(before, jsonc.modify(before, path, value, { formattingOptions }));
  return {
    before: read(before), after: read(after), theirs: read(theirs),
    lost: comments(before).filter((one) => !comments(after).includes(one)),
  };
})));
"""
SPACES = ("", " ", "\n", "\r\n  ", " // {0}\n", " /* {0} , }} ] */ ", "\t")


def some_value(source: random.Random, depth: int = 0) -> Any:
    kind = source.randrange(8 if depth < 3 else 6)
    if kind == 6:
        return [some_value(source, depth + 1) for _ in range(source.randrange(4))]
    if kind == 7:
        return {source.choice("abké"): some_value(source, depth + 1) for _ in range(source.randrange(4))}
    return (None, True, source.randrange(10**6), -1.5e-7, 'a"\\é\n', "dist/x")[kind]


def some_text(source: random.Random, value: Any) -> str:
    """The value, with spaces, comments and trailing commas as nobody would write them."""

    def space() -> str:
        return source.choice(SPACES).format(source.randrange(10**6))

    if isinstance(value, dict):
        parts = [
            f"{space()}{json.dumps(key)}{space()}:{space()}{some_text(source, one)}{space()}"
            for key, one in value.items()
        ]
    elif isinstance(value, list):
        parts = [f"{space()}{some_text(source, one)}{space()}" for one in value]
    else:
        return json.dumps(value, ensure_ascii=source.random() < 0.5)
    inner = ",".join(parts) + ("," + space() if parts and source.random() < 0.3 else space())
    return f"{{{inner}}}" if isinstance(value, dict) else f"[{inner}]"


@pytest.mark.needs("npm-registry")
def test_the_same_values_and_no_lost_comment(tmp_path: Path) -> None:
    source = random.Random(4)
    cases = []
    for _ in range(3000):
        whole = {key: some_value(source, 1) for key in source.sample("abké", source.randrange(5))}
        before = some_text(source, whole)
        path = [source.choice("abkn")]
        if source.random() < 0.3 and isinstance(whole.get(path[0], {}), dict):
            path.append(source.choice("abkn"))
        value = some_value(source, 1)
        old = jsonc.value_at(before, path)
        # Comments inside of a value that is replaced go with it.
        if isinstance(old, (dict, list)):
            value = old
        cases.append({"before": before, "path": path, "value": value, "after": jsonc.set_value(before, path, value)})
    (tmp_path / "compare.js").write_text(SCRIPT)
    done = subprocess.run(
        [node(), "compare.js"],
        cwd=tmp_path,
        env={**os.environ, "NODE_PATH": str(node_modules())},
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    results = json.loads(done.stdout)
    assert len(results) == len(cases)
    for case, result in zip(cases, results):
        read = jsonc.parse(case["before"])
        assert read
        assert result["before"] == {"value": read.value, "errors": 0}, case
        assert result["after"] == result["theirs"], case
        assert result["lost"] == [], case
        if result["before"]["value"] == result["after"]["value"]:
            assert case["after"] == case["before"], case
