import { objectStoreEnvironment } from '@stocktool/aws-s3';
import { Ticker } from '@stocktool/contracts';
import { marketEnvironment } from '@stocktool/market-data';
import { z } from 'zod';

const mostSymbols = 500;

/** What to do: bring quotes up to date and look at alerts, ask for the weekly reports, or refresh news and clean up. */
export const UpdateEvent = z.object({
  schedule: z.enum(['quotes', 'weekly', 'upkeep']).default('quotes'),
  symbols: z.array(Ticker).min(1).max(mostSymbols).optional(),
  force: z.boolean().default(false),
});

const Environment = z.object({
  DATA_DIR: z.string().min(1).default('data'),
  ...objectStoreEnvironment,
  ...marketEnvironment,
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});
export type Config = Readonly<z.infer<typeof Environment>>;

/** Names the faults, never the values. Not bootstrap's reader: that would bring Nest into the function. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = Environment.safeParse(env);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new Error(
    `Bad environment: ${parsed.error.issues.map(({ path, code }) => `${path.join('.')} (${code})`).join(', ')}`,
  );
}
