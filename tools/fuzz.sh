#!/usr/bin/env bash
# Runs fuzz targets, one after the other.
#
#   tools/fuzz.sh BUILD-DIR [SECONDS [NAMEPART]]
#
# Without SECONDS: 30 s each for the decoders of what devices send, whose inputs are the largest
# and come from anybody, and 10 s for the others.
set -uo pipefail
cd "$(dirname "$0")/.."
build=${1:?"usage: tools/fuzz.sh BUILD-DIR [SECONDS [NAMEPART]]"} given=${2:-} part=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ran=0 failed=0

seconds_for() {
    case $1 in
    fuzz_coap | fuzz_measurements) echo 30 ;;
    *) echo 10 ;;
    esac
}

run_one() {
    local target=$1 name=${1##*/} seeds=()
    mkdir -p "$work/$name"
    [ -d "tests/fuzz/corpus/$name" ] && seeds=("tests/fuzz/corpus/$name")
    if "$target" -max_total_time="${given:-$(seconds_for "$name")}" -timeout=60 \
        -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$build/" "$work/$name" \
        "${seeds[@]}" >"$work/$name.log" 2>&1; then
        printf '%s: %s inputs, no fault\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")"
    else
        printf '%s: FAILED\n' "$name"
        tail -40 "$work/$name.log"
        failed=1
    fi
}

for target in "$build"/tests/fuzz/fuzz_*"$part"*; do
    [ -f "$target" ] && [ -x "$target" ] || continue
    run_one "$target"
    ran=$((ran + 1))
done
[ "$ran" -gt 0 ] || { echo "there is no such fuzz target in $build"; exit 1; }
[ "$failed" = 0 ]
