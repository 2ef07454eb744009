"""Requirements of checkouts, against an export and the repository's own distributions; groups of entry points."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from plugin_checkouts.conftest import World

from harness.transcripts import printed_by

OWN = "python_distribution(name='dist', provides=python_artifact(name='acme-common', version='{version}'))"


def export(world: World, **installed: str) -> Path:
    """The export of the main resolve, with these projects. A virtualenv, but for the program that makes it."""
    venv = world.root / "dist/export/fake/trees/main/1.0"
    (venv / "bin").mkdir(parents=True)
    python = os.path.realpath(sys.executable)  # which may itself be of a virtualenv
    os.symlink(python, venv / "bin/python")
    (venv / "pyvenv.cfg").write_text(f"home = {os.path.dirname(python)}\n")
    library = venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    for name, version in installed.items():
        (library / f"{name}-{version}.dist-info").mkdir(parents=True)
        (library / f"{name}-{version}.dist-info/METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
    library.mkdir(parents=True, exist_ok=True)
    return venv


def plugin(world: World, name: str, *requires: str, group: str = "kiln.notifier") -> None:
    checkout = world.root / "plugins" / name
    checkout.mkdir(parents=True)
    (checkout / "pyproject.toml").write_text(
        f'[project]\nname = "{name}"\nversion = "1"\ndependencies = {json.dumps(list(requires))}\n'
        f'[project.entry-points."{group}"]\n{name} = "{name}:Plugin"\n'
    )


def test_what_the_export_lacks(world: World) -> None:
    plugin(
        world, "mail", "aiosmtplib>=3", "there>=1", "old>=2", "windows; sys_platform == 'win32'", "sms", "acme-common"
    )
    plugin(world, "sms")
    without = world.run("--check")
    assert "The export of main is missing: requirements are not checked.\n" in without.stderr
    assert without.exit_code == 0
    export(world, there="1.0", old="1.0")
    world.runner.write_files({"src/BUILD": f"python_sources()\n{OWN.format(version='1.4')}"})
    status = world.run()
    assert status.stdout.splitlines()[0].endswith("missing aiosmtplib>=3, old>=2")
    assert status.exit_code == 0
    checked = world.run("--check")
    assert checked.exit_code == 1
    assert "plugins/mail requires aiosmtplib>=3, old>=2, which the export lacks.\n" in checked.stderr
    assert "Fix: add it to the lockfile of main, then: " in checked.stderr
    assert checked.stderr.count(" requires ") == 1


@pytest.mark.parametrize(("version", "warned"), [("1.4", False), ("2.0", True), ("1.0rc1", True)])
def test_the_version_of_this_repository(world: World, version: str, warned: bool) -> None:
    """A warning, because a development version is often between two: the check passes."""
    export(world)
    plugin(world, "mail", "acme.common~=1.0")
    world.runner.write_files({"src/BUILD": f"python_sources()\n{OWN.format(version=version)}"})
    warning = f"plugins/mail requires acme.common~=1.0, and this repository has {version}."
    checked = world.run("--check")
    assert checked.exit_code == 0
    assert (warning in checked.stderr.splitlines()) == warned
    document = json.loads(world.run("--format=json").stdout)
    assert document["warnings"] == ([warning] if warned else [])


def test_a_version_that_a_plugin_of_pants_makes(world: World) -> None:
    """One that is in no BUILD file, and that nothing makes: nobody knows it, and that is no error here."""
    export(world)
    plugin(world, "mail", "acme-common~=1.0")
    own = OWN.format(version="").replace(", version=''", "")
    world.runner.write_files({"src/BUILD": f"python_sources()\n{own}"})
    checked = world.run("--check")
    assert (checked.exit_code, checked.stderr) == (0, "1 of 1 ready.\n")


def test_an_export_whose_python_does_not_run(world: World) -> None:
    python = export(world) / "bin/python"
    plugin(world, "mail", "click")
    target = os.readlink(python)
    python.unlink()
    python.write_text("#!/bin/sh\necho no such library >&2; exit 127\n")
    python.chmod(0o755)
    refused = world.run("--check")
    assert f"The Python of {python.parent.parent} does not run: no such library\n" in refused.stderr
    assert refused.stderr.endswith(" export-all-resolves --include=main --force\n")
    python.unlink()
    python.symlink_to(target)  # by that export
    assert "requires click, which the export lacks" in world.run("--check").stderr


def test_groups_that_this_repository_loads(world: World) -> None:
    plugin(world, "mail")
    plugin(world, "typo", group="kiln.notifer")
    plugin(world, "script", group="console_scripts")
    assert world.run().stderr == "3 of 3 ready.\n"
    told = world.run("--plugin-checkouts-entry-point-groups=kiln.notifier")
    assert told.stderr.splitlines() == [
        "plugins/script has no entry point in a group that this repository loads: kiln.notifier.",
        "plugins/typo has entry points in kiln.notifer, which this repository does not load. Did you mean "
        "'kiln.notifier'?",
        "3 of 3 ready.",
    ]
    assert world.run("--plugin-checkouts-entry-point-groups=kiln.*,other").stderr.splitlines()[-1] == "3 of 3 ready."


def test_the_page(world: World) -> None:
    """Its transcript is of a repository like this one."""
    [page] = printed_by("plugin-checkouts")
    remote = world.root / "remotes/mail"
    (remote / "pyproject.toml").write_text(
        '[project]\nname = "kiln-notifier-mail"\nversion = "1"\ndependencies = ["aiosmtplib>=3"]\n'
        '[project.entry-points."kiln.notifier"]\nmail = "notifier_mail:Mail"\n'
    )
    world.commit("mail", "README", "")
    (world.root / "plugins.toml").write_text(
        f'[kiln-notifier-mail]\nurl = "{world.url("mail")}"\nref = "main"\n'
        '[kiln-notifier-pager]\nurl = "https://git.acme.example/kiln/kiln-notifier-pager.git"\nref = "v1.2"\n'
        f'[kiln-notifier-sms]\nurl = "{world.url("sms")}"\nref = "main"\n'
    )
    world.run("--clone", "--only=kiln-notifier-mail,kiln-notifier-sms")
    for number in range(2):
        world.commit("mail", f"new{number}.py", "")
    subprocess.run(["git", "fetch", "--quiet"], cwd=world.root / "plugins/kiln-notifier-mail", check=True)
    (world.root / "plugins/old-thing").mkdir()
    export(world, **{"acme-common": "1.0"})
    shown = world.run(*page.command[1:])
    assert page.differences(shown.stdout + shown.stderr) == []
