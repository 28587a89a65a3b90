import { z } from 'zod';
import { parseJson } from './parse-json';
import { Problem, problemDetails, problems } from './problem';

describe('problems', () => {
  it('carry their row of the catalogue into RFC 9457 details', () => {
    const problem = new Problem('no-date-overlap', 'AAPL ends before IBM begins.', {
      errors: [{ path: 'holdings.0.symbol', message: 'ends 2013-03-01' }],
    });
    expect(problemDetails(problem)).toEqual({
      type: '/problems/no-date-overlap',
      title: 'No overlap of dates',
      status: 422,
      detail: 'AAPL ends before IBM begins.',
      errors: [{ path: 'holdings.0.symbol', message: 'ends 2013-03-01' }],
    });
  });

  it('are redelivered only when another attempt can help', () => {
    expect(new Problem('market-data-unavailable', '').retryable).toBe(true);
    expect(new Problem('validation-failed', '').retryable).toBe(false);
  });

  it('have a status that HTTP knows and a title for people', () => {
    for (const { status, title } of Object.values(problems)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(title).toMatch(/^[A-Z]/);
    }
  });
});

describe('parseJson', () => {
  it('tells text that is not JSON from JSON of another shape', () => {
    const Shape = z.object({ a: z.number() });
    expect(parseJson(Shape, '{"a":1}')).toEqual({ a: 1 });
    expect(() => parseJson(Shape, '{')).toThrow(Problem);
    expect(() => parseJson(Shape, '{"a":"1"}')).toThrow(z.ZodError);
  });
});
