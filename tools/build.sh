#!/usr/bin/env bash
# Builds what Meson has set up in a folder. A long build says at each fifth how far it is.
#
#   tools/build.sh BUILD-DIR [TARGET...]
set -euo pipefail
build=${1:?"usage: tools/build.sh BUILD-DIR [TARGET...]"}
shown=0

NINJA_STATUS='[%f/%t] ' ninja -C "$build" "${@:2}" | while IFS= read -r line; do
    if [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\  ]]; then
        at=${BASH_REMATCH[1]} of=${BASH_REMATCH[2]}
        [ "$of" -ge 50 ] && [ $((at * 5 / of)) -gt "$shown" ] || continue
        shown=$((at * 5 / of))
        echo "building $build: $at of $of steps, $SECONDS s"
    elif [[ $line != "ninja: Entering "* && $line != "ninja: no work "* ]]; then
        printf '%s\n' "$line"
    fi
done
