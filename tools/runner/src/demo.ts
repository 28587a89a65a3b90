import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { knownDemoAccount } from './demo-account';
import { call, until } from './http';
import { Failure, oneLine } from './failure';
import { publicUrl } from './settings';
import { System } from './system';

const jobTimeoutMs = 30_000;

const holdings = ['AAPL', 'MSFT', 'JPM', 'JNJ', 'XOM', 'WMT', 'KO', 'PG', 'HD', 'PFE'].map((symbol) => ({
  symbol,
  weight: 0.1,
}));

const Accepted = z.object({ id: z.string(), links: z.object({ self: z.string(), report: z.string() }) });
const Finished = z.object({
  status: z.string(),
  result: z
    .object({
      window: z.object({ from: z.string(), to: z.string(), observations: z.number() }),
      portfolio: z.object({
        performance: z.object({
          totalReturn: z.number(),
          cagr: z.number(),
          annualVolatility: z.number(),
          sharpe: z.number(),
          maxDrawdown: z.object({ value: z.number() }),
        }),
        risk: z.object({ var: z.object({ historical: z.record(z.string(), z.number()) }), beta: z.number() }),
      }),
    })
    .optional(),
});

/** `npm run demo`: the main job once, end to end, on a running system or on one started for it. Exit 0 when all arrived. */
export async function demo(): Promise<number> {
  const alreadyUp = await call('GET', `${publicUrl}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
  const system = alreadyUp
    ? undefined
    : new System({ instances: { workers: 1, others: 1 }, say: console.log, failed: (line) => console.error(line) });
  const interrupted = () => void system?.stop().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
  try {
    const apiKey = system === undefined ? runningKey() : (await system.start()).apiKey;
    await runMainJob(apiKey);
    return 0;
  } catch (error) {
    console.error(oneLine(error));
    return 1;
  } finally {
    await system?.stop();
  }
}

function runningKey(): string {
  const known = knownDemoAccount();
  if (known === undefined)
    throw new Failure(`A system answers at ${publicUrl}, but it was not started from this checkout.`);
  return known.apiKey;
}

async function runMainJob(apiKey: string): Promise<void> {
  const headers = { 'x-api-key': apiKey };
  const hook = await webhookReceiver();
  try {
    const subscription = await call('POST', `${publicUrl}/v1/subscriptions`, {
      headers,
      body: { channel: 'webhook', target: hook.url, events: ['analysis.*'] },
    });
    if (subscription.status !== 201)
      throw new Failure(`The webhook subscription was refused (status ${subscription.status}).`);
    const { id: subscriptionId } = z.object({ id: z.string() }).parse(subscription.body);

    const startedAt = performance.now();
    const posted = await call('POST', `${publicUrl}/v1/analyses`, {
      headers,
      body: { holdings, from: '2013-01-02', to: '2022-12-28' },
    });
    if (posted.status !== 202) throw new Failure(`The analysis was refused: ${JSON.stringify(posted.body)}`);
    const { id, links } = Accepted.parse(posted.body);
    const analysis = await until(async () => {
      const { body } = await call('GET', `${publicUrl}${links.self}`, { headers });
      const finished = Finished.parse(body);
      return finished.status === 'queued' || finished.status === 'running' ? undefined : finished;
    }, jobTimeoutMs);
    const succeededMs = performance.now() - startedAt;
    const delivered = await until(() => Promise.resolve(hook.received(id)), jobTimeoutMs);
    const deliveredMs = performance.now() - startedAt;
    await call('DELETE', `${publicUrl}/v1/subscriptions/${subscriptionId}`, { headers });

    const report = await call('GET', `${publicUrl}${links.report}?redirect=false`, { headers });
    if (analysis?.status !== 'succeeded' || analysis.result === undefined)
      throw new Failure(`The analysis ended as ${analysis?.status ?? 'nothing in time'}.`);
    if (delivered === undefined) throw new Failure('The webhook did not arrive.');
    const { url } = z.object({ url: z.string() }).parse(report.body);
    console.log(summary(analysis.result, { succeededMs, deliveredMs, webhookId: delivered, reportUrl: url }));
  } finally {
    hook.close();
  }
}

interface Outcome {
  readonly succeededMs: number;
  readonly deliveredMs: number;
  readonly webhookId: string;
  readonly reportUrl: string;
}

function summary(
  { window, portfolio: { performance, risk } }: NonNullable<z.infer<typeof Finished>['result']>,
  outcome: Outcome,
): string {
  const percent = (fraction: number) => `${(100 * fraction).toFixed(2)} %`;
  return `
Ten companies, equal weights, ${window.from} to ${window.to} (${window.observations} daily returns)

  Total return           ${percent(performance.totalReturn)}
  Return a year (CAGR)   ${percent(performance.cagr)}
  Volatility a year      ${percent(performance.annualVolatility)}
  Sharpe ratio           ${performance.sharpe.toFixed(3)}
  Maximum drawdown       ${percent(performance.maxDrawdown.value)}
  One-day VaR, 95 %      ${percent(risk.var.historical['0.95'] ?? NaN)}
  Beta to ^GSPC          ${risk.beta.toFixed(3)}

  Succeeded after        ${outcome.succeededMs.toFixed(0)} ms
  Webhook after          ${outcome.deliveredMs.toFixed(0)} ms (webhook-id ${outcome.webhookId})
  Report (15 minutes)    ${outcome.reportUrl}
`;
}

async function webhookReceiver() {
  const webhookIds = new Map<string, string>();
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const analysisId = /"analysisId":"([^"]+)"/.exec(text)?.[1];
      if (analysisId !== undefined) webhookIds.set(analysisId, String(request.headers['webhook-id']));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: (analysisId: string) => webhookIds.get(analysisId),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
