import { Problem } from '@stocktool/contracts';
import { eventually, FixedClock } from '@stocktool/testing';
import { LanguageModel, type Part, type Prompt } from '../language-model';
import { says, ScriptedModel } from '../scripted';
import { ModelChain } from './model-chain';
import { ModelFailure, type ModelFailureKind } from './model-failure';
import { ModelLink } from './model-link';

const prompt: Prompt = { system: '', messages: [{ role: 'user', content: 'hi' }], tools: [], today: '2022-12-28' };
const settings = {
  retries: 1,
  longestWaitMs: 300,
  breakerFailures: 3,
  breakerOpenMs: 60_000,
  price: { prompt: 1, completion: 2 },
  mostOutputTokens: 100,
};
const standIn = new ScriptedModel(
  Array.from({ length: 50 }, () => says('offline words')),
  'offline',
);

/** Fails before or after these parts, each call as the next of the list; then it answers. */
class Failing extends LanguageModel {
  readonly provider = 'test';
  asked = 0;

  constructor(
    readonly name: string,
    private readonly failures: readonly (ModelFailureKind | { after: Part[] } | Error | undefined)[],
    private readonly retryAfterMs?: number,
  ) {
    super();
  }

  override async *stream(): AsyncGenerator<Part> {
    const failure = this.failures[this.asked++];
    await Promise.resolve();
    if (failure instanceof Error) throw failure;
    if (typeof failure === 'string') throw new ModelFailure(failure, 'as the test wants', this.retryAfterMs);
    if (failure) {
      yield* failure.after;
      throw new ModelFailure('cut', 'as the test wants');
    }
    yield* says(`${this.name} `, 'speaks');
  }
}

const clock = new FixedClock('2026-01-05T12:00:00Z');
const reports: string[] = [];
beforeEach(() => void reports.splice(0));
const linkTo = (model: LanguageModel, changed = {}) =>
  new ModelLink(model, { ...settings, ...changed }, clock, (name, kind) => reports.push(`${name} ${kind}`));

async function read(chain: LanguageModel, signal = new AbortController().signal) {
  const parts: Part[] = [];
  const error: unknown = await (async () => {
    for await (const part of chain.stream(prompt, signal)) parts.push(part);
  })().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const text = parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
  return { parts, text, error, chosen: parts.filter(({ type }) => type === 'model-chosen') };
}

describe('a chain of models', () => {
  it.each<ModelFailureKind>(['unreachable', 'cut', 'rate-limited'])('asks again after %s, once', async (kind) => {
    const first = new Failing('first', [kind], 0);
    const { text, chosen } = await read(new ModelChain([linkTo(first)], standIn));
    expect(text).toBe('first speaks');
    expect(chosen).toEqual([{ type: 'model-chosen', model: 'first', degraded: false }]);
    expect(reports).toEqual([`first ${kind}`]);
  });

  it.each<ModelFailureKind>(['silent', 'garbage', 'refused'])('asks the next model after %s', async (kind) => {
    const [first, second] = [new Failing('first', [kind]), new Failing('second', [])];
    const { text, chosen } = await read(new ModelChain([linkTo(first), linkTo(second)], standIn));
    expect(text).toBe('second speaks');
    expect(chosen).toEqual([{ type: 'model-chosen', model: 'second', degraded: false }]);
    expect(first.asked).toBe(1);
  });

  it('lets the offline model stand in, and says so', async () => {
    const first = new Failing('first', ['unreachable', 'unreachable']);
    const { text, chosen } = await read(new ModelChain([linkTo(first)], standIn));
    expect(text).toBe('offline words');
    expect(chosen).toEqual([{ type: 'model-chosen', model: 'offline', degraded: true }]);
    expect(first.asked).toBe(2);
  });

  it('throws away what was never shown: tool calls of an answer that broke', async () => {
    const call: Part = { type: 'tool-call', id: '1', name: 'get_news', argumentsJson: '{}' };
    const { parts } = await read(new ModelChain([linkTo(new Failing('first', [{ after: [call] }]))], standIn));
    expect(parts.map(({ type }) => type)).toEqual(['model-chosen', 'text-delta', 'text-delta', 'finish']);
  });

  it('never begins anew once something was said: the stream ends with a problem', async () => {
    const first = new Failing('first', [{ after: [{ type: 'text-delta', text: 'The price' }] }]);
    const second = new Failing('second', []);
    const { text, error } = await read(new ModelChain([linkTo(first), linkTo(second)], standIn));
    expect(text).toBe('The price');
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code: 'dependency-unavailable' });
    expect([first.asked, second.asked]).toEqual([1, 0]);
  });

  it('leaves a provider alone for as long as it says, and asks it again after that', async () => {
    const [first, second] = [new Failing('first', ['rate-limited'], 20_000), new Failing('second', [])];
    const link = linkTo(first);
    const chain = new ModelChain([link, linkTo(second)], standIn);
    for (let i = 0; i < 3; i++) expect((await read(chain)).text).toBe('second speaks');
    expect(first.asked).toBe(1);
    expect(link.available).toBe(false);
    clock.advance(20_000);
    expect((await read(chain)).text).toBe('first speaks');
  });

  it('opens the breaker after failures in a row, those in the middle of answers too; then one call tries', async () => {
    const said: Part = { type: 'text-delta', text: 'x' };
    const first = new Failing('first', ['silent', { after: [said] }, 'garbage', 'silent', undefined]);
    const link = linkTo(first, { breakerOpenMs: 80 });
    const chain = new ModelChain([link], standIn);
    for (let i = 0; i < 3; i++) await read(chain);
    expect(link.available).toBe(false);
    for (let i = 0; i < 5; i++) expect((await read(chain)).text).toBe('offline words');
    expect(first.asked).toBe(3);
    await eventually(async () => (await read(chain)) && first.asked === 4); // the trial call, which fails
    await eventually(async () => (await read(chain)).text === 'first speaks');
    expect(link.available).toBe(true);
    expect(first.asked).toBe(5);
  });

  it('does not hide a bug, and ends at once when the reply is stopped', async () => {
    const bug = new TypeError('a bug');
    expect((await read(new ModelChain([linkTo(new Failing('first', [bug]))], standIn))).error).toBe(bug);
    const stopped = AbortSignal.abort(new Error('stopped'));
    const first = new Failing('first', ['unreachable']);
    const { error, parts } = await read(new ModelChain([linkTo(first)], standIn), stopped);
    expect(error).toMatchObject({ message: 'stopped' });
    expect(parts).toEqual([]);
    expect(first.asked).toBeLessThan(2);
  });
});
