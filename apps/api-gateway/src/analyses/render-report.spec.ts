import { AnalysisRequest } from '@stocktool/contracts';
import { RenderReport, type RenderJob } from './render-report';

const renderReport = new RenderReport();
afterAll(() => renderReport.onApplicationShutdown());

const input: RenderJob['input'] = {
  id: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
  createdAt: '2026-01-05T14:30:00.000Z',
  finishedAt: '2026-01-05T14:30:01.000Z',
  request: AnalysisRequest.parse({ holdings: [{ symbol: 'AAPL', weight: 1 }] }),
  result: {
    window: { from: '2014-01-02', to: '2014-12-31', observations: 250, periodsPerYear: 252 },
    conventions: {},
    sources: [{ symbol: 'AAPL', source: 'bundled', asOf: '2014-12-31' }],
    portfolio: {},
    assets: [{ symbol: 'AAPL', weight: 1, riskContribution: 1 }],
    warnings: [],
  },
};
const broken = { ...input, result: { ...input.result, window: null } } as unknown as RenderJob['input'];
const job =
  (format: RenderJob['format'], from = input) =>
  () =>
    Promise.resolve({ format, input: from });
const beginning = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 5)).toString();

describe('RenderReport', () => {
  it('makes reports one after the other, in the order they were asked for', async () => {
    const order: string[] = [];
    const made = (['pdf', 'csv', 'html'] as const).map(async (format) => {
      const bytes = await renderReport.run('user', job(format));
      order.push(format);
      return beginning(bytes);
    });
    expect(await Promise.all(made)).toEqual(['%PDF-', '\ufeffse', '<!doc']);
    expect(order).toEqual(['pdf', 'csv', 'html']);
  });

  it('fails a report that cannot be made, and makes the next', async () => {
    const [failed, next] = await Promise.allSettled([
      renderReport.run('user', job('pdf', broken)),
      renderReport.run('user', job('pdf')),
    ]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'a report could not be made' } });
    expect(next.status).toBe('fulfilled');
  });

  it('loads what a report is made from when its turn has come, and goes on when it cannot', async () => {
    let loaded = 0;
    const first = renderReport.run('user', job('pdf'));
    const missing = renderReport.run('user', () => Promise.reject(new Error('gone')));
    const last = renderReport.run('user', () => {
      loaded++;
      return job('csv')();
    });
    expect(loaded).toBe(0);
    await first;
    await expect(missing).rejects.toThrow('gone');
    expect(beginning(await last)).toBe('\ufeffse');
    expect(loaded).toBe(1);
  });

  it('refuses what it could not make soon, and recovers', async () => {
    const asked = await Promise.allSettled(
      Array.from({ length: 40 }, (_, at) => renderReport.run(`user ${at % 5}`, job('csv'))),
    );
    const refused = asked.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: 'dependency-unavailable', retryAfterSeconds: 5 } });
    expect(beginning(await renderReport.run('user', job('csv')))).toBe('\ufeffse');
  });
});
