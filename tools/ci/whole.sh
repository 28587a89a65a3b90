#!/usr/bin/env bash
# What is not a matter of one project: format, dead code, the workflows and scripts themselves.
set -euo pipefail
cd "$(dirname "$0")/../.."
npx prettier --check . --log-level=warn
npx knip
npx nx run workflows:build --output-style=static
node tools/workflows/dist/main.js
