# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by install.sh: which Pythons the resolves of this repository want and Pants will not find.
# In bash, for there may be no Python to do it. Said is only what is certain: what this file does not understand, or what
# is set elsewhere than in pants.toml, is left to Pants.

missing=()
where_pants_looks="Pants looks on PATH and in pyenv's versions. uv puts links to its Pythons where 'uv python dir --bin' says:\
 have that directory on PATH."

settings_are_understood() { # <Pants' arguments>: whether only pants.toml, in its plain form, says what Pants looks for
  local name file
  case " $* " in *' --python-'* | *' --pants-config-files'* | *' --pantsrc-files'*) return 1 ;; esac
  for name in PANTS_CONFIG_FILES PANTS_PYTHON_INTERPRETER_CONSTRAINTS PANTS_PYTHON_RESOLVES_TO_INTERPRETER_CONSTRAINTS \
    PANTS_PYTHON_RESOLVES PANTS_PYTHON_ENABLE_RESOLVES PANTS_PYTHON_BOOTSTRAP_SEARCH_PATH; do
    [ -z "${!name+set}" ] || return 1
  done
  for file in /etc/pantsrc "${HOME:-}/.pants.rc" "$build_root/.pants.rc"; do
    [ ! -e "$file" ] || return 1
  done
  [[ $configuration == *[\"\']pants.backend.python[\"\']* && $configuration != *python-bootstrap* &&
    $configuration != *pants.backend.python.providers* && $configuration != *environments-preview* &&
    $configuration != *'"""'* && $configuration != *"'''"* ]]
}

read_resolves() { # set $enabled, $default (a list), $resolves (names), and of $overrides names and lists; 1 if in doubt
  local line section='' key='' value='' mentioned=0 understood=0
  enabled='' default='' resolves=() overrides=() lists=()
  while IFS= read -r line; do
    line=${line%%#*}
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    case $line in *interpreter_constraints*) mentioned=$((mentioned + 1)) ;; esac
    if [ -n "$key" ]; then
      value+=$line
    elif [[ $line == \[*\] ]]; then
      section=$line
      if [ "$section" = '[python.resolves_to_interpreter_constraints]' ]; then understood=$((understood + 1)); fi
      continue
    elif [[ $line == *=* ]]; then
      key=${line%%=*} value=${line#*=}
      key=${key%"${key##*[![:space:]]}"} value=${value#"${value%%[![:space:]]*}"}
      key=${key#[\"\']} key=${key%[\"\']}
    fi
    # A list may go over several lines.
    case $value in '['*']') ;; '['*) continue ;; esac
    case $section/$key in
      '[python]/enable_resolves') enabled=$value ;;
      '[python]/interpreter_constraints') default=$value understood=$((understood + 1)) ;;
      '['[a-z]*']/interpreter_constraints') understood=$((understood + 1)) ;; # of a tool: no resolve's
      '[python.resolves]/'?*) resolves+=("$key") ;;
      '[python.resolves_to_interpreter_constraints]/'?*) overrides+=("$key") lists+=("$value") ;;
    esac
    key='' value=''
  done <<<"$configuration"
  [ "$mentioned" -eq "$understood" ]
}

minors_of() { # <list of constraints>: the minor versions of Python 3 that fit into $minors; 1 if in doubt
  local one minor range=$'^\\[ *["\'] *(CPython)?>= *3\\.([0-9]+) *, *< *3\\.([0-9]+) *["\'] *,? *\\]$'
  local exact=$'^["\'] *(CPython)?== *3\\.([0-9]+)\\.\\* *["\']$' list=$1
  minors=()
  if [[ $list =~ $range ]]; then
    for ((minor = BASH_REMATCH[2]; minor < BASH_REMATCH[3]; minor++)); do minors+=("$minor"); done
  else
    list=${list#[} list=${list%]}
    while [ -n "${list// /}" ]; do
      one=${list%%,*}
      case $list in *,*) list=${list#*,} ;; *) list='' ;; esac
      one=${one#"${one%%[![:space:]]*}"} one=${one%"${one##*[![:space:]]}"}
      [[ $one =~ $exact ]] || return 1
      minors+=("${BASH_REMATCH[2]}")
    done
  fi
  [ ${#minors[@]} -gt 0 ]
}

minor_of() { # <python>: prints the minor version of what runs by that name
  "$1" -Es -c 'import sys; print(sys.version_info[1])' 2>/dev/null </dev/null
}

# What runs by names without a version, once they are looked at: ' 9 11 '.
unversioned=''

pants_finds() { # <minor>: whether Pants will find a Python 3.<minor>, or may
  local directory name searched=()
  IFS=: read -r -a searched <<<"$PATH"
  searched+=("${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/*/bin)
  for directory in "${searched[@]}"; do
    if [ -x "$directory/python3.$1" ] && [ "$(minor_of "$directory/python3.$1")" = "$1" ]; then return; fi
  done
  if [ -z "$unversioned" ]; then
    unversioned=' '
    for directory in "${searched[@]}"; do
      for name in python3 python Python; do
        if [ -f "$directory/$name" ] && [ -x "$directory/$name" ]; then
          unversioned+="$(minor_of "$directory/$name") "
        fi
      done
    done
  fi
  [[ $unversioned == *" $1 "* ]]
}

find_missing_pythons() { # <Pants' arguments>: fill $missing with one line for each Python; uv brings those that Pants would then find
  local enabled default resolves overrides lists minors unversioned='' pythons=() names=() list i j python
  missing=()
  if ! settings_are_understood "$@" || ! read_resolves || [ "$enabled" != true ]; then return 0; fi
  for ((i = 0; i < ${#resolves[@]}; i++)); do
    list=$default
    for ((j = 0; j < ${#overrides[@]}; j++)); do
      if [ "${overrides[j]}" = "${resolves[i]}" ]; then list=${lists[j]}; fi
    done
    minors_of "$list" || continue
    for python in "${minors[@]}"; do
      if pants_finds "$python"; then continue 2; fi
    done
    for ((j = 0; j < ${#pythons[@]}; j++)); do
      if [ "${pythons[j]}" = "$python" ]; then
        names[j]+=", ${resolves[i]}"
        continue 2
      fi
    done
    pythons+=("$python") names+=("${resolves[i]}")
  done
  for ((j = 0; j < ${#pythons[@]}; j++)); do
    python=3.${pythons[j]}
    if [ ${#uv_failure[@]} -eq 0 ] && uv_may_install && uv_links_reach_path &&
      uv_install "$python" "resolves want it (${names[j]}), and Pants would not find one" 1 &&
      pants_finds "${pythons[j]}"; then continue; fi
    missing+=("Python $python, for ${names[j]}: 'uv python install $python', 'pyenv install $python', or your system's package python$python")
  done
}
