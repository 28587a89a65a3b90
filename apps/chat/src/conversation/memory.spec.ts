import { randomUUID } from 'node:crypto';
import type { PromptMessage } from '@stocktool/llm';
import fc from 'fast-check';
import type { MessageRow } from './conversation-rows';
import { ConversationMemory } from './memory';
import { repairPairs } from './repair-pairs';
import { titleOf } from './title';

const record = (resultJson: string) => ({ id: 'call', name: 'get_stock_quote', argumentsJson: '{}', ok: true, resultJson }); // prettier-ignore

const row = (role: 'user' | 'assistant', content: string, resultLength?: number): MessageRow => ({
  timestamp: '',
  messageId: randomUUID(),
  role,
  content,
  createdAt: '2026-03-02T15:00:00.000Z',
  ...(resultLength !== undefined && {
    toolRecords: [record('x'.repeat(resultLength))],
  }),
});

/** A word is a token. */
const words = { count: (text: string) => text.split(' ').filter(Boolean).length };
const memory = (budget: number) => new ConversationMemory(words, budget);
const text = (length: number, mark = 'w') => Array.from({ length }, (_, i) => `${mark}${i}`).join(' ');

describe('the memory of a conversation', () => {
  it('gives tool calls with their results before the answer that used them', () => {
    const roles = memory(1000).remembered([row('user', 'a'), row('assistant', 'b', 10)]).map(({ role }) => role); // prettier-ignore
    expect(roles).toEqual(['user', 'assistant', 'tool', 'assistant']);
  });

  it('leaves results out where they do not fit, and then tells beginnings only', () => {
    const big = { ...row('assistant', text(30)), toolRecords: [record(text(900))] };
    const roles = (budget: number) =>
      memory(budget)
        .remembered([row('user', 'a'), big])
        .map(({ role }) => role);
    expect(roles(500)).toEqual(['user', 'assistant']);
    const long = [row('user', text(200, 'question')), row('assistant', text(2000, 'answer'))];
    const [question, answer] = memory(200).remembered(long);
    expect(question).toMatchObject({ role: 'user', content: expect.stringMatching(/^question0 .* …$/) });
    expect(answer).toMatchObject({ role: 'assistant', content: expect.stringMatching(/^answer0 .* …$/) });
  });

  it('tells the newest turns whole, older ones without results, the oldest by their beginnings', () => {
    const turn = (i: number) => [row('user', `${i} ${text(100, 'q')}`), { ...row('assistant', text(100, 'a')), toolRecords: [{ ...record(text(100)), id: `call-${i}` }] }]; // prettier-ignore
    const told = memory(1500).remembered([1, 2, 3, 4, 5, 6].flatMap(turn));
    const questions = told.flatMap((one) => (one.role === 'user' ? [one.content] : []));
    expect(questions.map((content) => Number(content.split(' ')[0]))).toEqual([2, 3, 4, 5, 6].slice(-questions.length));
    expect(questions.at(-1)).toMatch(/q99$/);
    expect(told.filter(({ role }) => role === 'tool').map((one) => (one.role === 'tool' ? one.toolCallId : ''))).toEqual(['call-4', 'call-5', 'call-6'].slice(-told.filter(({ role }) => role === 'tool').length)); // prettier-ignore
  });

  it('stays within its tokens, keeps the newest in order, and whole pairs of calls and results', () => {
    const lengths = fc.record({ question: fc.integer({ min: 1, max: 60 }), answer: fc.option(fc.integer({ min: 0, max: 60 })), result: fc.option(fc.integer({ min: 0, max: 60 })) }); // prettier-ignore
    fc.assert(
      fc.property(fc.array(lengths, { maxLength: 12 }), fc.integer({ min: 50, max: 800 }), (list, budget) => {
        const all = list.flatMap(({ question, answer, result }, i) => [
          row('user', `${i} ${text(question)}`),
          ...(answer === null ? [] : [{ ...row('assistant', text(answer)), ...(result !== null && { toolRecords: [{ ...record(text(result)), id: `call-${i}` }] }) }]), // prettier-ignore
        ]);
        const kept = memory(budget).remembered(all);
        expect(words.count(kept.map((one) => ('content' in one ? one.content : one.resultJson)).join(' '))).toBeLessThanOrEqual(budget); // prettier-ignore
        const questions = kept.flatMap((one) => (one.role === 'user' ? [Number(one.content.split(' ')[0])] : []));
        expect(questions).toEqual(list.map((_, i) => i).slice(list.length - questions.length));
        expect(kept[0]?.role ?? 'user').toBe('user');
        const asked = kept.flatMap((one) => (one.role === 'assistant' ? one.toolCalls.map(({ id }) => id) : []));
        expect(kept.flatMap((one) => (one.role === 'tool' ? [one.toolCallId] : []))).toEqual(asked);
      }),
    );
  });
});

describe('repairing pairs', () => {
  const call = (id: string) => ({ id, name: 'get_news', argumentsJson: '{}' });
  const result = (toolCallId: string, resultJson = '{}'): PromptMessage => ({ role: 'tool', toolCallId, name: 'get_news', ok: true, resultJson }); // prettier-ignore
  const asks = (...ids: string[]): PromptMessage => ({ role: 'assistant', content: '', toolCalls: ids.map(call) });
  const user: PromptMessage = { role: 'user', content: 'hi' };

  it('puts results behind their calls, says which are missing, and leaves out what nobody asked for', () => {
    const repaired = repairPairs([
      result('x'),
      user,
      asks('a', 'b'),
      user,
      result('a', '1'),
      result('a', '2'),
      asks('a'),
    ]);
    expect(repaired).toEqual([
      user,
      asks('a', 'b'),
      result('a', '1'),
      expect.objectContaining({ role: 'tool', toolCallId: 'b', ok: false }),
      user,
    ]);
  });

  it('changes nothing that is whole', () => {
    const whole = [user, asks('a', 'b'), result('a'), result('b')];
    expect(repairPairs(whole)).toEqual(whole);
  });
});

describe('titleOf', () => {
  it('is one line, cut at a word', () => {
    expect(titleOf('  How risky\nis   AAPL? ')).toBe('How risky is AAPL?');
    const long = titleOf('word '.repeat(100));
    expect(long.length).toBeLessThanOrEqual(80);
    expect(long.endsWith('word…')).toBe(true);
  });
});
