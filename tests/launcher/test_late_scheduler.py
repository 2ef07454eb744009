"""The scheduler that only `[GLOBAL].plugins` need is made only for them: it is most of what a start of Pants costs."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.internals.native_engine import PyExecutor
from pants.init import options_initializer
from pants.init.plugin_resolver import PluginResolver
from pants.option.options_bootstrapper import OptionsBootstrapper

from launcher.fakes import PINNED
from launcher.harness import REPOSITORY, Launcher

# As those of Pants are.
LOADER = """\
def main():
    from pants.init.options_initializer import OptionsInitializer
    for plugins in ([], ["one"], ["two"]):
        print(OptionsInitializer("options").build_config(plugins))
"""
INITIALIZER = """\
class Scheduler:
    def __init__(self, scheduler):
        self.scheduler = scheduler
def create_bootstrap_scheduler(*arguments):
    print("made of", *arguments)
    return Scheduler("the scheduler")
class PluginResolver:
    def __init__(self, scheduler):
        self._scheduler = scheduler
    def resolve(self, options_bootstrapper):
        return list(self._resolve_plugins(options_bootstrapper, "request"))
    def _resolve_plugins(self, options_bootstrapper, request):
        return [request, options_bootstrapper.plugins, self._scheduler.scheduler, self._scheduler.scheduler]
class Bootstrapper:
    def __init__(self, plugins):
        self.plugins = plugins
    def get_bootstrap_options(self):
        return self
    for_global_scope = get_bootstrap_options
class OptionsInitializer:
    def __init__(self, *arguments):
        self.resolver = PluginResolver(create_bootstrap_scheduler(*arguments))
    def build_config(self, plugins):
        return self.resolver.resolve(Bootstrapper(plugins))
"""


def run_with(launcher: Launcher, initializer: str) -> list[str]:
    """Let a stand-in of Pants make its options, and tell what it prints."""
    [entry] = [path for path in launcher.entries() if path.name.startswith(PINNED)]
    [pants] = entry.glob("lib/*/site-packages/pants")
    (pants / "bin" / "pants_loader.py").write_text(LOADER)
    (pants / "init").mkdir()
    (pants / "init" / "__init__.py").touch()
    (pants / "init" / "options_initializer.py").write_text(initializer)
    result = launcher.run("list", PANTS_BUILDROOT_OVERRIDE=str(launcher.repository))
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_it_is_made_for_plugins_only_and_once(installed: Launcher) -> None:
    assert run_with(installed, INITIALIZER) == [
        "[]",
        "made of options",
        "['request', ['one'], 'the scheduler', 'the scheduler']",
        "made of options",
        "['request', ['two'], 'the scheduler', 'the scheduler']",
    ]


@pytest.mark.parametrize("missing", ["create_bootstrap_scheduler", "_resolve_plugins"])
def test_a_pants_of_another_shape_is_left_as_it_is(installed: Launcher, missing: str) -> None:
    assert run_with(installed, INITIALIZER.replace(missing, "another_name")) == [
        "made of options",
        "['request', [], 'the scheduler', 'the scheduler']",
        "made of options",
        "['request', ['one'], 'the scheduler', 'the scheduler']",
        "made of options",
        "['request', ['two'], 'the scheduler', 'the scheduler']",
    ]


def test_the_real_pants_needs_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With its own modules, so that another shape of them is noticed."""

    def fails(*arguments: object) -> None:
        raise AssertionError("it was made")

    for owner, name, value in (
        (options_initializer, "create_bootstrap_scheduler", fails),
        (PluginResolver, "_resolve_plugins", PluginResolver._resolve_plugins),
    ):
        monkeypatch.setattr(owner, name, value)  # so that it is put back afterwards
    monkeypatch.syspath_prepend(str(REPOSITORY / "build-support/launcher"))
    importlib.import_module("server").make_scheduler_of_plugins_late(options_initializer)
    (tmp_path / "pants.toml").write_text("[GLOBAL]\nbackend_packages = ['pants.backend.python']\n")
    arguments = ("pants", f"--pants-config-files={tmp_path / 'pants.toml'}")
    bootstrapper = OptionsBootstrapper.create(env={}, args=arguments, allow_pantsrc=False)
    executor = PyExecutor(core_threads=2, max_threads=4)
    initializer = options_initializer.OptionsInitializer(bootstrapper, executor)
    environment = CompleteEnvironmentVars({})
    built = initializer.build_config(bootstrapper, environment)
    assert "pex-cli" in {subsystem.options_scope for subsystem in built.all_subsystems}
    executor.shutdown(3)
