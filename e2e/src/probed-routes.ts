import { topology } from '@stocktool/topology';
import { type Answer, api, type CallOptions, eventually, portfolio } from './client';
import type { Need, Probe } from './probes';

export interface Target {
  readonly baseUrl: string;
  /** Of an administrator. */
  readonly apiKey: string;
  /** Where a subscription to analyses leads. */
  readonly hookUrl: string;
}

/** What the routes are asked about; made before anything fails. */
interface Things {
  readonly account: { readonly email: string; readonly password: string };
  /** Of that account, which has nothing: its export is short. */
  readonly accountKey: string;
  readonly ids: Readonly<Record<'analyses' | 'documents' | keyof typeof bodies, string>>;
  readonly conversationId: string;
  readonly messageId: string;
}

const csv = { 'content-type': 'text/csv' };
const series = 'date,close\n2015-01-02,101.5\n2015-01-05,102.25\n';
const transactions = 'date,type,symbol,quantity,price\n2015-01-02,buy,AAPL,10,109.33\n';
const notes = '# Beta\nThe beta of a share.\n';
/** Objects of which each is made once, under a key: asked for again, the first answer comes again. */
const bodies = {
  watchlists: { name: 'probed', symbols: ['AAPL'] },
  portfolios: { name: 'probed', currency: 'USD', holdings: [{ symbol: 'AAPL', quantity: 10 }] },
  alerts: { symbol: 'AAPL', above: 100_000 },
  'api-keys': { name: 'probed', scopes: ['read'] },
  subscriptions: { channel: 'webhook', events: ['analysis.*'] },
};
const changes = { watchlists: { name: 'probed' }, portfolios: { name: 'probed' }, alerts: { above: 100_000 } };
const names = Object.keys(bodies) as (keyof typeof bodies)[];

/** Well-formed and of nobody: found out only by looking. */
const nothing = crypto.randomUUID();
const secret = Buffer.from(`${nothing}${crypto.randomUUID()}`.replaceAll('-', ''), 'hex');
const mailedToken = Buffer.concat([secret, secret]).toString('base64url');
const subscriptionToken = [nothing, nothing, secret.toString('base64url')].join('.');

/** Makes what the routes are about. `accepted` gets every analysis. */
export async function probedRoutes(target: Target, accepted: string[]): Promise<Probe[]> {
  const routes = new ProbedRoutes(target, accepted);
  const things = await routes.makeThings();
  return [...routes.open(things), ...routes.market(), ...routes.own(things), ...routes.work(things)];
}

/** What each route needs, and what it says while all is well. */
class ProbedRoutes {
  constructor(
    private readonly target: Target,
    private readonly accepted: string[],
  ) {}

  async makeThings(): Promise<Things> {
    const account = { email: `${crypto.randomUUID()}@stocktool.example`, password: 'a long password to keep' };
    const call = async (path: string, options: CallOptions) => {
      const { status, body, text } = await api('POST', `${this.target.baseUrl}${path}`, options);
      if (status > 202) throw new Error(`POST ${path} answered ${status}: ${text}`);
      return body;
    };
    const { apiKey } = this.target;
    const { accessToken } = await call('/v1/auth/register', { body: account });
    const { key: accountKey } = await call('/v1/api-keys', { token: accessToken as string, body: { name: 'probed' } });
    const ids = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, (await this.make(name).ask()).body['id']])),
    ) as Record<keyof typeof bodies, string>;
    await this.putSeries().ask();
    const { conversationId, messageId } = await call('/v1/chat', { apiKey, body: { message: 'What is beta?' } });
    const { id: analyses } = await call('/v1/analyses', { apiKey, body: portfolio });
    this.accepted.push(analyses as string);
    return {
      account,
      accountKey,
      ids: { ...ids, analyses, documents: await this.document() },
      conversationId,
      messageId,
    };
  }

  /** Asked without credentials. */
  open({ account }: Things): Probe[] {
    const page = (path: string) => this.route('GET', path, [], 200, { apiKey: undefined });
    const post = (path: string, usually: number, options: CallOptions) =>
      this.route('POST', path, ['aws'], usually, { apiKey: undefined, ...options });
    const cookie = { headers: { cookie: `refresh_token=${mailedToken}` } };
    return [
      ...['/health/live', '/', '/docs', '/openapi.json'].map(page),
      page(`/v1/subscriptions/unsubscribe?token=${subscriptionToken}`),
      post('/v1/auth/register', 409, { body: account }),
      post('/v1/auth/login', 200, { body: account }),
      post('/v1/auth/refresh', 401, cookie),
      post('/v1/auth/logout', 204, cookie),
      post('/v1/auth/verify', 400, { body: { token: mailedToken } }),
      post('/v1/auth/password/forgot', 202, { body: { email: `${nothing}@stocktool.example` } }),
      post('/v1/auth/password/reset', 400, { body: { token: mailedToken, password: account.password } }),
      post('/v1/subscriptions/confirm', 400, { body: { token: subscriptionToken } }),
      post(`/v1/subscriptions/unsubscribe?token=${subscriptionToken}`, 200, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        text: 'List-Unsubscribe=One-Click',
      }),
    ];
  }

  /** What is for everybody: remembered by a gateway, as the caller is. */
  market(): Probe[] {
    const get = (path: string, usually = 200) => this.route('GET', path, ['(aws)'], usually);
    return [
      get('/v1/quotes/AAPL'),
      get('/v1/quotes?symbols=AAPL,MSFT'),
      this.stream('/v1/quotes/stream?symbols=AAPL'),
      get('/v1/market/summary'),
      get('/v1/symbols?q=apple'),
      get('/v1/stocks/AAPL/history?from=2015-01-02&to=2015-12-31'),
      get('/v1/stocks/AAPL/risk?from=2015-01-02&to=2017-12-29'),
      get('/v1/stocks/AAPL/profile'),
      get('/v1/stocks/AAPL/indicators?names=sma:20&from=2017-01-03'),
      get('/v1/stocks/AAPL/forecast?days=5'),
      // Nothing that comes with the program provides these.
      get('/v1/stocks/AAPL/dividends', 501),
      get('/v1/stocks/AAPL/financials', 501),
      get('/v1/stocks/AAPL/news', 501),
      get('/v1/admin/circuit-breakers'),
    ];
  }

  /** What a caller owns, and what administrators look at. */
  own({ accountKey, ids, conversationId, messageId }: Things): Probe[] {
    const get = (path: string, ...needs: Need[]) => this.route('GET', path, needs, 200);
    const { analyses, documents, portfolios, subscriptions } = ids;
    return [
      get('/v1/auth/me', 'aws'),
      get('/v1/auth/sessions', 'aws'),
      ...[
        'api-keys',
        'price-series',
        'analyses',
        'documents',
        'subscriptions',
        'watchlists',
        'portfolios',
        'alerts',
      ].map((name) => get(`/v1/${name}`, 'aws')),
      ...(['analyses', 'documents', 'subscriptions', 'watchlists', 'portfolios', 'alerts'] as const).map((name) =>
        get(`/v1/${name}/${ids[name]}`, 'aws'),
      ),
      get(`/v1/analyses/${analyses}/events`, 'aws'),
      get(`/v1/analyses/${analyses}/report?format=json&redirect=false`, 'aws'),
      get(`/v1/documents/${documents}/download?redirect=false`, 'aws'),
      get(`/v1/portfolios/${portfolios}/transactions`, 'aws'),
      get(`/v1/subscriptions/${subscriptions}/deliveries`, 'aws'),
      get('/v1/admin/queues', 'aws'),
      get(`/v1/admin/queues/${topology.queues.analysis.name}/dlq`, 'aws'),
      get('/v1/admin/metrics/summary?hours=1', 'aws'),
      get('/v1/models', 'chat', '(aws)'),
      get('/v1/knowledge/search?q=beta', 'chat', 'aws'),
      get('/v1/conversations', 'chat', 'aws'),
      get(`/v1/conversations/${conversationId}`, 'chat', 'aws'),
      get(`/v1/chat/stream/${messageId}`, 'chat', 'aws'),
      this.route('GET', '/v1/users/me/export', ['chat', 'aws'], 200, { apiKey: accountKey }),
    ];
  }

  /** What makes, changes and takes away. What would end something is asked to end what is not there. */
  work({ accountKey, ids, messageId }: Things): Probe[] {
    const question = { message: 'What is the price of AAPL?' };
    const listTools = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const document = { name: 'probe.md', contentType: 'text/markdown', size: 5 };
    const change = (method: string, name: keyof typeof bodies, body: object) =>
      this.route(method, `/v1/${name}/${ids[name]}`, ['aws'], 200, { body });
    const post = (path: string, usually: number, ...needs: Need[]) => this.route('POST', path, needs, usually);
    const remove = (path: string, ...needs: Need[]) => this.route('DELETE', `${path}/${nothing}`, needs, 404);
    const analyse = this.route('POST', '/v1/analyses', ['aws'], 202, { body: portfolio });
    return [
      { ...analyse, ask: async () => this.noting(await analyse.ask()) },
      this.route('POST', '/v1/documents', ['aws'], 201, { body: document }),
      this.route('POST', '/v1/chat', ['chat', 'aws'], 200, { body: question }),
      this.route('POST', '/v1/chat/stream', ['chat', 'aws'], 200, { body: question }),
      post(`/v1/chat/replay/${messageId}`, 200, 'chat', 'aws'),
      this.route('POST', '/mcp', ['chat', '(aws)'], 200, {
        body: listTools,
        headers: { accept: 'application/json, text/event-stream' },
      }),
      ...names.map((name) => this.make(name)),
      ...(['watchlists', 'portfolios', 'alerts'] as const).flatMap((name) => [
        change('PUT', name, bodies[name]),
        change('PATCH', name, changes[name]),
      ]),
      change('PATCH', 'subscriptions', { events: bodies.subscriptions.events }),
      this.putSeries(),
      this.route('POST', `/v1/portfolios/${ids.portfolios}/import`, ['aws'], 200, { headers: csv, text: transactions }),
      post(`/v1/subscriptions/${nothing}/test`, 404, 'aws'),
      post(`/v1/subscriptions/${nothing}/deliveries/${nothing}/retry`, 404, 'aws'),
      ...[...names, 'analyses', 'documents', 'auth/sessions'].map((name) => remove(`/v1/${name}`, 'aws')),
      this.route('DELETE', '/v1/price-series/NOTHING', ['aws'], 404),
      ...['conversations', 'chat/stream'].map((name) => remove(`/v1/${name}`, 'chat', 'aws')),
      // Without the password a key does not end its account.
      this.route('DELETE', '/v1/users/me', ['aws'], 403, { apiKey: accountKey }),
    ];
  }

  private route(
    method: string,
    path: string,
    needs: readonly Need[],
    usually: number,
    options: CallOptions = {},
  ): Probe {
    const { baseUrl, apiKey } = this.target;
    const ask = () => api<never>(method, `${baseUrl}${path}`, { apiKey, ...options });
    return { route: `${method} ${path}`, needs, usually, ask };
  }

  /** One that does not end by itself: asked for its first event. */
  private stream(path: string): Probe {
    const { baseUrl, apiKey } = this.target;
    return { ...this.route('GET', path, ['(aws)'], 200), ask: () => firstEvent(`${baseUrl}${path}`, apiKey) };
  }

  private make(name: keyof typeof bodies): Probe {
    const body = name === 'subscriptions' ? { ...bodies[name], target: this.target.hookUrl } : bodies[name];
    return this.route('POST', `/v1/${name}`, ['aws'], 201, { body, headers: { 'idempotency-key': `probed-${name}` } });
  }

  /** It is there from the beginning, and so replaced. */
  private putSeries(): Probe {
    return this.route('PUT', '/v1/price-series/PROBED', ['aws'], 200, { headers: csv, text: series });
  }

  private async document(): Promise<string> {
    const body = { name: 'notes.md', contentType: 'text/markdown', size: notes.length };
    const { baseUrl, apiKey } = this.target;
    const asked = await api('POST', `${baseUrl}/v1/documents`, { apiKey, body });
    const { url, method, headers } = asked.body.upload as {
      url: string;
      method: string;
      headers: Record<string, string>;
    };
    await api(method, url, { headers, text: notes });
    const id = asked.body.id as string;
    const ready = async () => (await api('GET', `${baseUrl}/v1/documents/${id}`, { apiKey })).body.status === 'ready';
    await eventually('the document was read', ready);
    return id;
  }

  private noting(answer: Answer<{ id?: string }>): Answer {
    if (answer.status === 202 && answer.body.id !== undefined) this.accepted.push(answer.body.id);
    return answer as Answer;
  }
}

async function firstEvent(url: string, apiKey: string): Promise<Answer> {
  const signal = AbortSignal.timeout(30_000);
  const { status, headers, body } = await fetch(url, { headers: { 'x-api-key': apiKey }, signal });
  let text = '';
  for await (const piece of (body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes('\nevent: ')) break; // which closes the connection
  }
  return { status, headers, text, body: {} };
}
