import { z } from 'zod';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** What the gateway reads from its environment, once, in main.ts. */
export const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('data'),
  MARKET_DATA: z.enum(['bundled', 'live']).default('bundled'),
  CHAT_GRPC_URL: z.string().min(1).default('127.0.0.1:50051'),
  PUBLIC_URL: z.url().default('http://localhost:3000'),
  ADMIN_EMAILS: z.string().default(''),
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(6000),
  AUTH_RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(120),
  WEBHOOK_ALLOW_PRIVATE_NETWORKS: flag,
  DEV_INBOX_URL: z.url().optional(),
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
