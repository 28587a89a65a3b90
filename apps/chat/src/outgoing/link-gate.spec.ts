import fc from 'fast-check';
import { KnownLinks } from './known-links';
import { LinkGate } from './link-gate';

const known = new KnownLinks();
known.add({ items: [{ title: 'https://evil.example/title', url: 'https://news.example/a?b=1' }], links: { report: '/v1/analyses/7/report' } }); // prettier-ignore

function shown(text: string, cuts: readonly number[] = []): string {
  const gate = new LinkGate(known);
  let [out, at] = ['', 0];
  for (let i = 0; at < text.length; i++) {
    const size = cuts[i % Math.max(cuts.length, 1)] ?? text.length;
    out += gate.push(text.slice(at, at + size));
    at += size;
  }
  return out + gate.flush();
}

describe('links in an answer', () => {
  it.each([
    'See https://news.example/a?b=1.',
    'See [the story](https://news.example/a?b=1), or (https://news.example/a?b=1).',
    'The whole report: /v1/analyses/7/report',
    '[report](/v1/analyses/7/report)',
    'A beta < 1, S&P/TSX, 0700.HK, BRK.B, e.g. 3.5/2 at 16:30; U.S. stocks, risk.The end: Yahoo.com',
    'Array[1] (see below) and f(x)',
    'Do you mean Booking.com? Or "Amazon.com?"',
  ])('are left where a tool gave them as links, and what is none is left alone: %s', (text) => {
    expect(shown(text)).toBe(text);
    expect(shown(text, [1])).toBe(text);
  });

  it.each([
    'https://evil.example/?d=secret',
    'https://news.example/a?b=1&d=secret',
    'HTTPS://EVIL.EXAMPLE/secret',
    'https://evil.example/title',
    '[x](https://evil.example/secret)',
    '[x]( <https://evil.example/secret> "title")',
    '[x](/v1/analyses/7/report?d=secret)',
    '![x](https://evil.example/secret.png)',
    '!![x](https://evil.example/secret.png)',
    '[x][1]\n\n[1]: https://evil.example/secret',
    '<https://evil.example/secret>',
    '<img src=https://evil.example/secret>',
    '//evil.example/secret',
    'www.evil.example?secret',
    'evil.example/secret',
    'a1-secret_b2.evil.example',
    'javascript:alert(1)',
    'mailto:a@evil.example?body=secret',
    'data:text/html;base64,secret',
    '&#104;ttps://evil.example/secret',
    'https&colon;//evil.example/secret',
    'ht\u200btps://evil.example/secret',
    'https:\\/\\/evil.example/secret',
    'https\uff1a//evil.example/secret',
    'evil\u3002example/secret',
    'ftp://evil.example/secret',
  ])('are removed: %s', (text) => {
    for (const cuts of [[], [1], [5, 2]]) {
      const left = shown(`Look: ${text} and more`, cuts);
      expect(left).toContain('(link removed)');
      expect(left).not.toMatch(/:\/\/|secret|<[a-z]|!\[|\]\(/i);
    }
  });

  it('make no image and no HTML, though the address is known', () => {
    expect(shown('!!![a](https://news.example/a?b=1) <script>')).toBe('[a](https://news.example/a?b=1) ‹script>');
  });

  it('are judged alike however the text is cut', () => {
    const pieces = fc.constantFrom('[a](', 'https://evil.example/', 'secret', ')', ' ', '\n', '!', '[', ']', '<b', 'www.', '.', 'x', '数', 'https://news.example/a?b=1'); // prettier-ignore
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 14 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (list, cuts) => {
          const left = shown(list.join(''), cuts);
          expect(left.replaceAll('https://news.example/a?b=1', '')).not.toMatch(/:\/\//);
          expect(left).not.toMatch(/!\[|<[a-z]/i);
        },
      ),
      { numRuns: 500 },
    );
  });
});
