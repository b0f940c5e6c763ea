#!/usr/bin/env bash
# Builds with both compilers and runs the tests; what they say passes through.
#
#   tools/test.sh         everything
#   tools/test.sh quick   unit, property, store on SQLite and rules, of what stands in build/
set -uo pipefail
cd "$(dirname "$0")/.."
mode=${1:-all}
# All but the quick loop runs beside a PostgreSQL of its own.
[ "$mode" != all ] || exec /usr/bin/python3 tests/support/postgres.py -- tools/test.sh with-postgres
work=$(mktemp -d /tmp/tenure-test.XXXXXX)
passed=0 failed=0 number=0 failures=()

trap 'rm -rf "$work"' EXIT

# What the runners say at their ends, as "passed failed": cmocka, pytest, node, meson (of
# scripts), our fuzz targets.
totals() {
    awk '
        /\[  PASSED  \] [0-9]+ test/ { passed += $4 }
        /\[  FAILED  \] [0-9]+ test/ { failed += $4 }
        /[0-9] (passed|failed|errors?)(, .*)? in [0-9.]+s/ {
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^passed/) passed += $(i - 1)
                if ($i ~ /^(failed|error)/) failed += $(i - 1)
            }
        }
        /^(#|ℹ) pass [0-9]+/ { passed += $3 }
        /^(#|ℹ) fail [0-9]+/ { failed += $3 }
        /^Ok: +[0-9]+/ && scripts { passed += $2 }
        /^Fail: +[0-9]+/ && scripts { failed += $2 }
        /^fuzz_[a-z_]+: [0-9]+ inputs/ { passed++ }
        /^fuzz_[a-z_]+: FAILED/ { failed++ }
        END { print passed + 0, failed + 0 }' scripts="$1" "$2"
}

# step NAME COMMAND...: a failure is kept for the end, so that one run shows all of them.
step() {
    local name=$1 started=$SECONDS counts scripts=0
    shift
    number=$((number + 1))
    printf '\n── %d of %d: %s\n' "$number" "$steps" "$name"
    "$@" 2>&1 | tee "$work/log"
    local code=${PIPESTATUS[0]}
    [ "$name" = rules ] && scripts=1
    read -r -a counts < <(totals "$scripts" "$work/log")
    passed=$((passed + counts[0])) failed=$((failed + counts[1]))
    if [ "$code" != 0 ]; then
        failures+=("$name")
        [ "${counts[1]}" -gt 0 ] || failed=$((failed + 1))
    fi
    printf '── %s: %s, %d s; so far %d passed, %d failed, %d min\n' "$name" \
        "$([ "$code" = 0 ] && echo fine || echo FAILED)" $((SECONDS - started)) \
        "$passed" "$failed" $((SECONDS / 60))
    return "$code"
}

# One suite of one build; its executables one after the other, so that they share a database.
suite() {
    local build=$1 name=$2
    meson test -C "$build" --no-rebuild --suite "$name" --num-processes 1 --verbose \
        --timeout-multiplier "$([ "$build" = build ] && echo 1 || echo 5)"
}

build_gcc() {
    [ -e build/build.ninja ] || CC=gcc meson setup build >"$work/setup" || { cat "$work/setup"; return 1; }
    tools/build.sh build
}

build_clang() {
    [ -e build-clang/build.ninja ] ||
        CC=clang meson setup build-clang -Db_sanitize=address,undefined -Dfuzzers=true \
            -Doptimization=1 >"$work/setup" || { cat "$work/setup"; return 1; }
    tools/build.sh build-clang
}

c_tests() {
    local build=$1 with=$2 name
    for name in unit property store service; do
        step "$name, $with" suite "$build" "$name"
    done
}

everything() {
    step "build with gcc" build_gcc || return
    step "build with clang, ASan, UBSan" build_clang || return
    step rules suite build rules
    export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    local at_once=(--numprocesses 2 --dist loadfile) # tests of one file share servers
    c_tests build "gcc"
    c_tests build-clang "clang with ASan and UBSan"
    step "end to end, gcc" env TENURE_BINARY="$PWD/build/tenure" /usr/bin/pytest-3 -q "${at_once[@]}" tests/e2e
    step "end to end on SQLite, clang with ASan and UBSan" env -u TEST_POSTGRES_URL \
        TENURE_BINARY="$PWD/build-clang/tenure" /usr/bin/pytest-3 -q "${at_once[@]}" tests/e2e
    step torture /usr/bin/python3 tests/torture/run.py
    step browser env TENURE_BINARY="$PWD/build/tenure" node tests/browser/run.mjs
    step fuzz tools/fuzz.sh build-clang 30
}

quick() {
    step "unit, gcc" suite build unit
    step "property, gcc" suite build property
    step "store on SQLite, gcc" env -u TEST_POSTGRES_URL \
        TENURE_TEST_SQLITE_ONLY=1 build/tests/store/store_tests
    step "service on SQLite, gcc" env -u TEST_POSTGRES_URL \
        TENURE_TEST_SQLITE_ONLY=1 build/tests/service/service_tests
    step rules suite build rules
}

[ "$mode" = quick ] && run=quick || run=everything
steps=$(step() { echo; }; "$run" | wc -l) # counted, and not run
"$run"

if [ ${#failures[@]} -gt 0 ]; then
    printf '\nFailed: %s\n' "$(printf '%s; ' "${failures[@]}")"
fi
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ ${#failures[@]} = 0 ]
