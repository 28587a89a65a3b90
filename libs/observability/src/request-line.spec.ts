import { createLogger } from './logger';
import { RequestContext } from './request-context';
import { requestLine } from './request-line';

const lines: string[] = [];
const destination = { write: (line: string) => void lines.push(line) };
const logger = createLogger('chat', { destination });
const written = (): Record<string, unknown> => JSON.parse(lines.pop() ?? '') as Record<string, unknown>;
const requestId = '01a2308c-b631-74f2-a70c-e457c02642b4';

describe('the line of a request', () => {
  it.each([{ requestId }, { requestId, userId: 'u-1' }, { requestId: 'given/by:the-caller' }])(
    'is what the logger would write in the context of %j',
    (scope) => {
      requestLine(logger, 'GET', '/v1/quotes/:symbol')(scope, 200, 1.25);
      const { time, ...line } = written();
      const fields = { method: 'GET', route: '/v1/quotes/:symbol', status: 200, durationMs: 1.25 };
      RequestContext.run(scope, () => logger.info(fields, 'request'));
      const { time: loggers, ...expected } = written();
      expect(line).toEqual(expected);
      expect(Math.abs(Date.parse(String(loggers)) - Date.parse(String(time)))).toBeLessThan(1000);
    },
  );

  it('shows no secret that a caller gives as its request id', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJlLWh1bnRlcjI';
    requestLine(logger, 'GET', '/')({ requestId: token }, 200, 0);
    expect(lines.at(-1)).not.toContain(token);
    expect(written()).toMatchObject({ requestId: '[redacted]', msg: 'request' });
  });
});
