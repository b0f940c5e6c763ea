#!/usr/bin/env bash
# Installs what is missing, and nothing when nothing is missing.
#
#   tools/setup.sh run     what building and running needs
#   tools/setup.sh check   what make check needs
#   tools/setup.sh test    what all tests need; asan and tsan need the same
#   tools/setup.sh coverage, tidy   what these need, too
#   tools/setup.sh web     only the packages of the pages, when their lock file has changed
set -euo pipefail
cd "$(dirname "$0")/.."

run_packages=(gcc libc6-dev make meson ninja-build pkg-config python3 tzdata
    libmicrohttpd-dev libcoap3-dev libprotobuf-c-dev protobuf-c-compiler libjansson-dev
    libcurl4-gnutls-dev libidn2-dev libunistring-dev libsodium-dev libzstd-dev zlib1g-dev
    libsqlite3-dev libpq-dev libsystemd-dev libcmocka-dev)
check_packages=("${run_packages[@]}" clang-format python3-yaml)
test_packages=("${check_packages[@]}" clang libclang-rt-14-dev llvm libcoap3-bin openssl
    postgresql-15 postgresql-client-15 python3-pytest python3-pytest-xdist python3-aiosmtpd python3-jsonschema
    chromium fonts-dejavu-core)
coverage_packages=("${test_packages[@]}" gcovr)
tidy_packages=("${test_packages[@]}" clang-tidy)

oldest_node=18.20 # Debian 12's; "engines" of web/package.json names it, too

say() { printf '%s\n' "$*" >&2; }

missing_of() {
    comm -13 <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
        sed -n 's/^installed //p' | sort -u) <(printf '%s\n' "$@" | sort -u)
}

# apt-get's status lines (APT::Status-Fd) as a line each fifth of the way.
apt_progress() {
    local kind percent what last="" shown=0
    while IFS=: read -r kind _ percent _; do
        case $kind in
        dlstatus) what=fetched ;;
        pmstatus) what=installed ;;
        *) continue ;;
        esac
        [ "$what" = "$last" ] || shown=0
        last=$what percent=${percent%%.*}
        [ "$percent" -ge $((shown + 20)) ] || continue
        shown=$((percent / 20 * 20))
        say "  $what $shown %, $SECONDS s"
    done
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
    say "installing Debian packages (${#missing[@]}, and those that they need):"
    fold -s -w 96 <<<"${missing[*]}" | sed 's/^/  /' >&2
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o APT::Status-Fd=1 \
        --no-install-recommends "${missing[@]}" </dev/null | apt_progress
}

# The machine's own node and npm where they will do, else Debian's. Debian's npm never comes
# beside a node that is not Debian's: the two would not fit each other.
install_node() {
    local version older
    version=$(node --version 2>/dev/null) || true # none is here
    older=$(printf '%s\n' "v$oldest_node" "$version" | sort -V | head -n 1)
    if [ -z "$version" ]; then
        install_packages nodejs npm
    elif [ "$older" != "v$oldest_node" ]; then
        say "node $version is too old: install $oldest_node or newer;" \
            "on Debian 12 by apt-get install nodejs"
        exit 1
    elif ! command -v npm >/dev/null; then
        dpkg-query -S "$(readlink -f "$(command -v node)")" >/dev/null 2>&1 ||
            { say "node is here without npm: install the npm that belongs to it"; exit 1; }
        install_packages npm
    fi
}

# install_npm FOLDER WORDS: the npm packages of a folder, when its lock file has changed.
install_npm() {
    [ -e "$1/package-lock.json" ] || return 0
    install_node
    cmp -s "$1/package-lock.json" "$1/node_modules/.installed.json" && return 0
    say "installing the npm packages of $2"
    # The loop ends with this script, and holds no output of it while it sleeps.
    while sleep 10 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
        say "  npm is still at work, $SECONDS s"
    done &
    local ticking=$! code=0
    npm ci --prefix "$1" --no-audit --no-fund --loglevel=error >&2 || code=$?
    kill "$ticking"
    [ "$code" = 0 ] || exit "$code"
    cp "$1/package-lock.json" "$1/node_modules/.installed.json"
}

install_web() { install_npm web "the pages"; }
install_test_npm() {
    install_web
    install_npm tests/contract "the contract's tests"
}

case "${1:-}" in
run) install_packages "${run_packages[@]}"; install_web ;;
check) install_packages "${check_packages[@]}"; install_web ;;
test | asan | tsan) install_packages "${test_packages[@]}"; install_test_npm ;;
coverage) install_packages "${coverage_packages[@]}"; install_web ;;
tidy) install_packages "${tidy_packages[@]}"; install_web ;;
web) install_web ;;
*) say "usage: tools/setup.sh run|check|test|asan|tsan|coverage|tidy|web"; exit 2 ;;
esac
