#!/usr/bin/env bash
# Installs what is missing, and nothing when nothing is missing.
#
#   tools/setup.sh run     what building and running needs
#   tools/setup.sh test    what all tests need
#   tools/setup.sh web     only the packages of the pages, when their lock file has changed
set -euo pipefail
cd "$(dirname "$0")/.."

run_packages=(gcc libc6-dev make meson ninja-build pkg-config python3 tzdata
    libmicrohttpd-dev libcoap3-dev libprotobuf-c-dev protobuf-c-compiler libjansson-dev
    libcurl4-gnutls-dev libsodium-dev libzstd-dev libsqlite3-dev libpq-dev libsystemd-dev libcmocka-dev)
test_packages=(clang clang-format libclang-rt-14-dev llvm libcoap3-bin postgresql-15 python3-pytest
    python3-pytest-xdist python3-yaml python3-aiosmtpd chromium fonts-dejavu-core)

say() { printf '%s\n' "$*" >&2; }

missing_of() {
    comm -13 <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
        sed -n 's/^installed //p' | sort -u) <(printf '%s\n' "$@" | sort -u)
}

install_packages() {
    local missing as_root=()
    mapfile -t missing < <(missing_of "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            { say "these Debian packages are missing; install them as root: ${missing[*]}"; exit 1; }
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The machine's own node and npm where they will do, else Debian's. Debian's npm never comes
# beside a node that is not Debian's: the two would not fit each other.
install_node() {
    local major
    major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p') || true # none is here
    if [ -z "$major" ] || dpkg-query -S "$(readlink -f "$(command -v node)")" >/dev/null 2>&1; then
        command -v npm >/dev/null || install_packages nodejs npm
    elif [ "$major" -lt 18 ]; then
        say "node $major is too old: the pages need 18 or newer"
        exit 1
    elif ! command -v npm >/dev/null; then
        say "node is here without npm: install the npm that belongs to it"
        exit 1
    fi
}

install_web() {
    [ -e web/package-lock.json ] || return 0
    install_node
    cmp -s web/package-lock.json web/node_modules/.installed.json && return 0
    npm ci --prefix web --no-audit --no-fund --loglevel=error >&2
    cp web/package-lock.json web/node_modules/.installed.json
}

case "${1:-}" in
run) install_packages "${run_packages[@]}"; install_web ;;
test) install_packages "${run_packages[@]}" "${test_packages[@]}"; install_web ;;
web) install_web ;;
*) say "usage: tools/setup.sh run|test|web"; exit 2 ;;
esac
