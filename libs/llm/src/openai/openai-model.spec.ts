import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@stocktool/contracts';
import { z } from 'zod';
import type { ModelFailure } from '../chain/model-failure';
import type { Part, Prompt } from '../language-model';
import { OpenAiModel, type Access } from './openai-model';
import { chunk, done, fails, ProviderServer, sends, sendsEvents, type Answer } from './provider-server.fixture';

const server = await ProviderServer.start(fails(500));
afterAll(() => server.stop());
const published = (name: string) => readFileSync(path.join(import.meta.dirname, 'published', `${name}.sse`), 'utf8');
const prompt: Prompt = {
  system: 'rules',
  messages: [
    { role: 'user', content: 'How is AAPL?' },
    { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'get_stock_quote', argumentsJson: '{"symbol":' }] },
    { role: 'tool', toolCallId: 'c1', name: 'get_stock_quote', ok: false, resultJson: '{"error":{}}' },
  ],
  tools: [
    {
      name: 'get_stock_quote',
      description: 'The last price.',
      parameters: z.strictObject({ symbol: z.string(), days: z.number().default(20) }),
    },
  ],
  today: '2022-12-28',
};
const patience = { firstTokenMs: 2000, idleMs: 2000, wholeMs: 10_000 };

function modelAt(access: Partial<Access> = {}, times = {}): OpenAiModel {
  const at = { provider: 'openai', baseUrl: `${server.url}/v1`, apiKey: 'sk-secret', ...access } as Access;
  const request = { model: 'gpt-4.1-mini', mostOutputTokens: 500, limitName: 'max_completion_tokens' } as const;
  return new OpenAiModel({ name: 'small', access: at, request, patience: { ...patience, ...times } }, systemClock);
}

async function ask(answer: Answer, { access = {}, times = {}, signal = new AbortController().signal } = {}) {
  server.answer = answer;
  const parts: Part[] = [];
  const failure = await (async () => {
    for await (const part of modelAt(access, times).stream(prompt, signal)) parts.push(part);
  })().then(
    () => undefined,
    (error: unknown) => error as ModelFailure,
  );
  const text = parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
  return { parts, text, failure, finish: parts.find(({ type }) => type === 'finish'), call: server.calls.at(-1)! };
}

const twoCalls = [
  { type: 'tool-call', id: 'call_A1', name: 'get_stock_quote', argumentsJson: '{"symbol":"AAPL"}' },
  {
    type: 'tool-call',
    id: 'call_B2',
    name: 'get_risk_assessment',
    argumentsJson: '{"symbol":"MSFT","from":"2015-01-01"}',
  },
];

describe('a model of OpenAI', () => {
  it.each([1, 7, 100_000])('gives text as it comes, whatever pieces of %d bytes the network makes', async (length) => {
    const { text, finish } = await ask(sends(published('text'), length));
    expect(text).toBe('AAPL was at $129.93 — 5 €.');
    expect(finish).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: { promptTokens: 182, completionTokens: 14 },
    });
  });

  it.each(['parallel-tools', 'interleaved-tools'])('puts tool calls together from their pieces: %s', async (name) => {
    const { parts } = await ask(sends(published(name), 40));
    expect(parts).toEqual([
      ...twoCalls,
      { type: 'finish', reason: 'tool-calls', usage: { promptTokens: 402, completionTokens: 41 } },
    ]);
  });

  it('understands a server that sends calls whole, ends them with stop and tells no usage', async () => {
    const { parts } = await ask(sends(published('whole-call-stop')));
    expect(parts[0]).toEqual({ type: 'tool-call', id: 'call_q1', name: 'get_stock_quote', argumentsJson: '{"symbol":"AAPL"}' }); // prettier-ignore
    expect(parts[1]).toMatchObject({ reason: 'tool-calls', usage: { completionTokens: expect.any(Number) } });
    expect((parts[1] as { usage: { promptTokens: number } }).usage.promptTokens).toBeGreaterThan(20);
  });

  it.each<[string, string, string]>([
    ['refusal', 'content-filter', 'I’m sorry, I cannot help with that.'],
    ['content-filter', 'content-filter', 'The '],
    ['length', 'length', ''],
  ])('ends %s as %s, without tool calls', async (name, reason, words) => {
    const { parts, text, finish } = await ask(sends(published(name)));
    expect(text).toBe(words);
    expect(finish).toMatchObject({ reason });
    expect(parts.some(({ type }) => type === 'tool-call')).toBe(false);
  });

  it('passes malformed arguments on as they are: whoever runs tools answers them', async () => {
    const { parts } = await ask(sends(published('malformed-arguments')));
    expect(parts[0]).toMatchObject({ type: 'tool-call', argumentsJson: '{"symbol": AAPL' });
  });

  it('takes a prompt that the filter refuses for an answer, not for a failure', async () => {
    const { parts, failure } = await ask(fails(400, {}, 'content_filter'));
    expect(failure).toBeUndefined();
    expect(parts).toMatchObject([{ type: 'finish', reason: 'content-filter' }]);
  });

  it('asks with the tools as JSON Schema, a limit, and arguments that every server can read', async () => {
    const { call } = await ask(sends(published('text')));
    expect(call.url.pathname).toBe('/v1/chat/completions');
    expect(call.headers.authorization).toBe('Bearer sk-secret');
    expect(call.body).toMatchObject({
      model: 'gpt-4.1-mini',
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 500,
    });
    expect(call.body.messages).toMatchObject([
      { role: 'system', content: 'rules' },
      { role: 'user' },
      { role: 'assistant', tool_calls: [{ id: 'c1', function: { arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c1' },
    ]);
    const [tool] = call.body.tools!;
    expect(tool).toMatchObject({ type: 'function', function: { parameters: { required: ['symbol'] } } });
  });

  it('asks a deployment at Azure by its name, with the key where Azure takes it', async () => {
    const access = { provider: 'azure', endpoint: server.url, apiVersion: '2024-10-21' } as const;
    const { call, text } = await ask(sends(published('text')), { access });
    expect(text).toContain('$129.93');
    expect(call.url.pathname).toBe('/openai/deployments/gpt-4.1-mini/chat/completions');
    expect(call.url.searchParams.get('api-version')).toBe('2024-10-21');
    expect(call.headers['api-key']).toBe('sk-secret');
  });
});

describe('a failure of a provider', () => {
  const cut: Answer = (_, response) =>
    sendsEvents(response).write(chunk({ content: 'AAPL' }), () => response.destroy());
  const hang: Answer = () => undefined;
  const stall: Answer = (_, response) => void sendsEvents(response).write(chunk({ content: 'AAPL' }));
  const drip: Answer = (_, response) => {
    sendsEvents(response);
    const timer = setInterval(() => response.write(chunk({ content: '' })), 10);
    response.on('close', () => clearInterval(timer));
  };

  it.each<[string, Answer, object]>([
    ['a 500', fails(500), { kind: 'unreachable' }],
    ['a 401', fails(401), { kind: 'refused' }],
    ['a 429 in seconds', fails(429, { 'retry-after': '7' }), { kind: 'rate-limited', retryAfterMs: 7000 }],
    ['a 429 without a time', fails(429), { kind: 'rate-limited', retryAfterMs: undefined }],
    ['a connection cut', cut, { kind: 'cut' }],
    ['an end without a reason', sends(chunk({ content: 'AAPL' }) + done), { kind: 'cut' }],
    ['an error in the stream', sends(published('mid-stream-error')), { kind: 'cut' }],
    ['no chunk', sends(`data: {"choices":[{"delta":{"content":5}}]}\n\n`), { kind: 'garbage' }],
    ['no answer', hang, { kind: 'silent' }],
    ['nothing said, though the connection is kept open', drip, { kind: 'silent' }],
    ['a stall', stall, { kind: 'silent' }],
  ])('is told apart: %s', async (_, answer, expected) => {
    const { failure, finish } = await ask(answer, { times: { firstTokenMs: 150, idleMs: 150 } });
    expect(failure).toMatchObject({ name: 'ModelFailure', ...expected });
    expect(finish).toBeUndefined();
    expect(`${failure!.message} ${String(failure!.stack)} ${String(failure!.cause)}`).not.toMatch(/sk-secret|private/);
  });

  it('counts the time of a whole answer too', async () => {
    const slow: Answer = (_, response) => {
      sendsEvents(response);
      const timer = setInterval(() => response.write(chunk({ content: 'a' })), 20);
      response.on('close', () => clearInterval(timer));
    };
    const { failure, text } = await ask(slow, { times: { wholeMs: 300 } });
    expect(failure).toMatchObject({ kind: 'silent' });
    expect(text.length).toBeGreaterThan(2);
  });

  it('reads a date in Retry-After', async () => {
    const at = new Date(Date.now() + 60_000).toUTCString();
    const { failure } = await ask(fails(429, { 'retry-after': at }));
    expect(failure!.retryAfterMs).toBeGreaterThan(30_000);
  });

  it('is nothing when the reader stops: the request ends, and the reason is the reader’s', async () => {
    let closed = false;
    const stopped = new AbortController();
    const answer: Answer = (_, response) => {
      stall(undefined as never, response);
      response.on('close', () => (closed = true));
      setTimeout(() => stopped.abort(new Error('the reader left')), 30);
    };
    const { failure, text } = await ask(answer, { signal: stopped.signal });
    expect(failure).toMatchObject({ message: 'the reader left' });
    expect(text).toBe('AAPL');
    for (let i = 0; i < 50 && !closed; i++) await delay(10);
    expect(closed).toBe(true);
  });
});
