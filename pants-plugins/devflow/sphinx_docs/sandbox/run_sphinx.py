"""Runs Sphinx once, in a sandbox or for `docs-serve`: `python run_sphinx.py JOB`, with a job as JSON.

Standard library and what Sphinx itself needs, on Python 3.9 or newer. It runs by its path, and imports no module of
ours: a site may document a package of that name. Paths of a job are relative to the working directory.

With a second argument, `wait`, it imports Sphinx and begins at a line on its standard input: to import takes as long as
to build a changed page. It ends with its parent.

    root         what the paths of the repository are relative to; source: the directory of conf.py
    output       of the builder; doctrees: what Sphinx remembers; temporary: for files that nobody wants
    builder, overrides, tags, suppress
    python_path  directories to import from; foreign: files below `source` that are not of the site, relative to it
    network      whether the process may use it; keep_years: whether years in `copyright` are left alone
    incremental  whether doctrees may be used
    catalogs     null, or the language whose catalogs are updated, and the directory that gets those that change
    carried      the prefix of the variables of the build: all others are removed

Prints a result as JSON: `warnings` (Sphinx' text, with paths of the repository), `failure` (null, or `kind` and
`message`), `links` (of the builder linkcheck), `catalogs` (what was done to each). The exit code is 2 for a failure.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from importlib import import_module
from typing import Any

CLOSED = "the network is closed to this build"
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_ADDRESSES = re.compile(r" object at 0x[0-9a-f]+| at 0x[0-9a-f]+(?=>)")


def main(text: str, *, waits: bool = False) -> int:
    """Run a job. What a conf.py, an extension or a documented module prints goes to stderr."""
    job: dict[str, Any] = json.loads(text)
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    del sys.path[:1]  # the directory of this file
    take_environment(job)
    if waits:
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
        import_ahead(job)
        if not sys.stdin.readline():
            return 0
    result = run(job)
    with answer:
        json.dump(result, answer, ensure_ascii=True)
    return 2 if result["failure"] else 0


def take_environment(job: dict[str, Any]) -> None:
    """Leave the variables of the build, and no other: the script that starts this has set the user's PATH and locale.

    Without a `PATH` of the build, no program is found; without any, Python would search the directories of the system.
    """
    start = len(job["carried"])
    carried = {name[start:]: value for name, value in os.environ.items() if name.startswith(job["carried"])}
    temporary = os.path.abspath(job["temporary"])
    for name in set(os.environ) - {"PWD"}:
        del os.environ[name]
    os.environ.update({"HOME": temporary, "PATH": "", **carried, "TMPDIR": temporary})


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def import_ahead(job: dict[str, Any]) -> None:
    """Import what Sphinx imports of itself, unless the job is about another Sphinx."""
    if any(os.path.exists(os.path.join(path, "sphinx")) for path in job["python_path"]):
        return
    with contextlib.suppress(Exception):  # a build says what is wrong
        for name in ("sphinx.application", "sphinx.util.docutils"):
            import_module(name)
        for name in getattr(sys.modules["sphinx.application"], "builtin_extensions", ()):
            import_module(name)


def run(job: dict[str, Any]) -> dict[str, Any]:
    """The result of a job; see above."""
    os.makedirs(job["temporary"], exist_ok=True)
    sys.path[:0] = [os.path.abspath(path) for path in job["python_path"]]
    if not job["network"]:
        sys.addaudithook(refuse_network)
    warnings = io.StringIO()
    result: dict[str, Any] = {"failure": None, "links": [], "catalogs": []}
    try:
        app = _build(job, warnings)
        if job["builder"] == "linkcheck":
            result["links"] = [*_links(job["output"])]
        if job["catalogs"]:
            result["catalogs"] = [*update_catalogs(app, job)]
    except (Exception, SystemExit) as error:
        result["failure"] = {"kind": _kind(error), "message": plain(_message(error), job["root"])}
    result["warnings"] = plain(warnings.getvalue(), job["root"])
    return result


def _build(job: dict[str, Any], warnings: io.StringIO) -> Any:
    config: Any = import_module("sphinx.config")
    docutils: Any = import_module("sphinx.util.docutils")
    if job["keep_years"] and hasattr(config, "correct_copyright_year"):
        # It would replace a year that happens to be this one by that of SOURCE_DATE_EPOCH, so in this year only.
        config.correct_copyright_year = lambda _app, _config: None
    overrides = dict(job["overrides"])
    if import_module("sphinx").version_info >= (7, 3):
        overrides.setdefault("show_warning_types", True)  # the default since Sphinx 8
    source = os.path.abspath(job["source"])
    with docutils.patch_docutils(source), docutils.docutils_namespace():
        app = import_module("sphinx.application").Sphinx(
            source,
            source,
            os.path.abspath(job["output"]),
            os.path.abspath(job["doctrees"]),
            job["builder"],
            confoverrides=overrides,
            status=None,
            warning=warnings,
            freshenv=not job["incremental"],
            tags=job["tags"],
        )
        app.config.suppress_warnings = [*app.config.suppress_warnings, *job["suppress"]]
        app.config.exclude_patterns = [*app.config.exclude_patterns, *map(_literal, job["foreign"])]
        app.build()
    return app


def _literal(path: str) -> str:
    """A path as a pattern of Sphinx."""
    return re.sub(r"([*?\[])", r"[\1]", path)


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook. Raises: OSError for what would use the network, which each library reports in its own words."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        raise OSError(f"{CLOSED}: {arguments[0]}")
    sends = event in ("socket.connect", "socket.sendto", "socket.sendmsg")
    if sends and arguments[0].family in (socket.AF_INET, socket.AF_INET6):
        raise OSError(f"{CLOSED}: {arguments[1]}")


def _kind(error: BaseException) -> str:
    return str(getattr(error, "category", None) or type(error).__name__)


def _message(error: BaseException) -> str:
    if hasattr(error, "category"):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{error} ({frame.filename}:{frame.lineno})"


def plain(text: str, root: str) -> str:
    """Without colours, and the same in each sandbox: paths of the repository, and no addresses of objects."""
    here = {os.getcwd(), os.path.realpath(os.getcwd()), os.environ.get("PWD", os.getcwd())}
    for directory in sorted(here, key=len, reverse=True):
        text = text.replace(f"{directory}/{root}/", "").replace(f"{directory}/{root}", ".")
        text = text.replace(f"{directory}/", "")
    text = text.replace(f"{root}/", "")
    return _ADDRESSES.sub("", _ESCAPES.sub("", text))


def _links(output: str) -> Iterator[dict[str, Any]]:
    with contextlib.suppress(FileNotFoundError), open(os.path.join(output, "output.json"), encoding="utf-8") as file:
        yield from map(json.loads, file)


def update_catalogs(app: Any, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Bring the catalogs of a language up to date with the templates that the builder gettext has written.

    A catalog whose messages have not changed is left out; an obsolete message is kept at the end. Raises: ValueError.
    """
    po: Any = import_module("babel.messages.pofile")
    language, templates = job["catalogs"]["language"], job["output"]
    if language == app.config.language:
        return  # the pages themselves
    home = os.path.join(app.confdir, app.config.locale_dirs[0], language, "LC_MESSAGES")
    for template in sorted(_below(templates, ".pot")):
        path = os.path.join(home, f"{os.path.splitext(template)[0]}.po")
        shown = os.path.relpath(path, os.path.abspath(job["root"]))
        if shown.startswith(".."):
            raise ValueError(f"locale_dirs leads out of the repository: {app.config.locale_dirs[0]}")  # see failures.py
        with open(os.path.join(templates, template), "rb") as file:
            wanted = po.read_po(file)
        catalog, new = wanted, not os.path.exists(path)
        if new:
            wanted.locale, wanted.fuzzy = language, False
            wanted.revision_date = wanted.creation_date
        else:
            with open(path, "rb") as file:
                catalog = po.read_po(file, locale=language)
            if _messages(catalog) == _messages(wanted):
                continue
            catalog.update(wanted)
        written = os.path.join(job["catalogs"]["directory"], shown)
        os.makedirs(os.path.dirname(written), exist_ok=True)
        with open(written, "wb") as file:
            po.write_po(file, catalog)
        untranslated = sum(1 for message in catalog if message.id and (message.fuzzy or not message.string))
        yield {"path": shown, "new": new, "messages": len(catalog), "untranslated": untranslated}


def _messages(catalog: Any) -> set[Any]:
    return {message.id for message in catalog if message.id}


def _below(directory: str, suffix: str) -> Iterator[str]:
    for parent, _, names in os.walk(directory):
        for name in names:
            if name.endswith(suffix):
                yield os.path.relpath(os.path.join(parent, name), directory)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], waits=sys.argv[2:] == ["wait"]))
