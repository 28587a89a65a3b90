#!/usr/bin/env bash
# versions.sh: the version before and this one on the same queues and tables, under load, forth and back. BEFORE is the commit that a
# change goes into, or that main was at before; without one (a new branch has zeros) it is what `npm run e2e:versions` takes.
set -euo pipefail
cd "$(dirname "$0")/../.."
before=${BEFORE:-}
if [[ $before =~ ^0*$ ]]; then exec npm run e2e:versions; fi
exec npm run e2e:versions -- --previous "$before"
