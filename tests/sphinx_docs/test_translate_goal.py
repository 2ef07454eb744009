"""`docs-translate`: catalogs that are made, updated, and left alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pants.testutil.rule_runner import RuleRunner

from devflow.sphinx_docs.subsystem import DocsTranslateSubsystem
from devflow.sphinx_docs.translate_goal import DocsTranslate
from harness.to_do import options_of, printed_arguments
from sphinx_docs.conftest import Run

CONF = "locale_dirs = ['locales']\ngettext_compact = False\n"
PAGE = "A page\n======\n\nOne.\n\nTwo words here.\n"


@pytest.fixture()
def catalog(runner: RuleRunner) -> Path:
    runner.write_files(
        {
            "docs/BUILD": "sphinx_docs()",
            "docs/conf.py": CONF,
            "docs/index.rst": "Acme\n====\n\n.. toctree::\n\n   guide/a\n",
            "docs/guide/a.rst": PAGE,
        }
    )
    return Path(runner.build_root, "docs/locales/ko/LC_MESSAGES/guide/a.po")


def test_a_life_of_a_catalog(runner: RuleRunner, run: Run, catalog: Path) -> None:
    checked = run(DocsTranslate, "--language=ko", "--check", "docs")
    assert checked.exit_code == 1
    assert checked.stdout.splitlines() == [
        "docs/locales/ko/LC_MESSAGES/guide/a.po: would be made, 3 of 3 messages to translate",
        "docs/locales/ko/LC_MESSAGES/index.po: would be made, 1 of 1 message to translate",
    ]
    assert not catalog.exists()

    done = run(DocsTranslate, *printed_arguments(checked))
    assert (done.exit_code, done.stderr) == (0, "Wrote 2 catalogs.\n")
    assert "#: ../../guide/a.rst:4" in catalog.read_text()
    again = run(DocsTranslate, "--language=ko", "docs")
    assert (again.stdout, again.stderr) == ("", "All catalogs are up to date.\n")

    translated = catalog.read_text().replace('msgid "One."\nmsgstr ""', 'msgid "One."\nmsgstr "하나."')
    catalog.write_text(translated)
    assert run(DocsTranslate, "--language=ko", "--check").exit_code == 0
    assert catalog.read_text() == translated
    runner.write_files({"docs/guide/a.rst": PAGE.replace("Two words here", "Three other words") + "\nMore.\n"})
    document = json.loads(run(DocsTranslate, "--language=ko", "--format=json").stdout)
    assert document["mode"] == "write"
    assert document["results"] == [
        {"path": "docs/locales/ko/LC_MESSAGES/guide/a.po", "new": False, "messages": 4, "untranslated": 3}
    ]
    assert 'msgid "One."\nmsgstr "하나."' in catalog.read_text()
    assert 'msgid "More."' in catalog.read_text()


def test_languages(runner: RuleRunner, run: Run, catalog: Path) -> None:
    refused = run(DocsTranslate)
    assert refused.stderr == (
        "docs-translate: docs:docs has no languages.\n  Fix: add --language=ko, or set `languages` of the target\n"
    )
    odd = run(DocsTranslate, "--language=../ko")
    assert odd.stderr.startswith("docs-translate: --language=../ko: this is not the name of a language.\n  Fix: use ")
    assert run(DocsTranslate, "--language=ko", "--format=json").exit_code == 0
    catalog.parent.parent.joinpath("index.po").unlink()
    catalog.unlink()
    runner.write_files({"docs/BUILD": "sphinx_docs(languages=['en', 'ko', 'de'])"})
    checked = run(DocsTranslate, "--check")
    assert [line.split("/")[2] for line in checked.stdout.splitlines()] == ["de", "de", "ko", "ko"]
    assert printed_arguments(checked) == ("docs:docs",)


def test_every_option_is_in_the_printed_command() -> None:
    assert options_of(DocsTranslateSubsystem) - {"--check", "--format"} == {"--language"}


@pytest.mark.parametrize(
    ("directory", "says"), [("../../out", "out of the repository"), ("../.git/x", "git directory")]
)
def test_a_destination_that_is_refused(runner: RuleRunner, run: Run, catalog: Path, directory: str, says: str) -> None:
    runner.write_files({"docs/conf.py": f"locale_dirs = ['{directory}']\n"})
    refused = run(DocsTranslate, "--language=ko")
    assert refused.exit_code == 1
    assert says in refused.stderr
    assert re.search(r"  Fix: set `locale_dirs` in \S*conf.py to a directory of the site\n", refused.stderr)
    assert not Path(runner.build_root, ".git").exists()
    runner.write_files({"docs/conf.py": "locale_dirs = ['locales']\n"})
    assert run(DocsTranslate, "--language=ko").exit_code == 0
