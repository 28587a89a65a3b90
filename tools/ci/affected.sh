#!/usr/bin/env bash
# The targets of what changed since the last green commit (NX_BASE, NX_HEAD; without them since main): affected.sh lint test …
set -euo pipefail
cd "$(dirname "$0")/../.."
export NX_DAEMON=false NX_TUI=false
exec npx nx affected -t "$@" --base="${NX_BASE:-main}" --head="${NX_HEAD:-HEAD}" --output-style=static
