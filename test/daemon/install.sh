#!/bin/bash
# Installs requirements of the tests that this machine lacks, and starts none of them. Prints a line for each: what it
# installs, or why it cannot. A failure does not affect the others.
# Usage: install.sh [lxd] [incus] [network] [curl] [tcp] [chromium]     (as root, on Debian; all but LXD on Ubuntu too)
set -uo pipefail

# The root of programs and settings; the test of this script uses a temporary folder.
root=${INSTALL_ROOT:-}

say() { echo "$*" >&2; }
has() { PATH="$PATH:$root/usr/sbin:$root/sbin" command -v "$1" >/dev/null 2>&1; }
# Programs given by a variable are not installed here. The snap's program on the PATH starts nothing but the snap's own daemon.
has_lxd() { [ -n "${LXDAPI_TEST_LXD:-}" ] || PATH=${PATH//\/snap\/bin/} has lxd; }
has_incus() { [ -n "${LXDAPI_TEST_INCUS:-}" ] || has incusd || [ -x "$root/usr/libexec/incus/incusd" ] || [ -x "$root/opt/incus/bin/incusd" ]; }
# A busybox that needs libraries is of no use in an image without them.
has_static_busybox() { [ -f "$root/bin/busybox" ] && ! ldd "$root/bin/busybox" >/dev/null 2>&1; }
os_release() { (. "$root/etc/os-release" && echo "${!1:-}") 2>/dev/null; }

# Programs that build images, and that the servers configure interfaces with.
lacking_tools() {
  has_static_busybox || echo busybox-static
  has xz || echo xz-utils
  has ip || echo iproute2
}

lacking() {
  case $1 in
    lxd) has_lxd || echo lxd; lacking_tools ;;
    incus) has_incus || echo incus-base incus-client; lacking_tools ;;
    network)
      has iptables || echo iptables
      has dnsmasq || echo dnsmasq-base
      ;;
    curl) has curl || echo curl ;;
    tcp)
      has socat || echo socat
      has nc.openbsd || echo netcat-openbsd
      # Tests mount /usr into containers, and no other folder.
      [ -x "$root/usr/bin/python3" ] || echo python3-minimal
      ;;
    chromium) has chromium || echo chromium fonts-dejavu-core ;;
  esac
}

title() {
  case $1 in
    lxd) echo LXD ;;
    incus) echo Incus ;;
    network) echo 'network tools' ;;
    tcp) echo 'TCP tools' ;;
    chromium) echo Chromium ;;
    *) echo "$1" ;;
  esac
}

# Prints why these packages cannot be installed on a machine like this one.
obstacle() {
  if [ "$(id -u)" != 0 ]; then
    echo 'that needs root'
  elif ! has apt-get; then
    echo 'there is no apt-get'
  elif [[ " $* " == *' lxd '* && $(os_release ID) != debian ]]; then
    echo 'only Debian packages an LXD that is no snap'
  fi
}

# Runs apt-get; sets `apt_error` to its error, if any.
apt() {
  apt_error=$(DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" 2>&1 >/dev/null) && return
  apt_error="apt-get $1 failed: $(grep '^E:' <<<"$apt_error" | tail -n 1)"
  return 1
}

updated=
update_once() {
  [ -n "$updated" ] || apt update || return
  updated=yes
}

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
  ' $(ls "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/*.sources "$root"/etc/apt/sources.list.d/*.list 2>/dev/null)
}

# Adds the backports of the release to the sources of apt.
add_backports() {
  local codename=$1 source uri key file=$root/etc/apt/sources.list.d/lxdapi-backports.list
  apt-cache policy | grep -qF "n=$codename-backports" && return
  source=$(release_source "$codename")
  [ -n "$source" ] || { apt_error="no apt source for $codename found"; return 1; }
  read -r uri key <<<"$source"
  echo "deb ${key:+[signed-by=$key] }$uri $codename-backports main" >"$file"
  apt update && return
  rm -f "$file"
  apt_error="$codename-backports is not on this machine's Debian mirror"
  return 1
}

# Debian 12 has Incus in its backports only. Sets `suite` to where the packages are to come from.
choose_suite() {
  suite=
  [[ " $* " == *' incus-base '* ]] || return 0
  case $(apt-cache policy incus-base | awk '$1 == "Candidate:" { print $2 }') in
    '' | '(none)') ;;
    *) return 0 ;;
  esac
  suite=$(os_release VERSION_CODENAME)-backports
  add_backports "${suite%-backports}"
}

# A package must not start a daemon on a machine that only wants to run tests.
forbid_daemons() {
  local policy=$root/usr/sbin/policy-rc.d
  [ -e "$policy" ] && return
  trap "rm -f '$policy'" EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
}

install_packages() {
  forbid_daemons
  apt install -y --no-install-recommends ${suite:+-t "$suite"} "$@"
}

install() {
  local name packages
  name=$(title "$1")
  packages=($(lacking "$1"))
  [ ${#packages[@]} -gt 0 ] || return 0
  apt_error=$(obstacle "${packages[@]}")
  if [ -z "$apt_error" ] && update_once && choose_suite "${packages[@]}"; then
    say "Installing $name: ${packages[*]}${suite:+ from $suite}"
    install_packages "${packages[@]}" && return
  fi
  say "Not installed: $name (${packages[*]}), as $apt_error"
  return 1
}

for wanted in "$@"; do
  case $wanted in
    lxd | incus | network | curl | tcp | chromium) ;;
    *) say "install.sh: unknown argument '$wanted' (lxd, incus, network, curl, tcp and chromium are known)"; exit 2 ;;
  esac
done
failed=0
for wanted in "$@"; do install "$wanted" || failed=1; done
exit $failed
