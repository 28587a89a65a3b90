import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Problem, systemClock, type ChatEvent, type ChatToolResult } from '@stocktool/contracts';
import type { Part } from '@stocktool/llm';
import { calls, says, ScriptedModel, type ScriptedTurn } from '@stocktool/llm/scripted';
import { ManualMetrics } from '@stocktool/testing';
import { Tool, type ToolContext } from '../tools/tool';
import { Toolbox } from '../tools/toolbox';
import { emptyDraft, ReplyLoop } from './reply-loop';
import { ToolRunner } from './run-tool';

Logger.overrideLogger(false);
type Quote = ChatToolResult<'get_stock_quote'>;

/** Prices that do not move; SLOW never answers, FAIL fails, BUG throws what it should not. */
class FixedQuotes extends Tool<'get_stock_quote'> {
  readonly name = 'get_stock_quote';
  readonly contexts: ToolContext[] = [];
  running = 0;
  mostAtOnce = 0;

  async run({ symbol }: { symbol: string }, context: ToolContext): Promise<Quote> {
    this.contexts.push(context);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.running);
    try {
      if (symbol === 'SLOW') await delay(60_000, undefined, { ref: false });
      if (symbol === 'FAIL') throw new Problem('symbol-not-found', 'There is no symbol FAIL.');
      if (symbol === 'BUG') throw new TypeError('internal detail');
      await delay(5);
      const price = symbol === 'AAPL' ? 129.934 : 50;
      return {
        symbol,
        price,
        currency: 'USD',
        change: null,
        changePercent: null,
        previousClose: null,
        asOf: '2022-12-28T21:00:00.000Z',
        source: 'test',
        stale: false,
        units: '',
      };
    } finally {
      this.running -= 1;
    }
  }

  summary = ({ symbol }: Quote) => symbol;
}

async function reply(turns: ScriptedTurn[], { toolMs = 600, stop = new AbortController() } = {}) {
  const tool = new FixedQuotes();
  const toolbox = new Toolbox([tool]);
  const metrics = new ManualMetrics();
  const runner = new ToolRunner(toolbox, metrics, systemClock, toolMs);
  const loop = new ReplyLoop(toolbox, runner, metrics, systemClock);
  const model = new ScriptedModel(turns);
  const events: ChatEvent[] = [];
  const draft = emptyDraft();
  const request = {
    userId: 'user',
    messageId: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
    message: 'How is AAPL?',
    history: [],
    model,
    today: '2022-12-28',
    asOf: '2022-12-28',
  };
  const error: unknown = await loop
    .run(request, draft, (event) => events.push(event), stop.signal)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  const results = () =>
    (model.prompts.at(-1)?.messages ?? []).flatMap((one) => (one.role === 'tool' ? [JSON.parse(one.resultJson)] : []));
  return { tool, metrics, model, events, draft, error, results };
}
const quote = (symbol: string): [string, object] => ['get_stock_quote', { symbol }];

describe('the reply loop', () => {
  it('runs the tools of one turn side by side and answers from their results', async () => {
    const { tool, model, events, draft, metrics } = await reply([
      calls(quote('AAPL'), quote('KO')),
      says('AAPL is at ', '$129', '.93.'),
    ]);
    expect(tool.mostAtOnce).toBe(2);
    expect(model.prompts[1]!.messages.slice(-3).map(({ role }) => role)).toEqual(['assistant', 'tool', 'tool']);
    expect(draft).toMatchObject({
      content: 'AAPL is at $129.93.',
      finishReason: 'stop',
      tokens: { prompt: 20, completion: 10 },
    });
    const [first] = draft.toolCalls;
    expect(draft.grounding).toEqual([{ start: 11, end: 18, text: '$129.93', ok: true, toolCallId: first!.id }]);
    expect(events.map(({ event }) => event)).toEqual([
      'tool_call',
      'tool_call',
      'tool_result',
      'tool_result',
      'delta',
      'delta',
      'grounding',
    ]);
    expect(metrics.samples.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['ToolExecutionTime', 'ModelTokens', 'ModelLatency']),
    );
  });

  it('passes text that arrived together on as one piece, and what comes later by itself, without an end to waiting', async () => {
    const text = (...texts: string[]) => texts.map((each): Part => ({ type: 'text-delta', text: each }));
    const inTwoTurns = async function* (): AsyncGenerator<Part> {
      yield* text('one ', 'two ', 'three ');
      await delay(5);
      yield* text('four ', `${'so on '.repeat(700)}`, 'five ');
      yield* says('six.');
    };
    const { events, draft } = await reply([inTwoTurns]);
    const deltas = events.flatMap((one) => (one.event === 'delta' ? [one.data.text] : []));
    expect(deltas.map((each) => each.slice(0, 14))).toEqual(['one two three ', 'four so on so ', 'five ', 'six.']);
    expect(deltas.join('')).toBe(draft.content);
    expect(draft.content).toBe(`one two three four ${'so on '.repeat(700)}five six.`);
  });

  it('gives the tools the date beyond which nothing may be known', async () => {
    const { tool } = await reply([calls(quote('AAPL')), says('ok')]);
    expect(tool.contexts[0]).toMatchObject({ userId: 'user', asOf: '2022-12-28' });
  });

  it('marks a number that no tool gave', async () => {
    const { draft } = await reply([calls(quote('AAPL')), says('AAPL is at $129.39.')]);
    expect(draft.grounding).toEqual([{ start: 11, end: 18, text: '$129.39', ok: false }]);
  });

  it.each<[string, [string, unknown], string]>([
    ['malformed JSON', ['get_stock_quote', '{"symbol":'], 'malformed-json'],
    ['wrong arguments', ['get_stock_quote', { symbol: 'not a symbol' }], 'validation-failed'],
    ['an unknown tool', ['delete_everything', {}], 'validation-failed'],
    ['a known failure', quote('FAIL'), 'symbol-not-found'],
    ['a bug', quote('BUG'), 'internal-error'],
    ['a tool that hangs', quote('SLOW'), 'dependency-unavailable'],
  ])('tells the model about %s, and the reply goes on', async (_, call, code) => {
    const { results, draft, error, metrics } = await reply([calls(call, quote('AAPL')), says('done')]);
    expect(error).toBeUndefined();
    expect(results()[0].error.code).toBe(code);
    expect(JSON.stringify(results()[0])).not.toContain('internal detail');
    expect(results()[1].price).toBe(129.934);
    expect(draft.toolCalls.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(metrics.total('ToolErrors')).toBe(1);
  });

  it('offers no tools in the sixth round, and ends there', async () => {
    const again = calls(quote('AAPL'));
    const { model, draft } = await reply([again, again, again, again, again, again]);
    expect(model.prompts.map(({ tools }) => tools.length)).toEqual([1, 1, 1, 1, 1, 0]);
    expect(draft.finishReason).toBe('length');
    expect(draft.toolCalls).toHaveLength(5);
  });

  it('keeps what was said before the model failed', async () => {
    async function* fails(): AsyncGenerator<Part> {
      yield* says('The price').slice(0, 1);
      await Promise.resolve();
      throw new Problem('dependency-unavailable', 'The provider is down.');
    }
    const { error, draft } = await reply([fails]);
    expect(error).toMatchObject({ code: 'dependency-unavailable' });
    expect(draft).toMatchObject({ content: 'The price', finishReason: undefined });
  });

  it('does not take a stream without an end for an answer', async () => {
    const { error } = await reply([says('cut').slice(0, 1)]);
    expect(error).toMatchObject({ code: 'dependency-unavailable' });
  });

  it('does not wait for a model that ignores that the reply is stopped', async () => {
    const stop = new AbortController();
    async function* silent(): AsyncGenerator<Part> {
      await delay(60_000, undefined, { ref: false });
      yield* says('late');
    }
    const running = reply([silent], { stop });
    setTimeout(() => stop.abort(new Error('stopped')), 20);
    expect((await running).error).toMatchObject({ message: 'stopped' });
  });

  it('remembers who answered, and that the offline model stood in', async () => {
    const chosen = (model: string, degraded: boolean): Part => ({ type: 'model-chosen', model, degraded });
    const { draft, metrics } = await reply([
      [chosen('second', false), ...calls(quote('AAPL'))],
      [chosen('offline', true), ...says('ok')],
    ]);
    expect(draft).toMatchObject({ answeredBy: 'offline', degraded: true });
    const models = metrics.samples.filter(({ name }) => name === 'ModelLatency').map(({ dimensions }) => dimensions);
    expect(models).toEqual([{ Model: 'second' }, { Model: 'offline' }]);
  });

  it('stops at once when the reply is stopped, also inside a tool', async () => {
    const stop = new AbortController();
    const running = reply([calls(quote('SLOW'))], { stop, toolMs: 5000 });
    setTimeout(() => stop.abort(new Error('stopped')), 20);
    const { error, events } = await running;
    expect(error).toMatchObject({ message: 'stopped' });
    expect(events.map(({ event }) => event)).toEqual(['tool_call']);
  });

  it('passes a refusal by a content filter on', async () => {
    const refused: Part[] = [
      { type: 'finish', reason: 'content-filter', usage: { promptTokens: 1, completionTokens: 0 } },
    ];
    expect((await reply([refused])).draft.finishReason).toBe('content-filter');
  });
});
