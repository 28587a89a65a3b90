import { Problem } from '@stocktool/contracts';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor';

const mine = (key: Record<string, string>) => key.userId === 'me';

describe('cursors', () => {
  it('bring the key back', () => {
    const key = { userId: 'me', itemId: 'state#7' };
    expect(decodeCursor(encodeCursor(key) ?? '', mine)).toEqual(key);
  });

  it('are null when there is no further page', () => expect(encodeCursor(undefined)).toBeNull());

  it("refuse another user's key", () =>
    expect(() => decodeCursor(encodeCursor({ userId: 'other', itemId: 'a' }) ?? '', mine)).toThrow(
      expect.objectContaining({ code: 'bad-cursor' }),
    ));

  it('refuse a key with more, fewer or other attributes than those of the list', () => {
    const refused = expect.objectContaining({ code: 'bad-cursor' });
    for (const key of [{ userId: 'me', itemId: 'a', dueAt: 'b' }, { userId: 'me' }, { userId: 'me', other: 'a' }])
      expect(() => decodeCursor(encodeCursor(key) ?? '', mine)).toThrow(refused);
    const byIndex = { userId: 'me', conversationId: 'c' };
    expect(decodeCursor(encodeCursor(byIndex) ?? '', mine, ['conversationId', 'userId'])).toEqual(byIndex);
  });

  it('refuse any other text with a problem, whatever it is', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(text, mine)).toThrow(Problem);
      }),
    ));
});
