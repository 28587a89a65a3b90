import { randomBytes, randomUUID } from 'node:crypto';
import { PriceHistory } from '@stocktool/contracts';
import { z } from 'zod';
import { call, until, type Answer } from '../http';
import { Failure } from '../failure';

const Registered = z.object({ accessToken: z.string() });
const Key = z.object({ key: z.string() });
const Accepted = z.object({ id: z.string() });
const Analysis = z.looseObject({ status: z.string() });

const analysisTimeoutMs = 60_000;
const firstDay = Date.UTC(2015, 0, 5);
const dayMs = 86_400_000;

/** One value for each weekday from the first on. */
export type Closes = readonly (number | null)[];

/** A customer of the drill: everything by the public API, as anybody would. */
export class DrillUser {
  private constructor(
    private readonly baseUrl: string,
    private readonly account: { readonly email: string; readonly password: string },
    private readonly apiKey: string,
  ) {}

  static async register(baseUrl: string): Promise<DrillUser> {
    const account = { email: `${randomUUID()}@stocktool.example`, password: randomBytes(12).toString('base64url') };
    const { body } = expectStatus(await call('POST', `${baseUrl}/v1/auth/register`, { body: account }), 201);
    const headers = { authorization: `Bearer ${Registered.parse(body).accessToken}` };
    const key = await call('POST', `${baseUrl}/v1/api-keys`, {
      headers,
      body: { name: 'drill', scopes: ['read', 'write'] },
    });
    return new DrillUser(baseUrl, account, Key.parse(expectStatus(key, 201).body).key);
  }

  /** Whether the password still opens the account: asks the store, where a key would be believed from memory for a while. */
  async canSignIn(): Promise<boolean> {
    return (await call('POST', `${this.baseUrl}/v1/auth/login`, { body: this.account })).status === 200;
  }

  async putSeries(name: string, closes: Closes): Promise<void> {
    expectStatus(await this.ask('PUT', `/v1/price-series/${name}`, { csv: csvOf(closes) }), 200, 201);
  }

  /** The series as a reader gets it; undefined when it cannot be had. */
  async series(name: string): Promise<Closes | undefined> {
    const { status, body } = await this.ask('GET', `/v1/stocks/~${name}/history`);
    return status === 200 ? PriceHistory.parse(body).rows.map(({ close }) => close) : undefined;
  }

  async subscribe(target: string): Promise<string> {
    const body = { channel: 'webhook', target, events: ['analysis.failed'] };
    return Accepted.parse(expectStatus(await this.ask('POST', '/v1/subscriptions', { body }), 201).body).id;
  }

  /** Runs an analysis to its end; its id. */
  async analyse(request: object): Promise<string> {
    const { id } = Accepted.parse(expectStatus(await this.ask('POST', '/v1/analyses', { body: request }), 202).body);
    const ended = await until(async () => {
      const { status } = Analysis.parse((await this.ask('GET', `/v1/analyses/${id}`)).body);
      return status === 'succeeded' || status === 'failed' ? status : undefined;
    }, analysisTimeoutMs);
    if (ended !== 'succeeded') throw new Failure(`The analysis ${id} is ${ended ?? 'not finished'}.`);
    return id;
  }

  /** What a route shows; undefined when it shows nothing. */
  async shown(route: string): Promise<unknown> {
    const { status, body } = await this.ask('GET', route);
    return status === 200 ? body : undefined;
  }

  private ask(method: string, route: string, init: { body?: unknown; csv?: string } = {}): Promise<Answer> {
    return call(method, `${this.baseUrl}${route}`, { ...init, headers: { 'x-api-key': this.apiKey } });
  }
}

function csvOf(closes: Closes): string {
  let day = firstDay - dayMs;
  const lines = closes.map((close) => {
    do day += dayMs;
    while ([0, 6].includes(new Date(day).getUTCDay()));
    return `${new Date(day).toISOString().slice(0, 10)},${close}`;
  });
  return ['date,close', ...lines, ''].join('\n');
}

function expectStatus(answer: Answer, ...statuses: readonly number[]): Answer {
  if (statuses.includes(answer.status)) return answer;
  throw new Failure(`A call of the drill answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
