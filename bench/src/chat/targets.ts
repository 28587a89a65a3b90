import { randomUUID } from 'node:crypto';
import { topology } from '@stocktool/topology';
import { type Target, TargetProcesses } from '../system/target-processes';
import { deltaText, openAiText, type TokenSource } from './read-stream';

/** As `tokens-<how many>-pace-<ms>`: see upstream.side.ts. */
const models = ['tokens-200-pace-0', 'tokens-2000-pace-0', 'tokens-200-pace-60', 'tokens-200-pace-150'] as const;
const users = 10;

export interface ChatTargets {
  readonly direct: TokenSource;
  readonly relay: TokenSource;
  readonly ours: TokenSource;
  readonly relayProcess: number;
  readonly ourProcesses: readonly [gateway: number, chat: number];
  readonly inspectorPorts: readonly [gateway: number, chat: number];
  readonly users: number;
  readonly arrivals: () => Promise<[question: string, atMs: number][]>;
  readonly storeCalls: () => Promise<{ what: string; from: number; to: number }[]>;
  readonly stop: () => void;
}

interface Surroundings {
  readonly awsEndpoint: string;
  readonly stateDirectory: string;
  readonly firstPort: number;
}

/** A gateway and a chat service of the bundles, on stores that are watched and a provider on this machine, and what they are compared with. */
export async function startTargets({ awsEndpoint, stateDirectory, firstPort }: Surroundings): Promise<ChatTargets> {
  const processes = new TargetProcesses(`${stateDirectory}/targets`, firstPort);
  try {
    const upstream = await processes.start('upstream', 'bench/src/chat/upstream.side.ts', { readyPath: '/' });
    const relay = await processes.start('relay', 'bench/src/chat/bare-relay.side.ts', {
      environment: { UPSTREAM_URL: upstream.url },
      readyPath: '/',
    });
    const store = await processes.start('store', 'bench/src/chat/store-proxy.side.ts', {
      environment: { STORE_URL: awsEndpoint },
      readyPath: '/_localstack/health',
    });
    const inspectorPorts = [firstPort + 50, firstPort + 51] as const;
    const environment = {
      AWS_ENDPOINT_URL: store.url,
      AWS_REGION: topology.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      DATA_DIR: 'data',
    };
    const grpc = `127.0.0.1:${firstPort + 52}`;
    const chat = await processes.start('chat', 'apps/chat/dist/main.js', {
      environment: {
        ...environment,
        GRPC_URL: grpc,
        MODELS: models.map((model) => `compatible/${model}`).join(','),
        COMPATIBLE_BASE_URL: `${upstream.url}/v1`,
        MODEL_TOKENS_PER_USER_DAY: '10000000000',
        MODEL_USD_PER_USER_DAY: '100000',
        MAX_REPLIES: '1000',
        MAX_REPLIES_PER_USER: '200',
      },
      flags: [`--inspect=127.0.0.1:${inspectorPorts[1]}`],
    });
    const gateway = await processes.start('gateway', 'apps/api-gateway/dist/main.js', {
      environment: { ...environment, CHAT_GRPC_URL: grpc, AUTH_RATE_LIMIT_PER_MINUTE: '100000' },
      flags: [`--inspect=127.0.0.1:${inspectorPorts[0]}`],
      readyPath: '/health/ready',
    });
    const keys: string[] = [];
    for (let user = 0; user < users; user++) keys.push(await newUser(gateway));
    const drained = async <T>(target: Target, path: string) => (await (await fetch(target.url + path)).json()) as T;
    const openAiBody = (question: string, model: string) => ({
      model,
      stream: true,
      messages: [{ role: 'user', content: question }],
    });
    return {
      direct: {
        name: 'direct',
        url: `${upstream.url}/v1/chat/completions`,
        headers: () => ({}),
        body: openAiBody,
        textOf: openAiText,
      },
      relay: { name: 'bare relay', url: relay.url, headers: () => ({}), body: openAiBody, textOf: deltaText },
      ours: {
        name: 'ours',
        url: `${gateway.url}/v1/chat/stream`,
        headers: (user) => ({ 'x-api-key': keys[user % keys.length]! }),
        body: (message, model) => ({ message, model }),
        textOf: deltaText,
      },
      relayProcess: relay.processId,
      ourProcesses: [gateway.processId, chat.processId],
      inspectorPorts,
      users,
      arrivals: () => drained(upstream, '/arrivals'),
      storeCalls: () => drained(store, '/calls'),
      stop: () => processes.stop(),
    };
  } catch (error) {
    processes.stop();
    throw error;
  }
}

/** An account of its own, by the calls that anybody makes. */
async function newUser({ url }: Target): Promise<string> {
  const post = async (path: string, body: object, headers = {}) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  const account = { email: `${randomUUID()}@example.com`, password: randomUUID(), name: 'Bench' };
  const { accessToken } = await post('/v1/auth/register', account);
  const { key } = await post(
    '/v1/api-keys',
    { name: 'bench', scopes: ['read', 'write'] },
    { authorization: `Bearer ${accessToken}` },
  );
  return key!;
}
