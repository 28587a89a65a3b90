#!/usr/bin/env bash
# ecs-release.sh deploy    notes what runs, then brings every service of DIGESTS ({"service":"sha256:…"}) in CLUSTER to its image by
#                          digest and waits until it really runs: "stable" is also what a service is that ECS has rolled back
# ecs-release.sh settle    names the release (TAG) as the one that the stacks refer to
# ecs-release.sh rollback  every service back to what `deploy` noted
set -euo pipefail
: "${CLUSTER:?}"
noted=${NOTED:-dist/release/before.json}
parameter=/stocktool/image-tag

refuse() {
  echo "ecs-release: $*" >&2
  exit 1
}
service_of() { # SERVICE QUERY
  aws ecs describe-services --cluster "$CLUSTER" --services "$1" --query "services[0].$2" --output text
}
point() { # SERVICE TASK_DEFINITION
  aws ecs update-service --cluster "$CLUSTER" --service "$1" --task-definition "$2" --query service.serviceArn --output text
}
stable() { # SERVICE…
  aws ecs wait services-stable --cluster "$CLUSTER" --services "$@"
}
register() { # SERVICE: its running task definition with the image of the release; prints the new one
  aws ecs describe-task-definition --task-definition "$(service_of "$1" taskDefinition)" --include TAGS --output json |
    jq --arg name "$1" --arg image "$REGISTRY/stocktool/$1@$(jq -r --arg service "$1" '.[$service]' <<<"$DIGESTS")" '
      (.tags // []) as $tags | .taskDefinition
      | .containerDefinitions |= map(if .name == $name then .image = $image else . end)
      | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy,
            .deregisteredAt)
      | if ($tags | length) > 0 then .tags = $tags else . end' >"$work/$1.json"
  aws ecs register-task-definition --cli-input-json "file://$work/$1.json" --query taskDefinition.taskDefinitionArn --output text
}

deploy() {
  : "${DIGESTS:?} ${REGISTRY:?}"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$(dirname "$noted")"
  mapfile -t services < <(jq -r 'keys[]' <<<"$DIGESTS")
  [ "${#services[@]}" -gt 0 ] || refuse "there is nothing to release"
  before='{}'
  for service in "${services[@]}"; do
    running=$(service_of "$service" taskDefinition)
    before=$(jq -c --arg service "$service" --arg running "$running" '.[$service] = $running' <<<"$before")
  done
  echo "$before" >"$noted"
  declare -A wanted
  for service in "${services[@]}"; do
    wanted[$service]=$(register "$service")
    point "$service" "${wanted[$service]}"
  done
  stable "${services[@]}"
  for service in "${services[@]}"; do
    primary=$(service_of "$service" "deployments[?status=='PRIMARY']|[0].[taskDefinition,rolloutState]")
    [ "$primary" = "${wanted[$service]}"$'\t'COMPLETED ] || refuse "$service runs $primary, not ${wanted[$service]}: ECS took the release back"
  done
}

rollback() {
  [ -s "$noted" ] || refuse "nothing was released, so there is nothing to take back"
  mapfile -t services < <(jq -r 'keys[]' "$noted")
  for service in "${services[@]}"; do point "$service" "$(jq -r --arg service "$service" '.[$service]' "$noted")"; done
  stable "${services[@]}"
}

settle() {
  aws ssm put-parameter --name "$parameter" --value "${TAG:?}" --type String --overwrite --query Version --output text
}

case "${1:-}" in
deploy | rollback | settle) "$1" ;;
*) refuse "deploy, settle or rollback" ;;
esac
