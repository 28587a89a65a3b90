import { api, eventually, finished, newUser, portfolio } from './client';
import { runningSystem } from './running-system';
import { webhookReceiver } from './webhook-receiver';

const worker = 'analysis-worker';

describe('a worker that is killed', () => {
  it('loses none of 50 analyses, and each has one result and one webhook id', async () => {
    const user = await newUser();
    const hook = await webhookReceiver();
    await api('POST', '/v1/subscriptions', {
      token: user.token,
      body: { channel: 'webhook', target: hook.url, events: ['analysis.*'] },
    });
    const posted = await Promise.all(
      Array.from({ length: 50 }, () => api('POST', '/v1/analyses', { token: user.token, body: portfolio })),
    );
    const ids = posted.map(({ body }) => body.id as string);
    await eventually('some analyses to finish', async () => {
      const { body } = await api('GET', '/v1/analyses?limit=100', { token: user.token });
      return (body.items as { status: string }[]).filter(({ status }) => status === 'succeeded').length >= 5;
    });
    const before = runningSystem.instanceOf(worker);
    runningSystem.kill(worker);
    await eventually('another worker', () => Promise.resolve(runningSystem.instanceOf(worker) !== before));

    const analyses = await Promise.all(ids.map((id) => finished(user, id, 60_000)));
    expect(analyses.map(({ status }) => status)).toEqual(ids.map(() => 'succeeded'));
    const perAnalysis = () => {
      const found = new Map<string, Set<string>>();
      for (const { id, text } of hook.received) {
        const { data } = JSON.parse(text) as { data: { analysisId: string } };
        found.set(data.analysisId, (found.get(data.analysisId) ?? new Set()).add(id));
      }
      return found;
    };
    await eventually('every webhook', () => Promise.resolve(perAnalysis().size === ids.length), 30_000);
    expect([...perAnalysis().values()].map(({ size }) => size)).toEqual(ids.map(() => 1));
    expect(new Set(hook.received.map(({ id }) => id)).size).toBe(ids.length);
    hook.close();
  });
});
