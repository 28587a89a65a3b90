import { objectStoreEnvironment } from '@stocktool/aws-s3';
import { readEnvironment, ServiceEnvironment } from '@stocktool/bootstrap';
import { queues } from '@stocktool/contracts';
import { marketEnvironment } from '@stocktool/market-data';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { processors } from './compute/processors';

const Environment = ServiceEnvironment.extend({
  ...objectStoreEnvironment,
  PORT: z.coerce.number().int().min(0).max(65_535).default(topology.services.analysisWorker.httpPort),
  DATA_DIR: z.string().min(1).default('data'),
  ...marketEnvironment,
  /** Computing threads. One core is left to what reads, writes and answers: with none, every step waits behind a computation. */
  WORKER_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(Math.max(1, processors() - 1)),
  /** While one computes, the others read and write. More hide a slow store; fewer let a new message begin sooner. */
  WORKER_MESSAGES_PER_THREAD: z.coerce.number().int().min(1).max(16).default(4),
  LEASE_SECONDS: z.coerce.number().min(1).max(3600).default(90),
  VISIBILITY_SECONDS: z.coerce.number().int().min(2).max(43_200).default(queues.analysis.visibilitySeconds),
  SWEEP_SECONDS: z.coerce.number().min(0.1).max(3600).default(15),
  JOB_TIMEOUT_SECONDS: z.coerce.number().min(1).max(3600).default(300),
});
export type Config = Readonly<z.infer<typeof Environment>>;

/** Read once, in main.ts. */
export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnvironment(Environment, env);
