"""Repositories to release from, made up at random, and the release as the handbook has it: by hand."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from e2e.projects import settings
from harness.git import git
from harness.world import Repository, Result

LOCKS = Path.cwd() / "tests/e2e/locks"
TOWNCRIERS = ("towncrier-22.12", "towncrier-24.8", "towncrier-26.9")
DATE = "2024-03-29"
STYLE = "markdown, a template, a package that cannot be imported"
KEPT = ("pants.toml", ".gitignore", *(f"{name}.lock" for name in TOWNCRIERS))

_TEMPLATE = """\
{% for section in sections %}{% if section %}
### {{ section }}
{% endif %}
{% if sections[section] %}
{% for category, val in definitions.items() if category in sections[section] %}
### {{ definitions[category]['name'] }}

{% for text, values in sections[section][category].items() %}
* {{ text }}{% if values %} ({{ values | join(', ') }}){% endif %}

{% endfor %}
{% endfor %}
{% else %}
No significant changes.

{% endif %}
{% endfor %}
"""
_TYPES = "\n".join(
    f'[[tool.towncrier.type]]\ndirectory = "{kind}"\nname = "{kind.title()}s"\nshowcontent = {shown}\n'
    for kind, shown in (("feature", "true"), ("fix", "true"), ("deps", "false"))
)
_MARKER = "<!-- towncrier release notes start -->\n"
# Each with its first files, and the directories of its fragments.
STYLES: Mapping[str, tuple[Mapping[str, str], Sequence[str]]] = {
    "markdown, a template, a package that cannot be imported": (
        {
            "pyproject.toml": "[tool.towncrier]\n"
            'package = "some.package"\nname = "Some"\nfilename = "CHANGELOG.md"\ndirectory = "changes"\n'
            'template = "changes/template.md.jinja"\nissue_format = "#{issue}"\n'
            'title_format = "## {version} ({project_date})"\nunderlines = ["", "", ""]\n'
            f'start_string = "<!-- towncrier release notes start -->\\n"\n{_TYPES}',
            "changes/template.md.jinja": _TEMPLATE,
            "CHANGELOG.md": f"# Changes\n\n{_MARKER}\n## 23.09.0 (2023-09-04)\n\n* Old. (#1)\n",
        },
        ("changes",),
    ),
    "the heading in the template": (
        {
            "towncrier.toml": "[tool.towncrier]\n"
            'filename = "CHANGELOG.md"\ndirectory = "changes"\ntitle_format = ""\ntemplate = "tools/news.md"\n'
            f'start_string = "<!-- towncrier release notes start -->\\n"\n{_TYPES}',
            "tools/news.md": "## {{ versiondata.version }} ({{ versiondata.date }})\n\n" + _TEMPLATE,
            "CHANGELOG.md": f"# Changes\n{_MARKER}",
            "changes/README.md": "How to write them.\n",
        },
        ("changes",),
    ),
    "reStructuredText, sections, towncrier's own template": (
        {
            "pyproject.toml": '[tool.towncrier]\npackage = "thing"\npackage_dir = "src"\n'
            '[[tool.towncrier.section]]\nname = ""\npath = ""\n'
            '[[tool.towncrier.section]]\nname = "Web"\npath = "web"\n',
            "src/thing/__init__.py": '__version__ = "1"\n',
            "src/thing/newsfragments/.gitignore": "!.gitignore\n",
            "src/thing/web/newsfragments/.gitignore": "!.gitignore\n",
            "NEWS.rst": "News\n====\n\n.. towncrier release notes start\n",
        },
        ("src/thing/newsfragments", "src/thing/web/newsfragments"),
    ),
}
TYPES_OF_STYLE = {
    "reStructuredText, sections, towncrier's own template": ("feature", "bugfix", "doc", "removal", "misc"),
}
_WORDS = "faster exports pause queues of retried jobs, with `names` & *stars*, naïve clocks — “again”".split()


def fragments(style: str, seed: int, count: int) -> dict[str, str]:
    """News fragments with names and texts of all kinds."""
    chance = random.Random(f"{style} {seed}")
    kinds = TYPES_OF_STYLE.get(style, ("feature", "fix", "deps"))
    made: dict[str, str] = {}
    for number in range(count):
        kind = chance.choice(kinds)
        issue = chance.choice([str(chance.randint(1, 900)), f"+orphan{number}", f"word-{number}", f"00{number + 1}"])
        suffix = chance.choice(["", ".md", ".rst", ".1.md", ".2"])
        lines = [" ".join(chance.choices(_WORDS, k=chance.randint(1, 9))) for _ in range(chance.randint(1, 3))]
        text = "\n".join(lines) + chance.choice(["", "\n", "\n\n"])
        if chance.random() < 0.2 and made:
            text = chance.choice(sorted(made.values()))
        if not any(path.rsplit("/", 1)[1].startswith(f"{issue.lstrip('0')}.{kind}") for path in made):
            made[f"{chance.choice(STYLES[style][1])}/{issue}.{kind}{suffix}"] = text
    return made


def news_of_packages(packages: Iterable[str], towncrier: str) -> dict[str, str]:
    """Settings of towncrier in each package, each with one fragment."""
    made: dict[str, str] = {}
    for package in packages:
        # 22.12 takes `directory` from where it is started, and newer versions from where the settings are.
        directory = f"{package}/news" if towncrier == TOWNCRIERS[0] else "news"
        settings_of_package = f'name = "{package[9:]}"\ndirectory = "{directory}"\nfilename = "NEWS.rst"\n'
        made[f"{package}/towncrier.toml"] = f"[tool.towncrier]\n{settings_of_package}"
        made[f"{package}/news/1.feature"] = f"Of {package}.\n"
        made[f"{package}/news/.gitignore"] = "!.gitignore\n"
    return made


def resolve_of(towncrier: str) -> str:
    """The name of its resolve: it has no dots."""
    return towncrier.replace(".", "-")


def pants_toml(*backends: str) -> str:
    """Settings with a resolve for each towncrier."""
    resolves = {resolve_of(towncrier): f"{towncrier}.lock" for towncrier in TOWNCRIERS}
    return settings(resolves, backends=backends)


def lockfiles() -> dict[str, str]:
    """The lockfiles of those."""
    return {f"{name}.lock": (LOCKS / f"{name}.lock").read_text() for name in TOWNCRIERS}


def begin(repo: Repository, files: Mapping[str, str]) -> None:
    """Another repository in the same place, so that its daemon stays: one commit of these files."""
    git(repo.root, "checkout", "--quiet", "--orphan", "new")
    for path in git(repo.root, "ls-files").splitlines():
        if path not in KEPT:
            git(repo.root, "rm", "--quiet", "--force", "--", path)
    for name in git(repo.root, "tag", "--list").splitlines():
        git(repo.root, "tag", "--delete", name)
    for path, text in files.items():
        repo.write(path, text)
    git(repo.root, "add", "--all")
    git(repo.root, "commit", "--quiet", "--message=Begin")
    git(repo.root, "branch", "--quiet", "--move", "--force", "new", "main")


def start(
    repo: Repository, style: str = STYLE, *, seed: int = 1, count: int = 12, version: str = "24.03.0.dev0"
) -> None:
    """Begin with the files of a style, and news."""
    begin(repo, {**STYLES[style][0], **fragments(style, seed, count), "VERSION": version})


def release(
    repo: Repository, *args: str, towncrier: str = TOWNCRIERS[-1], check: bool = True, pantsd: bool = True
) -> Result:
    """Run the goal on one day, with one of the towncriers."""
    return repo.run(
        f"--towncrier-install-from-resolve={resolve_of(towncrier)}",
        "release",
        f"--date={DATE}",
        *args,
        check=check,
        pantsd=pantsd,
    )


def commit(repo: Repository, files: Mapping[str, str]) -> None:
    """Write files, and commit all."""
    for path, text in files.items():
        repo.write(path, text)
    git(repo.root, "add", "--all")
    git(repo.root, "commit", "--quiet", "--message=More")


def seen(root: Path) -> dict[str, str]:
    """All that a release is, apart from the times and ids of its commit."""
    return {
        "tree": git(root, "ls-tree", "-r", "HEAD"),
        "message": git(root, "log", "-1", "--format=%an %ae %B"),
        "tags": git(root, "tag", "--list", "--format=%(refname) %(objecttype) %(contents)"),
        "status": git(root, "status", "--porcelain", "--untracked-files=all"),
    }


@dataclass(frozen=True)
class ByHand:
    """The steps of the handbook, with a real towncrier."""

    root: Path
    towncrier: Path

    def release(self, version: str, date: str, *, newline: str, prerelease: bool) -> None:
        (self.root / "VERSION").write_text(version + newline)
        command = [str(self.towncrier), "build", "--yes", "--version", version, "--date", date]
        subprocess.run(command, cwd=self.root, check=True, capture_output=True)
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", f"--message=release: {version}")
        kind = "Pre-release" if prerelease else "Release"
        git(self.root, "tag", "--annotate", f"--message={kind} v{version}", version)
