# shellcheck shell=bash disable=SC2034
# Sourced by install.sh: let uv bring a Python, where there is a uv that may.

uv_failure=()

is_on() { case ${1:-} in '' | 0 | f | false | False | FALSE | n | no | No | NO | off | Off | OFF) return 1 ;; esac }

uv_may_install() { # whether there is a uv, and the user has not told it to stay with the Pythons that there are
  case ${UV_PYTHON_DOWNLOADS:-automatic} in never | manual | false) return 1 ;; esac
  [ "${UV_PYTHON_PREFERENCE:-}" != only-system ] && ! is_on "${UV_NO_MANAGED_PYTHON:-}" && ! is_on "${UV_OFFLINE:-}" &&
    type -P uv >/dev/null
}

without_passwords() { # <line>: print it without blanks at its ends, and without the user of an address
  local word line=''
  set -f
  for word in $1; do
    case $word in *//*@*) word="${word%%//*}//…@${word##*@}" ;; esac
    line+=" $word"
  done
  printf '%s' "${line# }"
}

uv_install() { # <version> <why> <whether it also gets a link in a directory for PATH: 0 or 1>; if it fails, note why
  local output line lines=()
  uv_may_install || return 1
  say "'uv python install $1' brings a Python $1: $2."
  trap 'fail 130 "interrupted; nothing was installed."' INT
  if output=$(UV_PYTHON_INSTALL_BIN=$3 uv python install "$1" 2>&1 </dev/null); then
    trap - INT
    return 0
  fi
  trap - INT
  while IFS= read -r line; do
    case $line in *[![:space:]]*) lines+=("| $(without_passwords "$line")") ;; esac
  done <<<"$output"
  local first=$((${#lines[@]} > 4 ? ${#lines[@]} - 4 : 0))
  uv_failure=("'uv python install $1' failed:" ${lines[@]+"${lines[@]:first}"})
  return 1
}

uv_links_reach_path() { # whether Pants, which looks on PATH, finds what uv installs
  local directory
  is_on "${UV_PYTHON_INSTALL_BIN-1}" || return 1
  directory=$(uv python dir --bin 2>/dev/null) && [[ :$PATH: == *:$directory:* ]]
}
