import { readEnvironment, ServiceEnvironment } from '@stocktool/bootstrap';
import { topology } from '@stocktool/topology';
import { z } from 'zod';

const Environment = ServiceEnvironment.extend({
  PORT: z.coerce.number().int().min(0).max(65_535).default(topology.services.metricsCollector.httpPort),
  QUEUE_POLL_SECONDS: z.coerce.number().min(0.1).max(3600).default(60),
  COLLECTOR_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(8),
});
export type Config = Readonly<z.infer<typeof Environment>>;

/** Read once, in main.ts. */
export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnvironment(Environment, env);
