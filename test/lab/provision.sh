#!/usr/bin/env bash
# Puts Asterisk 16 and 22 into folders of their own, each with what it needs of Debian, for the tests.
# Usage: provision.sh [16] [22]    (both when none is named). Run as root. Does nothing where they are there already.
set -euo pipefail

cache=${ASTERISK_LAB_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ami-gateway/asterisk}
releases=("$@")
[ ${#releases[@]} -gt 0 ] || releases=(16 22)

suite_of() { case $1 in 16) echo bullseye ;; 22) echo sid ;; *) echo "no such release: $1 (16 or 22)" >&2; exit 2 ;; esac; }
packages_of() { case $1 in 16) echo asterisk,asterisk-voicemail ;; 22) echo asterisk ;; esac; }

missing=()
for release in "${releases[@]}"; do
  suite_of "$release" >/dev/null
  [ -x "$cache/$release/usr/sbin/asterisk" ] || missing+=("$release")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "Asterisk ${releases[*]}: in $cache"
  exit 0
fi
[ "$(id -u)" = 0 ] || { echo "Provisioning Asterisk needs root (debootstrap and chroot)." >&2; exit 1; }

if ! command -v debootstrap >/dev/null; then
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y debootstrap >/dev/null
fi
# The machine's own mirror, so that a proxy or a company mirror is honoured.
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -v security | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
[ -n "$mirror" ] || { echo "No Debian mirror in the apt configuration." >&2; exit 1; }

mkdir -p "$cache"
provision() {
  local release=$1 target=$cache/$1 log=$cache/$1.log
  rm -rf "$target.part"
  if debootstrap --variant=minbase --include="$(packages_of "$release")" "$(suite_of "$release")" "$target.part" "$mirror" >"$log" 2>&1; then
    rm -rf "$target"
    mv "$target.part" "$target"
    echo "Asterisk $release: installed in $target"
  else
    echo "Asterisk $release: debootstrap failed, see $log" >&2
    tail -n 5 "$log" >&2
    return 1
  fi
}

pids=()
for release in "${missing[@]}"; do provision "$release" & pids+=($!); done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
exit $failed
