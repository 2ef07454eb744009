# shellcheck shell=bash disable=SC2154
# Sourced by ./pants: settings that Pants gets by environment variables, unless the user or the repository made them.
# It uses the variables of ./pants: configuration, build_root, entry, pex_known_versions.

is_off() { case ${1:-} in false | False | 0 | no | off) return 0 ;; *) return 1 ;; esac }

add_other_configuration() { # rc files and PANTS_CONFIG_FILES have a say, too; Pants ranks all files below the environment
  local text file files=${PANTS_CONFIG_FILES:-}
  files=${files//[\[\]\"\',+]/ }
  local IFS=$' \t\n'
  for file in /etc/pantsrc "${HOME:-}/.pants.rc" .pants.rc $files; do
    case $file in /*) ;; *) file=$build_root/$file ;; esac
    read_text "$file"
    configuration+=$'\n'$text
  done
}

configured() { # <section> <keys, as a pattern>: whether a configuration file sets one of them
  # The exact pattern takes milliseconds in a long file; few files have both words at all.
  [[ $configuration == *"$1"* && $configuration =~ $2 ]] || return 1
  local in_section=$'\n[ \t]*\\["?'$1$'"?\\][^\n]*(\n[^[\n][^\n]*|\n)*\n[ \t]*('$2$')[ \t]*='
  [[ $configuration =~ $in_section ]]
}

pip_setting() { # <name, as an environment variable> <name, as a pattern for pip's files>: pip's value into $value
  local file text
  value=${!1:-}
  if [ -n "$value" ] || [ "${PIP_CONFIG_FILE:-}" = /dev/null ]; then return 0; fi
  local pattern=$'\n\\[global\\][^\n]*(\n[^[\n][^\n]*|\n)*\n'$2$'[ \t]*[=:][ \t]*([^ \t\n]+)[ \t]*\n'
  for file in "${PIP_CONFIG_FILE:-}" "${XDG_CONFIG_HOME:-${HOME:-}/.config}/pip/pip.conf" \
    "${HOME:-}/Library/Application Support/pip/pip.conf" "${HOME:-}/.pip/pip.conf" \
    /etc/pip.conf /etc/xdg/pip/pip.conf "/Library/Application Support/pip/pip.conf"; do
    read_text "$file"
    if [[ $'\n'$text$'\n' =~ $pattern ]]; then
      value=${BASH_REMATCH[2]}
      return
    fi
  done
}

find_pex() { # the path of the pex tool into $value
  local number directory
  value=$entry/pex
  # Pants does not decode file: URLs, so nothing in one may need encoding. It does check the digest of what it finds.
  if [[ $value != *[!A-Za-z0-9/._~+@,=-]* ]]; then return; fi
  # Anybody can make a directory in /tmp, and nobody can rename that of another user there.
  for number in '' .{1..9}; do
    directory=/tmp/devflow-$UID$number
    if [ -L "$directory" ] || { ! mkdir -m 700 "$directory" 2>/dev/null && [ ! -d "$directory" ]; }; then continue; fi
    if [ ! -O "$directory" ] || [ -L "$directory" ]; then continue; fi
    value=$directory/${entry##*/}
    if [ ! "$value/pex" -ef "$entry/pex" ] && ! ln -sfn "$entry" "$value" 2>/dev/null; then continue; fi
    value=$value/pex
    return
  done
  fail 73 "Pants needs its pex tool by a path of plain characters, which $entry/pex is not, and no link could be made." \
    "Other users have made /tmp/devflow-$UID and its like, or /tmp is full." \
    "Set PANTS_BOOTSTRAP_CACHE_DIR to a path of letters, digits and '/._-' only."
}

hand_over_settings() { # <Pants' arguments>
  local value arguments=" $* "
  add_other_configuration

  # Pants would fetch its pex tool from a code host, which many networks do not reach.
  if [ -n "$pex_known_versions" ] && ! is_off "${PANTS_BOOTSTRAP_PEX:-}" && [[ $arguments != *' --pex-cli-'* ]] &&
    [ -z "${PANTS_PEX_CLI_VERSION+set}${PANTS_PEX_CLI_URL_TEMPLATE+set}${PANTS_PEX_CLI_KNOWN_VERSIONS+set}" ] &&
    ! configured pex-cli 'version|url_template|known_versions'; then
    find_pex
    export PANTS_PEX_CLI_URL_TEMPLATE=file://$value PANTS_PEX_CLI_KNOWN_VERSIONS=$pex_known_versions
  fi

  # Pants runs pip without pip's settings. Who needs a mirror or a certificate to reach an index needs them there, too.
  if is_off "${PANTS_BOOTSTRAP_PIP_SETTINGS:-}"; then return; fi
  if [ -z "${PANTS_PYTHON_REPOS_INDEXES+set}" ] && [[ $arguments != *' --python-repos-indexes'* ]] &&
    ! configured python-repos 'indexes(\.add|\.remove)?'; then
    pip_setting PIP_INDEX_URL 'index[-_]url'
    case $value in *[\"\\]*) value='' ;; esac
    if [ -n "$value" ]; then export PANTS_PYTHON_REPOS_INDEXES="[\"$value\"]"; fi
  fi
  if [ -z "${PANTS_CA_CERTS_PATH+set}" ] && [[ $arguments != *' --ca-certs-path'* ]] && ! configured GLOBAL ca_certs_path; then
    pip_setting PIP_CERT cert
    value=${value:-${REQUESTS_CA_BUNDLE:-${CURL_CA_BUNDLE:-}}}
    if [[ $value == /* ]] && [ -r "$value" ]; then export PANTS_CA_CERTS_PATH=$value; fi
  fi
}
