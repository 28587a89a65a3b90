import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the suite with npm run e2e`);
  return value;
};

export const baseUrl = required('BASE_URL');
const inboxUrl = required('INBOX_URL');
export const awsUrl = required('AWS_URL');
export const stateDirectory = required('STATE_DIR');

export interface Answer<Body = Record<string, never>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export interface CallOptions {
  readonly token?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
}

/** One call of the public API; nothing is followed, nothing is thrown for a status. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a black box: each test says what it expects of the body
export async function api<Body = any>(method: string, path: string, options: CallOptions = {}): Promise<Answer<Body>> {
  const body = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const response = await fetch(path.startsWith('http') ? path : `${baseUrl}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      ...(options.apiKey !== undefined && { 'x-api-key': options.apiKey }),
      ...options.headers,
    },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) as Body };
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export interface User {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

/** A new account, signed in. */
export async function newUser(): Promise<User> {
  const email = `${randomUUID()}@stocktool.example`;
  const password = `pass-${randomUUID()}`;
  const { status, body, text } = await api<{ user: { id: string }; accessToken: string }>('POST', '/v1/auth/register', {
    body: { email, password },
  });
  if (status !== 201) throw new Error(`registering answered ${status}: ${text}`);
  return { id: body.user.id, email, password, token: body.accessToken };
}

/** Polls until `look` gives something; fails with `what` at the deadline. */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | undefined | false>,
  timeoutMs = 20_000,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(40);
  }
}

export const portfolio = {
  holdings: [
    { symbol: 'AAPL', weight: 0.6 },
    { symbol: 'MSFT', weight: 0.4 },
  ],
  benchmark: '^GSPC',
  from: '2014-01-02',
  to: '2017-12-29',
  riskFreeRate: 0.02,
};

/** Starts an analysis and waits for its end. */
export async function finishedAnalysis(user: User, request: object = portfolio, timeoutMs = 20_000) {
  const posted = await api('POST', '/v1/analyses', { token: user.token, body: request });
  if (posted.status !== 202) throw new Error(`the analysis was refused with ${posted.status}: ${posted.text}`);
  return finished(user, posted.body.id as string, timeoutMs);
}

export const finished = (user: User, id: string, timeoutMs = 20_000) =>
  eventually(
    `analysis ${id} finished`,
    async () => {
      const { body } = await api('GET', `/v1/analyses/${id}`, { token: user.token });
      return ['succeeded', 'failed', 'cancelled'].includes(body.status as string) && body;
    },
    timeoutMs,
  );

export interface Letter {
  to: string[];
  subject: string;
  text: string;
  html: string;
  messageId: string;
}

export async function lettersTo(address: string): Promise<Letter[]> {
  const { body } = await api<{ items: Letter[] }>('GET', `${inboxUrl}/messages.json`);
  return body.items.filter(({ to }) => to.includes(address));
}
