#!/usr/bin/env bash
# Prints what an image is, whatever store it lies in and however its layers are compressed: the digest of its configuration, which
# names the content of each layer.
set -euo pipefail
config=$(docker save "$1" | tar -xO manifest.json | jq -r '.[0].Config')
config=${config##*/}
echo "sha256:${config%.json}"
