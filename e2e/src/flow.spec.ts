import { Webhook } from 'standardwebhooks';
import { api, eventually, finished, finishedAnalysis, lettersTo, newUser, portfolio, type User } from './client';
import { events } from './events';
import { webhookReceiver } from './webhook-receiver';

let user: User;
beforeAll(async () => {
  user = await newUser();
});

describe('the main job', () => {
  it('takes a portfolio to a result, a signed webhook, an e-mail and a report', async () => {
    const letter = await eventually('the mail that verifies the account', async () => (await lettersTo(user.email))[0]);
    const verifyToken = /token=([A-Za-z0-9._~-]+)/.exec(letter.text)?.[1];
    expect((await api('POST', '/v1/auth/verify', { body: { token: verifyToken } })).status).toBeLessThan(300);

    const hook = await webhookReceiver();
    const byHook = await api('POST', '/v1/subscriptions', {
      token: user.token,
      body: { channel: 'webhook', target: hook.url, events: ['analysis.*'] },
    });
    expect(byHook.status).toBe(201);
    expect(byHook.body).toMatchObject({ status: 'active', secret: expect.stringMatching(/^whsec_/) });
    const byMail = await api('POST', '/v1/subscriptions', {
      token: user.token,
      body: { channel: 'email', target: user.email, events: ['analysis.completed'] },
    });
    expect(byMail.body).toMatchObject({ status: 'active' });

    const posted = await api('POST', '/v1/analyses', { token: user.token, body: portfolio });
    expect(posted.status).toBe(202);
    expect(posted.headers.get('location')).toBe(`/v1/analyses/${posted.body.id}`);
    const analysis = await finished(user, posted.body.id);
    expect(analysis).toMatchObject({ status: 'succeeded', progress: 1, attempts: 1, kind: 'portfolio' });
    expect(analysis.result.portfolio.performance.totalReturn).toBeGreaterThan(0);

    const delivered = await eventually('the webhook', () => Promise.resolve(hook.received[0]));
    const payload = new Webhook(byHook.body.secret).verify(delivered.text, delivered.headers);
    expect(payload).toMatchObject({ type: 'analysis.completed', data: { analysisId: posted.body.id, sequence: 1 } });
    const mail = await eventually('the e-mail', async () =>
      (await lettersTo(user.email)).find(({ text }) => text.includes(posted.body.id)),
    );
    expect(mail.html).toContain('<');

    const report = await api('GET', `/v1/analyses/${posted.body.id}/report`, { token: user.token });
    expect(report.status).toBe(302);
    const page = await api('GET', report.headers.get('location') ?? '');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain('<svg');
    const json = await api('GET', `/v1/analyses/${posted.body.id}/report?format=json&redirect=false`, {
      token: user.token,
    });
    expect(json.status).toBe(200);
    const { body: kept } = await api('GET', json.body.url);
    expect(kept.result).toEqual(analysis.result);
    for (const [format, type, beginning] of [
      ['pdf', 'application/pdf', '%PDF-'],
      ['csv', 'text/csv', '\ufeffsection,key,symbol,date,value,text'],
    ] as const) {
      const link = await api('GET', `/v1/analyses/${posted.body.id}/report?format=${format}`, { token: user.token });
      const file = await fetch(link.headers.get('location') ?? '');
      expect(file.headers.get('content-type')).toContain(type);
      expect(
        Buffer.from(await file.arrayBuffer())
          .toString()
          .startsWith(beginning),
      ).toBe(true);
    }
    hook.close();
  });

  it('tells of its progress by events that can be resumed', async () => {
    const posted = await api('POST', '/v1/analyses', { token: user.token, body: portfolio });
    const seen = await events(`/v1/analyses/${posted.body.id}/events`, { token: user.token });
    expect(seen.at(-1)?.event).toBe('done');
    const ids = seen.map(({ id }) => Number(id));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    const again = await events(`/v1/analyses/${posted.body.id}/events`, { token: user.token, lastEventId: 'unknown' });
    expect(again[0]?.event).toBe('status');
    expect(again.at(-1)?.event).toBe('done');
  });

  it('gives the first answer again for the same key, and refuses another body under it', async () => {
    const headers = { 'idempotency-key': `key-${user.id}` };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => api('POST', '/v1/analyses', { token: user.token, headers, body: portfolio })),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
    expect(new Set(accepted.map(({ body }) => body.id)).size).toBe(1);
    const repeated = await api('POST', '/v1/analyses', { token: user.token, headers, body: portfolio });
    expect(repeated).toMatchObject({ status: 202, body: accepted[0]?.body });
    const other = await api('POST', '/v1/analyses', {
      token: user.token,
      headers,
      body: { ...portfolio, riskFreeRate: 0 },
    });
    expect(other).toMatchObject({ status: 422, body: { type: '/problems/idempotency-key-reused' } });
  });

  it('computes every part that is asked for, and only those', async () => {
    const include = ['performance', 'risk', 'correlation', 'optimization', 'monteCarlo', 'stress', 'attribution'];
    const { result } = await finishedAnalysis(user, { ...portfolio, include, monteCarlo: { paths: 2000 } });
    const parts = ['correlation', 'optimization', 'monteCarlo', 'stress', 'attribution'];
    expect(parts.filter((part) => result[part] === undefined || 'unavailable' in result[part])).toEqual([]);
    const one = await finishedAnalysis(user, { ...portfolio, include: ['performance'] });
    expect(parts.filter((part) => part in one.result)).toEqual([]);
  });

  it("analyses a user's own price series, which nobody else can see", async () => {
    const rows = Array.from({ length: 400 }, (_, day) => {
      const date = new Date(Date.UTC(2015, 0, 1 + day)).toISOString().slice(0, 10);
      return `${date},${(100 + Math.sin(day / 7) * 5 + day / 20).toFixed(4)}`;
    });
    const put = await api('PUT', '/v1/price-series/HOUSE', {
      token: user.token,
      text: ['date,close', ...rows].join('\n'),
      headers: { 'content-type': 'text/csv' },
    });
    expect(put).toMatchObject({ status: 201, body: { symbol: '~HOUSE', rows: 400, from: '2015-01-01' } });
    const request = {
      holdings: [
        { symbol: '~HOUSE', weight: 0.5 },
        { symbol: 'AAPL', weight: 0.5 },
      ],
    };
    expect(await finishedAnalysis(user, request)).toMatchObject({ status: 'succeeded' });
    const stranger = await newUser();
    const refused = await api('POST', '/v1/analyses', { token: stranger.token, body: request });
    expect(refused).toMatchObject({ status: 422, body: { type: '/problems/unknown-symbol' } });
  });
});
