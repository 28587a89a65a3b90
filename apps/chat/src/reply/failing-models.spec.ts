import { Problem, systemClock, type ChatEvent, type ChatToolResult } from '@stocktool/contracts';
import { modelSettings, openModels, type Payer } from '@stocktool/llm';
import {
  chunk, done, fails, ProviderServer, sends, sendsEvents, usageChunk, type Answer, type ProviderCall,
} from '@stocktool/llm/provider-server'; // prettier-ignore
import { ScriptedModel } from '@stocktool/llm/scripted';
import { ManualMetrics } from '@stocktool/testing';
import { Tool } from '../tools/tool';
import { Toolbox } from '../tools/toolbox';
import { Models } from './models';
import { emptyDraft, ReplyLoop } from './reply-loop';
import { ToolRunner } from './run-tool';

/** Two calls each, and those that are repeated. */
const [questions, atOnce, failing] = [2500, 50, 0.3];
const tokensOfAnswer = 20;
const words = Array.from({ length: tokensOfAnswer }, (_, i) => `w${String.fromCharCode(97 + i)} `);

/** A number in [0, 1) that depends on its inputs alone (the finaliser of MurmurHash3). */
function chance(...inputs: number[]): number {
  let hash = 0x9e3779b9;
  for (const input of inputs) {
    hash = Math.imul(hash ^ input, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash >>> 0) / 2 ** 32;
}

const questionOf = ({ body }: ProviderCall) => Number(/question (\d+)/.exec(JSON.stringify(body.messages))?.[1]);
const isSecondRound = ({ body }: ProviderCall) => body.messages.some(({ role }) => role === 'tool');

/** First a tool, with words before it for every other question; then the answer, one word a chunk. */
function pieces(call: ProviderCall): string[] {
  const question = questionOf(call);
  if (isSecondRound(call))
    return [...words.map((content) => chunk({ content })), chunk({}, 'stop'), usageChunk(50, 20), done];
  const piece = (called: object, id = {}) => chunk({ tool_calls: [{ index: 0, ...id, function: called }] });
  return [
    ...(question % 2 === 0 ? [chunk({ content: 'Let me ' }), chunk({ content: 'look. ' })] : []),
    piece({ name: 'get_stock_quote', arguments: '' }, { id: `call_${question}`, type: 'function' }),
    piece({ arguments: '{"symbol":' }),
    piece({ arguments: `"Q${question}"}` }),
    chunk({}, 'tool_calls'),
    usageChunk(30, 10),
    done,
  ];
}
const answers: Answer = (call, response) => sends(pieces(call).join(''))(call, response);

/** Some of the pieces, then this. */
const after = (share: number, then: (response: Parameters<Answer>[1]) => void): Answer => (call, response) => {
  const whole = pieces(call);
  sendsEvents(response).write(whole.slice(0, Math.floor(share * (whole.length - 3))).join(''), () => then(response));
}; // prettier-ignore

const failures = (share: number): Answer[] => [
  fails(429, { 'retry-after': '0' }),
  fails(429),
  fails(429, { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' }),
  fails(500),
  fails(502),
  fails(500),
  fails(503, { 'retry-after': '1' }),
  () => undefined,
  (_, response) => void response.destroy(),
  (_, response) => void response.destroy(),
  after(share, (response) => void response.destroy()),
  after(share, () => undefined),
  after(share, (response) => void response.end('data: {"error":{"message":"overloaded","type":"server_error"}}\n\n')),
  after(share, (response) => void response.end()),
  after(share, (response) => void response.destroy()),
  after(share, (response) => void response.destroy()),
];

const attempts = new Map<string, number>();
let failed = 0;
const shaky = await ProviderServer.start((call, response) => {
  const [question, round] = [questionOf(call), isSecondRound(call) ? 2 : 1];
  const attempt = (attempts.get(`${question} ${round}`) ?? 0) + 1;
  attempts.set(`${question} ${round}`, attempt);
  const fate = chance(question, round, attempt);
  if (fate >= failing) return answers(call, response);
  failed += 1;
  const ways = failures(chance(question, round, attempt, 1));
  return ways[Math.floor((fate / failing) * ways.length)]!(call, response);
});
const healthy = await ProviderServer.start(answers);
afterAll(() => Promise.all([shaky.stop(), healthy.stop()]));

type Quote = ChatToolResult<'get_stock_quote'>;
class CountedQuotes extends Tool<'get_stock_quote'> {
  readonly name = 'get_stock_quote';
  readonly runs = new Map<string, number>();

  run({ symbol }: { symbol: string }): Promise<Quote> {
    this.runs.set(symbol, (this.runs.get(symbol) ?? 0) + 1);
    const [change, changePercent, previousClose] = [null, null, null];
    const figures = { price: 50, currency: 'USD', change, changePercent, previousClose };
    return Promise.resolve({ symbol, ...figures, asOf: '2022-12-28T21:00:00.000Z', source: 'test', stale: false, units: '' }); // prettier-ignore
  }

  summary = ({ symbol }: Quote) => symbol;
}

describe('replies from a provider that fails in three of ten calls, with a healthy one behind it', () => {
  const tool = new CountedQuotes();
  const toolbox = new Toolbox([tool]);
  const metrics = new ManualMetrics();
  const loop = new ReplyLoop(toolbox, new ToolRunner(toolbox, metrics, systemClock), metrics, systemClock);
  const settings = modelSettings({
    MODELS: 'openai/shaky,compatible/healthy=model-x',
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: shaky.url,
    COMPATIBLE_BASE_URL: healthy.url,
    MODEL_FIRST_TOKEN_SECONDS: '1.5',
    MODEL_IDLE_SECONDS: '1.5',
    MODEL_BREAKER_SECONDS: '0.05',
  });
  const kinds = new Map<string, number>();
  const onFailure = (_: string, kind: string) => void void kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const links = openModels(settings, { clock: systemClock, notice: () => undefined, onFailure });
  const models = new Models(links, new ScriptedModel([], 'offline'));

  const held = { reserved: 0, settled: 0 };
  const payer: Payer = {
    reserve: () => {
      held.reserved += 1;
      return Promise.resolve({ settle: () => void (held.settled += 1) });
    },
  };

  async function reply(question: number) {
    const draft = emptyDraft();
    const events: ChatEvent[] = [];
    const messageId = '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f';
    const request = { userId: 'user', messageId, message: `question ${question}`, history: [], model: models.find(), payer, today: '2022-12-28' }; // prettier-ignore
    const error: unknown = await loop
      .run(request, draft, (event) => events.push(event), new AbortController().signal)
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    return { question, draft, events, error };
  }

  it('shows no error before the first word, doubles no word, runs no tool twice, and ends every time', async () => {
    const replies: Awaited<ReturnType<typeof reply>>[] = [];
    let next = 0;
    const worker = async () => {
      while (next < questions) replies.push(await reply(next++));
    };
    replies.push(await reply(next++)); // loads the provider's package, in no time of the others
    await Promise.all(Array.from({ length: atOnce }, worker));

    const broken = replies.filter(({ error }) => error !== undefined);
    expect(replies).toHaveLength(questions);
    for (const { question, draft, events, error } of replies) {
      const before = question % 2 === 0 ? 'Let me look. ' : '';
      const whole = before + words.join('');
      expect(whole.startsWith(draft.content)).toBe(true);
      expect(events.map(({ event, data }) => (event === 'delta' ? data.text : '')).join('')).toBe(draft.content);
      expect(tool.runs.get(`Q${question}`) ?? 0).toBe(draft.toolCalls.length);
      expect(draft.toolCalls.length).toBeLessThanOrEqual(1);
      if (error === undefined) expect(draft).toMatchObject({ content: whole, finishReason: 'stop', degraded: false });
      else {
        expect(draft.content).not.toBe('');
        expect(error).toBeInstanceOf(Problem);
        expect(error).toMatchObject({ code: 'dependency-unavailable' });
      }
    }
    // each attempt was paid for, those that failed too
    expect(held.settled).toBe(held.reserved);
    expect(held.reserved).toBe(shaky.calls.length + healthy.calls.length);
    // the test itself: failures of all kinds did happen, in the middle of answers too, and the second provider was needed
    expect(shaky.calls.length + healthy.calls.length).toBeGreaterThan(5000);
    expect(failed / shaky.calls.length).toBeGreaterThan(0.25);
    expect(failed).toBeGreaterThan(800); // fewer where a loaded machine keeps the breaker open for longer
    expect([...kinds.keys()]).toEqual(expect.arrayContaining(['rate-limited', 'unreachable', 'silent', 'cut']));
    expect(broken.length).toBeGreaterThan(20);
    expect(healthy.calls.length).toBeGreaterThan(50);
  }, 240_000);
});
