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

  it('refuse any other text with a problem, whatever it is', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(text, mine)).toThrow(Problem);
      }),
    ));
});
