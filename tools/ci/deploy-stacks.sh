#!/usr/bin/env bash
# deploy-stacks.sh ENVIRONMENT: synthesizes, which fails on any finding, and brings the stacks of one environment to it.
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=$1
npm run synth
# Pinned: 3.0.0, which the registry calls the latest, cannot read what the library writes.
npx --yes aws-cdk@2.1148.1 deploy --app infra/cdk/cdk.out --require-approval never --progress events "stocktool-$environment-*"
