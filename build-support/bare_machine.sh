#!/usr/bin/env bash
# Run the two commands of the README on a machine that has only what the README names, and print how long they took.
#
#   build-support/bare_machine.sh                   the last commit, in a new root; then the tests again, with warm caches
#   build-support/bare_machine.sh -- bash -i        make the root and run another command in it instead
#
# The root is a minimal Debian (bash, git, certificates) with copies of this machine's Python 3.9 and 3.11, an empty HOME
# and no caches. It sees this machine's network, and how pip and npm reach their registries, and nothing else. It is
# removed at the end, with every process in it. Needs root, and Debian's packages debootstrap and util-linux.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ "$(id -u)" = 0 ] || { echo "bare_machine.sh: this needs root, for chroot and mount namespaces: use sudo" >&2; exit 64; }
if [ -z "${BARE_MACHINE_UNSHARED:-}" ]; then
  command -v debootstrap >/dev/null || { echo "bare_machine.sh: run 'apt-get install debootstrap' first" >&2; exit 69; }
  # The mounts and processes of this script end with it.
  exec env BARE_MACHINE_UNSHARED=yes unshare --mount --pid --fork --kill-child --mount-proc "$0" "$@"
fi

python_prefix() { # <version>: where a Python of this machine is
  local candidate
  for candidate in "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python"$1" $(type -P -a "python$1"); do
    if "$candidate" -I -c 'import sys, ssl, venv, ensurepip; print(sys.base_prefix)' 2>/dev/null; then return; fi
  done
  echo "bare_machine.sh: there is no Python $1 on this machine to copy" >&2
  return 69
}

libraries() { # <prefix>…: Debian's packages with the libraries that these Pythons want
  find "$@" \( -path '*/bin/python3.*' -o -path '*/lib-dynload/*.so' \) -exec ldd {} + 2>/dev/null |
    awk '$2 == "=>" && $3 ~ "^/" { print $3 }' | sort -u | xargs realpath | xargs dpkg --search 2>/dev/null |
    cut -d: -f1 | sort -u | tr '\n' ','
}

python39=$(python_prefix 3.9)
python311=$(python_prefix 3.11)
world=$(mktemp -d)
root=$world/root
# shellcheck disable=SC2329
finish() {
  local mounted
  cd /
  for mounted in proc dev ''; do umount --lazy --recursive "$root/$mounted" 2>/dev/null || true; done
  rm -rf --one-file-system "$world"
}
trap finish EXIT
# It is the first process of its namespace, which the kernel sends only signals that it handles.
trap 'exit 130' INT TERM
echo "bare_machine.sh: making a minimal Debian" >&2
# shellcheck disable=SC1091
debootstrap --variant=minbase --include="$(libraries "$python39" "$python311")ca-certificates,git" \
  "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" >"$world/debootstrap.log" 2>&1 ||
  { tail -n 20 "$world/debootstrap.log" >&2; exit 70; }
# At the same paths, since a Python may have its own in it, and on PATH as a package would put them.
for python in "$python39:3.9" "$python311:3.11"; do
  mkdir -p "$root/${python%:*}"
  cp -a "${python%:*}/." "$root/${python%:*}"
  ln -s "${python%:*}/bin/python${python#*:}" "$root/usr/local/bin/"
done

# How this machine reaches the registries: names, certificates, pip's and npm's own settings.
network=()
for name in $(compgen -e | grep -E '^(PIP_|SSL_CERT_|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|NPM_CONFIG_|https?_proxy|HTTPS?_PROXY|NO_PROXY)'); do
  network+=("$name=${!name}")
done
for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/npmrc ~/.npmrc ~/.config/pip/pip.conf /etc/ssl/certs/ca-certificates.crt "${PIP_FIND_LINKS:-/dev/null}"; do
  case $file in "$HOME"/*) inside=/srv/somebody/${file#"$HOME"/} ;; *) inside=$file ;; esac
  if [ -f "$file" ] || [ -d "$file" ]; then
    mkdir -p "$root$(dirname "$inside")"
    rm -rf "${root:?}$inside"
    cp -rL "$file" "$root$inside"
  fi
done

mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mkdir -p "$root/srv/somebody"
git clone --quiet . "$root/srv/somebody/devflow"
git -C "$root/srv/somebody/devflow" remote remove origin

# Without the old root, this is a machine and no chroot: there the kernel refuses namespaces to users.
# shellcheck disable=SC2016
enter='cd "$1" && shift && mkdir -p .old && pivot_root . .old && umount --lazy .old && cd /srv/somebody/devflow && exec "$@"'
inside() {
  unshare --mount bash -c "$enter" bash "$root" /usr/bin/env -i HOME=/srv/somebody USER=root LANG=C.UTF-8 \
    PATH=/usr/local/bin:/usr/bin:/bin "${network[@]}" "$@"
}

status=0
timed() { # <what> <command>…
  local what=$1 started=$SECONDS result=0
  shift
  inside "$@" </dev/null || result=$?
  printf '\nbare machine: %s: %d min %02d s, exit code %d\n' "$what" $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)) "$result"
  [ "$result" = 0 ] || status=$result
}

if [ "${1:-}" = -- ]; then
  shift
  inside "$@"
  exit
fi
timed './pants export-all-resolves, nothing there' ./pants export-all-resolves
timed './pants test ::, cold' ./pants test ::
timed './pants test ::, again' ./pants test ::
timed './pants test ::, warm' ./pants test --force ::
timed './pants --tag=-e2e test ::, warm' ./pants --tag=-e2e test --force ::
exit "$status"
