import { objectStoreEnvironment } from '@stocktool/aws-s3';
import { ServiceEnvironment } from '@stocktool/bootstrap';
import { modelEnvironment } from '@stocktool/llm';
import { marketEnvironment } from '@stocktool/market-data';
import { topology } from '@stocktool/topology';
import { z } from 'zod';

const { httpPort, grpcPort } = topology.services.chat;

export const Environment = ServiceEnvironment.extend({
  ...objectStoreEnvironment,
  PORT: z.coerce.number().int().min(0).max(65_535).default(httpPort),
  GRPC_URL: z.string().min(3).default(`127.0.0.1:${grpcPort}`),
  /** The folder with `prices/` and `knowledge/`. */
  DATA_DIR: z.string().min(1),
  ...marketEnvironment,
  ...modelEnvironment,
  /** How long a reply goes on without a reader. */
  DETACH_SECONDS: z.coerce.number().min(0.1).max(3600).default(60),
  MAX_REPLIES: z.coerce.number().int().min(1).max(10_000).default(100),
  MAX_REPLIES_PER_USER: z.coerce.number().int().min(1).max(10_000).default(5),
});
export type Environment = Readonly<z.infer<typeof Environment>>;
