import type { Secrets } from '@stocktool/aws-secrets';
import { vendorKeys } from '@stocktool/market-data';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import type { Config } from './config';

const { name: secretName, keys: names } = topology.secrets.marketDataKeys;
const StoredKeys = z.object(vendorKeys);

/**
 * The settings with keys of vendors from the secret where the environment has none: what ECS does for services, Lambda does
 * not. Bundled data needs none, and the secret is not read.
 */
export async function withVendorKeys(config: Config, secrets: Secrets): Promise<Config> {
  const missing = names.filter((name) => config[name] === undefined);
  if (config.MARKET_DATA !== 'live' || missing.length === 0) return config;
  const stored = await secrets.get(secretName, StoredKeys);
  return { ...config, ...Object.fromEntries(missing.map((name) => [name, stored[name]])) };
}
