"""What a refusal of a build says to do, done: the next build works."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Union

import pytest
from pants.core.goals.package import Package
from pants.testutil.rule_runner import RuleRunner

from sphinx_docs.conftest import CONF, WITH_CODE, Run

Files = Mapping[str, Union[str, bytes]]
OWN = "import os, sys\nsys.path.insert(0, os.path.abspath('_ext'))\nextensions = ['mine', 'sphinx.ext.autodoc']\n"
ASKS = "import os, subprocess\nextensions = ['sphinx.ext.autodoc']\nrelease = "


@pytest.mark.parametrize(
    ("files", "says", "fix", "repaired"),
    [
        pytest.param(
            {"docs/BUILD": "sphinx_docs(sources=['*.rst', 'guide/*'])"},
            "docs:docs: There is no conf.py in docs.",
            "see that `sources` has it",
            {"docs/BUILD": "sphinx_docs(sources=['*.rst', 'guide/*', 'conf.py'], dependencies=['src/acme'])"},
            id="no conf.py",
        ),
        pytest.param(
            {"docs/BUILD": "sphinx_docs(source_directory='s')"},
            "There is no conf.py in docs/s.",
            "to the directory of conf.py, and see that `sources` has the file; there is docs/conf.py",
            {"docs/BUILD": "sphinx_docs(source_directory='.', dependencies=['src/acme'])"},
            id="another directory",
        ),
        pytest.param(
            {
                "docs/BUILD": "sphinx_docs(sources=['*/*'])",
                "docs/a/conf.py": CONF,
                "docs/a/index.rst": "A\n=\n",
                "docs/b/conf.py": "",
            },
            "docs:docs: Several files are named conf.py: docs/a/conf.py, docs/b/conf.py.",
            'such as source_directory="a"',
            {"docs/BUILD": 'sphinx_docs(sources=["*/*"], source_directory="a")'},
            id="several",
        ),
        pytest.param(
            {"BUILD": "sphinx_docs(name='all', output_path='all')", "conf.py": CONF, "index.rst": "A\n=\n"},
            "`sources` with `**/*` is the whole repository",
            'sources=["conf.py", "*.rst", "docs/**"]',
            {"BUILD": 'sphinx_docs(name="all", output_path="all", sources=["conf.py", "*.rst"])'},
            id="the build root",
        ),
        pytest.param(
            {"docs/BUILD": "sphinx_docs(resolve='sphinx9')"},
            "no resolve has the name 'sphinx9'. Did you mean 'sphinx8'",
            "set it to one of: sphinx7, sphinx8",
            {"docs/BUILD": WITH_CODE.replace("(", "(resolve='sphinx8', ")},
            id="resolve",
        ),
        pytest.param(
            {"docs/BUILD": "sphinx_docs(date='today')"},
            "`date` is not a day: 'today'",
            'write it as YYYY-MM-DD: date="2026-01-31"',
            {"docs/BUILD": WITH_CODE.replace("(", '(date="2026-01-31", ')},
            id="date",
        ),
        pytest.param(
            {"docs/BUILD": "sphinx_docs(output_path='../x')"},
            "`output_path` is not a directory below `dist`",
            'set it: output_path="docs"',
            {"docs/BUILD": WITH_CODE.replace("(", '(output_path="docs", ')},
            id="output path",
        ),
        pytest.param(
            {"docs/BUILD": "sphinx_docs(builders=['a/b'])"},
            "In the field `builders`, `a/b` is not a name",
            'builders=["html"]',
            {"docs/BUILD": WITH_CODE.replace("(", '(builders=["html"], ')},
            id="builders",
        ),
        pytest.param(
            {"docs/BUILD": "sphinx_docs(languages=['k o'])"},
            "In the field `languages`, `k o` is not a name",
            'languages=["ko"]',
            {"docs/BUILD": WITH_CODE.replace("(", '(languages=["ko"], ')},
            id="languages",
        ),
        pytest.param(
            {"more/BUILD": "sphinx_docs()", "more/conf.py": ""},
            "docs:docs and more:more have the same `output_path`: docs",
            'output_path="docs-2"',
            {"more/BUILD": 'sphinx_docs(output_path="docs-2")'},
            id="shared",
        ),
        pytest.param(
            {"src/acme/BUILD": "python_sources(interpreter_constraints=['==3.12.*'])"},
            "docs:docs: src/acme/__init__.py needs Python ==3.12.*, and resolve sphinx8 has CPython==3.11.*.",
            "or name the code in `autodoc_mock_imports`, and take it out of `dependencies`",
            {"docs/BUILD": "sphinx_docs()", "docs/conf.py": f"{CONF}autodoc_mock_imports = ['acme']\n"},
            id="interpreter",
        ),
        pytest.param(
            {"docs/BUILD": "sphinx_docs()", "docs/conf.py": "extensions = ['sphinx.ext.autodoc', 'acme.jobs']\n"},
            "the extension acme.jobs cannot be imported from resolve sphinx8: ",
            "or, if it is code of this repository, to the `dependencies` of the target",
            {"docs/BUILD": WITH_CODE, "src/acme/jobs.py": "def setup(app):\n    pass\n"},
            id="extension",
        ),
        pytest.param(
            {"docs/conf.py": f"{CONF}release = open('../VERSION').read()\n", "VERSION": "1"},
            "FileNotFoundError: [Errno 2] No such file or directory: '../VERSION'",
            "add a `file` target of ../VERSION to the `dependencies` of docs:docs",
            {
                "BUILD": "file(name='version', source='VERSION')",
                "docs/BUILD": "sphinx_docs(dependencies=['src/acme', '//:version'])",
            },
            id="file",
        ),
        pytest.param(
            {
                "docs/conf.py": f"{CONF}import importlib.metadata\nrelease = importlib.metadata.version('acme')\n",
                "BUILD": "python_distribution(name='acme', provides=python_artifact(name='acme'))",
            },
            "PackageNotFoundError: ",
            "of this repository, add it to the `dependencies` of docs:docs, and set the version in its `provides`",
            {
                "BUILD": "python_distribution(name='acme', dependencies=['src/acme'],\n"
                "    provides=python_artifact(name='acme', version='1'))",
                "docs/BUILD": "sphinx_docs(dependencies=['//:acme'])",
            },
            id="distribution",
        ),
        pytest.param(
            {"docs/conf.py": f"{CONF}import acme\n", "docs/BUILD": "sphinx_docs()"},
            "ModuleNotFoundError: No module named 'acme'",
            "add the code to the `dependencies` of docs:docs",
            {"docs/BUILD": WITH_CODE},
            id="module",
        ),
        pytest.param(
            {"docs/conf.py": f"{CONF}html_theme = 'none'\n"},
            "no theme named 'none' found",
            "correct `html_theme` in docs/conf.py",
            {"docs/conf.py": f"{CONF}html_theme = 'alabaster'\n"},
            id="theme",
        ),
        pytest.param(
            {"docs/BUILD": "sphinx_docs(builders=['htlm'])"},
            "Builder name htlm not registered",
            "correct `builders` of docs:docs",
            {"docs/BUILD": WITH_CODE.replace("(", "(builders=['html'], ")},
            id="builder",
        ),
        pytest.param(
            {"docs/conf.py": f"{CONF}root_doc = 'first'\n"},
            "unable to load the master document (docs/first.rst)",
            "write docs/first.rst, see that `sources` of docs:docs has it, or set `root_doc` in docs/conf.py",
            {"docs/first.rst": "First\n=====\n"},
            id="first page",
        ),
        pytest.param(
            {"docs/conf.py": "project = 'x\n"},
            "There is a syntax error in your configuration file: ",
            "correct docs/conf.py",
            {"docs/conf.py": CONF},
            id="syntax",
        ),
        pytest.param(
            {"docs/conf.py": OWN, "docs/_ext/mine.py": "def setup(app):\n    1 / 0\n"},
            "ZeroDivisionError: division by zero (docs/_ext/mine.py:2)",
            "correct docs/_ext/mine.py:2",
            {"docs/_ext/mine.py": "def setup(app):\n    pass\n"},
            id="own extension",
        ),
        pytest.param(
            {
                "docs/conf.py": OWN,
                "docs/_ext/mine.py": "def setup(app):\n    app.connect('builder-inited', lambda: None)\n",
            },
            "Handler <function setup.<locals>.<lambda>> for event 'builder-inited' threw an exception",
            "correct that in docs/conf.py, or in the pages that it names",
            {"docs/conf.py": CONF},
            id="handler",
        ),
    ],
)
def test_a_fix_is_followed(runner: RuleRunner, run: Run, files: Files, says: str, fix: str, repaired: Files) -> None:
    runner.write_files(files)
    spec = "//:all" if "BUILD" in files and "conf.py" in files else "docs"
    with pytest.raises(Exception, match=re.escape(says)) as raised:
        run(Package, spec)
    assert fix in str(raised.value).partition("\n  Fix: ")[2]
    runner.write_files(repaired)
    assert run(Package, spec).exit_code == 0


@pytest.mark.parametrize(
    ("asks", "says", "fix", "variable"),
    [
        (
            f"{ASKS}os.environ.get('VERSION') or subprocess.check_output(['git', 'describe'], text=True)\n",
            "No such file or directory: 'git'",
            "or from a variable that [sphinx].extra_env_vars names: a build sees no repository of git",
            "VERSION=7",
        ),
        (
            f"{ASKS}subprocess.check_output(['ls', '/'], text=True)[:1]\n",
            "No such file or directory: 'ls'",
            'let builds find ls on PATH, in pants.toml: [sphinx] extra_env_vars = ["PATH"]',
            "PATH",
        ),
    ],
)
def test_a_program_that_a_build_does_not_see(
    runner: RuleRunner, run: Run, asks: str, says: str, fix: str, variable: str
) -> None:
    runner.write_files({"docs/conf.py": asks})
    with pytest.raises(Exception, match=re.escape(says)) as raised:
        run(Package, "docs")
    assert fix in str(raised.value)
    assert run(Package, "docs", settings={"sphinx-extra-env-vars": f"['{variable}']"}).exit_code == 0


def test_a_build_that_takes_too_long(runner: RuleRunner, run: Run) -> None:
    slow = f"{CONF}import time\ntime.sleep(3)\n"
    runner.write_files({"docs/BUILD": "sphinx_docs(timeout=1)", "docs/conf.py": slow})
    with pytest.raises(Exception, match="docs:docs: Sphinx was ended before it was done") as raised:
        run(Package, "docs")
    assert "raise `timeout` of docs:docs, which is 1" in str(raised.value)
    runner.write_files({"docs/BUILD": "sphinx_docs(timeout=600)"})
    assert run(Package, "docs").exit_code == 0
