#!/usr/bin/env bash
# publish-images.sh DIRECTORY OUTPUT: pushes the images of DIRECTORY/images.tar to REGISTRY under TAG, but only those that TESTED
# names ({"service":"sha256:…"}), and asks the registry whether that is what it holds. Writes `digests={"service":"sha256:…"}`
# to OUTPUT: what a release runs. Repeatable: a tag that is there already is checked, not pushed again.
set -euo pipefail
here=$(dirname "$0")
directory=$1
output=$2
: "${REGISTRY:?} ${TAG:?} ${TESTED:?}"

refuse() {
  echo "publish-images: $*" >&2
  exit 1
}
held() { # what the registry holds under the tag, as ECR's answer; empty when nothing
  aws ecr batch-get-image --repository-name "stocktool/$1" --image-ids "imageTag=$TAG" --query 'images[0]' --output json
}

docker load --quiet --input "$directory/images.tar" >&2
digests='{}'
services=$(jq -r 'keys[]' <<<"$TESTED")
[ -n "$services" ] || refuse "no image was tested"
for service in $services; do
  tested=$(jq -r --arg service "$service" '.[$service]' <<<"$TESTED")
  loaded=$("$here/config-digest.sh" "stocktool/$service:local")
  [ "$loaded" = "$tested" ] || refuse "$service is $loaded, but $tested was tested"
  image=$(held "$service")
  if [ "$(jq -r '.imageId.imageDigest // empty' <<<"$image")" = "" ]; then
    docker tag "stocktool/$service:local" "$REGISTRY/stocktool/$service:$TAG"
    docker push --quiet "$REGISTRY/stocktool/$service:$TAG" >&2
    image=$(held "$service")
  fi
  config=$(jq -r '.imageManifest | fromjson | .config.digest' <<<"$image")
  [ "$config" = "$tested" ] || refuse "the registry holds $config as $service:$TAG, but $tested was tested"
  digests=$(jq -c --arg service "$service" --argjson image "$image" '.[$service] = $image.imageId.imageDigest' <<<"$digests")
done
echo "digests=$digests" >>"$output"
