"""`package` and `check` on a small site, with the real Sphinx of two generations."""

from __future__ import annotations

import hashlib
import shutil
import zlib
from pathlib import Path

import pytest
from pants.core.goals.check import Check
from pants.core.goals.package import Package
from pants.testutil.rule_runner import RuleRunner

from sphinx_docs.conftest import CONF, Run

# A page that differs in each build shows which builds were made.
EACH_BUILD_DIFFERS = f"{CONF}\nimport uuid\nrelease = uuid.uuid4().hex\nhtml_title = release\n"


def dist(runner: RuleRunner, below: str = "docs/html") -> Path:
    return Path(runner.build_root, "dist", below)


def contents(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("resolve", ["sphinx7", "sphinx8"])
def test_a_site_with_autodoc(runner: RuleRunner, run: Run, resolve: str) -> None:
    runner.write_files(
        {
            "docs/BUILD": f"sphinx_docs(dependencies=['src/acme', ':words'], resolve='{resolve}', warnings='error')\n"
            "file(name='words', source='words.txt')\n",
            "docs/words.txt": "of a dependency",
            "docs/guide/über uns.rst": ":orphan:\n\nÜber uns\n========\n",
            "docs/conf.py": CONF + "print('hello')\nsuppress_warnings = ['toc.secnum']\n",
        }
    )
    assert run(Package, "docs").exit_code == 0
    index = (dist(runner) / "index.html").read_text(encoding="utf-8")
    assert "Start a job." in index
    assert "2015-2026" in index, "this year is not that of a build"
    assert (dist(runner) / "guide" / "über uns.html").is_file()
    assert not list(Path(runner.build_root, "docs").rglob("*.pyc"))
    first = contents(dist(runner))
    # Another process, in another sandbox, gives the same bytes.
    assert run(Package, "docs", settings={"sphinx-extra-env-vars": "['SOME=thing']"}).exit_code == 0
    assert contents(dist(runner)) == first
    assert run(Check, "docs").exit_code == 0

    runner.write_files({"docs/guide/a.rst": "A page\n===\n\n:ref:`nowhere`\n", "docs/orphan.rst": "Orphan\n======\n"})
    failed = run(Check, "docs")
    assert failed.exit_code == 1
    assert run(Package, "docs").exit_code == 0, "warnings are no errors of package"
    runner.write_files({"docs/conf.py": f"{CONF}\n1 / 0\n"})
    assert run(Check, "docs").exit_code == 1
    with pytest.raises(Exception, match="ZeroDivisionError: division by zero"):
        run(Package, "docs")


def test_what_is_built_again(runner: RuleRunner, run: Run) -> None:
    """A build of unchanged files is the one before; a changed page, or a module that is documented, makes another."""

    def title() -> str:
        assert run(Package, "docs").exit_code == 0
        return (dist(runner) / "index.html").read_text().partition("<title>")[2].partition("</title>")[0]

    runner.write_files(
        {"docs/conf.py": EACH_BUILD_DIFFERS, "src/other/BUILD": "python_sources()", "src/other/x.py": ""}
    )
    first = title()
    shutil.rmtree(dist(runner))
    assert title() == first
    runner.write_files({"src/other/x.py": "y = 1\n"})
    assert title() == first
    runner.write_files({"src/acme/jobs.py": '"""Other jobs."""\n'})
    second = title()
    assert second != first
    assert (dist(runner) / "guide" / "a.html").is_file()
    (Path(runner.build_root) / "docs/guide/a.rst").unlink()
    assert title() != second
    assert not (dist(runner) / "guide" / "a.html").exists()


def test_languages_and_builders(runner: RuleRunner, run: Run) -> None:
    catalog = 'msgid "A page"\nmsgstr "한 쪽"\n'
    runner.write_files(
        {
            "docs/BUILD": "sphinx_docs(languages=['en', 'ko'], builders=['html', 'text'], output_path='site')\n",
            "docs/conf.py": 'locale_dirs = ["locales"]\ngettext_compact = False\n',
            "docs/index.rst": "Acme\n====\n\n.. toctree::\n\n   guide/a\n",
            "docs/locales/ko/LC_MESSAGES/guide/a.po": catalog,
        }
    )
    assert run(Package, "docs").exit_code == 0
    assert "한 쪽" in (dist(runner, "site/html/ko") / "guide" / "a.html").read_text(encoding="utf-8")
    assert "한 쪽" not in (dist(runner, "site/html/en") / "guide" / "a.html").read_text(encoding="utf-8")
    assert "한 쪽" in (dist(runner, "site/text/ko") / "guide" / "a.txt").read_text(encoding="utf-8")
    assert not list(Path(runner.build_root, "docs").rglob("*.mo"))


def test_at_the_build_root_with_myst(runner: RuleRunner, run: Run) -> None:
    """Sphinx reads neither what Pants has in the sandbox nor files of dependencies as pages."""
    runner.write_files(
        {
            "BUILD": "sphinx_docs(name='site', sources=['conf.py', '*.md'], warnings='error', output_path='site',\n"
            "    dependencies=['src/acme', 'src/acme:about'])\n",
            "conf.py": "extensions = ['myst_parser', 'sphinx.ext.autodoc']\n",
            "index.md": "# Acme\n\n```{toctree}\nmore\n```\n\n"
            "```{eval-rst}\n.. automodule:: acme.jobs\n   :members:\n```\n",
            "more.md": "# More\n\n[back](index.md)\n",
            "src/acme/BUILD": "python_sources()\nfile(name='about', source='about.md')\n",
            "src/acme/about.md": "# An orphan\n",
        }
    )
    assert run(Check, "//:site").exit_code == 0
    assert run(Package, "//:site").exit_code == 0
    pages = {path for path in contents(dist(runner, "site/html")) if path.endswith(".html")}
    assert pages == {"genindex.html", "index.html", "more.html", "py-modindex.html", "search.html"}


def test_without_a_network(runner: RuleRunner, run: Run) -> None:
    """An inventory of the repository is used; one that would be fetched is a warning, at once."""
    head = "# Sphinx inventory version 2\n# Project: x\n# Version: 1\n# The rest is compressed using zlib.\n"
    runner.write_files(
        {
            "docs/BUILD": "sphinx_docs(warnings='error', nitpicky=True)\n",
            "docs/index.rst": "Acme\n====\n\n.. toctree::\n\n   guide/a\n\n:py:class:`x.Widget`\n",
            "docs/conf.py": CONF + "intersphinx_mapping = {'x': ('https://x.invalid', 'x.inv')}\n",
            "docs/x.inv": head.encode() + zlib.compress(b"x.Widget py:class 1 x.html#$ -\n"),
        }
    )
    assert run(Check, "docs").exit_code == 0
    runner.write_files({"docs/conf.py": CONF + "intersphinx_mapping = {'x': ('https://x.invalid', None)}\n"})
    assert run(Check, "docs").exit_code == 1
