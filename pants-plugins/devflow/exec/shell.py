"""The text of the files that use a resolve from a shell. They need neither Pants nor a Python of our own."""

from __future__ import annotations

import re
import shlex

from devflow.exec.facts import CommandFacts

_SAFE_VALUE = re.compile(r"[\w@%+=:,./~ -]*")  # for all readers of `.env` files, if it is in double quotes

# What `exec` and the script share. Before it: `devflow_root`, and `devflow_me`, which the messages begin with. Each
# variable has our prefix: an assignment changes one that the caller exports, and so that of the command.
# A script of the virtualenv begins with `#!…/python -sE`, which ignores PYTHONPATH, or with a shell's trick for a long
# path; run by the virtualenv's own Python, it finds the repository's code, also in a repository that was moved.
_RUN = """\
case ${{1-}} in
  '' | -* | *.py) exec "$devflow_venv/bin/python" "$@" ;;
  */*) exec "$@" ;;
esac
if [ -f "$devflow_venv/bin/$1" ]; then
  devflow_first= devflow_second=
  {{ IFS= read -r devflow_first; IFS= read -r devflow_second; }} 2>/dev/null <"$devflow_venv/bin/$1"
  case $devflow_first$devflow_second in
    '#!'*{venvs}/*/bin/python* | "#!/bin/sh'''exec' "*)
      devflow_program=$devflow_venv/bin/$1
      shift
      exec "$devflow_venv/bin/python" "$devflow_program" "$@"
      ;;
  esac
fi
command -v "$1" >/dev/null 2>&1 || {{
  printf '%s: %s is neither in %s nor on PATH.\n' "$devflow_me" "$1" "$devflow_venv/bin" >&2
  exit 127
}}
exec "$@"
"""
_MISSING = """\
[ -x "$devflow_venv/bin/python" ] || {{
  printf '%s: the export of %s is missing.\n  Fix: %s\n' "$devflow_me" {resolve} {make_again} >&2
  exit 1
}}
"""
# The marker is as old as the export, and stands in it, or beside an export that is a link. A lockfile is read only if
# it is newer, and one that is written again with the same content makes nothing stale.
_STALE = """\
for devflow_marker in "$devflow_venv/{marker}" "${{devflow_venv%/*}}"/.*"{marker}"; do
  [ ! -f "$devflow_marker" ] || break
done
devflow_lock="$devflow_root"/{lockfile}
if [ "${{DEVFLOW_STALE-}}" != ignore ] && [ -f "$devflow_marker" ] && [ "$devflow_lock" -nt "$devflow_marker" ]; then
  case $(cksum <"$devflow_lock") in
    {checksum}) ;;
    *)
      printf '%s: the export of %s may be stale: %s\n' "$devflow_me" {resolve} {make_again} >&2
      [ "${{DEVFLOW_STALE-}}" != error ] || exit 1
      ;;
  esac
fi
"""
_WHERE = """\
#!/bin/sh
# Runs a command with the virtualenv of {name} and the code of this repository: {path} -m my.module
# Written by the goal `exec-files`. What is written by hand into it is lost.
case $0 in
  */*) devflow_self=$0 ;;
  *) devflow_self=./$0 ;;
esac
while [ -h "$devflow_self" ]; do
  devflow_target=$(readlink "$devflow_self")
  case $devflow_target in
    /*) devflow_self=$devflow_target ;;
    *) devflow_self=${{devflow_self%/*}}/$devflow_target ;;
  esac
done
devflow_me=$devflow_self
devflow_root=$(CDPATH= cd -P -- "${{devflow_self%/*}}"/{up} && pwd -P) || exit 1
"""


def script(of: CommandFacts, path: str, marker: str) -> str:
    """The text of the script at `path`, for POSIX shells.

    `marker` is the name of the file that is as old as an export. The script does not change the directory, and is
    replaced by the command.
    """
    resolve, make_again = shlex.quote(of.resolve), shlex.quote(of.make_export_and_files)
    up = "/".join([".."] * path.count("/"))
    stale = ""
    if of.lockfile:
        stale = _STALE.format(
            lockfile=shlex.quote(of.lockfile.path),
            marker=marker,
            checksum=shlex.quote(of.lockfile.checksum),
            resolve=resolve,
            make_again=make_again,
        )
    missing = _MISSING.format(resolve=resolve, make_again=make_again)
    where = _WHERE.format(name=of.name, path=path, up=up)
    return f"{where}{_venv(of)}{missing}{stale}{_exports(of)}{_run(of)}"


def command(of: CommandFacts) -> str:
    """The same for a run of Pants that has made the export: a text for `/bin/sh -c`."""
    return f"devflow_root={shlex.quote(of.build_root)} devflow_me=exec\n{_venv(of)}{_exports(of)}{_run(of)}"


def _venv(of: CommandFacts) -> str:
    return f'devflow_venv="$devflow_root"/{shlex.quote(of.current)}\n'


def _run(of: CommandFacts) -> str:
    return _RUN.format(venvs=shlex.quote(of.current.rpartition("/")[0]))


def _exports(of: CommandFacts) -> str:
    """Absolute directories, because a child may have another working directory, for which an empty part would stand."""
    roots = ":".join(f'"$devflow_root"/{shlex.quote(root)}' if root != "." else '"$devflow_root"' for root in of.roots)
    lines = [
        "unset PYTHONHOME",
        "VIRTUAL_ENV=$devflow_venv",
        "PATH=$devflow_venv/bin${PATH:+:$PATH}",
        "export VIRTUAL_ENV PATH",
    ]
    if roots:
        lines += [
            f"devflow_code={roots}",
            "PYTHONPATH=$devflow_code${PYTHONPATH:+:$PYTHONPATH}",
            "PEX_EXTRA_SYS_PATH=$devflow_code${PEX_EXTRA_SYS_PATH:+:$PEX_EXTRA_SYS_PATH}",
            "export PYTHONPATH PEX_EXTRA_SYS_PATH",
        ]
    return "\n".join(lines) + "\n"


def sourced(of: CommandFacts) -> str:
    """The text of the file that sh, bash and zsh source; sourcing it again changes nothing."""
    venv = f"{of.build_root}/{of.current}"
    variables = [("PATH", [f"{venv}/bin"]), ("PYTHONPATH", _absolute_roots(of))]
    added = "".join(
        f'case ":${{{name}-}}:" in\n'
        f"  *:{shlex.quote(directories)}:*) ;;\n"
        f"  *) {name}={shlex.quote(directories)}${{{name}:+:${name}}} ;;\n"
        f"esac\nexport {name}\n"
        for name, directories in ((name, ":".join(parts)) for name, parts in variables)
        if directories
    )
    return (
        f"# To be sourced: the virtualenv of {of.name} and the code of this repository. Written by the goal "
        f"`exec-files`.\nunset PYTHONHOME\nVIRTUAL_ENV={shlex.quote(venv)}\nexport VIRTUAL_ENV\n{added}"
    )


def dotenv(of: CommandFacts) -> str | None:
    """The text of the `.env` file; None if there is an `ambiguous_path`."""
    if ambiguous_path(of) is not None:
        return None
    values = {"VIRTUAL_ENV": f"{of.build_root}/{of.current}", "PYTHONPATH": ":".join(_absolute_roots(of))}
    lines = [f'{name}="{value}"' if " " in value else f"{name}={value}" for name, value in values.items() if value]
    return "\n".join([*lines, ""])


def ambiguous_path(of: CommandFacts) -> str | None:
    """The first path with a character that readers of `.env` files interpret differently: the build root, or in it."""
    return next((path for path in (of.build_root, of.current, *of.roots) if not _SAFE_VALUE.fullmatch(path)), None)


def _absolute_roots(of: CommandFacts) -> list[str]:
    return [of.build_root if root == "." else f"{of.build_root}/{root}" for root in of.roots]


def stubs(of: CommandFacts, path: str) -> list[str]:
    """Text that the user may add to two files of the repository, once: it contains no version."""
    sourced_file = shlex.quote(f"{path}.sh")
    return [
        "For ./py at the build root, executable:",
        "    #!/bin/sh",
        f'    exec "$(dirname "$0")"/{shlex.quote(path)} "$@"',
        "For .envrc, for direnv:",
        f"    source_env_if_exists {sourced_file}",
        f"    watch_file {sourced_file}",
    ]
