import type { SourceNews } from '../market-data-source';
import { canonicalUrl, mergeStories } from './merge-stories';
import { plainText } from './plain-text';

const story = (title: string, hour: number, url = `https://news.example/${hour}`): SourceNews => ({
  id: String(hour),
  title,
  url,
  publisher: 'Example News',
  publishedAt: new Date(Date.UTC(2024, 10, 1, hour)).toISOString(),
  summary: null,
  source: 'news.example',
});
const titles = (stories: SourceNews[]) => mergeStories(stories).map(({ title }) => title);

describe('mergeStories', () => {
  it('tells what several outlets have alike once, by the earliest, newest first', () => {
    const stories = [
      story('Apple shares rise after strong quarterly results', 3),
      story('Apple Shares Rise After Strong Quarterly Results - Example News', 5),
      story('Apple to open a shop in Oslo', 9),
    ];
    expect(titles(stories)).toEqual([
      'Apple to open a shop in Oslo',
      'Apple shares rise after strong quarterly results',
    ]);
  });

  it('keeps what differs in a number, or by days', () => {
    expect(
      titles([story('Apple beats estimates in Q2 results', 1), story('Apple beats estimates in Q3 results', 2)]),
    ).toHaveLength(2);
    expect(titles([story('Stocks to watch this week', 1), story('Stocks to watch this week', 24 * 7)])).toHaveLength(2);
  });

  it('takes one address for one story, whatever its title', () => {
    const [one, other] = ['https://www.news.example/a/', 'http://news.example/a'];
    expect(titles([story('Breaking', 1, one), story('Apple buys a company', 2, other)])).toEqual(['Breaking']);
  });
});

describe('canonicalUrl', () => {
  it.each([
    ['https://a.example/x?utm_source=rss&id=7&fbclid=9#top', 'https://a.example/x?id=7'],
    ['HTTPS://A.example/x?.tsrc=rss', 'https://a.example/x'],
    ['https://a.example/x?b=2&a=1', 'https://a.example/x?a=1&b=2'],
    ['javascript:alert(1)', undefined],
    ['https://user:secret@a.example/', undefined],
    ['/relative', undefined],
  ])('%s', (address, canonical) => {
    expect(canonicalUrl(address)).toBe(canonical);
  });
});

describe('plainText', () => {
  it.each([
    ['AT&amp;T &amp;quot;wins&amp;quot;', 'AT&T "wins"'],
    ['<p>One<br/>two</p><script>alert(1)</script>', 'One two'],
    ['&lt;img src=x onerror=alert(1)&gt;Price &lt; 5', 'Price < 5'],
    ['&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;ok', 'ok'],
    ['a\u202Eb\u0000c&#8217;d', 'a b c’d'],
    ['&#0;&#x110000;x', 'x'],
  ])('%s', (markup, text) => {
    expect(plainText(markup, 100)).toBe(text);
  });

  it('has a bound', () => {
    expect(plainText('x'.repeat(500), 100)).toHaveLength(100);
    expect(plainText('<script '.repeat(2500), 1000)).toHaveLength(1000);
  });
});
