"""What a refusal says about resolves and settings of Pants, done: the next run works."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from pants.core.goals.package import Package
from pants.testutil.rule_runner import RuleRunner

from devflow.sphinx_docs.links_goal import DocsLinks
from sphinx_docs.conftest import SPHINX_8, WITH_CODE, Run

ALL = "{'plain': 'plain.lock', 'sphinx7': 'sphinx7.lock', 'sphinx8': 'sphinx8.lock'}"
PLAIN = {
    "python-resolves": "{'plain': 'plain.lock'}",
    "python-default-resolve": "plain",
    "python-resolves-to-interpreter-constraints": "{}",
}
ONE = {**PLAIN, "python-resolves": "{'sphinx8': 'sphinx8.lock'}", "python-default-resolve": "sphinx8"}
LOCKED_BY_HAND = {**ONE, "python-resolves-generate-lockfiles": "false"}


@pytest.mark.parametrize(
    ("settings", "says", "fix", "repaired", "lock"),
    [
        pytest.param(
            ONE,
            "No resolve of this repository holds Sphinx.",
            "add Sphinx to the requirements of resolve sphinx8, then: pants generate-lockfiles --resolve=sphinx8",
            ONE,
            SPHINX_8,
            id="none has it",
        ),
        pytest.param(
            LOCKED_BY_HAND,
            "No resolve of this repository holds Sphinx.",
            "then: make it as this repository makes its lockfiles",
            LOCKED_BY_HAND,
            SPHINX_8,
            id="none has it, and lockfiles are made by hand",
        ),
        pytest.param(
            {**PLAIN, "python-resolves": ALL},
            "Several resolves hold Sphinx, and the default one (plain) is none of them: sphinx7, sphinx8.",
            "set [sphinx].install_from_resolve in pants.toml to one of them",
            {**PLAIN, "python-resolves": ALL, "sphinx-install-from-resolve": "sphinx8"},
            None,
            id="several",
        ),
        pytest.param(
            {"sphinx-install-from-resolve": "sphinx"},
            "[sphinx].install_from_resolve: no resolve has the name 'sphinx'. Did you mean 'sphinx8'?",
            "set it to one of: sphinx7, sphinx8",
            {"sphinx-install-from-resolve": "sphinx8"},
            None,
            id="a name that is none",
        ),
        pytest.param(
            {"python-enable-resolves": "false"},
            "Resolves are off: [python].enable_resolves is false.",
            "set it to true in pants.toml",
            {"python-enable-resolves": "true"},
            None,
            id="off",
        ),
    ],
)
def test_which_resolve(
    runner: RuleRunner,
    run: Run,
    settings: Mapping[str, str],
    says: str,
    fix: str,
    repaired: Mapping[str, str],
    lock: Path | None,
) -> None:
    runner.write_files(
        {"docs/BUILD": "sphinx_docs()", "docs/conf.py": "", "src/acme/BUILD": "", "plain.lock": "a==1\n"}
    )
    if lock:
        runner.write_files({"sphinx8.lock": "a==1\n"})
    refused = run(DocsLinks, settings=settings)
    assert refused.exit_code == 1
    assert says in refused.stderr
    assert fix in refused.stderr.partition("\n  Fix: ")[2]
    if lock:
        runner.write_files({"sphinx8.lock": lock.read_bytes()})
    assert run(Package, "docs", settings=repaired).exit_code == 0


def test_a_failure_of_pants(runner: RuleRunner, run: Run) -> None:
    """The command that is printed shows all that Pants says of it."""
    rooted = {"source-root-patterns": "['/other']"}
    refused = run(DocsLinks, settings=rooted)
    assert refused.exit_code == 1
    assert "building docs:docs failed: No source root found for `src/acme/" in refused.stderr
    assert refused.stderr.endswith("\n  Fix: pants -ldebug package docs:docs\n")
    with pytest.raises(Exception, match="No source root found for `src/acme/"):
        run(Package, "docs:docs", settings=rooted)
    assert run(Package, "docs:docs").exit_code == 0


def test_a_site_that_pants_does_not_see(runner: RuleRunner, run: Run) -> None:
    """As with the BUILD file of an ignored directory."""
    runner.write_files({"docs/BUILD": ""})
    missing = run(DocsLinks)
    assert missing.stderr == (
        "docs-links: This repository has no target `sphinx_docs`.\n"
        '  Fix: write "sphinx_docs()" into the BUILD file beside conf.py, and see that [GLOBAL].pants_ignore does not '
        "hide its directory\n"
    )
    ignored = run(DocsLinks, settings={"pants-ignore": "['/dist/', '*.tmp', '/docs/']"})
    assert (ignored.exit_code, ignored.stderr) == (
        1,
        'docs-links: docs is ignored: [GLOBAL].pants_ignore has "/docs/".\n'
        '  Fix: take "/docs/" out of [GLOBAL].pants_ignore in pants.toml\n',
    )
    runner.write_files({"docs/BUILD": WITH_CODE})
    assert run(DocsLinks).exit_code == 0
    refused = run(DocsLinks, "src::")
    assert refused.stderr == "docs-links: None of the targets is a `sphinx_docs`.\n  Fix: name one that is: docs:docs\n"
    assert run(DocsLinks, "::").exit_code == 0
