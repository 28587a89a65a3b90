import { api, newUser, portfolio, type User } from './client';

let user: User;
beforeAll(async () => {
  user = await newUser();
});

const analysis = (body: object) => ({ method: 'POST', path: '/v1/analyses', body });
const weights = (...pairs: [string, number][]) => ({
  ...portfolio,
  holdings: pairs.map(([symbol, weight]) => ({ symbol, weight })),
});

const refused: {
  what: string;
  method?: string;
  path: string;
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
  status: number;
  code: string;
}[] = [
  {
    what: 'malformed JSON',
    method: 'POST',
    path: '/v1/analyses',
    text: '{"holdings": [',
    status: 400,
    code: 'malformed-json',
  },
  {
    what: 'weights that do not sum to one',
    ...analysis(weights(['AAPL', 0.5], ['MSFT', 0.4])),
    status: 400,
    code: 'validation-failed',
  },
  {
    what: 'a negative quantity',
    ...analysis({ ...portfolio, holdings: [{ symbol: 'AAPL', quantity: -3 }] }),
    status: 400,
    code: 'validation-failed',
  },
  {
    what: 'weights and quantities mixed',
    ...analysis({
      ...portfolio,
      holdings: [
        { symbol: 'AAPL', quantity: 3 },
        { symbol: 'MSFT', weight: 1 },
      ],
    }),
    status: 400,
    code: 'validation-failed',
  },
  {
    what: '10 000 holdings',
    ...analysis({
      ...portfolio,
      holdings: Array.from({ length: 10_000 }, (_, index) => ({ symbol: `A${index}`, weight: 0.0001 })),
    }),
    status: 400,
    code: 'validation-failed',
  },
  {
    what: 'wrong types',
    ...analysis({ ...portfolio, holdings: 'AAPL', riskFreeRate: 'two' }),
    status: 400,
    code: 'validation-failed',
  },
  { what: 'an unknown field', ...analysis({ ...portfolio, leverage: 2 }), status: 400, code: 'validation-failed' },
  { what: 'an unknown kind', ...analysis({ ...portfolio, kind: 'magic' }), status: 400, code: 'validation-failed' },
  { what: 'a bad date', ...analysis({ ...portfolio, from: '2014-02-30' }), status: 400, code: 'validation-failed' },
  {
    what: 'an unknown symbol',
    ...analysis(weights(['AAPL', 0.5], ['NOSUCH', 0.5])),
    status: 422,
    code: 'unknown-symbol',
  },
  {
    what: 'dates without overlap',
    ...analysis({ ...weights(['AAPL', 0.5], ['IBM', 0.5]), from: '2020-01-02', to: '2021-12-30' }),
    status: 422,
    code: 'no-date-overlap',
  },
  {
    what: 'an oversized body',
    method: 'POST',
    path: '/v1/analyses',
    text: JSON.stringify({ ...portfolio, note: 'x'.repeat(1_100_000) }),
    status: 413,
    code: 'body-too-large',
  },
  {
    what: 'another media type',
    method: 'POST',
    path: '/v1/analyses',
    text: '<a/>',
    headers: { 'content-type': 'application/xml' },
    status: 415,
    code: 'unsupported-media-type',
  },
  { what: 'an unknown query parameter', path: '/v1/analyses?colour=red', status: 400, code: 'validation-failed' },
  { what: 'a bad cursor', path: '/v1/analyses?cursor=nonsense', status: 400, code: 'bad-cursor' },
  { what: 'an unknown symbol in a path', path: '/v1/quotes/NOSUCH', status: 404, code: 'symbol-not-found' },
  { what: 'a word that is no symbol', path: '/v1/quotes/no%20such', status: 400, code: 'validation-failed' },
  { what: 'an unknown route', path: '/v1/nothing', status: 404, code: 'not-found' },
  {
    what: 'an unknown analysis',
    path: '/v1/analyses/01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
    status: 404,
    code: 'analysis-not-found',
  },
  {
    what: 'a message that is too long',
    method: 'POST',
    path: '/v1/chat',
    body: { message: 'x'.repeat(8001) },
    status: 400,
    code: 'validation-failed',
  },
  {
    what: 'a reused key of the wrong form',
    ...analysis(portfolio),
    headers: { 'idempotency-key': 'x'.repeat(300) },
    status: 400,
    code: 'validation-failed',
  },
];

describe('bad input', () => {
  it.each(refused)('$what answers $status', async ({ method = 'GET', path, body, text, headers, status, code }) => {
    const before = await countAnalyses();
    const answer = await api(method, path, {
      token: user.token,
      ...(body !== undefined && { body }),
      ...(text !== undefined && { text }),
      ...(headers !== undefined && { headers }),
    });
    expect({ status: answer.status, type: answer.body?.type }).toEqual({ status, type: `/problems/${code}` });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
    expect(answer.text).not.toMatch(/node_modules|\.ts:|at [A-Z]\w+\./);
    expect(await countAnalyses()).toBe(before);
  });

  const foreign = [
    ['no credentials', {}],
    [
      'a token of another issuer',
      { token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmF0dXJl' },
    ],
    ['an unsigned token', { token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.' }],
    ['an unknown key', { apiKey: 'stk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ] as const;
  it.each(foreign)('%s answers 401', async (_what, credentials) => {
    const answer = await api('POST', '/v1/analyses', { ...credentials, body: portfolio });
    expect(answer).toMatchObject({ status: 401, body: { type: '/problems/unauthenticated' } });
  });

  it("answers 404 for another user's analysis, conversation and subscription", async () => {
    const stranger = await newUser();
    const { body } = await api('POST', '/v1/analyses', { token: user.token, body: portfolio });
    const chat = await api('POST', '/v1/chat', { token: user.token, body: { message: 'What is beta?' } });
    const hook = await api('POST', '/v1/subscriptions', {
      token: user.token,
      body: { channel: 'webhook', target: 'https://example.com/hook', events: ['analysis.*'] },
    });
    for (const path of [
      `/v1/analyses/${body.id}`,
      `/v1/analyses/${body.id}/report`,
      `/v1/analyses/${body.id}/events`,
      `/v1/conversations/${chat.body.conversationId}`,
      `/v1/chat/stream/${chat.body.messageId}`,
      `/v1/subscriptions/${hook.body.id}`,
    ])
      expect([path, (await api('GET', path, { token: stranger.token })).status]).toEqual([path, 404]);
    expect((await api('DELETE', `/v1/analyses/${body.id}`, { token: stranger.token })).status).toBe(404);
    const replay = `/v1/chat/replay/${chat.body.messageId}`;
    expect((await api('POST', replay, { token: stranger.token })).status).toBe(404);
    expect((await api('POST', replay, { token: user.token })).body).toMatchObject({ equal: true });
  });

  it('refuses what only an administrator may see', async () => {
    expect((await api('GET', '/v1/admin/queues', { token: user.token })).status).toBe(403);
  });
});

const countAnalyses = async (): Promise<number> =>
  ((await api('GET', '/v1/analyses?limit=100', { token: user.token })).body.items as unknown[]).length;
