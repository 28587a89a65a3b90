import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { MessageRow } from './conversation-rows';
import { rememberedMessages } from './memory';
import { titleOf } from './title';

const row = (role: 'user' | 'assistant', content: string, resultLength?: number): MessageRow => ({
  timestamp: '',
  messageId: randomUUID(),
  role,
  content,
  createdAt: '2026-03-02T15:00:00.000Z',
  ...(resultLength !== undefined && {
    toolRecords: [
      { id: 'call', name: 'get_stock_quote', argumentsJson: '{}', ok: true, resultJson: 'x'.repeat(resultLength) },
    ],
  }),
});

describe('rememberedMessages', () => {
  it('gives tool calls with their results before the answer that used them', () => {
    const roles = rememberedMessages([row('user', 'a'), row('assistant', 'b', 10)]).map(({ role }) => role);
    expect(roles).toEqual(['user', 'assistant', 'tool', 'assistant']);
  });

  it('leaves results out where they do not fit, never a call without its result', () => {
    const roles = rememberedMessages([row('user', 'a'), row('assistant', 'b', 5000)], 500).map(({ role }) => role);
    expect(roles).toEqual(['user', 'assistant']);
  });

  it('keeps the newest within the budget, in order', () => {
    const rows = fc.array(
      fc.record({
        user: fc.boolean(),
        length: fc.integer({ min: 1, max: 300 }),
        result: fc.option(fc.integer({ min: 0, max: 300 })),
      }),
    );
    fc.assert(
      fc.property(rows, (list) => {
        const all = list.map(({ user, length, result }, i) =>
          row(user ? 'user' : 'assistant', `${i}:${'x'.repeat(length)}`, user ? undefined : (result ?? undefined)),
        );
        const kept = rememberedMessages(all, 2000);
        expect(JSON.stringify(kept).length).toBeLessThanOrEqual(2000 + 2 * all.length);
        const texts = kept.flatMap((one) => ('content' in one && one.content !== '' ? [one.content] : []));
        expect(texts).toEqual(texts.length === 0 ? [] : all.map(({ content }) => content).slice(-texts.length));
        const asked = kept.flatMap((one) => (one.role === 'assistant' ? one.toolCalls : []));
        expect(kept.filter(({ role }) => role === 'tool')).toHaveLength(asked.length);
      }),
    );
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
