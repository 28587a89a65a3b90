#!/usr/bin/env bash
# smoke.sh BASE_URL: is this a StockTool that works? Alive and ready, its document and first page there, strangers refused as the
# contract says; with SMOKE_API_KEY set also a quote and an analysis to its end. One line for each, exit code 1 at the first that is wrong.
set -euo pipefail
base=${1%/}
body=$(mktemp)
trap 'rm -f "$body"' EXIT
call() { curl --silent --show-error --max-time 20 --output "$body" --write-out '%{http_code}' "$@"; }
ok() { echo "ok      $*"; }
wrong() {
  echo "WRONG   $*: $(head -c 300 "$body")" >&2
  exit 1
}
expect() { # STATUS JQ_FILTER WHAT CURL_ARGUMENTS…
  local status=$1 filter=$2 what=$3
  shift 3
  [ "$(call "$@")" = "$status" ] || wrong "$what"
  jq --exit-status "$filter" "$body" >/dev/null || wrong "$what"
  ok "$what"
}

for attempt in $(seq 1 30); do
  [ "$(call "$base/health/live" || true)" != 200 ] || break
  [ "$attempt" -lt 30 ] || wrong "answers at all"
  sleep 2
done
expect 200 '.status == "ok"' 'live' "$base/health/live"
expect 200 '.status == "ok"' 'ready, with all it needs' "$base/health/ready"
expect 200 '.openapi | startswith("3.")' 'its document' "$base/openapi.json"
expect 401 '.type and .requestId' 'a stranger is refused' "$base/v1/auth/me"
[ "$(call "$base/")" = 200 ] || wrong 'its first page'
ok 'its first page'
[ -n "${SMOKE_API_KEY:-}" ] || exit 0

key=(--header "x-api-key: $SMOKE_API_KEY")
expect 200 '.symbol == "AAPL" and .source' 'a quote' "${key[@]}" "$base/v1/quotes/AAPL"
expect 202 '.id' 'an analysis is accepted' "${key[@]}" --header 'content-type: application/json' \
  --data '{"holdings":[{"symbol":"AAPL","weight":1}]}' "$base/v1/analyses"
id=$(jq -r .id "$body")
for attempt in $(seq 1 60); do
  call "${key[@]}" "$base/v1/analyses/$id" >/dev/null
  status=$(jq -r .status "$body")
  case "$status" in succeeded) break ;; failed | cancelled) wrong "the analysis $status" ;; esac
  [ "$attempt" -lt 60 ] || wrong 'the analysis ends'
  sleep 1
done
ok 'the analysis succeeded'
