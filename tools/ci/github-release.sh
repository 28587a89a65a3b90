#!/usr/bin/env bash
# github-release.sh TAG DIRECTORY: a release of TAG with the zips of DIRECTORY and the list of all packages (CycloneDX).
set -euo pipefail
tag=$1
directory=$2
git merge-base --is-ancestor "$tag" origin/main || {
  echo "github-release: $tag is not on main" >&2
  exit 1
}
npm sbom --package-lock-only --omit dev --sbom-format cyclonedx >"$directory/stocktool.cdx.json"
gh release create "$tag" --verify-tag --generate-notes "$directory"/*.zip "$directory/stocktool.cdx.json"
