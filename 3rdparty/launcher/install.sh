# shellcheck shell=bash disable=SC2154
# Sourced by ./pants when the cache has no Pants that fits: find a Python 3.9 and let it run bootstrap.py.
# It uses the variables of ./pants: parts, cache, stamp, version, wanted_by, lockfile.

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

find_python() { # set $python
  local candidate directory release newest=-1 pyenv=${PYENV_ROOT:-${HOME:-}/.pyenv}
  if [ -n "${PANTS_PYTHON:-}" ]; then
    python=$PANTS_PYTHON
    usable "$python" || fail 64 "PANTS_PYTHON is not a usable Python 3.9: ${rejected[0]}." \
      "Set it to one, or unset it to let ./pants look for one."
    return
  fi
  while IFS= read -r python; do
    if usable "$python"; then return; fi
  done < <(type -P -a python3.9)
  for directory in "$pyenv"/versions/3.9.*; do
    release=${directory##*/3.9.}
    case $release in *[!0-9]*) continue ;; esac
    if [ "$release" -gt "$newest" ]; then newest=$release; fi
  done
  python=$pyenv/versions/3.9.$newest/bin/python
  if [ "$newest" -ge 0 ] && usable "$python"; then return; fi
  if candidate=$(uv python find 3.9 2>/dev/null); then
    python=$candidate
    if usable "$python"; then return; fi
  fi
  fail 69 "no Python 3.9 found, which Pants $version runs on." \
    "Looked for: PANTS_PYTHON, python3.9 on PATH, $pyenv/versions/3.9.*, 'uv python find 3.9'." \
    ${rejected[@]+"${rejected[@]/#/Found, but unusable: }"} \
    "Install one ('uv python install 3.9', 'pyenv install 3.9', or your system's package python3.9)," \
    "or set PANTS_PYTHON to the path of one."
}

install() { # print the name of the cache's entry, made first if need be
  local python
  find_python
  # -B: it leaves no bytecode in the repository.
  "$python" -EsB "$parts/bootstrap.py" --cache="$cache" --stamp="$stamp" --version="$version" --wanted-by="$wanted_by" \
    --lockfile="$lockfile" --asked-python="${PANTS_PYTHON:-}" ${PANTS_BOOTSTRAP_REBUILD:+--rebuild}
}
