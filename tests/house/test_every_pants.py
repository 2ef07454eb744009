"""Every release of Pants has what devflow uses of it: names, parameters, options. No Pants is needed to see that."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import pytest
from pants_names import facts_of
from pants_parameters import refused
from pants_uses import Sources, Use

from house.sources import ROOT

MANIFEST = Path.cwd() / "tests" / "house" / "pants_names.txt"
FACTS = facts_of(MANIFEST.read_text())
MINORS = range(17, 34)
MORE = """It is not there, or the manifest does not know it. With the sources of each release, update the manifest:
    python build-support/pants_names.py DIRECTORY...
If a release lacks it, ask for it by feature in devflow.engine."""


def read(package: Path, release: str) -> tuple[list[Use], set[str]]:
    """What the package uses, and every name that this depends on."""
    asked = set()

    def facts(name: str) -> str | None:
        asked.add(name)
        return FACTS[release].get(name)

    return list(Sources(package, facts).uses()), asked


read_devflow = cache(partial(read, ROOT))


def refusals(uses: list[Use]) -> list[str]:
    return [f"{use.path}:{use.line}: {use.name} {use.problem}" for use in uses if use.problem]


def test_the_manifest_has_each_minor_release() -> None:
    assert list(FACTS) == [f"2.{minor}" for minor in MINORS]


@pytest.mark.parametrize("release", FACTS)
def test_a_release_has_all_that_devflow_uses(release: str) -> None:
    uses, _ = read_devflow(release)
    assert len({use.name for use in uses}) > 150
    assert refusals(uses) == [], MORE


def test_nothing_in_the_manifest_is_unused() -> None:
    asked = set.union(*(read_devflow(release)[1] for release in FACTS))
    assert {name for facts in FACTS.values() for name in facts} - asked == set()


@pytest.mark.parametrize(
    ("source", "release", "refusal"),
    [
        ("from pants.core.util_rules import env_vars", "2.21", "pants.core.util_rules:env_vars is not there"),
        ("from pants.core.util_rules import env_vars", "2.29", None),
        (
            "try:\n    from pants.core.util_rules import env_vars\nexcept ImportError:\n    env_vars = None",
            "2.21",
            None,
        ),
        ("from pants.engine.rules import Get", "2.32", "pants.engine.rules:Get is not there"),
        (
            "from devflow.engine.generation import HAS_GET\nif HAS_GET:\n    from pants.engine.rules import Get",
            "2.32",
            None,
        ),
        (
            "from devflow.engine.generation import HAS_GET\n"
            "if not HAS_GET:\n    from pants.core.util_rules import env_vars",
            "2.21",
            None,
        ),
        (
            "from pants.core.goals.export import ExportResult\n\n"
            "def make():\n    return ExportResult('x', 'y', exported_binaries=())",
            "2.21",
            "pants.core.goals.export:ExportResult has no parameter `exported_binaries`",
        ),
        (
            "from pants.core.goals.export import ExportResult\n\ndef make():\n    return ExportResult('x')",
            "2.33",
            "pants.core.goals.export:ExportResult wants `reldir`",
        ),
        (
            "from pants.option.global_options import GlobalOptions\n\n"
            "def read(options: GlobalOptions):\n    return options.no_such_option",
            "2.33",
            "pants.option.global_options:GlobalOptions.no_such_option is not there",
        ),
    ],
)
def test_a_use_that_a_release_refuses_is_found(tmp_path: Path, source: str, release: str, refusal: str | None) -> None:
    package = tmp_path / "devflow"
    (package / "engine").mkdir(parents=True)
    (package / "engine" / "generation.py").write_text((ROOT / "engine" / "generation.py").read_text())
    (package / "one.py").write_text(source)
    found = [
        text.partition(": ")[2] for text in refusals(read(package, release)[0]) if text.startswith("devflow/one.py")
    ]
    assert found == ([refusal] if refusal else [])


@pytest.mark.parametrize(
    ("parameters", "positional", "keywords", "problem"),
    [
        ("a b= * c", 1, ["c"], None),
        ("a b= * c", 3, ["c"], "takes 2 arguments by position"),
        ("a b= * c", 1, [], "wants `c`"),
        ("a", 0, ["a"], None),
        ("a", 1, ["d"], "has no parameter `d`"),
        ("a **more", 1, ["d"], None),
        ("*items", 4, [], None),
        ("", 0, [], None),
    ],
)
def test_parameters(parameters: str, positional: int, keywords: list[str], problem: str | None) -> None:
    assert refused(parameters, positional, keywords, spread=False) == problem
