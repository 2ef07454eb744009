#!/usr/bin/env bash
# Regenerate our lockfiles: every `*.in` of requirements gets a hash-pinned `*.lock` beside it.
#
#   3rdparty/python/lock.sh                      all of them, keeping versions that still fit
#   3rdparty/python/lock.sh --upgrade ruff.in    one of them, with the newest versions (uv's options pass through)
#
# A lockfile holds names, versions and hashes and no download address, so it works behind any mirror of the package
# index. The first line of the input says which Python it is for: `# python: 3.9`. Needs uv (`pip install uv`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

command -v uv >/dev/null || { echo "lock.sh: uv is not on PATH: run 'pip install uv'" >&2; exit 1; }

options=() inputs=()
for argument in "$@"; do
  case $argument in
    *.in) inputs+=("$argument") ;;
    *) options+=("$argument") ;;
  esac
done
if [ ${#inputs[@]} -eq 0 ]; then
  while IFS= read -r file; do inputs+=("$file"); done < <(git ls-files --cached --others --exclude-standard -- '*.in' | sort)
else
  for i in "${!inputs[@]}"; do
    [ -e "${inputs[$i]}" ] || inputs[i]="3rdparty/python/${inputs[$i]}"
  done
fi

for input in "${inputs[@]}"; do
  python=$(sed -n '1s/^# python: *//p' "$input")
  [ -n "$python" ] || { echo "lock.sh: $input: the first line must be '# python: X.Y'" >&2; exit 1; }
  echo "$input -> ${input%.in}.lock (Python $python)"
  uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
    --python-version "$python" --custom-compile-command '3rdparty/python/lock.sh' \
    ${options[@]+"${options[@]}"} --output-file "${input%.in}.lock" "$input"
done
