"""Decides whether a target can be built, and the arguments of Sphinx, and explains failures. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timezone

from devflow.common.errors import UserError
from devflow.sphinx_docs.facts import Site

HOME = (
    ".devflow"  # in a sandbox; the root is never the source directory, because Pants has a directory of its own there
)
INPUTS = f"{HOME}/in"
WORK = f"{HOME}/work"
DISTRIBUTIONS = ".devflow-distributions"  # below the inputs, for metadata
CATALOGS = f"{HOME}/catalogs"
RUNNER = f"{HOME}/run_sphinx.py"
CARRIED = "DEVFLOW_OF_A_BUILD_"  # before the names of variables: see `carried`
_FIRST_DAY_S = 315532800  # 1980-01-01, the day of files in Pants' own archives
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
# What `sphinx-quickstart` writes. Other programs have a conf.py, too.
_SETTING = re.compile(
    r"^(project|extensions|html_theme|master_doc|root_doc|source_suffix|templates_path|exclude_patterns)\s*(?::[^=\n]+)?=",
    re.MULTILINE,
)


def source_directory(address: str, spec_path: str, chosen: str | None, files: Collection[str]) -> str:
    """The directory of conf.py among the files of a target. Raises: UserError."""
    confs = sorted((path for path in files if posixpath.basename(path) == "conf.py"), key=lambda path: path.count("/"))
    if chosen is not None:
        directory = posixpath.normpath(posixpath.join(spec_path, chosen))
        directory = "" if directory == "." else directory
        if posixpath.join(directory, "conf.py") not in confs:
            raise UserError(
                f"{address}: There is no conf.py in {directory or 'the build root'}.",
                fix="set `source_directory` to the directory of conf.py, and see that `sources` has the file"
                f"{_other(confs)}",
            )
        return directory
    if not confs:
        raise UserError(
            f"{address}: There is no conf.py in {spec_path or 'the build root'}.",
            fix="see that `sources` has it, or make the target in the directory that holds it",
        )
    depth = confs[0].count("/")
    nearest = [path for path in confs if path.count("/") == depth]
    if len(nearest) > 1:
        raise UserError(
            f"{address}: Several files are named conf.py: {', '.join(nearest)}.",
            fix='set `source_directory` to the directory of one of them, such as source_directory="'
            f'{posixpath.relpath(posixpath.dirname(nearest[0]) or ".", spec_path or ".")}"',
        )
    return posixpath.dirname(nearest[0])


def _other(confs: Sequence[str]) -> str:
    return f"; there is {', '.join(confs)}" if confs else ""


def refuse_whole_repository(address: str, spec_path: str, globs: Iterable[str]) -> None:
    """At the build root, a glob for all files would copy the repository. Raises: UserError."""
    if not spec_path and any(glob.startswith("**/*") for glob in globs):
        raise UserError(
            f"{address}: At the build root, `sources` with `**/*` is the whole repository.",
            fix='name the files of the site: sources=["conf.py", "*.rst", "docs/**"]',
        )


def is_of_sphinx(conf_py: str) -> bool:
    """Whether the text of a conf.py is a configuration of Sphinx."""
    found = set(_SETTING.findall(conf_py))
    return len(found) > 1 or (bool(found) and "sphinx" in conf_py.lower())


def sites_without_target(conf_pys: Mapping[str, bytes], owned: Collection[str]) -> tuple[str, ...]:
    """The directories of sites that no target has, of conf.py files with their contents.

    A site below another is a part of it. None at the build root, where the files of a site must be named.
    """
    directories = {
        posixpath.dirname(path)
        for path, content in conf_pys.items()
        if path not in owned and is_of_sphinx(content.decode("utf-8-sig", errors="replace"))
    }
    return tuple(
        directory
        for directory in sorted(directories - {""})
        if not any(directory.startswith(f"{other}/") for other in directories - {""})
    )


def checked_names(address: str, field: str, names: Iterable[str]) -> tuple[str, ...]:
    """Check names that become directories. Raises: UserError."""
    checked = tuple(dict.fromkeys(names))
    bad = [name for name in checked if not _NAME.fullmatch(name)]
    if bad or not (checked or field == "languages"):
        what = f"`{bad[0]}` is not a name" if bad else "there is no name"
        raise UserError(
            f"{address}: In the field `{field}`, {what}.",
            fix="use letters, digits, `.`, `_` and `-`: "
            + ('builders=["html"]' if field == "builders" else 'languages=["ko"]'),
        )
    return checked


def checked_languages(given: Iterable[str]) -> tuple[str, ...]:
    """Check what was given as `--language`. Raises: UserError."""
    languages = tuple(dict.fromkeys(given))
    bad = [name for name in languages if not _NAME.fullmatch(name)]
    if bad:
        raise UserError(
            f"--language={bad[0]}: this is not the name of a language.",
            fix="use letters, digits, `.`, `_` and `-`: --language=ko",
        )
    return languages


def checked_output_path(address: str, path: str) -> str:
    """Check that a path is a directory below `dist`. Raises: UserError."""
    normal = posixpath.normpath(path) if path else ""
    if not normal or normal.startswith((".", "/")):
        raise UserError(
            f"{address}: `output_path` is not a directory below `dist`: {path!r}.", fix='set it: output_path="docs"'
        )
    return normal


def checked_day(address: str, date: str | None) -> int | None:
    """A day in seconds since 1970. Raises: UserError."""
    if date is None:
        return None
    try:
        return int(datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=timezone.utc).timestamp())
    except ValueError as error:
        raise UserError(
            f"{address}: `date` is not a day: {date!r}.", fix='write it as YYYY-MM-DD: date="2026-01-31"'
        ) from error


def refuse_shared_output(site: Site, others: Mapping[str, str]) -> None:
    """Refuse two sites with one output directory; `others` are paths by address. Raises: UserError."""
    for address, path in sorted(others.items()):
        if address != site.address and posixpath.normpath(path) == site.output_path:
            raise UserError(
                f"{site.address} and {address} have the same `output_path`: {site.output_path}.",
                fix=f'give one of them another: output_path="{site.output_path}-2"',
            )


def environment(site: Site, *, network: bool) -> dict[str, str]:
    """The environment of a process of a site, the same on each machine; `network`: it may use the network."""
    closed = {} if network else dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    return {
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "SOURCE_DATE_EPOCH": str(_FIRST_DAY_S if site.day_s is None else site.day_s),
        "TZ": "UTC",
        # For programs that extensions start; Sphinx itself is refused the network by `run_sphinx.py`.
        **closed,
        **{name.lower(): value for name, value in closed.items()},
    }


def carried(variables: Mapping[str, str]) -> dict[str, str]:
    """Variables of a build as those of its process: for the start of Python, and for `run_sphinx.py`.

    Pants' script, which starts the process, sets the user's PATH, and variables such as LANG and LC_ALL, after that.
    """
    return {**variables, **{f"{CARRIED}{name}": value for name, value in variables.items()}}


def job(
    site: Site,
    builder: str,
    *,
    output: str,
    python_path: Iterable[str],
    foreign: Iterable[str] = (),
    language: str | None = None,
    catalogs_of: str | None = None,
    nitpicky: bool | None = None,
    network: bool | None = None,
) -> dict[str, object]:
    """A job for `run_sphinx.py`. `python_path` has source roots; `catalogs_of` is a language, to update catalogs of."""
    defines = dict(site.defines)
    overrides: dict[str, object] = {**defines}
    if site.nitpicky if nitpicky is None else nitpicky:
        overrides["nitpicky"] = True
    if language:
        overrides["language"] = language
    return {
        "root": INPUTS,
        "source": posixpath.join(INPUTS, site.directory),
        "output": output,
        "doctrees": f"{WORK}/doctrees",
        "temporary": f"{WORK}/temporary",
        "builder": builder,
        "overrides": overrides,
        "tags": [*site.tags],
        "suppress": [*site.suppress],
        "python_path": [posixpath.join(INPUTS, path) for path in python_path],
        "foreign": [*foreign],
        "network": site.network if network is None else network,
        "keep_years": site.day_s is None,
        "incremental": False,
        "carried": CARRIED,
        "catalogs": {"language": catalogs_of, "directory": CATALOGS} if catalogs_of else None,
    }


def templates_of(site: Site) -> str:
    """The output directory of templates of translations. Paths in their comments are then those of `make gettext`."""
    return posixpath.join(INPUTS, site.directory, "_build", "gettext")


def serve_spec(
    site: Site,
    sphinx_job: Mapping[str, object],
    *,
    directory: str,
    globs: Iterable[str],
    files: Iterable[str],
    state: str,
    build_root: str,
    sandbox: str,
    port: int,
    watch: bool,
    open_browser: bool,
    resolve: str,
    how_to_lock: str,
) -> dict[str, object]:
    """The argument of `serve.py`: see its docstring. `directory` and `globs` are those of the target.

    `sandbox` is the directory that has the scripts, and the inputs of a build.
    """
    return {
        "title": site.address,
        "build_root": build_root,
        "job": {**sphinx_job, "incremental": True},
        "directory": directory,
        "include": [glob for glob in globs if not glob.startswith("!")],
        "exclude": [glob[1:] for glob in globs if glob.startswith("!")],
        "files": [*files],
        "state": state,
        "runner": posixpath.join(sandbox, RUNNER),
        "inputs": posixpath.join(sandbox, INPUTS),
        "port": port,
        "watch": watch,
        "open": open_browser,
        "conf_py": site.conf_py,
        "resolve": resolve,
        "how_to_lock": how_to_lock,
    }


def foreign_files(site: Site, own: Collection[str], dependencies: Iterable[str]) -> tuple[str, ...]:
    """Files of dependencies below the directory of conf.py, relative to it, which are not pages of the site."""
    start = f"{site.directory}/" if site.directory else ""
    return tuple(path[len(start) :] for path in sorted(set(dependencies) - set(own)) if path.startswith(start))
