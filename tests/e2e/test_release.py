"""`release` against the release by hand, with real towncriers: the same trees, messages and tags, byte for byte."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.releases import (
    DATE,
    STYLE,
    STYLES,
    TOWNCRIERS,
    ByHand,
    begin,
    commit,
    fragments,
    lockfiles,
    news_of_packages,
    pants_toml,
    release,
    resolve_of,
    seen,
    start,
)
from harness.git import git, set_identity
from harness.world import Caches, Repository, repository


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    # Some towncriers import the package for its name.
    ignored = "/.pants.d/\n/.pids/\n/dist/\n__pycache__/\n"
    files = {"pants.toml": pants_toml("devflow"), ".gitignore": ignored, **lockfiles()}
    with repository(tmp_path_factory.mktemp("release") / "repository", caches, files) as new:
        set_identity(new.root)
        yield new


@pytest.fixture(scope="module")
def towncriers(repo: Repository) -> dict[str, Path]:
    """Those that a person would run."""
    repo.export("--include=towncrier-*")
    return {name: repo.venv(resolve_of(name)) / "bin/towncrier" for name in TOWNCRIERS}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("towncrier", TOWNCRIERS)
def test_the_same_as_by_hand(
    repo: Repository, towncriers: dict[str, Path], tmp_path: Path, towncrier: str, style: str
) -> None:
    newline = "" if towncrier == TOWNCRIERS[0] else "\n"
    start(repo, style, seed=TOWNCRIERS.index(towncrier), count=25, version=f"24.03.0.dev0{newline}")
    subprocess.run(["git", "clone", "--quiet", str(repo.root), str(tmp_path / "hand")], check=True)
    by_hand = ByHand(tmp_path / "hand", towncriers[towncrier])
    # A pre-release, the final release that has nothing new, and the next one.
    for version, more in (("24.03.0rc1", 0), ("24.03.0", 0), ("24.03.1", 7)):
        if more:
            for root in (repo.root, by_hand.root):
                for path, text in fragments(style, 99, more).items():
                    (root / path).parent.mkdir(parents=True, exist_ok=True)
                    (root / path).write_text(text)
                git(root, "add", "--all")
                git(root, "commit", "--quiet", "--message=More")
        release(repo, f"--to={version}", "--execute", towncrier=towncrier)
        by_hand.release(version, DATE, newline=newline, prerelease="rc" in version)
        assert seen(repo.root) == seen(by_hand.root)
        assert (repo.root / "VERSION").read_text() == version + newline


@pytest.mark.parametrize("towncrier", TOWNCRIERS)
def test_a_draft_is_what_towncrier_prints(repo: Repository, towncriers: dict[str, Path], towncrier: str) -> None:
    start(repo, seed=7)
    before = seen(repo.root)
    drafted = release(repo, "--to=24.03.0", "--draft", towncrier=towncrier)
    command = [str(towncriers[towncrier]), "build", "--draft", "--version=24.03.0", f"--date={DATE}"]
    printed = subprocess.run(command, cwd=repo.root, check=True, capture_output=True, text=True)
    assert drafted.stdout == printed.stdout
    assert drafted.stdout.startswith(f"## 24.03.0 ({DATE})\n")
    assert seen(repo.root) == before
    release(repo, "--to=24.03.0", "--execute", towncrier=towncrier)
    assert drafted.stdout.strip() in (repo.root / "CHANGELOG.md").read_text()


def test_a_plan_changes_nothing_and_says_everything(repo: Repository) -> None:
    news = {"changes/1.fix.md": "Mended.\n", "changes/2.feature.md": "Added.\n"}
    begin(repo, {**STYLES[STYLE][0], **news, "VERSION": "24.03.0rc1"})
    before = seen(repo.root)
    result = release(repo, "--bump=final")
    assert result.stdout == (
        "Checked work tree: clean\n"
        "Checked version: 24.03.0rc1 → 24.03.0\n"
        "Checked tag: 24.03.0 is free\n"
        "Checked branch: main\n"
        "Checked identity: Somebody <somebody@example.com>\n"
        "Checked signing: not configured\n"
        "Not checked: remote: nothing is pushed without --push\n"
        "Checked changelog: 2 news fragments into CHANGELOG.md\n"
        "Not checked: schema-history: not configured\n"
        "Checked version: VERSION\n"
        "Would change CHANGELOG.md: 8 lines more\n"
        "Would change VERSION: 24.03.0rc1 → 24.03.0\n"
        "Would remove changes/1.fix.md\n"
        "Would remove changes/2.feature.md\n"
        'Would commit: "release: 24.03.0" by Somebody <somebody@example.com>\n'
        'Would tag 24.03.0: "Release v24.03.0"\n'
    )
    assert result.stderr.endswith(f"To do it: pants release --to=24.03.0 --date={DATE} --execute\n")
    assert seen(repo.root) == before


def test_from_a_candidate_to_the_release_page(repo: Repository) -> None:
    begin(repo, {**STYLES[STYLE][0], "changes/1.fix.md": "One.\n", "VERSION": "24.03.0.dev0"})
    release(repo, "--to=24.03.0rc1", "--execute")
    repo.write("changes/2.feature.md", "Two.\n")
    git(repo.root, "add", "--all")
    git(repo.root, "commit", "--quiet", "--message=More")
    final = release(repo, "--to=24.03.0", "--consolidate=text", "--no-tag", "--execute")
    assert "Checked changelog: 1 news fragment into CHANGELOG.md, with 24.03.0rc1\n" in final.stdout
    assert "24.03.0rc1" not in (repo.root / "CHANGELOG.md").read_text()
    page = release(repo, "--notes=24.03.0")
    assert page.stdout == "### Features\n\n* Two. (#2)\n\n### Fixs\n\n* One. (#1)\n"
    head = git(repo.root, "rev-parse", "HEAD")
    git(repo.root, "commit", "--quiet", "--allow-empty", "--message=Later")
    tagged = release(repo, "--tag-merged=24.03.0", "--execute")
    assert "Checked changelog: CHANGELOG.md: has 24.03.0\n" in tagged.stdout
    assert git(repo.root, "rev-parse", "24.03.0^{commit}") == head


@pytest.mark.parametrize("style", [STYLE, "reStructuredText, sections, towncrier's own template"])
def test_candidates_leave_no_trace(repo: Repository, style: str) -> None:
    changelog = "NEWS.rst" if style != STYLE else "CHANGELOG.md"
    parts = [fragments(style, seed, 4) for seed in (11, 12, 13)]
    start(repo, style, count=0)
    for part in parts:
        commit(repo, part)
    release(repo, "--to=24.03.0", "--execute")
    expected = (repo.root / changelog).read_bytes()
    start(repo, style, count=0)
    for part, version in zip(parts, ("24.03.0rc1", "24.03.0rc2", "24.03.0")):
        commit(repo, part)
        release(repo, f"--to={version}", "--consolidate=fragments", "--execute")
    assert (repo.root / changelog).read_bytes() == expected
    assert git(repo.root, "status", "--porcelain") == ""


def test_a_section_that_a_person_has_edited_is_not_written_anew(repo: Repository) -> None:
    start(repo, count=0)
    commit(repo, {"changes/7.fix.md": "Seven.\n"})
    release(repo, "--to=24.03.0rc1", "--execute")
    text = (repo.root / "CHANGELOG.md").read_text()
    commit(repo, {"CHANGELOG.md": text.replace("Seven.", "Seven at last.")})
    refused = release(repo, "--to=24.03.0", "--consolidate=fragments", check=False)
    assert refused.exit_code == 1
    assert (
        "release: CHANGELOG.md: the section of 24.03.0rc1 has '* Seven at last. (#7)', and no news fragment that was "
        "removed with it gives that.\n  Fix: --consolidate=text, which folds the sections as they are\n"
    ) in refused.stderr
    release(repo, "--to=24.03.0", "--consolidate=text", "--execute")
    assert "* Seven at last. (#7)" in (repo.root / "CHANGELOG.md").read_text()


def test_a_target_is_built_from_what_the_release_commits(repo: Repository) -> None:
    start(repo, count=1)
    build = 'file(name="version", source="VERSION")\narchive(name="docs", format="tar", files=[":version"])\n'
    commit(repo, {"BUILD": build})
    done = release(repo, "--to=24.03.0", '--outputs={"//:docs": "docs/version.tar"}', "--execute")
    assert "Checked outputs: //:docs\n" in done.stdout
    assert "Created docs/version.tar\n" in done.stdout
    assert b"24.03.0\0" in (repo.root / "docs/version.tar").read_bytes()
    assert git(repo.root, "status", "--porcelain") == ""
    assert len(git(repo.root, "worktree", "list").splitlines()) == 1


def test_every_problem_is_said_at_once(repo: Repository) -> None:
    start(repo, version="24.03.1")
    repo.write("changes/9.bug.md", "Of no type.\n")
    repo.write("changes/10.fix.md", b"caf\xe9\n")
    repo.write("changes/sub/11.fix.md", "Below.\n")
    git(repo.root, "add", "--all")
    git(repo.root, "commit", "--quiet", "--message=Bad")
    git(repo.root, "tag", "24.03.0")
    repo.write("stray.txt", "")
    git(repo.root, "switch", "--quiet", "--create", "topic")
    before = seen(repo.root)
    result = release(repo, "--to=24.03.0", "--execute", check=False)
    assert result.exit_code == 1
    for line in (
        "release: Not committed: stray.txt.",
        "release: 24.03.0 is lower than the present 24.03.1.",
        "release: The tag 24.03.0 is there already, on this commit.",
        "release: topic is not one of the allowed branches: main, master, [0-9]*.[0-9]*.",
        "release: changes/10.fix.md is not UTF-8: byte 0xe9 in line 1.",
        "5 problems. Nothing was changed.",
    ):
        assert line in result.stderr
    assert seen(repo.root) == before
    (repo.root / "stray.txt").unlink()


def test_fragments_that_towncrier_would_leave(repo: Repository) -> None:
    start(repo)
    for path in ("changes/9.bug.md", "changes/fix.md", "changes/10.feture.md", "changes/sub/11.fix.md"):
        repo.write(path, "Mine.\n")
    git(repo.root, "add", "--all")
    git(repo.root, "commit", "--quiet", "--message=Bad")
    result = release(repo, "--to=24.03.0", check=False)
    assert result.exit_code == 1
    for line in (
        "release: towncrier ignores changes/10.feture.md: 'feture' is not a type.\n"
        "  Fix: git mv changes/10.feture.md changes/10.feature.md;",
        "release: towncrier ignores changes/9.bug.md: 'bug' is not a type.\n"
        "  Fix: git mv changes/9.bug.md changes/9.TYPE.md (types: feature, fix, deps);",
        "release: towncrier ignores changes/fix.md: its name has no type.\n"
        "  Fix: git mv changes/fix.md changes/+something.fix.md;",
        "release: towncrier ignores changes/sub/11.fix.md: it looks into changes only, not below.\n"
        "  Fix: git mv changes/sub/11.fix.md changes/11.fix.md;",
    ):
        assert line in result.stderr
    excepted = '--not-fragments=["9.bug.md", "fix.md", "10.feture.md", "changes/sub/*"]'
    assert release(repo, "--to=24.03.0", excepted).exit_code == 0


def test_a_template_that_fails(repo: Repository) -> None:
    start(repo)
    repo.write("changes/template.md.jinja", "{% for x in %}")
    git(repo.root, "commit", "--quiet", "--all", "--message=Bad")
    result = release(repo, "--to=24.03.0", check=False)
    assert result.exit_code == 1
    assert "release: towncrier failed: jinja2.exceptions.TemplateSyntaxError: Expected an expression" in result.stderr
    assert "(template: changes/template.md.jinja)" in result.stderr
    assert "  Fix: correct what towncrier reports, and commit the correction\n" in result.stderr
    commit(repo, {"changes/template.md.jinja": "{% for x in [] %}{% endfor %}News.\n\n\n"})
    assert release(repo, "--to=24.03.0").exit_code == 0


def test_a_lockfile_that_cannot_be_installed(repo: Repository) -> None:
    start(repo)
    name = f"{TOWNCRIERS[-1]}.lock"
    right = (repo.root / name).read_text()
    commit(repo, {name: right.replace("click==8.5.1", "click==8.5.999")})
    refused = release(repo, "--to=24.03.0", check=False)
    assert refused.exit_code == 1
    assert "release: installing towncrier from resolve towncrier-26-9 failed: " in refused.stderr
    fix = f"Fix: pants generate-lockfiles --resolve={TOWNCRIERS[-1].replace('.', '-')}\n"
    assert fix in refused.stderr
    # What makes it again is the script that made these lockfiles.
    commit(repo, {name: right})
    assert release(repo, "--to=24.03.0").exit_code == 0


def test_a_changelog_for_each_series_and_fragments_that_pants_does_not_see(repo: Repository) -> None:
    settings = STYLES[STYLE][0]["pyproject.toml"].replace('"changes', '".changes')
    files = {"pyproject.toml": settings, ".changes/template.md.jinja": "News.\n\n\n", ".changes/1.fix.md": "Mended.\n"}
    begin(repo, {**files, "VERSION": "24.03.0rc1", "CHANGELOG/24.03.md": "<!-- towncrier release notes start -->\n"})
    per_series = "--changelog-file=CHANGELOG/{series}.md"
    release(repo, "--to=24.03.0", per_series, "--execute")
    assert f"start -->\n\n## 24.03.0 ({DATE})\n\nNews." in (repo.root / "CHANGELOG/24.03.md").read_text()
    assert git(repo.root, "ls-files", ".changes").split() == [".changes/template.md.jinja"]
    assert not (repo.root / "CHANGELOG.md").exists()
    again = release(repo, "--to=24.09.0", per_series, "--execute")
    assert "Note: There are no news fragments" in again.stdout
    assert (repo.root / "CHANGELOG/24.09.md").read_text().startswith(f"## 24.09.0 ({DATE})\n")
    # The file that this release has made has no marker.
    release(repo, "--to=24.09.1", per_series, "--execute")
    assert (repo.root / "CHANGELOG/24.09.md").read_text().startswith(f"## 24.09.1 ({DATE})\n")
    assert f"\n## 24.09.0 ({DATE})\n" in (repo.root / "CHANGELOG/24.09.md").read_text()
    assert git(repo.root, "status", "--porcelain") == ""


@pytest.mark.parametrize("towncrier", [TOWNCRIERS[0], TOWNCRIERS[-1]])
def test_a_changelog_for_each_package(
    repo: Repository, towncriers: dict[str, Path], tmp_path: Path, towncrier: str
) -> None:
    packages = ("packages/api", "packages/web")
    begin(repo, {"VERSION": "24.03.0rc1", **news_of_packages(packages, towncrier)})
    subprocess.run(["git", "clone", "--quiet", str(repo.root), str(tmp_path / "hand")], check=True)
    configs = [f"{package}/towncrier.toml" for package in packages]
    release(repo, "--to=24.03.0", f"--changelog-config={','.join(configs)}", "--execute", towncrier=towncrier)
    for config in configs:
        command = [str(towncriers[towncrier]), "build", "--yes", "--version=24.03.0", f"--date={DATE}"]
        subprocess.run([*command, "--config", config], cwd=tmp_path / "hand", check=True, capture_output=True)
    git(tmp_path / "hand", "add", "--all")
    for package in packages:
        tree = git(repo.root, "rev-parse", f"HEAD:{package}")
        assert tree == git(tmp_path / "hand", "rev-parse", f"{git(tmp_path / 'hand', 'write-tree')}:{package}")


def test_a_report_as_json(repo: Repository) -> None:
    start(repo)
    document = json.loads(release(repo, "--to=24.03.0", "--format=json", "--execute").stdout)
    assert document["mode"] == "execute"
    assert document["version"] == "24.03.0"
    assert document["commit"]["id"] == git(repo.root, "rev-parse", "HEAD")
    assert document["tag"] == {"name": "24.03.0", "message": "Release v24.03.0", "signed": False}
    assert {check["status"] for check in document["checks"]} == {"ok", "not-checked"}
    assert document["problems"] == []
