import { z } from 'zod';
import { ProblemDetails } from './problem';
import { Ticker } from './ticker';

const userId = z.uuid();
const Figure = z.number().nullable();

/** One row per event type: what it carries and how loud it is. Past tense; the `type` is public. */
export const events = {
  'analysis.completed': {
    severity: 'info',
    data: z.object({
      userId,
      analysisId: z.uuid(),
      kind: z.literal('portfolio'),
      createdAt: z.iso.datetime(),
      finishedAt: z.iso.datetime(),
      window: z.object({ from: z.iso.date(), to: z.iso.date() }),
      headline: z.object({
        totalReturn: Figure,
        annualVolatility: Figure,
        sharpe: Figure,
        maxDrawdown: Figure,
        historicalVar95: Figure,
      }),
      links: z.object({ self: z.string(), report: z.string() }),
    }),
  },
  'analysis.failed': {
    severity: 'warning',
    data: z.object({ userId, analysisId: z.uuid(), finishedAt: z.iso.datetime(), error: ProblemDetails }),
  },
  'document.ready': {
    severity: 'info',
    data: z.object({ userId, documentId: z.uuid(), name: z.string(), chunks: z.number() }),
  },
  'document.failed': {
    severity: 'warning',
    data: z.object({ userId, documentId: z.uuid(), name: z.string(), error: ProblemDetails }),
  },
  'price.alert': {
    severity: 'info',
    data: z.object({
      userId,
      alertId: z.uuid(),
      symbol: Ticker,
      price: z.number(),
      /** In words: what began to hold. */
      condition: z.string(),
      /** Of the price. */
      asOf: z.iso.datetime(),
      source: z.string(),
    }),
  },
  'market.updated': {
    severity: 'info',
    data: z.object({
      source: z.string(),
      asOf: z.iso.datetime(),
      updated: z.array(Ticker),
      failed: z.array(z.object({ symbol: Ticker, reason: z.string() })),
    }),
  },
  'alarm.raised': {
    severity: 'critical',
    data: z.object({ alarm: z.string(), reason: z.string(), since: z.iso.datetime() }),
  },
  'alarm.cleared': {
    severity: 'info',
    data: z.object({ alarm: z.string(), reason: z.string(), since: z.iso.datetime() }),
  },
  'summary.daily': {
    severity: 'info',
    data: z.object({ day: z.iso.date(), requests: z.number(), errors: z.number(), costUsd: z.number() }),
  },
} as const satisfies Record<string, { severity: 'info' | 'warning' | 'critical'; data: z.ZodType }>;

export type EventType = keyof typeof events;
export const eventTypes = Object.keys(events) as [EventType, ...EventType[]];
export type EventData<Type extends EventType> = z.infer<(typeof events)[Type]['data']>;

const envelope = <Type extends EventType>(type: Type) =>
  z.object({
    specversion: z.literal('1.0'),
    id: z.string().min(1).max(200),
    source: z.string(),
    type: z.literal(type),
    subject: z.string().optional(),
    time: z.iso.datetime(),
    datacontenttype: z.literal('application/json'),
    data: events[type].data,
  });

/** CloudEvents 1.0 in JSON. `id` is derived from what happened, so that a repeated publication is the same event. */
export const StockToolEvent = z.discriminatedUnion('type', [
  envelope('analysis.completed'),
  envelope('analysis.failed'),
  envelope('document.ready'),
  envelope('document.failed'),
  envelope('price.alert'),
  envelope('market.updated'),
  envelope('alarm.raised'),
  envelope('alarm.cleared'),
  envelope('summary.daily'),
]);
export type StockToolEvent = z.infer<typeof StockToolEvent>;

export interface EventFacts<Type extends EventType> {
  /** What makes this event unique, such as `<analysisId>:completed`. */
  id: string;
  source: string;
  subject?: string;
  time: Date;
  data: EventData<Type>;
}

/** The envelope of one event; throws ZodError when the data does not fit its type. */
export function makeEvent<Type extends EventType>(type: Type, facts: EventFacts<Type>): StockToolEvent {
  return StockToolEvent.parse({
    specversion: '1.0',
    id: facts.id,
    source: facts.source,
    type,
    ...(facts.subject !== undefined && { subject: facts.subject }),
    time: facts.time.toISOString(),
    datacontenttype: 'application/json',
    data: facts.data,
  });
}
