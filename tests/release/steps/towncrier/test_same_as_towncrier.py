"""The plan and its result against `towncrier build` by hand, for each towncrier from 21.9 on, with random settings."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pants.engine.fs import FileContent

from devflow.release.steps.changelog import ChangelogStep, output_problems
from devflow.release.steps.changelog_setup import Setup, arguments_of, request_of
from devflow.release.steps.towncrier import run_towncrier
from devflow.release.steps.towncrier.config import config_of, config_path, config_paths
from devflow.release.steps.towncrier.rules import AskTowncrier, Towncrier
from harness.git import set_identity
from harness.pythons import python_of
from harness.shared_caches import made_once
from harness.virtualenvs import pip_install, virtualenv_with

VERSIONS = (
    *("21.9.0", "22.8.0", "22.12.0", "23.6.0", "23.10.0", "23.11.0"),
    *("24.7.0", "24.7.1", "24.8.0", "25.8.0", "26.9.0"),
)
NEEDS = ("jinja2", "click", "click-default-group", "incremental", "setuptools<81", "tomli")
STEP = ChangelogStep("1.1.0", "1.1", "2026-01-02")
WORLDS = 5
# towncrier keeps the order of the file system where its own sort finds none.
BY_HAND = """
import os, runpy, sys
list_directory = os.listdir
os.listdir = lambda *arguments: sorted(list_directory(*arguments))
sys.argv[0] = "towncrier"
runpy.run_module("towncrier", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def python() -> Path:
    """One with what all versions need, and none of them."""
    return virtualenv_with(python_of("3.11"), *NEEDS) / "bin/python"


@pytest.fixture(scope="module", params=VERSIONS)
def installed(request: Any, python: Path) -> Installed:
    version: str = request.param

    def make(target: Path) -> None:
        pip_install(python, "--no-deps", "--target", str(target), f"towncrier=={version}")

    return Installed(version, python, made_once("towncrier", version, make))


@dataclass(frozen=True)
class Installed:
    """A towncrier, and the Python that runs it."""

    version: str
    python: Path
    target: Path

    def run(self, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(directory),
            "LC_ALL": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": str(self.target),
        }
        command = [str(self.python), "-B", "-W", "ignore", *arguments]
        return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)

    def in_sandbox(self, directory: Path, request: AskTowncrier | Towncrier) -> subprocess.CompletedProcess[str]:
        directory.mkdir()
        (directory / "spec.json").write_text(json.dumps(request.spec()))
        return self.run(directory, run_towncrier.__file__, "spec.json")


@dataclass
class RandomWorld:
    """Settings, fragments and a changelog. `chosen` is the file of `--config`."""

    seed: str
    chosen: str | None = None
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        pick = chance.choice
        self.chosen = pick([None, None, "packages/web/towncrier.toml"])
        path = self.chosen or pick(["pyproject.toml", "towncrier.toml"])
        base = os.path.dirname(path)
        filename = pick(["NEWS.rst", "CHANGES.md", "docs/CHANGES.md"])
        settings = {"filename": f'"{filename}"'}
        package = pick(["", "orbit_kit", "some.package"])
        directory = pick(["", "news", "./changes/"]) or ("" if package else "news")
        if pick([True, False]) or not package:
            settings["name"] = '"Orbit KIT"'
        for key, value in (("package", package), ("directory", directory)):
            if value:
                settings[key] = f'"{value}"'
        settings["title_format"] = pick(
            ["", '""', "false", '"{version} ({project_date})"', '"## {name} {version} ({project_date})"', '"{version}"']
        )
        settings["start_string"] = pick(["", "", '"<!-- here -->\\n"', '".. here\\n"'])
        settings["template"] = pick(["", "", '"towncrier:default"', '"tools/news.txt"'])
        settings["issue_format"] = pick(["", '"`{issue}`"'])
        settings["wrap"] = pick(["", "true"])
        settings["all_bullets"] = pick(["", "false"])
        settings["ignore"] = pick(["", "", '["notes.txt"]'])
        settings["single_file"] = pick(["", "", "", "false"])
        if settings["single_file"]:
            settings["filename"] = '"{version}-news.rst"'
        text = "[tool.towncrier]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items() if value)
        kinds = ["feature", "bugfix", "doc", "removal", "misc"]
        if pick([True, False]):
            kinds = ["feature", "fix"]
            text += "".join(
                f'[[tool.towncrier.type]]\ndirectory = "{kind}"\nname = "{kind}s"\nshowcontent = true\n'
                for kind in kinds
            )
        sections = pick([[""], [""], ["", "web"]])
        if len(sections) > 1:
            text += "".join(f'[[tool.towncrier.section]]\nname = "{each}"\npath = "{each}"\n' for each in sections)
        project = pick(["", '[project]\nname = "orbit-kit"\n'])
        self.files = {
            path: (text if path.endswith("towncrier.toml") else project + text).encode(),
            os.path.join(base, "tools/news.txt"): b"{{ versiondata.name }} {{ versiondata.version }}\n{{ sections }}\n",
        }
        if path == "towncrier.toml" and project:
            self.files["pyproject.toml"] = project.encode()
        if package:
            version = pick(['"1"', 'Version("OrbitKIT", 1, 0, 0)'])
            source = f"from incremental import Version\n__version__ = {version}\n"
            self.files[os.path.join(base, package.replace(".", "/"), "__init__.py")] = source.encode()
            if "." in package:
                self.files[os.path.join(base, package.split(".")[0], "__init__.py")] = b""
        marker = pick(
            [".. towncrier release notes start", "<!-- towncrier release notes start -->", "<!-- here -->", ""]
        )
        old = f"# News\n\n{marker}\n\nOrbit 1.0.0\n===========\n\n- Old, for 1.1.0.\n"
        if pick([True, True, False]):
            self.files[os.path.join(base, filename)] = old.replace("\n", pick(["\n", "\r\n"])).encode()
        self.fragments = [
            (pick(sections), f"{issue}.{pick(kinds)}{suffix}", f"Fix {chance.randint(1, 99)}.\n")
            for issue, suffix in (
                (pick([str(number), f"00{number}", f"+orphan{number}", f"gh-{number}.5"]), pick(["", ".md", ".1.rst"]))
                for number in range(1, chance.randint(1, 8))
            )
        ]
        if pick([True, False, False]):
            self.fragments.append(("", pick(["README.md", "14.bug.md", "notes.txt", ".gitignore"]), "Words.\n"))

    def put(self, directories: Mapping[str, str]) -> None:
        """The fragments into the directories of the sections, which only towncrier knows."""
        for section, name, text in self.fragments:
            self.files[f"{directories[section]}/{name}"] = text.encode()


def write(root: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def read(root: Path, *, without: str) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file())
    names = {path.relative_to(root).as_posix(): path.read_bytes() for path in found}
    return {name: content for name, content in names.items() if not name.startswith(without)}


@pytest.mark.parametrize("seed", range(WORLDS))
def test_the_same_as_by_hand(installed: Installed, tmp_path: Path, seed: int) -> None:
    world = RandomWorld(f"{installed.version} {seed}")
    files = {path: world.files[path] for path in config_paths(world.chosen) if path in world.files}
    inputs = tuple(FileContent(path, content) for path, content in files.items())
    asked = installed.in_sandbox(tmp_path / "ask", AskTowncrier(arguments_of(STEP, world.chosen, "--yes"), inputs))
    assert asked.returncode == 0, asked.stderr
    setup = Setup(world.chosen, config_of(config_path(world.chosen, files), asked.stdout), "")
    setup = Setup(world.chosen, setup.config, setup.config.written)
    directories = sorted(setup.config.directories, key=len)
    world.put({"": directories[0], "web": directories[-1]})

    hand = tmp_path / "hand"
    write(hand, world.files)
    for directory in (*directories, os.path.dirname(setup.changelog)):
        (hand / directory).mkdir(parents=True, exist_ok=True)
    for command in (["init", "--quiet"], ["add", "--force", "--all"]):
        subprocess.run(["git", *command], cwd=hand, check=True)
    set_identity(hand)
    subprocess.run(["git", "commit", "--quiet", "--message=Begin"], cwd=hand, check=True)
    by_hand = installed.run(hand, "-c", BY_HAND, *arguments_of(STEP, world.chosen, "--yes"))

    request = request_of(STEP, setup, world.files, "--yes")
    ours = installed.in_sandbox(tmp_path / "ours", request)
    assert ours.returncode == by_hand.returncode, (ours.stderr, by_hand.stderr)
    if by_hand.returncode:
        said = ours.stderr.replace(str(tmp_path / "ours"), str(hand)).splitlines()[-1]
        assert said == by_hand.stderr.splitlines()[-1]
        return
    after = read(tmp_path / "ours", without=".git")
    expected = {path: content for path, content in read(hand, without=".git/").items() if path in after}
    assert {path: after[path] for path in expected} == expected
    given = {file.path for file in request.inputs}
    gone = {path for path in world.files if not (hand / path).exists()}
    assert {path for path in given if path not in after} == gone
    # What is said of it: a section at the top of a file that has a title, and names that are no fragments.
    reported = [problem.what for problem in output_problems(setup, world.files, after, STEP.version, ())]
    before = world.files.get(setup.changelog, b"").decode().replace("\r\n", "\n")
    lacks = bool(before) and setup.config.single_file and setup.config.start_string not in before
    assert any("does not have the marker" in what for what in reported) == lacks
    assert any("14.bug.md" in what for what in reported) == any(name == "14.bug.md" for _, name, _ in world.fragments)
    assert not [what for what in reported if "already" in what]
