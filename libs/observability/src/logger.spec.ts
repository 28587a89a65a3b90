import { createLogger } from './logger';
import { redact, redactText } from './redact';
import { RequestContext } from './request-context';

function capture(level = 'trace') {
  const lines: string[] = [];
  return { lines, logger: createLogger('chat', { level, destination: { write: (line) => void lines.push(line) } }) };
}

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJlLWh1bnRlcjI';
const planted: Record<string, unknown>[] = [
  { authorization: 'Bearer hunter2' },
  {
    headers: {
      Authorization: 'hunter2',
      cookie: 'a=hunter2',
      'set-cookie': ['refresh_token=hunter2'],
      'x-api-key': 'hunter2',
    },
  },
  { body: { email: 'a@b.example', password: 'hunter2', newPassword: 'hunter2' } },
  { a: { b: { c: [{ refreshToken: 'hunter2', accessToken: 'hunter2' }] } } },
  { a: { b: { c: { d: { e: { f: { g: { h: { harmless: 'hunter2' } } } } } } } } },
  {
    config: {
      client_secret: 'hunter2',
      webhookSecret: { value: 'hunter2' },
      apiKey: 'hunter2',
      secretAccessKey: 'hunter2',
    },
  },
  { url: '/v1/subscriptions/confirm?token=hunter2&x=1' },
  { note: 'the header was Authorization: Bearer hunter2-abc' },
  { note: `the token ${jwt} has expired`.replaceAll('hunter2', 'hunter2') },
  { secret: 'whsec_aHVudGVyMg==' },
  { when: { toJSON: () => ({ token: 'hunter2' }) } },
];

describe('secrets', () => {
  it.each(planted)('do not appear: %j', (fields) => {
    const { lines, logger } = capture();
    logger.info(fields, 'something happened');
    logger.child(fields).info('in a child');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toContain('hunter2');
      expect(line).not.toContain(jwt);
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
  });

  it('do not appear from errors, their causes and their own fields', () => {
    const { lines, logger } = capture();
    const cause = new Error('GET /x?token=hunter2 failed');
    const error = Object.assign(new Error('Bearer hunter2-abc refused', { cause }), {
      request: { headers: { 'x-api-key': 'hunter2' } },
    });
    logger.error({ err: error }, 'failed');
    logger.error(error);
    expect(lines.join()).not.toContain('hunter2');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
      type: 'Error',
      stack: expect.stringContaining('logger.spec'),
    });
  });

  it('do not appear in the text of a message', () => {
    const { lines, logger } = capture();
    logger.info('calling with %s', `Bearer hunter2-abc`);
    expect(lines.join()).not.toContain('hunter2');
    expect(redactText('nothing secret here')).toBe('nothing secret here');
  });

  it('leave what is no secret', () => {
    const fields = {
      promptTokens: 12,
      symbol: 'AAPL',
      at: new Date(0),
      nested: { list: [1, 'two', null, true] },
      keyboard: 'x',
    };
    expect(redact(fields)).toEqual(fields);
  });

  it('are not searched for without end: cycles and huge arrays stop', () => {
    const { lines, logger } = capture();
    const cycle: Record<string, unknown> = { rows: Array.from({ length: 100_000 }, () => 1) };
    cycle.self = cycle;
    logger.info(cycle, 'round');
    expect((lines[0] ?? '').length).toBeLessThan(5000);
  });
});

describe('lines', () => {
  it('carry service, level and the request they belong to', async () => {
    const { lines, logger } = capture();
    await RequestContext.run({ requestId: 'r-1' }, async () => {
      await Promise.resolve();
      RequestContext.setUserId('u-1');
      logger.info('inside');
    });
    logger.info('outside');
    const [inside, outside] = lines.map((line) => JSON.parse(line));
    expect(inside).toMatchObject({ service: 'chat', level: 'info', requestId: 'r-1', userId: 'u-1', msg: 'inside' });
    expect(outside).not.toHaveProperty('requestId');
  });

  it('below the level are not written', () => {
    const { lines, logger } = capture('warn');
    logger.info('quiet');
    expect(lines).toEqual([]);
  });
});
