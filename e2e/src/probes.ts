import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, api, portfolio } from './client';

/** What must be there for a route to answer. `aws` in brackets: only until what a gateway remembers of it has grown old. */
type Need = 'chat' | 'aws' | '(aws)';

interface Probe {
  readonly route: string;
  readonly needs: readonly Need[];
  readonly ask: () => Promise<Answer>;
}

export interface Seen {
  readonly route: string;
  readonly needs: readonly Need[];
  readonly answer: Answer;
  readonly milliseconds: number;
}

/** What the probes ask about; made before anything fails. */
export interface Things {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly account: { readonly email: string; readonly password: string };
  readonly analysisId: string;
  readonly subscriptionId: string;
  readonly documentId: string;
  readonly conversationId: string;
  readonly messageId: string;
}

const pauseMs = 150;
const pauseOfWorkMs = 1000;

/** Every family of routes, asked again and again while something is dead. */
export class Probes {
  /** Analyses that were accepted. */
  readonly accepted: string[] = [];
  private readonly all: readonly Probe[];

  constructor(private readonly things: Things) {
    this.all = [...this.reads(), ...this.work()];
  }

  /** One answer of each. */
  once(): Promise<Seen[]> {
    return Promise.all(this.all.map((probe) => this.ask(probe)));
  }

  /** All answers until `until` has come. */
  async during(until: Promise<unknown>): Promise<Seen[]> {
    let over = false;
    const seen: Seen[] = [];
    void until.then(() => (over = true));
    await Promise.all(
      this.all.map(async (probe) => {
        const pause = probe.route.startsWith('GET') ? pauseMs : pauseOfWorkMs;
        do {
          seen.push(await this.ask(probe));
          await delay(pause);
        } while (!over);
      }),
    );
    return seen;
  }

  private async ask({ route, needs, ask }: Probe): Promise<Seen> {
    const startedAt = performance.now();
    const answer = await ask();
    return { route, needs, answer, milliseconds: performance.now() - startedAt };
  }

  private probe(method: string, path: string, needs: readonly Need[], body?: unknown): Probe {
    const { baseUrl, apiKey } = this.things;
    return { route: `${method} ${path}`, needs, ask: () => api(method, `${baseUrl}${path}`, { apiKey, body }) };
  }

  private reads(): Probe[] {
    const { analysisId, subscriptionId, conversationId, messageId, documentId } = this.things;
    const get = (path: string, ...needs: Need[]) => this.probe('GET', path, needs);
    return [
      get('/health/live'),
      get('/'),
      get('/docs'),
      get('/openapi.json'),
      get('/v1/quotes/AAPL', '(aws)'),
      get('/v1/quotes?symbols=AAPL,MSFT', '(aws)'),
      get('/v1/stocks/AAPL/history?from=2015-01-02&to=2015-12-31', '(aws)'),
      get('/v1/stocks/AAPL/risk?from=2015-01-02&to=2017-12-29', '(aws)'),
      get('/v1/market/summary', '(aws)'),
      get('/v1/symbols?q=apple', '(aws)'),
      get('/v1/auth/me', 'aws'),
      get('/v1/api-keys', 'aws'),
      get('/v1/price-series', 'aws'),
      get('/v1/analyses', 'aws'),
      get(`/v1/analyses/${analysisId}`, 'aws'),
      get(`/v1/analyses/${analysisId}/events`, 'aws'),
      get(`/v1/analyses/${analysisId}/report?format=json&redirect=false`, 'aws'),
      get('/v1/subscriptions', 'aws'),
      get(`/v1/subscriptions/${subscriptionId}/deliveries`, 'aws'),
      get('/v1/admin/queues', 'aws'),
      get('/v1/admin/metrics/summary?hours=1', 'aws'),
      get('/v1/models', 'chat', '(aws)'),
      get('/v1/knowledge/search?q=beta', 'chat', 'aws'),
      get('/v1/documents', 'aws'),
      get(`/v1/documents/${documentId}`, 'aws'),
      get('/v1/conversations', 'chat', 'aws'),
      get(`/v1/conversations/${conversationId}`, 'chat', 'aws'),
      get(`/v1/chat/stream/${messageId}`, 'chat', 'aws'),
    ];
  }

  private work(): Probe[] {
    const { baseUrl, account } = this.things;
    const analyse = this.probe('POST', '/v1/analyses', ['aws'], portfolio);
    const document = { name: 'probe.md', contentType: 'text/markdown', size: 5 };
    const question = { message: 'What is the price of AAPL?' };
    return [
      { ...analyse, ask: async () => this.noting(await analyse.ask()) },
      this.probe('POST', '/v1/documents', ['aws'], document),
      this.probe('POST', '/v1/chat', ['chat', 'aws'], question),
      this.probe('POST', '/v1/chat/stream', ['chat', 'aws'], question),
      {
        route: 'POST /v1/auth/login',
        needs: ['aws'],
        ask: () => api('POST', `${baseUrl}/v1/auth/login`, { body: account }),
      },
    ];
  }

  private noting(answer: Answer<{ id?: string }>): Answer {
    if (answer.status === 202 && answer.body.id !== undefined) this.accepted.push(answer.body.id);
    return answer as Answer;
  }
}
