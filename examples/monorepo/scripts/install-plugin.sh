#!/usr/bin/env bash
# Clone a plugin's repository into plugins/, where Pants, ./py and the manager find it:
#
#   scripts/install-plugin.sh git@git.acme.example:kiln/kiln-notifier-mail.git
set -euo pipefail
if [ $# -ne 1 ]; then
  echo "usage: $0 REPOSITORY-URL" >&2
  exit 2
fi
name=$(basename "$1" .git)
target=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/plugins/$name
git clone "$1" "$target"
if ! grep -qs 'kiln\.' "$target/setup.cfg"; then
  echo "$0: $name has no entry points of a 'kiln.…' group in its setup.cfg" >&2
  exit 1
fi
