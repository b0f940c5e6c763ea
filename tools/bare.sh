#!/usr/bin/env bash
# Runs the README's two commands on a bare Debian 12: a fresh one in a temporary folder, with
# nothing but git and make added.
#
#   tools/bare.sh         make run, then make test
#   tools/bare.sh run     make run alone: it answers, its password works, Ctrl-C ends it
#   tools/bare.sh test    make test alone
#
# It tests the commit that is checked out, and no file that is not committed. It takes the mirror,
# the proxies, the certificates and npm's settings from this machine. It needs root, the network,
# and about 5 GB in /var/tmp or in TMPDIR. It installs debootstrap if that is missing.
#
# The commands run in namespaces of their own. When the script ends, even by a signal, the kernel
# ends their processes and drops their mounts. Only then the script removes the folder.
set -euo pipefail
cd "$(dirname "$0")/.."
release=bookworm
start_seconds=1800 # make run installs and builds first
stop_seconds=30
code=0

say() { printf '%s\n' "$*"; }
fail() { printf 'bare.sh: %s\n' "$*" >&2; exit 1; }

# step WORDS COMMAND...: says what it does, then how long it took and how large the folder is.
# `code` keeps a failure.
step() {
    local words=$1 started=$SECONDS one
    shift
    say "━━ $words"
    set +e
    (set -e; "$@")
    one=$?
    set -e
    say "━━ $words: $([ "$one" = 0 ] && echo fine || echo FAILED), $((SECONDS - started)) s," \
        "$(du -sxm "$root" 2>/dev/null | cut -f1) MB on disk"
    [ "$one" = 0 ] || code=$one
}

# The same, where nothing can follow a failure.
first() { step "$@"; [ "$code" = 0 ] || exit "$code"; }

# ---- On the machine: the folder, and what it takes from here.

install_debootstrap() {
    apt-get update -qq
    apt-get install -y -qq debootstrap >/dev/null
}

# The machine's sources of Debian itself, as lines of the release that is tested.
sources() {
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(ORIGIN) $(REPO_URI)' \
        'Created-By: Packages' |
        awk -v release="$release" '
            $2 == "main" && ($3 == "Debian" || $3 ~ /^\$/) && $1 ~ /^[a-z]+(-updates|-security)?$/ {
                sub(/^[a-z]+/, release, $1)
                print "deb", $4, $1, "main"
            }' | sort -u
}

# How apt reaches the mirror: proxies, certificates, retries, clocks.
apt_settings() {
    local name value
    while read -r name value; do
        value=${value#\"} value=${value%\";}
        [ ! -f "$value" ] || value=$(carry "$value")
        say "$name \"$value\";"
    done < <(apt-config dump | grep -E '^Acquire::(https?|Retries|Check-)[^ ]* "[^"]')
}

setting_of_apt() { apt-config shell value "$1" | sed "s/^value='\(.*\)'$/\1/"; }

# Copies a file of the machine and prints its path in there.
carry() {
    mkdir -p "$root/etc/machine"
    local to
    to=$(mktemp -p "$root/etc/machine" "XXXX-${1##*/}")
    cat "$1" >"$to"
    chmod 644 "$to" # apt reads certificates as a user of its own
    say "${to#"$root"}"
}

# The commands' environment: no locale, and what leads to the mirror and to npm's packages.
environment() {
    local name file
    say "HOME=/root"
    say "TERM=${TERM:-dumb}"
    say "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        [ -z "${!name:-}" ] || say "$name=${!name}"
    done
    for name in SSL_CERT_FILE NODE_EXTRA_CA_CERTS; do
        [ ! -f "${!name:-}" ] || say "$name=$(carry "${!name}")"
    done
    compgen -e | grep -iE '^npm_config_' | grep -viE '_(userconfig|globalconfig|cafile)$' |
        while read -r name; do say "$name=${!name}"; done || true
    command -v npm >/dev/null || return 0
    for name in userconfig globalconfig cafile; do
        file=$(npm config get "$name")
        [ ! -f "$file" ] || say "npm_config_$name=$(carry "$file")"
    done
}

debian() {
    local lines mirror with=()
    lines=$(sources)
    [ -n "$lines" ] || { apt-get update -qq; lines=$(sources); }
    mirror=$(awk -v release="$release" '$3 == release { print $2; exit }' <<<"$lines")
    [ -n "$mirror" ] || fail "apt has no source of Debian's main packages on this machine"
    [[ $lines != *" https:"* ]] || with=(--include=ca-certificates)
    http_proxy=${http_proxy:-$(setting_of_apt Acquire::http::Proxy)} \
        https_proxy=${https_proxy:-$(setting_of_apt Acquire::https::Proxy)} \
        unshare --mount debootstrap --variant=minbase "${with[@]}" "$release" "$root" "$mirror" \
        >"$work/debootstrap" ||
        { tail -20 "$work/debootstrap"; return 1; }
    say "$lines" >"$root/etc/apt/sources.list"
    apt_settings >"$root/etc/apt/apt.conf.d/99machine"
    cp /etc/hosts /etc/resolv.conf "$root/etc/"
    local own=/usr/local/share/ca-certificates
    mkdir -p "$root$own"
    cp $own/*.crt "$root$own" 2>/dev/null || true # there may be none
    [ ${#with[@]} = 0 ] || chroot "$root" update-ca-certificates >/dev/null
    # Services do not start here: a package may install one.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    environment >"$work/environment"
    git -c safe.directory="$PWD" bundle create --quiet "$root/root/tenure.bundle" HEAD
}

# ---- In there: `inside` runs in namespaces of its own.

# in_debian COMMAND...: in the fresh Debian, in the clone once it is there.
in_debian() {
    local variables
    mapfile -t variables <"$work/environment"
    env -i "${variables[@]}" chroot "$root" \
        sh -c 'cd /root/tenure 2>/dev/null || cd /root; exec "$@"' sh "$@"
}

git_and_make() {
    in_debian apt-get update -qq &&
        in_debian env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends git make >"$work/apt" 2>&1 ||
        { cat "$work/apt"; return 1; }
    in_debian git -c advice.detachedHead=false clone --quiet tenure.bundle tenure
}

# request METHOD PORT PATH BODY: prints the status of the answer.
request() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$2"
        printf '%s %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n' "$1" "$3" "$2" >&3
        printf 'Content-Type: application/json\r\nContent-Length: %s\r\n' "${#4}" >&3
        printf 'Connection: close\r\n\r\n%s' "$4" >&3
        read -r -t 30 _ status _ <&3
        say "$status"
    ) 2>/dev/null || say "nothing"
}

# Waits until make run has printed its last line, and checks that it does as it says.
try_demonstration() {
    local port password status
    while ! grep -q '^ *Stop ' "$work/run"; do
        [ -n "$(jobs -r)" ] || { say "make run has ended"; return 1; }
        [ $((SECONDS - started)) -lt "$start_seconds" ] ||
            { say "make run takes more than $start_seconds s"; return 1; }
        sleep 1
    done
    port=$(sed -n 's#^ *Open *http://127\.0\.0\.1:##p' "$work/run")
    password=$(sed -n 's/^ *Password *//p' "$work/run")
    status=$(request GET "$port" / "")
    say "the page answers $status"
    [ "$status" = 200 ] || return 1
    status=$(request POST "$port" /api/v1/session \
        "{\"email\": \"demo@example.org\", \"password\": \"$password\"}")
    say "signing in with the printed password answers $status"
    [ "$status" = 200 ]
}

make_run() {
    local started=$SECONDS group seconds left
    : >"$work/run"
    set -m # a process group of its own, as in a terminal
    in_debian make run 2>&1 | tee -i "$work/run" &
    group=$(jobs -p)
    set +m
    try_demonstration || { kill -KILL -- "-$group" 2>/dev/null; return 1; }
    kill -INT -- "-$group" # what Ctrl-C does
    for ((seconds = 0; seconds < stop_seconds; seconds++)); do
        [ -n "$(jobs -r)" ] || break
        sleep 1
    done
    [ -z "$(jobs -r)" ] ||
        { say "Ctrl-C did not end it in $stop_seconds s"; kill -KILL -- "-$group"; return 1; }
    left=$(find "$root/tmp" -mindepth 1)
    [ -z "$left" ] || { say "it left behind: ${left//"$root"/}"; return 1; }
    say "Ctrl-C ended it, and nothing of it is left"
}

make_test() { in_debian make test 2>&1 | tee -i "$work/test"; }

inside() {
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    first "git, make and a clone" git_and_make
    [ "$part" = test ] || step "make run" make_run
    [ "$part" = run ] || step "make test" make_test
    exit "$code"
}

# ---- The whole.

clean_up() {
    trap '' INT TERM HUP
    [ -z "$child" ] || kill -KILL "$child" 2>/dev/null || true
    local tries
    for tries in 1 2 3 4 5; do # its processes may need a moment to end
        rm -rf --one-file-system "$work" 2>/dev/null && return
        sleep "$tries"
    done
    say "bare.sh: $work could not be removed" >&2
}

main() {
    part=${1:-both} child=
    case $part in
    both | run | test) ;;
    inside) work=$2 root=$2/debian part=$3; inside ;;
    *) say "usage: tools/bare.sh [run|test]" >&2; exit 2 ;;
    esac
    [ "$(id -u)" = 0 ] || fail "this unpacks and mounts a Debian: run it as root"
    work=$(TMPDIR=${TMPDIR:-/var/tmp} mktemp -d -t tenure-bare.XXXXXX) root=$work/debian
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    say "tests $(git -c safe.directory="$PWD" log -1 --format='%h, %s') in $work"
    command -v debootstrap >/dev/null || first "installing debootstrap" install_debootstrap
    first "Debian 12, minbase" debian
    set -m # so that Ctrl-C comes here first
    setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
        "$PWD/tools/bare.sh" inside "$work" "$part" &
    child=$!
    set +m
    wait "$child" || code=$?
    child=
    [ ! -s "$work/test" ] ||
        grep -E '^[0-9]+ passed, [0-9]+ failed$' "$work/test" | tail -n 1 || true
    exit "$code"
}

main "$@"
