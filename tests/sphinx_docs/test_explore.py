from __future__ import annotations
import os, traceback
from pathlib import Path
import pytest
from pants.core.goals.check import Check
from pants.core.goals.package import Package
from sphinx_docs.conftest import CONF

B = "sphinx_docs(dependencies=['src/acme'])\n"
CASES = {
  "ext": {"docs/conf.py": "import os, sys\nsys.path.insert(0, os.path.abspath('_ext'))\nextensions=['mine', 'sphinx.ext.autodoc']\nhtml_static_path=['_static']\ntemplates_path=['_templates']\n",
          "docs/_ext/mine.py": "def setup(app):\n    app.add_config_value('mine', '', 'env')\n    app.add_css_file('mine.css')\n",
          "docs/_static/mine.css": "b {}", "docs/_templates/layout.html": "{% extends '!layout.html' %}\n{% block footer %}OUR FOOTER{% endblock %}\n"},
  "version_missing": {"docs/conf.py": "release = open('../VERSION').read()\n"},
  "version_missing2": {"docs/conf.py": "from pathlib import Path\nrelease = (Path(__file__).parents[1] / 'pyproject.toml').read_text()\n"},
  "metadata": {"docs/conf.py": "import importlib.metadata\nrelease = importlib.metadata.version('acme')\n",
     "src/acme/BUILD": "python_sources(resolve='sphinx8')\n"},
  "git": {"docs/conf.py": "import subprocess\nrelease = subprocess.check_output(['git', 'describe'], text=True)\n"},
  "import_own": {"docs/conf.py": "import acme2\nrelease = acme2.__version__\n"},
  "syntax": {"docs/conf.py": "project = 'x\n"},
  "exit": {"docs/conf.py": "import sys\nsys.exit('no way')\n"},
  "latin1conf": {"docs/conf.py": b"project = 'caf\xe9'\n"},
  "latin1page": {"docs/guide/a.rst": b"A page\n======\n\ncaf\xe9\n"},
  "noindex": {"docs/index.rst": None},
  "include": {"docs/guide/a.rst": "A page\n======\n\n.. include:: ../../README.rst\n\n.. literalinclude:: ../../examples/x.py\n\n.. image:: ../../logo.png\n\n:download:`x <../../d.txt>`\n\n.. csv-table:: t\n   :file: ../../x.csv\n"},
  "links": {"docs/readme.rst": ("link", "../README.rst"), "README.rst": ":orphan:\n\nReadme\n======\n", "docs/examples": ("link", "../examples"), "examples/ex.rst": ":orphan:\n\nEx\n==\n"},
  "broken_link": {"docs/readme.rst": ("link", "../NOTHING.rst")},
  "outside_link": {"docs/readme.rst": ("link", "/etc/hostname")},
  "loop": {"docs/guide/loop": ("link", "..")},
  "self": {"docs/self.rst": ("link", "self.rst")},
  "space": {"docs/my dir/b \u00fc.rst": ":orphan:\n\nB\n=\n", "docs/tab\there.rst": ":orphan:\n\nT\n=\n", "docs/new\nline.rst": ":orphan:\n\nT\n=\n"},
  "apidoc": {"docs/BUILD": "sphinx_docs(dependencies=['src/acme'])\n", "docs/conf.py": "import os\nextensions=['sphinx.ext.autodoc']\ndef setup(app):\n    from sphinx.ext.apidoc import main\n    here = os.path.dirname(__file__)\n    main(['-q', '-f', '-o', os.path.join(here, 'api'), os.path.join(here, '../src/acme')])\n"},
  "autosummary": {"docs/conf.py": "extensions=['sphinx.ext.autosummary']\nautosummary_generate=True\n", "docs/index.rst": "Acme\n====\n\n.. toctree::\n\n   guide/a\n\n.. autosummary::\n   :toctree: gen\n\n   acme.jobs\n"},
  "nested": {"projects/acme/docs/BUILD": "sphinx_docs(dependencies=['projects/acme/src/lib'], output_path='nested')\n", "projects/acme/docs/conf.py": CONF, "projects/acme/docs/index.rst": "N\n=\n\n.. automodule:: lib\n   :members:\n",
     "projects/acme/src/lib/BUILD": "python_sources()\n", "projects/acme/src/lib/__init__.py": "def f():\n    'Doc of f.'\n"},
  "ext_fails": {"docs/conf.py": "import os, sys\nsys.path.insert(0, os.path.abspath('_ext'))\nextensions=['mine']\n", "docs/_ext/mine.py": "def setup(app):\n    1/0\n"},
  "event_fails": {"docs/conf.py": "def f(app):\n    raise RuntimeError('in handler')\ndef setup(app):\n    app.connect('builder-inited', f)\n"},
  "theme": {"docs/conf.py": "html_theme='furo'\n"},
  "unknown_builder": {"docs/BUILD": "sphinx_docs(builders=['htlm'])\n"},
  "empty": {"docs/conf.py": ""},
  "defines": {"docs/BUILD": "sphinx_docs(defines={'nonsense': '1', 'html_theme': 'nope'})\n"},
  "dot": {"docs/conf.py": "extensions=['sphinx.ext.graphviz']\n", "docs/guide/a.rst": "A page\n======\n\n.. graphviz::\n\n   digraph x { a -> b }\n\n.. automodule:: acme.nope\n\n.. nonsense:: x\n"},
  "md": {"docs/conf.py": "extensions=['myst_parser']\n", "docs/more.md": "# More\n\n```{include} ../README.md\n```\n\n![x](../logo.png) {download}`x <../d.txt>` [c](../CHANGELOG.md)\n"},
  "extnope": {"docs/conf.py": "extensions=['no.such']\n"},
  "bidi": {"docs/guide/a.rst": "A page\n======\n\n:ref:`no\u202ewhere\x1b[31m`\n"},
}

import sys
ONLY = os.environ.get("ONLY", "").split(",") if os.environ.get("ONLY") else list(CASES)
@pytest.mark.parametrize("resolve", os.environ.get("RES", "sphinx8").split(","))
@pytest.mark.parametrize("name", ONLY)
def test_x(runner, run, name, resolve):
    files = CASES[name]
    plain = {p: c for p, c in files.items() if isinstance(c, (str, bytes))}
    runner.write_files({"docs/BUILD": B, "docs/conf.py": CONF, **plain})
    for p, c in files.items():
        f = Path(runner.build_root, p)
        if c is None: f.unlink()
        elif isinstance(c, tuple):
            f.parent.mkdir(exist_ok=True, parents=True)
            f.symlink_to(c[1])
    runner.scheduler.invalidate_all_files()
    spec = "projects::" if name == "nested" else "docs"
    s = {"sphinx-install-from-resolve": resolve}
    out = [f"######## {name} {resolve}"]
    try:
        if os.environ.get("CHECK"):
            r = run(Check, spec, settings=s); out.append(r.stderr)
        r = run(Package, spec, settings=s)
        out += [str(r.exit_code), r.stdout, r.stderr]
    except Exception as e:
        out.append(str(e).splitlines()[0] + "…" + str(e)[str(e).find("UserError"):] if "UserError" in str(e) else str(e)[-1500:])
    d = Path(runner.build_root, "dist")
    pages = sorted(str(p.relative_to(d)) for p in d.rglob("*.html")) if d.exists() else []
    out.append(repr(pages))
    if name == "ext": out.append("OUR FOOTER" in (d/"docs/html/index.html").read_text() and "mine.css" in (d/"docs/html/index.html").read_text())
    open("/tmp/s/s23/x/out.txt", "a").write("\n".join(map(str, out)) + "\n")

import devflow.sphinx_docs.package as cc
_orig = cc.report_lines
def spy(*a):
    l = list(_orig(*a))
    open("/tmp/s/s23/x/out.txt", "a").write("\n".join(l) + "\n")
    return l
cc.report_lines = spy
