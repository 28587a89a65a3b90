import { objectStoreEnvironment } from '@stocktool/aws-s3';
import { ServiceEnvironment } from '@stocktool/bootstrap';
import { modelEnvironment } from '@stocktool/llm';
import { marketEnvironment } from '@stocktool/market-data';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { webSearchEnvironment } from './web-search/open-web-search';

const { httpPort, grpcPort } = topology.services.chat;

export const Environment = ServiceEnvironment.extend({
  ...objectStoreEnvironment,
  PORT: z.coerce.number().int().min(0).max(65_535).default(httpPort),
  GRPC_URL: z.string().min(3).default(`127.0.0.1:${grpcPort}`),
  /** The folder with `prices/` and `knowledge/`. */
  DATA_DIR: z.string().min(1),
  ...marketEnvironment,
  ...modelEnvironment,
  ...webSearchEnvironment,
  /** Of one user, from midnight to midnight UTC, whatever models answer; the offline model takes nothing. */
  MODEL_TOKENS_PER_USER_DAY: z.coerce.number().int().min(0).max(10_000_000_000).default(1_000_000),
  MODEL_USD_PER_USER_DAY: z.coerce.number().min(0).max(100_000).default(2),
  /** Memory for the documents of users that are searched. */
  KNOWLEDGE_CACHE_MEGABYTES: z.coerce.number().int().min(1).max(65_536).default(64),
  SWEEP_SECONDS: z.coerce.number().min(0.1).max(3600).default(15),
  /** How long a reply goes on without a reader. */
  DETACH_SECONDS: z.coerce.number().min(0.1).max(3600).default(60),
  MAX_REPLIES: z.coerce.number().int().min(1).max(10_000).default(100),
  MAX_REPLIES_PER_USER: z.coerce.number().int().min(1).max(10_000).default(5),
});
export type Environment = Readonly<z.infer<typeof Environment>>;

export const dailyCap = ({ MODEL_TOKENS_PER_USER_DAY, MODEL_USD_PER_USER_DAY }: Environment) => ({
  tokens: MODEL_TOKENS_PER_USER_DAY,
  microUsd: Math.round(MODEL_USD_PER_USER_DAY * 1e6),
});
