#!/bin/bash
# Installs what the tests need to start private LXD and Incus servers, and starts none of it.
# Usage: install.sh [lxd] [incus] [network]     (as root, on Debian; Incus and the rest on Ubuntu too)
set -euo pipefail

say() { echo "test/daemon/install.sh: $*" >&2; }
die() { say "$*"; exit 1; }
has() { PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1; }
# The snap's program starts nothing but the snap's own daemon.
has_lxd() { PATH=${PATH//\/snap\/bin/} has lxd; }
has_incus() { has incusd || [ -x /usr/libexec/incus/incusd ] || [ -x /opt/incus/bin/incusd ]; }

base=() backports=()
for wanted in "$@"; do
  case $wanted in
    lxd) has_lxd || base+=(lxd) ;;
    incus) has_incus || backports+=(incus-base incus-client) ;;
    network)
      has iptables || base+=(iptables)
      has dnsmasq || base+=(dnsmasq-base)
      ;;
    *) die "unknown argument '$wanted' (lxd, incus and network are known)" ;;
  esac
done
# A busybox that needs libraries is of no use in an image without them.
if [ ! -f /bin/busybox ] || ldd /bin/busybox >/dev/null 2>&1; then base+=(busybox-static); fi
has xz || base+=(xz-utils)
has openssl || base+=(openssl)
has ip || base+=(iproute2)

[ ${#base[@]} -eq 0 ] && [ ${#backports[@]} -eq 0 ] && exit 0
[ "$(id -u)" = 0 ] || die "must be root to install: ${base[*]} ${backports[*]}"
case " ${base[*]} " in
  *' lxd '*) [ "$(. /etc/os-release && echo "$ID")" = debian ] || die 'only Debian packages an LXD that is no snap' ;;
esac
has apt-get || die "no apt-get here; install by hand: ${base[*]} ${backports[*]}"

# A package must not start a daemon on a machine that only wants to run tests.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi

export DEBIAN_FRONTEND=noninteractive

# Prints "URI keyring" of the sources that carry the release itself, so that no mirror is named here.
release_source() {
  awk -v suite="$1" '
    function flush(i, n, list) {
      n = split(suites, list, " ")
      for (i = 1; i <= n; i++) if (list[i] == suite && uri && !found) { found = 1; print uri, key }
      uri = suites = key = ""
    }
    FNR == 1 { flush() }
    /^[[:space:]]*#/ { next }
    /^[[:space:]]*$/ { flush(); next }
    $1 == "URIs:" { uri = $2 }
    $1 == "Suites:" { $1 = ""; suites = $0 }
    $1 == "Signed-By:" { key = $2 }
    $1 == "deb" {
      key = ""
      if (match($0, /signed-by=[^] ]*/)) key = substr($0, RSTART + 10, RLENGTH - 10)
      sub(/\[[^]]*\] */, "")
      if ($3 == suite && !found) { found = 1; print $2, key }
    }
    END { flush() }
  ' $(ls /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null)
}

add_backports() {
  local codename uri key source file=/etc/apt/sources.list.d/lxdapi-backports.list
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  suite=$codename-backports
  [ -n "$(apt-cache policy | grep -F "n=$suite" || true)" ] && return
  source=$(release_source "$codename")
  [ -n "$source" ] || die "no apt source for $codename found"
  read -r uri key <<<"$source"
  say "adding $suite to the apt sources, in $file"
  echo "deb ${key:+[signed-by=$key] }$uri $suite main" >"$file"
  apt-get update -qq || { rm -f "$file"; die "$suite is not on this machine's Debian mirror"; }
}

apt-get update -qq
if [ ${#base[@]} -gt 0 ]; then
  say "installing ${base[*]}"
  apt-get install -y -qq --no-install-recommends "${base[@]}" >/dev/null
fi
if [ ${#backports[@]} -gt 0 ]; then
  candidate=$(apt-cache policy incus-base | awk '$1 == "Candidate:" { print $2 }')
  suite=
  case $candidate in '' | '(none)') add_backports ;; esac
  say "installing ${backports[*]}${suite:+ from $suite}"
  apt-get install -y -qq --no-install-recommends ${suite:+-t "$suite"} "${backports[@]}" >/dev/null
fi
