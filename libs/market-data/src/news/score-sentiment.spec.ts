import { scoreSentiment } from './score-sentiment';

describe('scoreSentiment', () => {
  it.each([
    ['positive', 'Apple shares soar as profit beats expectations'],
    ['positive', 'Record growth: revenue rises and the outlook improves'],
    ['positive', 'Analysts upgraded the stock after strong results'],
    ['negative', 'Shares plunge after fraud investigation'],
    ['negative', 'Chipmaker warns of weaker demand, stock tumbles'],
    ['negative', 'Retailer files for bankruptcy as losses deepen'],
    ['negative', 'Bank slumps on default fears'],
    ['neutral', 'Company to hold its annual meeting on Tuesday'],
    ['neutral', ''],
  ])('%s: %s', (label, text) => {
    expect(scoreSentiment(text)).toMatchObject({ label });
  });

  it.each([
    ['The company is profitable', 'The company is not profitable'],
    ['The merger succeeds', "The merger doesn't succeed"],
    ['Results show growth', 'Results show no growth'],
    ['Evidence of fraud was found', 'No evidence of fraud'],
  ])('a negation turns the tone: %s / %s', (plain, negated) => {
    expect(Math.sign(scoreSentiment(plain).score)).toBe(-Math.sign(scoreSentiment(negated).score));
    expect(scoreSentiment(plain).score).not.toBe(0);
  });

  it('a negation does not reach past its sentence or past three words', () => {
    expect(scoreSentiment('Is it over? No. Profit').score).toBe(scoreSentiment('Profit').score);
    expect(scoreSentiment('not at the end of the day a profit').score).toBeGreaterThan(0);
  });

  it.each([
    ['gain', 'against'],
    ['loss', 'glossary'],
    ['win', 'window'],
    ['up', 'group'],
    ['debt', 'indebtedly'],
    ['fail', 'failsafes'],
  ])('a word is not counted for %s because it contains it: %s', (_, longer) => {
    expect(scoreSentiment(`They stood ${longer} Monday`)).toMatchObject({ score: 0, confidence: 0 });
  });

  it('is surer the more words say the same, and says how', () => {
    const [one, more] = [scoreSentiment('Profit'), scoreSentiment('Profit soars, record growth, strong success')];
    expect(one.confidence).toBe(0.5);
    expect(more.confidence).toBeGreaterThan(0.9);
    expect(scoreSentiment('profit and loss').confidence).toBeLessThan(0.75);
    expect(one.method).toMatch(/Economic Lexicon.*Confidence/);
  });
});
