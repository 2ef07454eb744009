# shellcheck shell=bash disable=SC2154
# Sourced by ./pants when the cache has no Pants that fits: find a Python 3.9 and let it run bootstrap.py.
# It uses the variables of ./pants: parts, cache, stamp, version, wanted_by, lockfile, configuration.

# shellcheck source=build-support/launcher/uv.sh
. "$parts/uv.sh"
# shellcheck source=build-support/launcher/resolve_pythons.sh
. "$parts/resolve_pythons.sh"

# Running it is the only proof: a pyenv shim is on PATH and fails, and some distributions split ensurepip off.
probe='import sys
if sys.version_info[:2] != (3, 9): sys.exit("it is Python " + ".".join(map(str, sys.version_info[:3])))
try: import ssl, venv, ensurepip
except ImportError as error: sys.exit("its module %s is missing (Debian and Ubuntu: install python3.9-venv)" % error.name)'

rejected=()

usable() { # <python>: whether it is a Python 3.9 that can make virtualenvs; if not, note why
  local output
  if output=$("$1" -I -c "$probe" 2>&1); then return 0; fi
  rejected+=("$1: ${output##*$'\n'}")
  return 1
}

newest_of() { # <path up to the patch release, with '3.9.' at its end>: the directory of the newest 3.9 into $newest
  local directory patch highest=-1
  newest=''
  for directory in "$1"*; do
    patch=${directory##*3.9.}
    patch=${patch%%-*}
    case $patch in '' | *[!0-9]*) continue ;; esac
    if [ "$patch" -gt "$highest" ]; then highest=$patch newest=$directory; fi
  done
  [ -n "$newest" ]
}

find_python() { # set $python; 1 if there is none
  local newest pyenv=${PYENV_ROOT:-${HOME:-}/.pyenv}
  if [ -n "${PANTS_PYTHON:-}" ]; then
    python=$PANTS_PYTHON
    usable "$python" || fail 64 "PANTS_PYTHON is not a usable Python 3.9: ${rejected[0]}." \
      "Set it to one, or unset it to let ./pants look for one."
    return
  fi
  while IFS= read -r python; do
    if usable "$python"; then return; fi
  done < <(type -P -a python3.9)
  if newest_of "$pyenv/versions/3.9." && usable "$newest/bin/python"; then
    python=$newest/bin/python
    return
  fi
  if python=$(uv python find 3.9 2>/dev/null) && usable "$python"; then return; fi
  find_python_of_uv
}

find_python_of_uv() { # set $python to one that uv keeps; 1 if it has none
  # 'uv python find' gives up at the first python3.9 on PATH that does not run.
  local newest directory
  directory=$(uv python dir 2>/dev/null) && newest_of "$directory/cpython-3.9." && usable "$newest/bin/python3.9" || return 1
  python=$newest/bin/python3.9
}

no_python() { # fail, and say all that this repository lacks
  local line more=()
  for line in ${missing[@]+"${missing[@]}"}; do
    case $line in "Python 3.9,"*) ;; *) more+=("$line") ;; esac
  done
  fail 69 "no Python 3.9 found, which Pants $version runs on." \
    "Looked for: PANTS_PYTHON, python3.9 on PATH, ${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/3.9.*, 'uv python find 3.9'." \
    ${rejected[@]+"${rejected[@]/#/Found, but unusable: }"} \
    ${uv_failure[@]+"${uv_failure[@]}"} \
    "Install one ('uv python install 3.9', 'pyenv install 3.9', or your system's package python3.9)," \
    "or set PANTS_PYTHON to the path of one." \
    ${more[@]+"Resolves of this repository want more:" "${more[@]}" "$where_pants_looks"}
}

bring_python() { # set $python to one that uv brings; 1 if it does not
  # Nobody but the launcher needs it, so it gets no link on PATH.
  uv_install 3.9 "Pants $version runs on it, and there is none here" "${UV_PYTHON_INSTALL_BIN-0}" && find_python_of_uv
}

install() { # <Pants' arguments>: print the name of the cache's entry, made first if need be
  local python
  if ! find_python && ! bring_python; then
    find_missing_pythons "$@"
    no_python
  fi
  find_missing_pythons "$@"
  if [ ${#missing[@]} -gt 0 ]; then
    say "resolves of this repository want Pythons that Pants will not find on this machine." "${missing[@]}" \
      ${uv_failure[@]+"${uv_failure[@]}"} "$where_pants_looks" "The other resolves work without them."
  fi
  # -B: it leaves no bytecode in the repository.
  "$python" -EsB "$parts/bootstrap.py" --cache="$cache" --stamp="$stamp" --version="$version" --wanted-by="$wanted_by" \
    --lockfile="$lockfile" --asked-python="${PANTS_PYTHON:-}" ${PANTS_BOOTSTRAP_REBUILD:+--rebuild}
}
