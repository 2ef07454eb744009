"""A site as other repositories have them: what `conf.py` imports and reads, and what the user's shell has set."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from pants.core.goals.package import Package
from pants.testutil.rule_runner import RuleRunner

from devflow.sphinx_docs.plan import CARRIED
from sphinx_docs.conftest import Run
from sphinx_docs.test_goals import contents, dist

CONF = """\
import importlib.metadata
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, os.path.abspath("_ext"))
project = "acme"
version = importlib.metadata.version("Acme.Client")
release = (HERE / "../VERSION").read_text().strip()
extensions = ["mine", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.intersphinx", "sphinx.ext.viewcode"]
autosummary_generate = True
autodoc_mock_imports = ["numpy"]
intersphinx_mapping = {"x": ("https://x.invalid", "x.inv")}
templates_path = ["_templates"]
html_static_path = ["_static"]
OF_A_SANDBOX = ("DOCUTILSCONFIG", "HOME", "PWD", "TMPDIR")
html_context = {"seen": [item for item in sorted(os.environ.items()) if item[0] not in OF_A_SANDBOX]}
"""
EXTENSION = """\
import os
from sphinx.ext import apidoc

def generate(app):
    apidoc.main(["-q", "-f", "-o", os.path.join(app.srcdir, "api"), os.path.join(app.srcdir, "../src/lib")])

def setup(app):
    app.add_css_file("mine.css")
    app.connect("builder-inited", generate)
    return {"parallel_read_safe": True}
"""
INDEX = """\
Acme |version| |release| |today|
================================

.. toctree::

   api/modules
   readme
   more/linked
   ein Satz/über uns

.. autosummary::
   :toctree: generated

   lib

:py:class:`x.Widget`
"""
INVENTORY = (
    b"# Sphinx inventory version 2\n# Project: x\n# Version: 1\n# The rest is compressed using zlib.\n"
    + zlib.compress(b"x.Widget py:class 1 x.html#$ -\n")
)
SITE = "projects/client/docs"
FILES: dict[str, str | bytes] = {
    "projects/client/BUILD": "file(name='version', source='VERSION')\n"
    "python_distribution(name='dist', dependencies=[':version'],\n"
    "    provides=python_artifact(name='acme-client', version='7.1'))\n",
    "projects/client/VERSION": "7.1rc2\n",
    "projects/client/src/lib/BUILD": "python_sources()\n",
    "projects/client/src/lib/__init__.py": '"""The library."""\n\nimport numpy\n\n\n'
    'async def start():\n    """Start it."""\n',
    f"{SITE}/conf.py": CONF,
    f"{SITE}/_ext/mine.py": EXTENSION,
    f"{SITE}/_static/mine.css": "",
    f"{SITE}/_templates/layout.html": "{% extends '!layout.html' %}\n{% block footer %}OURS {{ seen }}{% endblock %}\n",
    f"{SITE}/index.rst": INDEX,
    f"{SITE}/x.inv": INVENTORY,
    f"{SITE}/ein Satz/über uns.rst": b"Seite\n=====\n\ncaf\xe9\n",
    "projects/client/README.rst": "Read me\n=======\n",
    "projects/client/more/linked.rst": "Linked\n======\n",
}
HOSTILE = {
    **dict.fromkeys(("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_TIME"), "de_DE.ISO-8859-1"),
    "TZ": "Asia/Seoul",
    "SOURCE_DATE_EPOCH": "1700000000",
    "SPHINXOPTS": "-W -D project=other",
    "SPHINX_LANGUAGE": "de",
    "PYTHONPATH": "/nowhere",
    "PYTHONHASHSEED": "77",
    "PYTHONWARNINGS": "error",
    "DOCUTILSCONFIG": "/nowhere",
    "SSL_CERT_FILE": "/nowhere",
}


def write(runner: RuleRunner, resolve: str) -> None:
    dependencies = ["projects/client:dist", "projects/client:version", "projects/client/src/lib"]
    build = f"sphinx_docs(resolve='{resolve}', output_path='docs', dependencies={dependencies})\n"
    runner.write_files({**FILES, f"{SITE}/BUILD": build})
    for path, leads_to in (("readme.rst", "../README.rst"), ("more", "../more"), ("again", "..")):
        Path(runner.build_root, SITE, path).symlink_to(leads_to)
    runner.write_files({"docs/BUILD": "", f"{SITE}/conf.py": CONF + "exclude_patterns = ['again']\n"})


@pytest.mark.parametrize("resolve", ["sphinx7", "sphinx8"])
def test_a_site_in_a_hostile_shell(runner: RuleRunner, run: Run, resolve: str) -> None:
    """In a source root and with an extension of its own, generated pages, symbolic links, and an odd name."""
    write(runner, resolve)
    settings = {"source-root-patterns": "['src']"}
    assert run(Package, SITE, settings=settings).exit_code == 0
    first = contents(dist(runner))
    index = (dist(runner) / "index.html").read_text(encoding="utf-8")
    assert "<h1>Acme 7.1 7.1rc2 Jan 01, 1980" in index
    assert 'href="_static/mine.css' in index
    assert 'href="https://x.invalid/x.html#x.Widget"' in index
    seen = index.partition("OURS ")[2].partition("\n")[0]
    assert "de_DE" not in seen
    assert CARRIED not in seen
    assert {"api/lib.html", "generated/lib.html", "readme.html", "more/linked.html", "ein Satz/über uns.html"} <= {
        *first
    }
    assert "Start it." in (dist(runner) / "api/lib.html").read_text()

    if resolve == "sphinx8":  # once, because Pants installs all packages again for another locale
        assert run(Package, SITE, settings=settings, environment=HOSTILE).exit_code == 0
        assert contents(dist(runner)) == first


def test_the_variables_of_a_build(runner: RuleRunner, run: Run) -> None:
    """Those of the option, and no program of the system unless `PATH` is one of them."""

    def found(*variables: str) -> str:
        settings = {"sphinx-extra-env-vars": str([*variables])}
        assert run(Package, "docs", settings=settings, environment={"CHANNEL": "beta", "OTHER": "x"}).exit_code == 0
        return (dist(runner) / "index.html").read_text().partition("<title>")[2].partition("</title>")[0]

    runner.write_files(
        {
            "docs/conf.py": "import os, shutil, subprocess\n"
            "extensions = ['sphinx.ext.autodoc']\n"
            "run = subprocess.run('ls', shell=True, capture_output=True).returncode\n"
            "seen = [shutil.which('ls') is not None, run, os.environ.get('CHANNEL'), os.environ.get('OTHER')]\n"
            "html_title = ' '.join(map(str, seen))\n"
        }
    )
    assert found("CHANNEL").endswith("False 127 beta None")
    assert found("PATH", "OTHER=y").endswith("True 0 None y")
