import fc from 'fast-check';
import { Facts } from './facts';
import { NumberGate } from './number-gate';
import { tokensOf } from './number-grammar';

const facts = () => {
  const all = new Facts();
  all.addUserText('I hold 60% AAPL and 250 shares of KO');
  all.addToolResult('call-1', {
    price: 129.934,
    changePercent: -3.0227,
    annualVolatility: 0.29345,
    totalReturn: -0.1234,
    observations: 2012,
    confidence: 0.95,
    maxDrawdown: { value: 0.3812, peak: '2018-10-03' },
    marketValue: 1_234_567_890,
    links: { report: '/v1/analyses/01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f/report' },
    snippet: 'About 1 day in 20 is worse.',
  });
  return all;
};

const groundingOf = (text: string) => {
  const gate = new NumberGate(facts());
  const parts = [gate.push(text), gate.flush()];
  return parts.flatMap(({ grounding }) => grounding).map(({ text: shown, ok }) => [shown, ok]);
};

describe('the number gate', () => {
  it.each<[string, [string, boolean][]]>([
    ['It was $129.93.', [['$129.93', true]]],
    ['It was 130 dollars', [['130', true]]],
    ['It was $129.94.', [['$129.94', false]]],
    ['It was $192.93.', [['$192.93', false]]],
    ['down -3.02% today', [['-3.02%', true]]],
    ['down 3.0 percent', [['3.0 percent', true]]],
    ['volatility of 29.3%', [['29.3%', true]]],
    ['volatility of 29.4%', [['29.4%', false]]],
    ['volatility of 0.293', [['0.293', true]]],
    ['it lost 12.3%', [['12.3%', true]]],
    ['it returned +12.3%', [['+12.3%', true]]],
    ['drawdown of -38.1%', [['-38.1%', true]]],
    ['volatility of -29.3%', [['-29.3%', false]]],
    [
      'Prices:\n- $129.93\n- 2018-10-03: 2,012',
      [
        ['$129.93', true],
        ['2,012', true],
      ],
    ],
    ['a volatility of - 29.3%', [['- 29.3%', false]]],
    ['2,012 daily returns', [['2,012', true]]],
    ['worth $1.23 billion', [['$1.23 billion', true]]],
    ['worth $1.24bn', [['$1.24bn', false]]],
    ['95% confidence', [['95%', true]]],
    [
      'your 60% and 250 shares',
      [
        ['60%', true],
        ['250', true],
      ],
    ],
    [
      '1 day in 20',
      [
        ['1', true],
        ['20', true],
      ],
    ],
    ['from 2018-10-03 to 3 October 2019, in May 2020, since 2015, in the 2010s', []],
    ['the S&P 500 and the Russell 2000 in Q3, form 10-K, 401(k)', []],
    ['1. first\n2. second\n3) third', []],
    ['2015 shares', [['2015', false]]],
    [
      'see /v1/analyses/01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f/report.',
      [['/v1/analyses/01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f/report', true]],
    ],
    ['see https://evil.example/?v=129.93', [['https://evil.example/?v=129.93', false]]],
    ['AAPL2 and V8 engines', []],
    ['no digits at all', []],
  ])('%s', (text, expected) => expect(groundingOf(text)).toEqual(expected));

  describe('knows whose figure it is, and which', () => {
    const names = new Map([['AAPL', 'Apple Inc.'], ['MSFT', 'Microsoft Corporation']]); // prettier-ignore
    const risk = (symbol: string, annualVolatility: number, sharpe: number, beta: number, totalReturn: number) => ({
      symbol,
      benchmark: '^GSPC',
      annualVolatility,
      sharpe,
      beta,
      totalReturn,
      annualReturn: totalReturn / 8,
    });
    const verdicts = (text: string) => {
      const all = new Facts(names);
      all.addToolResult('1', risk('AAPL', 0.2812, 0.91, 1.22, 4.12));
      all.addToolResult('2', risk('MSFT', 0.2544, 1.07, 1.16, 5.2));
      all.addToolResult('3', { pairs: [{ first: 'AAPL', second: 'MSFT', correlation: 0.64 }, { first: 'AAPL', second: 'XOM', correlation: 0.31 }] }); // prettier-ignore
      const gate = new NumberGate(all);
      return [gate.push(text), gate.flush()].flatMap(({ grounding }) => grounding.map(({ ok }) => ok));
    };

    it.each([
      'Apple had an annual volatility of 28.1%, while Microsoft swung less, at 25.4%.',
      'Microsoft’s Sharpe ratio was 1.07 and its beta 1.16. Apple came to 0.91 and 1.22 for the same.',
      '**AAPL**\n- Volatility: 28.1%\n- Sharpe ratio: 0.91\n\n**MSFT**\n- Volatility: 25.4%\n- Sharpe ratio: 1.07',
      'With 28% volatility AAPL was the wilder one; MSFT had 25.44% volatility.',
      '| | AAPL | MSFT |\n| --- | --- | --- |\n| Volatility | 28.1% | 25.4% |\n| Sharpe ratio | 0.91 | 1.07 |',
      '| Symbol | Volatility | Beta |\n|---|---|---|\n| AAPL | 28.1% | 1.22 |\n| MSFT | 25.4% | 1.16 |',
      'AAPL returned 412% in total, or 51.5% a year. Compared with Microsoft, Apple’s beta of 1.22 is higher.',
      'The correlation of Apple and Microsoft is 0.64.',
      'Against the S&P 500, MSFT has a beta of 1.16.',
    ])('and lets pass: %s', (text) => expect(verdicts(text)).not.toContain(false));

    it.each([
      'Apple had an annual volatility of 25.4%, while Microsoft swung less, at 28.1%.',
      'Microsoft’s Sharpe ratio was 1.16 and its beta 1.07.',
      '**AAPL**\n- Volatility: 28.1%\n- Sharpe ratio: 1.22\n- Beta: 0.91',
      'With 28% volatility MSFT was the wilder one.',
      '| | AAPL | MSFT |\n| --- | --- | --- |\n| Volatility | 25.4% | 28.1% |',
      '| Symbol | Volatility | Beta |\n|---|---|---|\n| AAPL | 28.1% | 1.16 |',
      'AAPL returned 51.5% in total, or 412% a year.',
      'The correlation of Apple and Microsoft is 0.31.',
    ])('and marks: %s', (text) => expect(verdicts(text)).toContain(false));
  });

  describe('knows the confidence that a loss is said of', () => {
    const verdicts = (text: string) => {
      const all = new Facts();
      const row = (confidence: number, historical: number, expectedShortfall: number) => ({ confidence, historical, expectedShortfall }); // prettier-ignore
      all.addToolResult('1', { tailRisk: [row(0.95, 0.021, 0.033), row(0.99, 0.041, 0.052)] });
      const gate = new NumberGate(all);
      return [gate.push(text), gate.flush()].flatMap(({ grounding }) => grounding.map(({ ok }) => ok));
    };

    it.each([
      'The value at risk at 95% confidence is 2.1%, the expected shortfall 3.3%.',
      'The 99% VaR is 4.1%.',
      '| | KO |\n|---|---|\n| Value at risk, 95% | 2.1% |\n| Expected shortfall, 99% | 5.2% |',
      'The value at risk is 2.1%.',
    ])('and lets pass: %s', (text) => expect(verdicts(text)).not.toContain(false));

    it.each([
      'The value at risk at 99% confidence is 2.1%.',
      'The 95% VaR is 4.1%.',
      '| | KO |\n|---|---|\n| Value at risk, 99% | 2.1% |',
      '| | KO |\n|---|---|\n| Expected shortfall, 95% | 5.2% |',
    ])('and marks: %s', (text) => expect(verdicts(text)).toContain(false));
  });

  describe('knows what is from what would be', () => {
    const verdicts = (text: string) => {
      const all = new Facts();
      const state = (annualVolatility: number, sharpe: number) => ({
        annualVolatility,
        sharpe,
        value: sharpe * 10_000,
      });
      all.addToolResult('1', {
        before: state(0.281, 0.91),
        after: state(0.254, 0.97),
        difference: state(-0.027, 0.06),
      });
      const gate = new NumberGate(all);
      return [gate.push(text), gate.flush()].flatMap(({ grounding }) => grounding.map(({ ok }) => ok));
    };

    it.each([
      '| | Before | After | Difference |\n|---|---|---|---|\n| Annual volatility | 28.1% | 25.4% | -2.7% |\n| Value | $9,100 | $9,700 | $600 |',
      'Volatility would fall from 28.1% to 25.4%, and the Sharpe ratio rise from 0.91 to 0.97.',
      'The volatility is 28.1% now and 25.4% afterwards, 2.7 percentage points less.',
      'The volatility changes by -2.7 percentage points.',
    ])('and lets pass: %s', (text) => expect(verdicts(text)).not.toContain(false));

    it.each([
      '| | Before | After |\n|---|---|---|\n| Annual volatility | 25.4% | 28.1% |',
      '| | Before | After |\n|---|---|---|\n| Value | $9,700 | $9,100 |',
      'Volatility would fall from 25.4% to 28.1%.',
      'The Sharpe ratio would rise from 0.281 to 0.254.',
      'The volatility is 25.4% now and 28.1% afterwards.',
    ])('and marks: %s', (text) => expect(verdicts(text)).toContain(false));
  });

  it('judges a text alike whatever was judged before it', () => {
    const judge = (text: string) => {
      const all = new Facts();
      all.addToolResult('1', { symbol: 'AAPL', annualVolatility: 0.2812, annualReturn: 0.245, totalReturn: 4.12 });
      const gate = new NumberGate(all);
      return [gate.push(text), gate.flush()].flatMap(({ grounding }) => grounding.map(({ ok }) => ok));
    };
    const answer = '- Annual volatility 28.1%; return +24.5% a year.';
    expect(judge(answer)).toEqual([true, true]);
    judge('It was 28.1% in that long and hard time of return');
    expect(judge(answer)).toEqual([true, true]);
  });

  it('gives the same text and verdicts however the text is cut, and never cuts a number', () => {
    const words = fc.constantFrom(
      '$129.93', '29.3%', '1.23 billion', 'about', 'S&P 500', '2018-10-03', '5 January 2020', '-3.02%', '\n', '1,234', 'AAPL,', '(12.5%)', '.', '/v1/x/1',
    ); // prettier-ignore
    fc.assert(
      fc.property(fc.array(words, { maxLength: 15 }), fc.array(fc.integer({ min: 1, max: 7 })), (list, cuts) => {
        const text = list.join(' ');
        const gate = new NumberGate(facts());
        const released = [];
        for (let at = 0, i = 0; at < text.length; i++) {
          const size = cuts[i % Math.max(cuts.length, 1)] ?? 1;
          released.push(gate.push(text.slice(at, at + size)));
          at += size;
        }
        released.push(gate.flush());
        expect(released.map((one) => one.text).join('')).toBe(text);
        expect(released.flatMap(({ grounding }) => grounding.map((row) => [row.text, row.ok]))).toEqual(
          groundingOf(text),
        );
        let start = 0;
        for (const { text: piece, grounding } of released) {
          for (const row of grounding) {
            expect(row.start).toBeGreaterThanOrEqual(start);
            expect(row.end).toBeLessThanOrEqual(start + piece.length);
            expect(text.slice(row.start, row.end)).toBe(row.text);
          }
          start += piece.length;
        }
      }),
    );
  });

  it('reads signs, scales and decimals', () => {
    expect(tokensOf('-1.5k').numbers[0]).toMatchObject({ value: -1500, tolerance: 50, isNegative: true });
    expect(tokensOf('5-10').numbers.map(({ value }) => value)).toEqual([5, 10]);
  });

  it('catches every altered digit of a figure', () => {
    const wrong = [...'129.93'].flatMap((digit, i) =>
      digit === '.' ? [] : Array.from({ length: 10 }, (_, d) => `129.93`.slice(0, i) + d + `129.93`.slice(i + 1)),
    );
    for (const shown of wrong.filter((text) => text !== '129.93'))
      expect([shown, groundingOf(`$${shown}`)[0]![1]]).toEqual([shown, false]);
  });
});
