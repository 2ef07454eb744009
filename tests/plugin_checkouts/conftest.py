from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.backend.python.macros.python_artifact import PythonArtifact
from pants.backend.python.target_types import PythonDistribution, PythonSourcesGeneratorTarget
from pants.core.target_types import LockfilesGeneratorTarget
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.exec import register
from devflow.exec.files_goal import ExecFiles
from devflow.plugin_checkouts.goal import PluginCheckouts
from harness import fake_backend
from harness.git import git, set_identity
from harness.rule_runners import emptied
from harness.templates import kept, put

PROJECT = """\
[project]
name = "notifier-{name}"
version = "1.0"
dependencies = ["acme-common~=1.0"]
[project.entry-points."kiln.notifier"]
{name} = "notifier_{name}:Notifier"
"""


@dataclass(frozen=True)
class World:
    """A repository with remotes of plugins in it, which only these tests may have there."""

    runner: RuleRunner
    root: Path
    directory: str = "plugins"  # this Pants does not read .gitignore: a hidden one is not seen

    def url(self, name: str) -> str:
        return (self.root / "remotes" / f"{name}.git").as_uri()

    def commit(self, name: str, path: str, text: str) -> None:
        """Change the remote of a plugin."""
        work = self.root / "remotes" / name
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(text)
        git(work, "add", ".")
        git(work, "commit", "--quiet", f"--message=Change {path}")
        git(work, "push", "--quiet", "origin", "HEAD", "--tags")

    def remote(self, name: str) -> None:
        """A remote with the branch main and the tag v1, and a work tree that pushes to it."""
        work = self.root / "remotes" / name
        work.mkdir(parents=True)
        git(work.parent, "init", "--quiet", "--bare", "--initial-branch=main", f"{name}.git")
        git(work, "init", "--quiet", "--initial-branch=main")
        set_identity(work, "Ada", "ada@example.com")
        git(work, "remote", "add", "origin", f"../{name}.git")
        git(work, "commit", "--quiet", "--allow-empty", "--message=Begin")
        git(work, "tag", "v1")
        self.commit(name, "pyproject.toml", PROJECT.format(name=name))
        self.commit(name, f"src/notifier_{name}/__init__.py", "class Notifier: pass\n")

    def declare(self, **refs: str) -> None:
        """The list, with these plugins at these refs."""
        tables = [f'[{name}]\nurl = "{self.url(name)}"\nref = "{ref}"\n' for name, ref in refs.items()]
        (self.root / "plugins.toml").write_text("\n".join(tables))

    def git(self, name: str, *args: str) -> str:
        return git(self.root / "plugins" / name, *args)

    def run(self, *args: str, goal: type = PluginCheckouts, **env: str) -> GoalRuleResult:
        return self.runner.run_goal_rule(
            goal,
            global_args=[
                "--fake-resolves={'main': '1.0 x'}",
                "--python-resolves={'main': 'main.lock'}",
                "--python-default-resolve=main",
                "--python-enable-resolves",
                "--python-infer-use-rust-parser",
                "--python-interpreter-constraints=['==3.9.*']",
                *([f"--plugin-checkouts-directory={self.directory}"] if self.directory != "plugins" else []),
                "--source-root-patterns=['/src', '/plugins/*']",
            ],
            args=args,
            env={"PATH": os.environ["PATH"], "HOME": str(self.root), "GIT_CONFIG_GLOBAL": "/dev/null", **env},
        )

    def files(self, *args: str) -> GoalRuleResult:
        """`exec-files`."""
        return self.run(*args, goal=ExecFiles)


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    return RuleRunner(
        rules=[*register.core_rules(), *fake_backend.rules()],
        target_types=[LockfilesGeneratorTarget, PythonDistribution, PythonSourcesGeneratorTarget],
        objects={"python_artifact": PythonArtifact},
    )


@pytest.fixture(scope="session")
def template(shared_runner: RuleRunner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each world begins with."""
    runner = emptied(shared_runner)
    runner.write_files(
        {".gitignore": "/plugins/*/\n", "src/app.py": "", "src/BUILD": "python_sources()", "main.lock": ""}
    )
    new = World(runner, Path(runner.build_root))
    git(new.root, "init", "--quiet")
    for name in ("mail", "sms"):
        new.remote(name)
    return kept(new.root, tmp_path_factory.mktemp("world") / "template")


@pytest.fixture()
def world(shared_runner: RuleRunner, template: Path) -> World:
    """A git repository that ignores its plugins and has two remotes of them."""
    runner = emptied(shared_runner)
    put(template, Path(runner.build_root))
    return World(runner, Path(runner.build_root))


Run = Callable[..., GoalRuleResult]
