#!/usr/bin/env bash
# Builds for speed, and measures: bench/README.md.
#
#   tools/bench.sh
set -euo pipefail
cd "$(dirname "$0")/.."
[ -e build-bench/build.ninja ] || meson setup build-bench -Dbuildtype=release >/dev/null
ninja -C build-bench --quiet
bench/run.py build-bench
bench/notices.py build-bench
exec bench/scale.py build-bench
