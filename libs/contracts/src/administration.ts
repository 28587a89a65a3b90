import { z } from 'zod';

export const HoursQuery = z.strictObject({ hours: z.coerce.number().int().min(1).max(168).default(1) });
export type HoursQuery = z.infer<typeof HoursQuery>;

const Milliseconds = z.number().nullable();

export const MetricsSummary = z
  .object({
    requests: z.number(),
    errorRate: z.number().nullable(),
    apiLatencyMs: z.object({ avg: Milliseconds, p50: Milliseconds, p95: Milliseconds, p99: Milliseconds }),
    toolTimeMs: z.object({ avg: Milliseconds, p95: Milliseconds }),
    cacheHitRate: z.number().nullable(),
    modelTokens: z.number(),
    modelLatencyMs: z.object({ avg: Milliseconds, p95: Milliseconds }),
    byEndpoint: z.array(
      z.object({
        endpoint: z.string(),
        requests: z.number(),
        errors: z.number(),
        p50: Milliseconds,
        p95: Milliseconds,
        p99: Milliseconds,
      }),
    ),
  })
  .meta({ id: 'MetricsSummary' });
export type MetricsSummary = z.infer<typeof MetricsSummary>;

export const QueueRow = z
  .object({
    name: z.string(),
    visible: z.number(),
    inFlight: z.number(),
    delayed: z.number(),
    oldestSeconds: z.number().nullable(),
    dlq: z.object({ name: z.string(), visible: z.number(), lastReason: z.string().nullable() }),
  })
  .meta({ id: 'Queue' });
export type QueueRow = z.infer<typeof QueueRow>;

export const DeadLetter = z
  .object({
    messageId: z.string(),
    deadLetteredAt: z.iso.datetime(),
    failures: z.number(),
    reason: z.string(),
    preview: z.string(),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetter = z.infer<typeof DeadLetter>;

/** `since`: when it came into this state. `budgetLeft`: the share of the vendor's request limit that is left, from 0 to 1. */
export const CircuitBreakerState = z.object({
  name: z.string(),
  state: z.enum(['closed', 'open', 'half-open']),
  since: z.iso.datetime(),
  lastFailure: z.string().nullable(),
  budgetLeft: z.number().min(0).max(1),
});
export type CircuitBreakerState = z.infer<typeof CircuitBreakerState>;

/** A breaker of one process: `instance` tells processes of a service apart. */
export const CircuitBreaker = CircuitBreakerState.extend({
  service: z.string(),
  instance: z.string(),
}).meta({ id: 'CircuitBreaker' });
export type CircuitBreaker = z.infer<typeof CircuitBreaker>;
