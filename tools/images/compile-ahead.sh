#!/bin/sh
# Has main.js of this folder start once, with nothing in reach, and Node write what it compiles into the folder that is named.
# A service that consumes a queue ends by itself when it finds none: that failure is expected. Any other fails the build, and its
# output is shown.
set -eu
compiled=$1
nowhere=127.0.0.1:9
output=$(mktemp)
mkdir "$compiled"
status=0
AWS_ENDPOINT_URL=http://$nowhere AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none \
  SMTP_URL=smtp://$nowhere MAIL_FROM=nobody@stocktool.example NODE_COMPILE_CACHE=$compiled \
  node --import "$(dirname "$0")/compile-ahead.mjs" main.js >"$output" 2>&1 || status=$?
if [ "$status" -ne 0 ] && ! grep 'could not start' "$output" | grep -q "ECONNREFUSED $nowhere"; then
  cat "$output" >&2
  echo "main.js did not start while it was compiled ahead (exit code $status)" >&2
  exit 1
fi
if [ -z "$(ls "$compiled"/*)" ]; then
  echo 'Node has written nothing that it compiled' >&2
  exit 1
fi
chmod -R a=rX "$compiled"
