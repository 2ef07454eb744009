"""The files that only the wheels of platforms have belong to the distribution of these wheels."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from link.conftest import Run
from link.worlds import run_python
from pants.testutil.rule_runner import RuleRunner

PLATFORMS = ("linux_arm64", "linux_x86_64", "macos_arm64", "macos_x86_64")
_EXCLUDED = "".join(f", '!!src/acme/runner:{name}'" for name in ("launcher", *PLATFORMS))
_RESOURCES = "".join(f"resource(name='{name}', source='bin/launch.{name}')\n" for name in PLATFORMS)
BUILD = f"""\
python_sources(name='src', dependencies=[':launcher'])
python_distribution(name='dist', dependencies=[':src'{_EXCLUDED}], provides=python_artifact(
  name='acme-runner', version='24.3.0rc1', requires=[], points=''))
platform_resources(name='launcher', dependency_map={{{", ".join(f"'{name}': ':{name}'" for name in PLATFORMS)}}})
platform_wheel(name='wheel', distribution=':dist', platforms={{
  {", ".join(f"'{name}': {{'resources': [':{name}'], 'tags': ['{name}']}}" for name in PLATFORMS)}
}})
{_RESOURCES}
"""
STARTER = """\
python_sources(name='src')
python_distribution(name='dist', dependencies=[':src'{excluded}], provides=python_artifact(
  name='acme-starter', version='24.3.0rc1', requires=['acme-runner==24.3.0rc1'], points=''))
"""
SEEN = (
    "import os; from pathlib import Path; import acme.runner as r; "
    "print(sorted((p.name, os.access(p, os.X_OK)) for p in Path(r.__file__).parent.glob('bin/*')))"
)


@pytest.fixture(autouse=True)
def _runner_of_jobs(root: Path, rule_runner: RuleRunner) -> None:
    files = {f"src/acme/runner/bin/launch.{name}": name for name in PLATFORMS}
    rule_runner.write_files(
        {
            "src/acme/runner/BUILD": BUILD,
            "src/acme/runner/__init__.py": "",
            "src/acme/starter/BUILD": STARTER.format(excluded=_EXCLUDED),
            "src/acme/starter/__init__.py": "import acme.runner\n",
            **files,
        }
    )
    for path in files:
        (root / path).chmod(0o755)


@pytest.mark.parametrize("option", ["", "--copy"], ids=["links", "copies"])
def test_they_are_there(run: Run, quick_venv: Path, option: str) -> None:
    arguments = ["src/acme/runner:dist", f"--into={quick_venv}", *filter(None, [option])]
    done = run(*arguments)
    assert done.exit_code == 0, done.stderr
    assert run_python(quick_venv, SEEN) == str([(f"launch.{name}", True) for name in PLATFORMS])
    assert (quick_venv / "devflow-links/acme/runner").is_symlink() != bool(option)
    assert run(*arguments, "--check").exit_code == 0


def test_a_copy_that_cannot_be_run_is_stale(run: Run, quick_venv: Path) -> None:
    arguments = ("src/acme/runner:dist", f"--into={quick_venv}", "--copy")
    run(*arguments)
    copy = quick_venv / "devflow-links/acme/runner/bin/launch.linux_x86_64"
    copy.chmod(0o644)
    assert run(*arguments, "--check").exit_code == 1
    run(*arguments)
    assert os.access(copy, os.X_OK)


def test_a_distribution_that_needs_their_owner_brings_them(run: Run) -> None:
    done = run("src/acme/starter:dist", "--print=paths")
    assert done.stdout.splitlines() == ["src/acme/runner", "src/acme/starter"]


def test_the_fix_for_one_that_depends_on_them(run: Run, root: Path) -> None:
    """`package` refuses it, too, as a distribution without an owner of its dependencies."""
    build = root / "src/acme/starter/BUILD"
    build.write_text(STARTER.format(excluded=""))
    done = run("src/acme/starter:dist", "--print=paths")
    assert done.exit_code == 1
    what, fix = done.stderr.splitlines()
    assert re.fullmatch(
        r"link: src/acme/starter:dist depends on src/acme/runner:\w+, which only the wheels of a .*", what
    )
    where, listed = re.fullmatch(
        r"  Fix: in the BUILD file in (\S+), exclude it by the dependencies of dist: (.+)", fix
    ).groups()  # type: ignore[union-attr]
    assert where == "src/acme/starter"
    build.write_text(STARTER.format(excluded=f", {listed}"))
    assert run("src/acme/starter:dist", "--print=paths").exit_code == 0


def test_a_wheel_of_another_distribution_may_be_wrong(run: Run, rule_runner: RuleRunner) -> None:
    rule_runner.write_files(
        {
            "src/other/BUILD": (
                "platform_wheel(name='wheel', distribution='src/acme/agent:dist', "
                "platforms={'linux_arm64': {'resources': ['nowhere:x']}})\n"
            )
        }
    )
    assert run("src/acme/client:dist", "--print=paths").exit_code == 0
