import { ServiceEnvironment, readEnvironment } from '@stocktool/bootstrap';
import { topology } from '@stocktool/topology';
import { z } from 'zod';

const Seconds = z
  .string()
  .transform((text) => text.split(',').map((part) => Number(part.trim())))
  .pipe(z.array(z.number().positive().max(86_400)).max(20));

const Environment = ServiceEnvironment.extend({
  PORT: z.coerce.number().int().min(0).max(65_535).default(topology.services.notifier.httpPort),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: z.string().min(3).max(320),
  PUBLIC_URL: z.url().default('http://localhost:3000'),
  WEBHOOK_ALLOW_PRIVATE_NETWORKS: z.stringbool().default(false),
  WEBHOOK_RETRY_SECONDS: Seconds.default([5, 300, 1800, 7200, 18_000, 36_000]),
  NOTIFIER_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(32),
  SWEEP_SECONDS: z.coerce.number().min(0.1).max(3600).default(15),
});
export type Config = Readonly<z.infer<typeof Environment>>;

/** Read once, in main.ts. */
export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnvironment(Environment, env);
