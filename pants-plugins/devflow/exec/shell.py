"""The text of the files that use a resolve from a shell. They need neither Pants nor a Python of our own."""

from __future__ import annotations

import re
import shlex

from devflow.exec.facts import CommandFacts

_SAFE_VALUE = re.compile(r"[\w@%+=:,./~ -]*")  # for all readers of `.env` files, if it is in double quotes

# What `exec` and the script share. Before it: `root`, and `me`, which the messages begin with.
# A script of the virtualenv begins with `#!…/python -sE`, which ignores PYTHONPATH, or with a shell's trick for a long
# path; run by the virtualenv's own Python, it finds the repository's code, also in a repository that was moved.
_RUN = """\
case ${{1-}} in
  '' | -* | *.py) exec "$venv/bin/python" "$@" ;;
  */*) exec "$@" ;;
esac
if [ -f "$venv/bin/$1" ]; then
  first= second=
  {{ IFS= read -r first; IFS= read -r second; }} 2>/dev/null <"$venv/bin/$1"
  case $first$second in
    '#!'*{venvs}/*/bin/python* | "#!/bin/sh'''exec' "*)
      program=$venv/bin/$1
      shift
      exec "$venv/bin/python" "$program" "$@"
      ;;
  esac
fi
command -v "$1" >/dev/null 2>&1 || {{
  printf '%s: %s is neither in %s nor on PATH.\n' "$me" "$1" "$venv/bin" >&2
  exit 127
}}
exec "$@"
"""
_MISSING = """\
[ -x "$venv/bin/python" ] || {{
  printf '%s: the export of %s is missing.\n  Fix: %s\n' "$me" {resolve} {make_export} >&2
  exit 1
}}
"""
# The marker is as old as the export, and stands in it, or beside an export that is a link. A lockfile is read only if
# it is newer, and one that is written again with the same content makes nothing stale.
_STALE = """\
for marker in "$venv/{marker}" "${{venv%/*}}"/.*"{marker}"; do
  [ ! -f "$marker" ] || break
done
if [ "${{DEVFLOW_STALE-}}" != ignore ] && [ -f "$marker" ] && [ "$root"/{lockfile} -nt "$marker" ]; then
  case $(cksum <"$root"/{lockfile}) in
    {checksum}) ;;
    *)
      printf '%s: the export of %s may be stale: %s\n' "$me" {resolve} {make_export} >&2
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
  */*) self=$0 ;;
  *) self=./$0 ;;
esac
while [ -h "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=${{self%/*}}/$target ;;
  esac
done
me=$self
root=$(CDPATH= cd -P -- "${{self%/*}}"/{up} && pwd -P) || exit 1
"""


def script(of: CommandFacts, path: str, marker: str) -> str:
    """The text of the script at `path`, for POSIX shells.

    `marker` is the name of the file that is as old as an export. The script does not change the directory, and is
    replaced by the command.
    """
    resolve, make_export = shlex.quote(of.resolve), shlex.quote(of.make_export)
    up = "/".join([".."] * path.count("/"))
    stale = ""
    if of.lockfile:
        stale = _STALE.format(
            lockfile=shlex.quote(of.lockfile.path),
            marker=marker,
            checksum=shlex.quote(of.lockfile.checksum),
            resolve=resolve,
            make_export=make_export,
        )
    missing = _MISSING.format(resolve=resolve, make_export=make_export)
    where = _WHERE.format(name=of.name, path=path, up=up)
    return f"{where}{_venv(of)}{missing}{stale}{_exports(of)}{_run(of)}"


def command(of: CommandFacts) -> str:
    """The same for a run of Pants that has made the export: a text for `/bin/sh -c`."""
    return f"root={shlex.quote(of.build_root)} me=exec\n{_venv(of)}{_exports(of)}{_run(of)}"


def _venv(of: CommandFacts) -> str:
    return f'venv="$root"/{shlex.quote(of.current)}\n'


def _run(of: CommandFacts) -> str:
    return _RUN.format(venvs=shlex.quote(of.current.rpartition("/")[0]))


def _exports(of: CommandFacts) -> str:
    """Absolute directories, because a child may have another working directory, for which an empty part would stand."""
    roots = ":".join(f'"$root"/{shlex.quote(root)}' if root != "." else '"$root"' for root in of.roots)
    lines = ["unset PYTHONHOME", "VIRTUAL_ENV=$venv", "PATH=$venv/bin${PATH:+:$PATH}", "export VIRTUAL_ENV PATH"]
    if roots:
        lines += [
            f"code={roots}",
            "PYTHONPATH=$code${PYTHONPATH:+:$PYTHONPATH}",
            "PEX_EXTRA_SYS_PATH=$code${PEX_EXTRA_SYS_PATH:+:$PEX_EXTRA_SYS_PATH}",
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
    """The text of the `.env` file; None if a path has a character that readers of such files interpret differently."""
    values = {"VIRTUAL_ENV": f"{of.build_root}/{of.current}", "PYTHONPATH": ":".join(_absolute_roots(of))}
    if not all(_SAFE_VALUE.fullmatch(value) for value in values.values()):
        return None
    lines = [f'{name}="{value}"' if " " in value else f"{name}={value}" for name, value in values.items() if value]
    return "\n".join([*lines, ""])


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
