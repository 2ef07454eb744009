"""How these pages become a site: `./pants package docs`. They are plain Markdown, to be read where they are, too."""

import re

project = "devflow"
copyright = "the devflow contributors"
extensions = ["myst_parser"]
myst_heading_anchors = 4
highlight_language = "none"
html_title = "devflow"
html_show_copyright = False
exclude_patterns = ["_build"]

CONTENTS = """

```{toctree}
:hidden:
:glob:

*
goals/*
adr/*
```
"""


# A link to a file that is no page, from a page so many directories below this one.
OUTSIDE = r"\]\((?=(?:\.\./){%d}[^)])([^)#]+)(?:#[^)]*)?\)"


def adapt(_app, page: str, source: list[str]) -> None:
    """What is outside of this directory becomes a download; the first page lists all others.

    For Sphinx alone: elsewhere, such links lead to the files, and the list would be shown as code.
    """
    source[0] = re.sub(OUTSIDE % (page.count("/") + 1), r"](path:\1)", source[0])
    if page == "index":
        source[0] += CONTENTS


def setup(app) -> None:
    app.connect("source-read", adapt)
