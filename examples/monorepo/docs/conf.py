"""The handbook of Kiln: ../README.md says how to build it."""

from pathlib import Path

project = "Acme Kiln"
copyright = "the Kiln team"
release = Path(__file__).parent.parent.joinpath("VERSION").read_text().strip()
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.intersphinx"]
html_theme = "alabaster"

# A part of Python's own inventory, so that a build needs no network.
intersphinx_mapping = {"python": ("https://docs.python.org/3", "python.inv")}
autodoc_typehints = "none"

locale_dirs = ["locales"]
gettext_compact = False
