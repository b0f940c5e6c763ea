#!/usr/bin/env bash
# Runs every fuzz target for a while, as many at once as there are cores.
#
#   tools/fuzz.sh BUILD-DIR SECONDS
set -uo pipefail
cd "$(dirname "$0")/.."
build=${1:?"usage: tools/fuzz.sh BUILD-DIR SECONDS"} seconds=${2:?}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run_one() {
    local target=$1 name=${1##*/} seeds=()
    mkdir -p "$work/$name"
    [ -d "tests/fuzz/corpus/$name" ] && seeds=("tests/fuzz/corpus/$name")
    if "$target" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/" "$work/$name" "${seeds[@]}" >"$work/$name.log" 2>&1; then
        printf '%s: %s inputs, no fault\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")"
    else
        printf '%s: FAILED\n' "$name"
        tail -40 "$work/$name.log"
        touch "$work/failed"
    fi
}

ran=0
for target in "$build"/tests/fuzz/fuzz_*; do
    [ -f "$target" ] && [ -x "$target" ] || continue
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
    run_one "$target" &
    ran=$((ran + 1))
done
wait
[ "$ran" -gt 0 ] || { echo "there is no fuzz target in $build"; exit 1; }
[ ! -e "$work/failed" ]
