#!/usr/bin/env bash
# smoke.sh BASE_URL: is this a StockTool that works? What a person sees with `npm run smoke -- BASE_URL`; needs nothing but Node.
set -euo pipefail
exec node "$(dirname "$0")/../smoke/smoke.mjs" "$1"
