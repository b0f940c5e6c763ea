#!/usr/bin/env bash
# Runs clang-tidy, with the checks of .clang-tidy, over what a build with clang compiles.
#
#   tools/tidy.sh BUILD-DIR
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?"usage: tools/tidy.sh BUILD-DIR"}
[ -e "$build/build.ninja" ] || { echo "there is no build in $build: make asan" >&2; exit 1; }
exec run-clang-tidy -quiet -p "$build" "$PWD/(src|tests)/" 2>/dev/null
