import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Is this a StockTool that works? `npm run smoke -- https://stocktool.example`: one line for each thing looked at, exit code 1
 * when one of them is not so. Needs nothing but Node 20, so that a pipeline and a person at a bare machine run the same.
 *
 * SMOKE_API_KEY           an API key with the scopes read and write; without one
 * SMOKE_EMAIL, SMOKE_PASSWORD   an account to sign in with; without that, one is registered and deleted at the end.
 * SMOKE_WAIT_SECONDS      how long to wait for the first answer at all (60)
 */
const callTimeoutMs = 15_000;
const jobTimeoutMs = 60_000;
const pollMs = 500;

const environment = process.env;
const [base = ''] = process.argv.slice(2).map((text) => text.replace(/\/+$/, ''));
if (!/^https?:\/\/[^/]+/.test(base)) {
  console.error('Usage: npm run smoke -- <base URL>, as in npm run smoke -- http://localhost:3000');
  process.exit(2);
}

/** What was asked for did not come: the line that is printed. */
class Wrong extends Error {}

async function call(method, path, { headers = {}, body } = {}) {
  const response = await fetch(path.startsWith('http') ? path : `${base}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(callTimeoutMs),
  });
  const text = await response.text();
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, body: json };
}

function expect(answer, status, holds = () => true) {
  if (answer.status === status && holds(answer.body ?? {})) return answer.body;
  throw new Wrong(`answered ${answer.status}: ${answer.text.slice(0, 300)}`);
}

/** Until `look` gives something that is not undefined. */
async function until(look, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Wrong(`not within ${timeoutMs / 1000} s`);
    await delay(pollMs);
  }
}

let failed = 0;
async function step(what, run) {
  const startedAt = performance.now();
  try {
    const note = await run();
    console.log(`ok      ${what} (${Math.round(performance.now() - startedAt)} ms)${note ? `: ${note}` : ''}`);
    return true;
  } catch (error) {
    failed += 1;
    const why = error.cause?.code ?? error.cause?.message ?? '';
    console.log(`WRONG   ${what}: ${error.message}${why && ` (${why})`}`);
    return false;
  }
}

/** Headers that prove who asks, and how to leave nothing behind. */
async function signIn() {
  const { SMOKE_API_KEY: key, SMOKE_EMAIL: email, SMOKE_PASSWORD: password } = environment;
  if (key) return { headers: { 'x-api-key': key }, how: 'an API key', leave: undefined };
  if (email && password) {
    const { accessToken } = expect(await call('POST', '/v1/auth/login', { body: { email, password } }), 200);
    return { headers: { authorization: `Bearer ${accessToken}` }, how: 'signed in', leave: undefined };
  }
  const account = {
    email: `smoke-${randomUUID()}@stocktool.example`,
    password: randomBytes(18).toString('base64url'),
    name: 'Smoke test',
  };
  const { accessToken } = expect(await call('POST', '/v1/auth/register', { body: account }), 201);
  const headers = { authorization: `Bearer ${accessToken}` };
  const leave = async () => {
    const answer = await call('DELETE', '/v1/users/me', { headers, body: { password: account.password } });
    expect(answer, 202);
  };
  return { headers, how: 'an account registered for this run', leave };
}

async function anonymous() {
  const waitMs = 1000 * Number(environment.SMOKE_WAIT_SECONDS ?? 60);
  const alive = async () => {
    const answer = await call('GET', '/health/live').catch(() => undefined);
    return answer?.status === 200 ? answer : undefined;
  };
  if (!(await step('answers and is alive', async () => void (await until(alive, waitMs))))) return false;
  await step('ready, with all it needs', async () => {
    expect(await call('GET', '/health/ready'), 200, ({ status }) => status === 'ok');
  });
  await step('its OpenAPI document', async () => {
    const { paths } = expect(await call('GET', '/openapi.json'), 200, ({ openapi }) => openapi?.startsWith('3.'));
    return `${Object.keys(paths).length} paths`;
  });
  await step('its first page', async () => void expect(await call('GET', '/'), 200));
  await step('a stranger is refused as the contract says', async () => {
    const answer = await call('GET', '/v1/auth/me');
    expect(answer, 401, ({ type, requestId }) => type === '/problems/unauthenticated' && Boolean(requestId));
  });
  return true;
}

async function signedIn(headers) {
  await step('a quote', async () => {
    const quote = expect(await call('GET', '/v1/quotes/AAPL', { headers }), 200, ({ price }) => price > 0);
    return `${quote.symbol} ${quote.price} ${quote.currency}, ${quote.source}`;
  });
  let id;
  await step('an analysis to its end', async () => {
    const body = { holdings: [{ symbol: 'AAPL', weight: 0.6 }, { symbol: 'MSFT', weight: 0.4 }] }; // prettier-ignore
    const idempotent = { ...headers, 'idempotency-key': randomUUID() };
    ({ id } = expect(await call('POST', '/v1/analyses', { headers: idempotent, body }), 202));
    const finished = async () => {
      const analysis = expect(await call('GET', `/v1/analyses/${id}`, { headers }), 200);
      if (['failed', 'cancelled'].includes(analysis.status)) throw new Wrong(`it ${analysis.status}`);
      return analysis.status === 'succeeded' ? analysis : undefined;
    };
    const { result } = await until(finished, jobTimeoutMs);
    return `${result.window.observations} observations`;
  });
  await step('its report, by the link', async () => {
    const link = expect(await call('GET', `/v1/analyses/${id}/report?redirect=false`, { headers }), 200);
    const page = await call('GET', link.url);
    if (page.status !== 200 || !/<html/i.test(page.text)) throw new Wrong(`the link answered ${page.status}`);
    return `${page.text.length} characters`;
  });
  await step('an answer in chat', async () => {
    const asked = { headers, body: { message: 'What is the price of AAPL?' } };
    const reply = expect(await call('POST', '/v1/chat', asked), 200, ({ content }) => content?.length > 0);
    if (!reply.grounding.every(({ ok }) => ok)) throw new Wrong('a number in it comes from no tool');
    return `${reply.usage.model}${reply.degraded ? ', degraded' : ''}`;
  });
}

if (await anonymous()) {
  let session;
  const known = await step('lets its caller in', async () => {
    session = await signIn();
    return session.how;
  });
  if (known) {
    await signedIn(session.headers);
    if (session.leave) await step('forgets the account again', session.leave);
  }
}
console.log(failed === 0 ? 'All well.' : `${failed} wrong.`);
process.exit(failed === 0 ? 0 : 1);
