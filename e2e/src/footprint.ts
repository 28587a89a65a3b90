import { api, type CallOptions, eventually, portfolio } from './client';

const everyPart = ['performance', 'risk', 'correlation', 'optimization', 'monteCarlo', 'stress', 'attribution'];
const analysesOfEach = 4;

/** What a user leaves in every table, made by one process of the gateway and read by others. */
export class Footprint {
  private readonly email = `${crypto.randomUUID()}@stocktool.example`;
  private readonly password = `pass-${crypto.randomUUID()}`;
  private readonly key = crypto.randomUUID();
  private token = '';
  private cookie = '';
  private apiKey = '';
  private conversationId = '';
  private subscriptionId = '';
  private analysisIds: string[] = [];

  private constructor(private readonly includedParts: readonly string[]) {}

  /** `parts`: of an analysis, where not all are to be asked for. */
  static async leftAt(gateway: string, parts: readonly string[] = everyPart): Promise<Footprint> {
    const footprint = new Footprint(parts);
    await footprint.account(gateway);
    await footprint.series(gateway);
    await footprint.analyses(gateway);
    await footprint.question(gateway);
    return footprint;
  }

  /** Everything of it, as this gateway tells it. */
  async seenAt(gateway: string): Promise<Record<string, unknown>> {
    const get = async (path: string, options: CallOptions = { token: this.token }) =>
      (await called(200, 'GET', `${gateway}${path}`, options)).body;
    const { email, password } = this;
    return {
      account: await get('/v1/auth/me'),
      byKey: await get('/v1/auth/me', { apiKey: this.apiKey }),
      signedIn: (await called(200, 'POST', `${gateway}/v1/auth/login`, { body: { email, password } })).body.user,
      series: await get('/v1/price-series'),
      subscription: await get(`/v1/subscriptions/${this.subscriptionId}`),
      analyses: await Promise.all(this.analysisIds.map((id) => get(`/v1/analyses/${id}`))),
      conversation: await get(`/v1/conversations/${this.conversationId}`),
    };
  }

  /** A session, an idempotency key, a conversation and a report go on at this gateway where another left them. */
  async goesOnAt(gateway: string): Promise<void> {
    const refreshed = await called(200, 'POST', `${gateway}/v1/auth/refresh`, { headers: { cookie: this.cookie } });
    this.cookie = refreshTokenOf(refreshed.headers);
    const repeated = await this.analysis(gateway, this.key);
    expect(repeated).toBe(this.analysisIds[0]);
    const path = `/v1/analyses/${repeated}/report?format=json&redirect=false`;
    const report = await called(200, 'GET', `${gateway}${path}`, { token: this.token });
    expect((await api('GET', report.body.url as string)).status).toBe(200);
    await this.question(gateway);
    const { body } = await called(200, 'GET', `${gateway}/v1/users/me/export`, { token: this.token });
    expect(body.analyses).toHaveLength(this.analysisIds.length);
  }

  async deletedAt(gateway: string): Promise<void> {
    const { email, password } = this;
    await called(202, 'DELETE', `${gateway}/v1/users/me`, { token: this.token, body: { password } });
    await called(401, 'POST', `${gateway}/v1/auth/login`, { body: { email, password } });
  }

  private async account(gateway: string): Promise<void> {
    const { email, password } = this;
    const registered = await called(201, 'POST', `${gateway}/v1/auth/register`, { body: { email, password } });
    this.token = registered.body.accessToken as string;
    const { headers } = await called(200, 'POST', `${gateway}/v1/auth/login`, { body: { email, password } });
    this.cookie = refreshTokenOf(headers);
    const key = { name: 'reader', scopes: ['read'] };
    const made = await called(201, 'POST', `${gateway}/v1/api-keys`, { token: this.token, body: key });
    this.apiKey = made.body.key as string;
    const subscription = { channel: 'webhook', target: 'http://127.0.0.1:9/', events: ['document.*'] };
    const kept = await called(201, 'POST', `${gateway}/v1/subscriptions`, { token: this.token, body: subscription });
    this.subscriptionId = kept.body.id as string;
  }

  private async series(gateway: string): Promise<void> {
    await called(201, 'PUT', `${gateway}/v1/price-series/MINE`, {
      token: this.token,
      text: 'date,close\n2014-01-02,1\n2014-06-02,3\n2016-01-04,2\n2017-12-29,4\n',
      headers: { 'content-type': 'text/csv' },
    });
  }

  /** Several: either version of the worker takes some of them. */
  private async analyses(gateway: string): Promise<void> {
    const keys = [this.key, ...Array.from({ length: analysesOfEach - 1 }, () => undefined)];
    this.analysisIds = await Promise.all(keys.map((key) => this.analysis(gateway, key)));
    for (const id of this.analysisIds)
      await eventually(
        `analysis ${id} of a footprint succeeded`,
        async () => {
          const { body } = await api('GET', `${gateway}/v1/analyses/${id}`, { token: this.token });
          if (body.status === 'failed') throw new Error(`analysis ${id} failed: ${JSON.stringify(body.error)}`);
          return body.status === 'succeeded';
        },
        60_000,
      );
  }

  private async analysis(gateway: string, key?: string): Promise<string> {
    const body = { ...portfolio, include: this.includedParts, monteCarlo: { paths: 1000 } };
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    const answer = await called(202, 'POST', `${gateway}/v1/analyses`, { token: this.token, body, headers });
    return answer.body.id as string;
  }

  private async question(gateway: string): Promise<void> {
    const message = 'How risky is AAPL from 2015-01-02 to 2019-12-31?';
    const body = { message, ...(this.conversationId && { conversationId: this.conversationId }) };
    const reply = await called(200, 'POST', `${gateway}/v1/chat`, { token: this.token, body });
    this.conversationId = reply.body.conversationId as string;
  }
}

const refreshTokenOf = (headers: Headers): string =>
  /refresh_token=[^;]+/.exec(headers.get('set-cookie') ?? '')?.[0] ?? '';

async function called(status: number, method: string, url: string, options: CallOptions) {
  const answer = await api(method, url, options);
  if (answer.status !== status) throw new Error(`${method} ${url} answered ${answer.status}: ${answer.text}`);
  return answer;
}
