#!/usr/bin/env bash
# Runs clang-tidy, with the checks of .clang-tidy, over the sources that a build with clang compiles.
#
#   tools/tidy.sh BUILD-DIR
set -uo pipefail
cd "$(dirname "$0")/.."
build=${1:?"usage: tools/tidy.sh BUILD-DIR"}
run-clang-tidy -quiet -p "$build" "^$PWD/src/" 2>/dev/null | grep -v '^clang-tidy'
exit "${PIPESTATUS[0]}"
