#!/usr/bin/env bash
# save-images.sh DIRECTORY OUTPUT: writes the images of the services to DIRECTORY/images.tar, and to OUTPUT a line
# `tested={"api-gateway":"sha256:…",…}` that says which they are.
set -euo pipefail
here=$(dirname "$0")
directory=$1
output=$2
services=(api-gateway chat analysis-worker notifier metrics-collector)
tested='{}'
for service in "${services[@]}"; do
  digest=$("$here/config-digest.sh" "stocktool/$service:local")
  tested=$(jq -c --arg service "$service" --arg digest "$digest" '.[$service] = $digest' <<<"$tested")
done
mkdir -p "$directory"
names=("${services[@]/%/:local}")
docker save --output "$directory/images.tar" "${names[@]/#/stocktool/}"
echo "tested=$tested" >>"$output"
