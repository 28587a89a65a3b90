import { objectStoreEnvironment } from '@stocktool/aws-s3';
import { ServiceEnvironment } from '@stocktool/bootstrap';
import { marketEnvironment } from '@stocktool/market-data';
import { topology } from '@stocktool/topology';
import { z } from 'zod';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

const namedUrls = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .filter((pair) => pair.trim() !== '')
      .map((pair) => ({
        name: pair.slice(0, pair.indexOf('=')).trim(),
        url: pair.slice(pair.indexOf('=') + 1).trim(),
      })),
  )
  .pipe(z.array(z.object({ name: z.string().min(1), url: z.url() })));

/** What the gateway reads from its environment, once, in main.ts. */
export const Environment = ServiceEnvironment.extend({
  ...objectStoreEnvironment,
  PORT: z.coerce.number().int().min(0).max(65_535).default(topology.services.apiGateway.httpPort),
  DATA_DIR: z.string().min(1).default('data'),
  ...marketEnvironment,
  /** How often a watched quote is looked at in the cache; how often it is fetched is the cache's matter. */
  QUOTE_STREAM_POLL_MS: z.coerce.number().int().min(10).max(60_000).default(1000),
  CHAT_GRPC_URL: z.string().min(1).default('127.0.0.1:50051'),
  PUBLIC_URL: z.url().default('http://localhost:3000'),
  ADMIN_EMAILS: z.string().default(''),
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(6000),
  AUTH_RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(120),
  WEBHOOK_ALLOW_PRIVATE_NETWORKS: flag,
  /**
   * How long after an account was erased its second pass comes. Longer than what was under way can still write: a token that
   * another gateway believes (30 s), a worker before its next look at its lease (30 s), a reply that is being stopped.
   */
  ERASURE_SETTLE_SECONDS: z.coerce.number().int().min(1).max(3600).default(120),
  DEV_INBOX_URL: z.url().optional(),
  /** Proxies in front of this service whose X-Forwarded-For is believed: limits by address need the client's. */
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
  /** `name=url,…`: where the live routes of the other services are, when not on their usual ports of this machine. */
  SERVICE_HEALTH_URLS: namedUrls,
});
export type Environment = z.infer<typeof Environment>;

/** The gateway's settings by what they mean. Injected; nothing else reads the environment. */
export class GatewayConfig {
  readonly publicUrl: URL;
  /** Lower case. These addresses are administrators once they are verified. */
  readonly adminEmails: ReadonlySet<string>;

  constructor(readonly environment: Readonly<Environment>) {
    this.publicUrl = new URL(environment.PUBLIC_URL);
    this.adminEmails = new Set(
      environment.ADMIN_EMAILS.split(',')
        .map((email) => email.trim().toLowerCase())
        .filter((email) => email !== ''),
    );
  }
}
