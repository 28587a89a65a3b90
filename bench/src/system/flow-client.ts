import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

export interface Job {
  readonly id: string;
  readonly postedAtMs: number;
  readonly acceptedAtMs: number;
}

const Accepted = z.object({ id: z.string() });
const Analysis = z.object({
  status: z.string(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
});
const Registered = z.object({ accessToken: z.string() });
const Key = z.object({ key: z.string() });

const callTimeoutMs = 30_000;

/** One user of the API. */
export class FlowClient {
  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  /** Another user, with a key of its own. */
  async newUser(): Promise<FlowClient> {
    const account = { email: `${crypto.randomUUID()}@stocktool.example`, password: crypto.randomUUID() };
    const { accessToken } = Registered.parse(await this.post('/v1/auth/register', account));
    const headers = { authorization: `Bearer ${accessToken}` };
    const body = JSON.stringify({ name: 'bench', scopes: ['read', 'write'] });
    const { key } = Key.parse(await this.call('POST', '/v1/api-keys', body, headers));
    return new FlowClient(this.baseUrl, key);
  }

  async job(body: object): Promise<Job> {
    const postedAtMs = Date.now();
    const { id } = Accepted.parse(await this.post('/v1/analyses', body));
    return { id, postedAtMs, acceptedAtMs: Date.now() };
  }

  private async analysis(id: string) {
    return Analysis.parse(await this.get(`/v1/analyses/${id}`));
  }

  /** When it began and succeeded, by the worker's clock, which is this machine's; looks at intervals that do not disturb. */
  async succeeded(id: string, timeoutMs: number, everyMs = 250) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const { status, startedAt, finishedAt } = await this.analysis(id);
      if (status === 'succeeded' && startedAt !== undefined && finishedAt !== undefined)
        return { startedAtMs: Date.parse(startedAt), finishedAtMs: Date.parse(finishedAt) };
      if (status === 'failed' || Date.now() > deadline) throw new Error(`analysis ${id} is ${status}`);
      await delay(everyMs);
    }
  }

  post(route: string, body: object): Promise<unknown> {
    return this.call('POST', route, JSON.stringify(body));
  }

  get(route: string): Promise<unknown> {
    return this.call('GET', route);
  }

  private async call(
    method: string,
    route: string,
    body?: string,
    headers: Record<string, string> = { 'x-api-key': this.apiKey },
  ): Promise<unknown> {
    const response = await fetch(`${this.baseUrl}${route}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}
