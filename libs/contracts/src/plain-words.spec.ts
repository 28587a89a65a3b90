import { z } from 'zod';
import { AlertRequest, AnalysisRequest, ForecastQuery, HistoryQuery, QuotesQuery } from './index';

const wordsOf = (schema: z.ZodType, value: unknown): string[] =>
  (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`.trim());

describe('what is wrong with a request', () => {
  it.each<[z.ZodType, unknown, string]>([
    [ForecastQuery, { days: '61' }, 'days must be at most 60'],
    [ForecastQuery, { days: '0' }, 'days must be at least 1'],
    [ForecastQuery, { days: '1.5' }, 'days must be a whole number'],
    [ForecastQuery, { days: 'x' }, 'days must be a number'],
    [HistoryQuery, { from: '2024-13-01' }, 'from must be a date such as 2024-03-28'],
    [HistoryQuery, { interval: '1h' }, 'interval must be one of 1d, 1wk, 1mo'],
    [QuotesQuery, {}, 'symbols is required'],
    [QuotesQuery, { symbols: Array(51).fill('A').join() }, 'symbols must have at most 50 entries'],
    [AnalysisRequest, { holdings: [] }, 'holdings must have at least 1 entry'],
    [AnalysisRequest, { holdings: 'AAPL' }, 'holdings must be a list'],
    [z.object({ above: z.number().positive() }), { above: 0 }, 'above must be more than 0'],
    [z.object({ name: z.string().min(1) }), { name: '' }, 'name must not be empty'],
    [z.object({ name: z.string().max(3) }), { name: 'long' }, 'name must have at most 3 characters'],
    [z.object({ id: z.uuid() }), { id: 'x' }, 'id must be an id (UUID)'],
    [z.object({ mail: z.email() }), { mail: 'x' }, 'mail must be an e-mail address'],
    [z.object({ ok: z.boolean() }), { ok: 'yes' }, 'ok must be true or false'],
    [z.strictObject({}), { extra: 1 }, 'has unknown fields: extra'],
    [z.object({ kind: z.literal('portfolio') }), { kind: 'x' }, 'kind must be portfolio'],
    [z.string().regex(/^a$/), 'b', 'does not have the right form'],
    [z.string().regex(/^a$/, 'not an a'), 'b', 'not an a'],
  ])('%# is said plainly', (schema, value, words) => {
    expect(wordsOf(schema, value)).toContain(words);
  });

  it('is said of alerts too, in words of their own where there are some', () => {
    expect(wordsOf(AlertRequest, { symbol: 'aapl', above: -1 })).toEqual([
      expect.stringContaining('symbol not a symbol'),
      'above must be more than 0',
    ]);
  });
});
