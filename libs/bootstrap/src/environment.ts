import { z } from 'zod';

/** What every service reads. Each app extends it: `ServiceEnvironment.extend({ SMTP_URL: z.url() })`. */
export const ServiceEnvironment = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  METRICS_FLUSH_SECONDS: z.coerce.number().min(0.1).max(300).default(10),
  /** How long a draining process goes on accepting requests while load balancers take it out. */
  DRAIN_GRACE_SECONDS: z.coerce.number().min(0).max(60).default(0),
  /** How long after that what was begun may go on. Whoever stops the process has to wait longer: `stopTimeoutSeconds`. */
  DRAIN_SECONDS: z.coerce.number().min(0).max(110).default(4),
});
export type ServiceEnvironment = Readonly<z.infer<typeof ServiceEnvironment>>;

/** One line for people, not a stack. */
export class BadEnvironment extends Error {}

/** Reads the environment once, in main.ts. Names what is wrong, never the value: values may be secrets. */
export function readEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): Readonly<z.output<Schema>> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return Object.freeze(parsed.data);
  const faults = parsed.error.issues.map(({ path, code }) => `${path.join('.') || 'environment'} (${code})`);
  throw new BadEnvironment(`Bad environment: ${faults.join(', ')}`);
}
