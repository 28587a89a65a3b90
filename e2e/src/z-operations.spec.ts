import { readFileSync } from 'node:fs';
import path from 'node:path';
import { api, eventually, stateDirectory } from './client';
import { runningSystem, serviceNames } from './running-system';

const { apiKey } = JSON.parse(readFileSync(path.join(stateDirectory, 'demo-account.json'), 'utf8')) as {
  apiKey: string;
};

describe('after everything else ran', () => {
  it('shows in CloudWatch what the services measured', async () => {
    const summary = await eventually('metrics in CloudWatch', async () => {
      const { body } = await api('GET', '/v1/admin/metrics/summary?hours=1', { apiKey });
      return body.requests > 0 && body.toolTimeMs.avg !== null && body;
    });
    expect(summary.apiLatencyMs.p50).toBeGreaterThan(0);
    expect(summary.apiLatencyMs.p99).toBeGreaterThanOrEqual(summary.apiLatencyMs.p50);
    expect(summary.errorRate).toBeLessThan(0.05);
    expect(summary.cacheHitRate).toBeGreaterThan(0);
    expect(summary.byEndpoint.map(({ endpoint }: { endpoint: string }) => endpoint)).toContain('POST /v1/analyses');
  });

  it('keeps personal data and secrets out of the logs', () => {
    for (const service of serviceNames) {
      const log = runningSystem.logOf(service);
      expect(log).toContain('listening');
      expect(log).not.toMatch(/@stocktool\.example|whsec_|stk_[A-Za-z0-9_-]{20}|Bearer ey|pass-[0-9a-f]{8}/);
    }
  });
});
