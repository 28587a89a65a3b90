import { strandedAnalysis } from './aws';
import { api, awsUrl, baseUrl, finishedAnalysis, newUser } from './client';

const quietMs = 15_000;

describe('an event stream on which nothing happens', () => {
  it('carries a comment line at least every 15 s, and ends when the analysis does', async () => {
    const user = await newUser();
    const { id: finishedId } = await finishedAnalysis(user);
    const dueAt = new Date(Date.now() + 3_600_000);
    const analysisId = await strandedAnalysis(awsUrl, { userId: user.id, finishedId: finishedId as string, dueAt });
    const abort = new AbortController();
    const response = await fetch(`${baseUrl}/v1/analyses/${analysisId}/events`, {
      headers: { authorization: `Bearer ${user.token}`, accept: 'text/event-stream' },
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(quietMs + 10_000)]),
    });
    expect(response.status).toBe(200);
    let text = '';
    let cancelled = false;
    const decoder = new TextDecoder();
    const startedAt = Date.now();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (cancelled || !/^:/m.test(text)) continue;
      expect(Date.now() - startedAt).toBeLessThan(quietMs);
      const answer = await api('DELETE', `/v1/analyses/${analysisId}`, { token: user.token });
      expect(answer.status).toBeLessThan(300);
      cancelled = true;
    }
    abort.abort();
    expect(cancelled).toBe(true);
    expect(text).toMatch(/event: status/);
    expect(text).toMatch(/event: done/);
  });
});
