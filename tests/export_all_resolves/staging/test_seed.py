from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging.seed import main, plant

MAKE_VENV = [sys.executable, "-m", "venv", "{digest_root}"]
ENV = {"PATH": os.environ["PATH"]}

# A command that writes a small tree whose scripts name it, as installers write them.
MAKE_SCRIPTS = [
    sys.executable,
    "-c",
    """
import os, sys
root = sys.argv[1]
os.makedirs(root + "/bin")
python = root + "/bin/python3"
shebang = "#!" + python + "\\n"
if len(python) + 3 > 127:
    shebang = "#!/bin/sh\\n'''exec' " + python + ' "$0" "$@"\\n' + "' '''\\n"
open(root + "/bin/pip", "w").write(shebang + "print('pip')\\n")
open(root + "/bin/activate", "w").write("VIRTUAL_ENV=" + root + "\\n")
os.symlink(sys.executable, root + "/bin/python")
""",
    "{digest_root}",
]


def scripts(tree: Path) -> dict[str, str]:
    return {name: (tree / "bin" / name).read_text() for name in ("pip", "activate")}


def made_at(path: Path) -> dict[str, str]:
    """What the command writes when it is run there at once."""
    argv = [argument.replace("{digest_root}", str(path)) for argument in MAKE_SCRIPTS]
    subprocess.run(argv, check=True)
    return scripts(path)


@pytest.mark.parametrize("seed_depth", [1, 120])
@pytest.mark.parametrize("staged_depth", [1, 120])
def test_a_planted_tree_is_as_if_it_was_made_there(tmp_path: Path, seed_depth: int, staged_depth: int) -> None:
    seed = tmp_path / ("s" * seed_depth) / "seed"
    staged, reference = tmp_path / "a" / ("t" * staged_depth), tmp_path / "b" / ("t" * staged_depth)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plant(str(seed), MAKE_SCRIPTS, ENV, str(staged))
    expected = {name: text.replace(str(reference), str(staged)) for name, text in made_at(reference).items()}
    assert scripts(staged) == expected
    assert os.readlink(staged / "bin" / "python") == sys.executable


def test_a_seed_may_be_moved(tmp_path: Path) -> None:
    seed, moved = tmp_path / "seeds" / "one", tmp_path / "restored"
    plant(str(seed), MAKE_SCRIPTS, ENV, str(tmp_path / "first"))
    shutil.copytree(seed, moved, symlinks=True)  # the old place is still there
    plant(str(moved), ["/no/such/command"], ENV, str(tmp_path / "again"))
    assert not any(str(place) in text for place in (seed, moved) for text in scripts(tmp_path / "again").values())
    assert str(tmp_path / "again") in scripts(tmp_path / "again")["pip"]


def test_it_is_made_once(tmp_path: Path) -> None:
    seed = tmp_path / "seeds" / "one"
    plant(str(seed), MAKE_SCRIPTS, ENV, str(tmp_path / "first"))
    plant(str(seed), ["/no/such/command"], ENV, str(tmp_path / "second"))
    assert (tmp_path / "second" / "bin" / "pip").exists()
    assert sorted(os.listdir(tmp_path / "seeds")) == ["one", "one.lock"]


@pytest.mark.parametrize("argv", [["/no/such/command"], [sys.executable, "-c", "raise SystemExit(1)"]])
def test_a_seed_that_cannot_be_made_leaves_nothing(tmp_path: Path, argv: list[str]) -> None:
    plant(str(tmp_path / "seeds" / "one"), argv, ENV, str(tmp_path / "staged"))
    assert not (tmp_path / "staged").exists()
    assert os.listdir(tmp_path / "seeds") == ["one.lock"]


def test_changing_a_planted_tree_does_not_change_the_seed(tmp_path: Path) -> None:
    seed = tmp_path / "seeds" / "one"
    for name in ("first", "second"):
        plant(str(seed), MAKE_SCRIPTS, ENV, str(tmp_path / name))
        (tmp_path / name / "bin" / "activate").write_text("changed")
    assert "changed" not in (seed / "bin" / "activate").read_text()


def test_a_real_virtualenv_has_a_pip_of_its_own(tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    plant(str(tmp_path / "seeds" / "venv"), MAKE_VENV, ENV, str(staged))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(staged)], check=True)
    output = subprocess.run(
        [str(staged / "bin" / "pip"), "--version"], check=True, capture_output=True, text=True
    ).stdout
    assert f"from {staged}/lib" in output


@pytest.mark.parametrize(("python", "exit_code"), [(sys.executable, 0), ("/no/such/python", 1)])
def test_it_is_a_program(tmp_path: Path, python: str, exit_code: int) -> None:
    assert main([str(tmp_path / "seeds/venv"), python]) == exit_code
    assert (tmp_path / "seeds/venv/bin/pip").exists() is (exit_code == 0)
