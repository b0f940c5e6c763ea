#!/usr/bin/env bash
# Links the hooks of this folder into the clone's own. It replaces none that is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
hooks=$(git rev-parse --git-path hooks)
mkdir -p "$hooks"
if [ -e "$hooks/pre-commit" ] && [ "$(readlink -f "$hooks/pre-commit")" != "$PWD/tools/hooks/pre-commit" ]; then
    echo "there is another $hooks/pre-commit: remove it first" >&2
    exit 1
fi
ln -sf "$PWD/tools/hooks/pre-commit" "$hooks/pre-commit"
echo "git runs tools/hooks/pre-commit before each commit"
