from __future__ import annotations

import os
from pathlib import Path

import pytest

from ide_config.conftest import Run

SETTINGS = ".vscode/settings.json"


def refused(run: Run, *args: str, **kwargs: object) -> str:
    result = run(*args, **kwargs)
    assert (result.stdout, result.exit_code) == ("", 1)
    return result.stderr


def test_an_unknown_editor(run: Run) -> None:
    choose = "choose from coc, emacs, helix, neovim, pycharm, pyright, ty, vim-ale, vscode, zed\n"
    assert refused(run, "--editors=vscode,nevim") == (
        f"ide-config: --editors=nevim: there is no such editor. Did you mean 'neovim'?\n  Fix: {choose}"
    )
    assert refused(run, "--print=hlix") == (
        f"ide-config: --print=hlix: there is no such editor. Did you mean 'helix'?\n  Fix: {choose}"
    )


def test_no_resolves(run: Run) -> None:
    assert refused(run, resolves=()) == (
        "ide-config: This repository declares no resolve.\n"
        "  Fix: name one and its lockfile in [python.resolves] of pants.toml\n"
    )


def test_an_unknown_main_resolve(run: Run) -> None:
    assert refused(run, "--main-resolve=mian") == (
        "ide-config: --main-resolve=mian: no resolve has that name. Did you mean 'main'?\n"
        "  Fix: choose from main, mypy, ruff\n"
    )
    assert refused(run, default="python-default") == (
        "ide-config: [python].default_resolve=python-default: no resolve has that name.\n"
        "  Fix: choose from main, mypy, ruff, with --main-resolve=NAME\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--check", "--dry-run"), "--check and --dry-run cannot be used together.\n  Fix: leave all but one out\n"),
        (("--check", "--export"), "--check and --export cannot be used together.\n  Fix: leave one of them out\n"),
        (
            ("--print=ty", "--editors=ty"),
            "--print and --editors cannot be used together.\n  Fix: leave one of them out\n",
        ),
    ],
)
def test_options_that_contradict_each_other(run: Run, options: tuple[str, ...], message: str) -> None:
    assert refused(run, *options) == f"ide-config: {message}"


def test_targets(run: Run) -> None:
    assert refused(run, "src::") == (
        "ide-config: This goal takes no targets.\n  Fix: leave them out, and choose editors with --editors=NAME\n"
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{\n  "a": 1\n', "line 3: it ends too early"),
        (b'{"a": 1}\n\xff', "line 2: it is not UTF-8"),
        ("{}".encode("utf-16"), "line 1: it is not UTF-8"),
        (b"[]", "line 1: the whole is not an object"),
    ],
)
@pytest.mark.parametrize("mode", ["--dry-run", "--check", "--no-check"])
def test_a_file_that_does_not_parse_is_left_alone(run: Run, root: Path, content: bytes, why: str, mode: str) -> None:
    (root / ".vscode").mkdir()
    (root / SETTINGS).write_bytes(content)
    result = run(mode)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"ide-config: {SETTINGS} is left alone: {why}.\n  Fix: ")
    assert '\n      "python.defaultInterpreterPath": ' in result.stderr, "the snippet is printed"
    assert (root / SETTINGS).read_bytes() == content
    # The other file of the editor does not suffer from it.
    assert (root / ".vscode/extensions.json").exists() == (mode == "--no-check")


def test_a_directory_where_a_file_should_be(run: Run, root: Path) -> None:
    (root / SETTINGS).mkdir(parents=True)
    assert f"ide-config: {SETTINGS} is a directory, and should be a file.\n" in run().stderr


def test_a_file_where_a_directory_should_be(run: Run, root: Path) -> None:
    (root / ".vscode").write_text("")
    result = run("--dry-run")
    assert result.exit_code == 1
    assert (
        f"ide-config: .vscode is a file, and {SETTINGS} goes below it.\n  Fix: move it away: mv .vscode …\n"
        in result.stderr
    )


def test_an_unreadable_file(run: Run, root: Path) -> None:
    (root / ".vscode").mkdir()
    (root / SETTINGS).symlink_to("settings.json")  # a loop, which root cannot read either
    result = run()
    assert result.exit_code == 1
    assert f"ide-config: {SETTINGS} cannot be read: Too many levels of symbolic links.\n" in result.stderr


@pytest.mark.parametrize("mode", ["--dry-run", "--no-check"])
def test_a_read_only_file(run: Run, root: Path, mode: str) -> None:
    (root / "ty.toml").write_text("# mine\n")
    (root / "ty.toml").chmod(0o444)
    result = run(mode, "--editors=ty")
    assert result.exit_code == 1
    assert result.stderr.startswith("ide-config: ty.toml is read-only.\n  Fix: chmod u+w ty.toml\n")
    assert (root / "ty.toml").read_text() == "# mine\n"


def test_a_link_is_written_through(run: Run, root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles"
    elsewhere.mkdir()
    (elsewhere / "mine.json").write_text("{}\n")
    (elsewhere / "mine.json").chmod(0o640)
    (root / ".vscode").mkdir()
    (root / SETTINGS).symlink_to(elsewhere / "mine.json")
    (root / ".vscode/extensions.json").symlink_to(elsewhere / "not-there-yet.json")
    assert run().exit_code == 0
    assert (root / SETTINGS).is_symlink()
    assert "python.defaultInterpreterPath" in (elsewhere / "mine.json").read_text()
    assert (elsewhere / "mine.json").stat().st_mode & 0o777 == 0o640
    assert "recommendations" in (elsewhere / "not-there-yet.json").read_text()
    assert sorted(os.listdir(elsewhere)) == ["mine.json", "not-there-yet.json"]


def test_marks_that_do_not_fit_together(run: Run, root: Path) -> None:
    (root / ".vimrc").write_text('set number\n" >>> devflow ide-config\nlet x = 1\n')
    result = run()
    assert result.exit_code == 1
    assert (
        ".vimrc is left alone: line 2: the marker comments of the ide-config block are not one pair." in result.stderr
    )


def test_a_table_that_somebody_has_already(run: Run, root: Path) -> None:
    (root / ".helix").mkdir()
    (root / ".helix/languages.toml").write_text(
        '[[language]]\nname = "rust"\n\n[language-server.ruff]\ncommand = "x"\n'
    )
    result = run()
    assert "is left alone: it has a table language-server.ruff of its own." in result.stderr
    (root / ".helix/languages.toml").write_text('[[language]]\nname = "rust"\n')
    assert run().exit_code == 0


def test_what_a_killed_run_left_is_removed(run: Run, root: Path) -> None:
    left = root / f".devflow-{'0' * 32}~"
    left.write_text("half")
    run("--editors=ty")
    assert not left.exists()


def test_a_planted_link_is_not_followed(run: Run, root: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (root / ".vscode").mkdir()
    for name in (".settings.json.ide-config", f".devflow-{'0' * 32}~"):
        (root / ".vscode" / name).symlink_to(victim)
    assert run().exit_code == 0
    assert victim.read_text() == "precious"
    assert not (root / SETTINGS).is_symlink()


@pytest.mark.parametrize("mode", ["--dry-run", "--no-check"])
def test_a_fifo_where_a_file_should_be(run: Run, root: Path, mode: str) -> None:
    (root / ".vscode").mkdir()
    os.mkfifo(root / SETTINGS)
    result = run(mode)
    assert result.exit_code == 1
    assert (
        f"ide-config: {SETTINGS} cannot be read: it is a FIFO, not a regular file.\n"
        f"  Fix: move it away: mv {SETTINGS} …\n"
    ) in result.stderr


@pytest.mark.parametrize("mode", ["--dry-run", "--no-check"])
def test_nothing_is_written_into_a_git_directory(run: Run, root: Path, mode: str) -> None:
    (root / ".git/hooks").mkdir(parents=True)
    (root / ".vscode").symlink_to(".git/hooks")
    result = run(mode)
    assert result.exit_code == 1
    assert (
        f"ide-config: {SETTINGS} is inside of the git directory .git.\n  Fix: remove the link: rm .vscode\n"
    ) in result.stderr
    assert os.listdir(root / ".git/hooks") == []


def test_a_main_resolve_that_cannot_be_exported(run: Run) -> None:
    message = refused(run, version="foreign")
    assert message == (
        "ide-config: No active backend exports resolve main.\n  Fix: choose another one with --main-resolve=NAME\n"
    )
