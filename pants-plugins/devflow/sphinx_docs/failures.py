"""Explains why Sphinx built nothing: the sentence in which it says so, and the fix for that. Pure."""

from __future__ import annotations

import re

from devflow.common.errors import Problem, tail
from devflow.sphinx_docs.facts import SphinxFailure

_EXTENSION = re.compile(r"Could not import extension ([\w.]+)")
# What git, and what asks git for a version, says where it finds no repository, or is not found.
_GIT = re.compile(r"Command '\[?'?git\b|No such file or directory: 'git'|setuptools[-_]scm was unable", re.IGNORECASE)
_NO_PROGRAM = re.compile(r"subprocess\.py.*No such file or directory: '([^']+)'", re.DOTALL)
_NO_FILE = re.compile(r"No such file or directory: '([^']+)'")
_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_NO_DISTRIBUTION = re.compile(r"PackageNotFoundError: (?:No package metadata was found for )?([\w.-]+)")
_NO_THEME = re.compile(r"no theme named '([^']+)'")
_NO_BUILDER = re.compile(r"Builder name (\S+) not registered")
_NO_FIRST_PAGE = re.compile(r"unable to load the master document \(([^)]+)\)")
_AT = re.compile(r" \(([^()./][^()]*\.py:\d+)\)$")  # of the repository


def why_it_failed(address: str, conf_py: str, failure: SphinxFailure, resolve: str, how_to_lock: str) -> Problem:
    """The failure of a run as a problem with its fix. `address` is that of the target, `conf_py` a path."""
    extension = _EXTENSION.search(failure.message)
    if extension:
        return Problem(
            f"{conf_py}: the extension {extension[1]} cannot be imported from resolve {resolve}: "
            f"{tail(failure.message)}",
            fix=f"add the project that has it to the requirements of resolve {resolve}, then: {how_to_lock}; or, if it "
            "is code of this repository, to the `dependencies` of the target",
        )
    return Problem(
        f"{address}: Sphinx failed: {failure.kind}: {tail(failure.message)}",
        fix=_fix(address, conf_py, failure, f"to the requirements of resolve {resolve}, then: {how_to_lock}"),
    )


def _fix(address: str, conf_py: str, failure: SphinxFailure, to_resolve: str) -> str:
    text, dependencies = failure.message, f"to the `dependencies` of {address}"
    if _GIT.search(text):
        return (
            "read the version from a file, or from a variable that [sphinx].extra_env_vars names: a build sees no "
            "repository of git"
        )
    if found := _NO_PROGRAM.search(text):
        return f'let builds find {found[1]} on PATH, in pants.toml: [sphinx] extra_env_vars = ["PATH"]'
    found = _NO_FILE.search(text)
    if found and not found[1].startswith("/"):
        return f"add a `file` target of {found[1]} {dependencies}"
    if found := _NO_DISTRIBUTION.search(text):
        return (
            f"if {found[1]} is a `python_distribution` of this repository, add it {dependencies}, and set the version "
            f"in its `provides`; else add {found[1]} {to_resolve}"
        )
    if _NO_MODULE.search(text):
        return f"add the code {dependencies}, or the package {to_resolve}"
    if _NO_THEME.search(text):
        return f"correct `html_theme` in {conf_py}, or add the project that has the theme {to_resolve}"
    if _NO_BUILDER.search(text):
        return f"correct `builders` of {address}, or add the extension of that builder to {conf_py}"
    if found := _NO_FIRST_PAGE.search(text):
        return f"write {found[1]}, see that `sources` of {address} has it, or set `root_doc` in {conf_py}"
    if "locale_dirs leads out of the repository" in text:  # of `run_sphinx.py`
        return f"set `locale_dirs` in {conf_py} to a directory of the site"
    if found := _AT.search(text):
        return f"correct {found[1]}"
    if "onfiguration" in failure.kind:
        return f"correct {conf_py}"
    return f"correct that in {conf_py}, or in the pages that it names"
