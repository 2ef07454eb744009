"""Parses the output of `run_sphinx.py`, and turns warnings into lines of a report. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from devflow.sphinx_docs.facts import CheckedLink, DocsWarning, SphinxAnswer, SphinxFailure, UpdatedCatalog

# Source: `WarningLogRecordTranslator` and the formatter of `sphinx.util.logging`, Sphinx 7.0 to 8.2.
_WARNING = re.compile(r"^(?:(?P<where>\S.*?): )?(?:WARNING|ERROR|CRITICAL|SEVERE): (?P<text>.*)$")
_KIND = re.compile(r"\s*\[([a-z][\w-]*(?:\.[\w.-]+)?)\]$")
_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_IMPORT_FAILED = re.compile(r"^autodoc: failed to import .*", re.DOTALL)
_LAST_ERROR = re.compile(r"([A-Z]\w*(?:Error|Exception|Interrupt|Exit): (?:(?!\\n).)*)")
# Sphinx before 7.3 does not print types.
_BROKEN_KINDS = ("ref", "toc.not_readable", "toc.excluded", "myst.xref", "intersphinx", "download", "image")
_BROKEN = re.compile(
    r"undefined label|unknown document|reference target not found|[Uu]nknown target name|nonexisting document|"
    r"not readable|cross-reference target not found|unknown citation|is not found"
)
# Source: `validate_html_static_path` and `validate_html_extra_path` of Sphinx 7.0 to 8.2; its directives, docutils'
# and MyST's, of files that are not in the sandbox; `sphinx.ext.graphviz` and `sphinx.ext.imgconverter`.
_HINTS = (
    (
        re.compile(r"^html_(?:static|extra)_path entry .* does not exist"),
        "add it to `sources`, or a target that makes it to `dependencies`",
    ),
    (
        re.compile(
            r"^Problems with \S+ directive path:|^Include file .* not found|^Directive \"include\": file not found|"
            r"^(?:image|download) file not readable:"
        ),
        "if there is such a file, add it to `sources`, or a `file` target of it to `dependencies`",
    ),
    (
        re.compile(r"^\S+ command '.*' cannot be run|^Unable to run the image conversion command"),
        'let builds find programs on PATH, in pants.toml: [sphinx] extra_env_vars = ["PATH"]',
    ),
)
_CLOSED = "the network is closed to this build"


def answer_of(printed: str, directory: str) -> SphinxAnswer:
    """Parse the output of `run_sphinx.py`; paths of links are relative to `directory`. Raises: ValueError."""
    result = json.loads(printed)
    failure = result["failure"]
    return SphinxAnswer(
        warnings=tuple(warnings_of(result["warnings"])),
        failure=SphinxFailure(failure["kind"], failure["message"]) if failure else None,
        links=tuple(
            CheckedLink(_joined(directory, one["filename"]), one["lineno"], one["uri"], one["status"], one["info"])
            for one in result["links"]
        ),
        catalogs=tuple(
            UpdatedCatalog(one["path"], one["new"], one["messages"], one["untranslated"]) for one in result["catalogs"]
        ),
    )


def _joined(directory: str, path: str) -> str:
    return f"{directory}/{path}" if directory else path


def warnings_of(text: str) -> Iterator[DocsWarning]:
    """The distinct warnings in Sphinx' text, in order. A warning may have several lines."""
    blocks: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        found = _WARNING.match(line)
        if found:
            blocks.append((found["where"] or "", [found["text"]]))
        elif blocks:
            blocks[-1][1].append(line)
    yield from dict.fromkeys(_warning(where, "\n".join(lines).strip()) for where, lines in blocks)


def _warning(where: str, text: str) -> DocsWarning:
    kind = ""
    while found := _KIND.search(text):  # MyST adds its type to its text, too
        kind = found[1]
        text = text[: found.start()]
    return DocsWarning(where, text, kind)


def one_line(warning: DocsWarning) -> str:
    """A warning as one line: its first line, and the next one if the first only announces it."""
    lines = [line.strip() for line in warning.text.splitlines() if line.strip()]
    text = " ".join(lines[:2] if lines and lines[0].endswith(":") else lines[:1])
    text = f"{text} [{warning.kind}]" if warning.kind else text
    return f"{warning.where}: {text}" if warning.where else text


def report_lines(warnings: Iterable[DocsWarning], resolve: str) -> Iterator[str]:
    """One line for each warning, sorted; one for each module that autodoc cannot import, and how to correct that."""
    missing: Counter[str] = Counter()
    unreachable, rest = [], []
    for warning in warnings:
        failed = _IMPORT_FAILED.match(warning.text)
        if failed:
            error = _NO_MODULE.search(warning.text) or _LAST_ERROR.search(warning.text)
            missing[error[0] if error else one_line(warning)] += 1
        elif _CLOSED in warning.text:
            unreachable.append(warning)
        else:
            rest.append(warning)
    yield from sorted(f"{one_line(warning)}{_hint(warning)}" for warning in rest)
    for error_text, times in sorted(missing.items()):
        often = f", {times} times" if times > 1 else ""
        yield (
            f"autodoc: {error_text}{often}: add the code to `dependencies` or the package to resolve {resolve}, or "
            "name it in `autodoc_mock_imports`"
        )
    for warning in unreachable:
        url = re.search(r"'(\w+://[^']+)'", warning.text)
        yield (
            f"{url[1] if url else one_line(warning)}: the network is closed: commit the inventory and name it in "
            "`intersphinx_mapping`, or set `network=True`"
        )


def _hint(warning: DocsWarning) -> str:
    return next((f": {hint}" for pattern, hint in _HINTS if pattern.match(warning.text)), "")


def is_broken_link(warning: DocsWarning) -> bool:
    """Whether a warning is about a missing reference, document or file."""
    return warning.kind.startswith(_BROKEN_KINDS) or (
        warning.kind in ("", "docutils") and bool(_BROKEN.search(warning.text))
    )
