import path from 'node:path';
import { chatTools } from '@stocktool/contracts';
import { BundledSource } from '@stocktool/market-data';
import fc from 'fast-check';
import type { Part, PromptMessage } from '../language-model';
import { OfflineModel } from './offline-model';

const source = await BundledSource.open(path.resolve(import.meta.dirname, '../../../../data'));
const model = new OfflineModel(source);
const today = '2022-12-28';
const tools = Object.entries(chatTools).map(([name, row]) => ({ name, ...row }));

async function ask(messages: PromptMessage[], offered = tools) {
  const parts: Part[] = [];
  const prompt = { system: '', messages, tools: offered, today };
  for await (const part of model.stream(prompt, AbortSignal.timeout(5000))) parts.push(part);
  return {
    parts,
    text: parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join(''),
    calls: parts.flatMap((part) => (part.type === 'tool-call' ? [[part.name, JSON.parse(part.argumentsJson)]] : [])),
  };
}
const user = (...questions: string[]): PromptMessage[] => questions.map((content) => ({ role: 'user', content }));
const quote = (symbol: string, rest = {}) => ['get_stock_quote', { symbol, ...rest }];
const history = (symbol: string, rest = {}) => ['get_historical_prices', { symbol, ...rest }];
const risk = (symbol: string, rest = {}) => ['get_risk_assessment', { symbol, ...rest }];
const correlation = (symbols: string[], rest = {}) => ['calculate_correlation', { symbols, ...rest }];
const portfolio = (holdings: object[], rest = {}) => ['analyze_portfolio', { holdings, ...rest }];
const whatIf = (trades: object[], rest = {}) => ['what_if', { ...rest, trades }];
const optimum = (args: object) => ['optimize_portfolio', args];
const alert = (args: object) => ['set_price_alert', args];
const indicators = (symbol: string, rest = {}) => ['get_technical_indicators', { symbol, ...rest }];
const knowledge = (query: string) => ['search_knowledge', { query }];
const weight = (symbol: string, value: number) => ({ symbol, weight: value });
const quantity = (symbol: string, value: number) => ({ symbol, quantity: value });

describe('the offline model asks the right tools', () => {
  it.each<[string, unknown[]]>([
    ['What is the price of Apple?', [quote('AAPL')]],
    ['MSFT', [quote('MSFT')]],
    ['How much is KO and PEP trading at?', [quote('KO'), quote('PEP')]],
    ['Where does the S&P 500 stand?', [quote('^GSPC')]],
    ['What was the price of IBM on 2010-06-01?', [quote('IBM', { asOf: '2010-06-01' })]],
    ['price of $TSLA please', [quote('TSLA')]],
    ['quote for ~HOUSE', [quote('~HOUSE')]],
    ['How did Coca-Cola perform since 2010?', [history('KO', { from: '2010-01-01' })]],
    ['Exxon in 2020', [history('XOM', { from: '2020-01-01', to: '2020-12-31' })]],
    ['How did Johnson & Johnson do over the last 3 years?', [history('JNJ', { from: '2019-12-28', to: today })]],
    [
      'Show me the history of Bank of America between 2007 and 2009',
      [history('BAC', { from: '2007-01-01', to: '2009-12-31' })],
    ],
    [
      'what did walmart return from January 2015 to March 2018?',
      [history('WMT', { from: '2015-01-01', to: '2018-03-31' })],
    ],
    ['How risky is AMD?', [risk('AMD')]],
    ['value at risk of JPMorgan over the past 5 years', [risk('JPM', { from: '2017-12-28', to: today })]],
    ["What is Apple's beta since 2015?", [risk('AAPL', { from: '2015-01-01' })]],
    ['max drawdown of GE in 2008', [risk('GE', { from: '2008-01-01', to: '2008-12-31' })]],
    ['Volatility of MSFT against the S&P 500', [risk('MSFT', { benchmark: '^GSPC' })]],
    ['sharpe ratio of PG with a risk-free rate of 2%', [risk('PG', { riskFreeRate: 0.02 })]],
    ['Any news about Apple?', [['get_news', { symbol: 'AAPL' }]]],
    ['Headlines of KO until 2015-03-02', [['get_news', { symbol: 'KO', asOf: '2015-03-02' }]]],
    ['What dividends does Coca-Cola pay?', [['get_dividends_splits', { symbol: 'KO' }]]],
    ['Has Apple had a split?', [['get_dividends_splits', { symbol: 'AAPL' }]]],
    ['Revenue of Microsoft', [['get_financials', { symbol: 'MSFT' }]]],
    ['Earnings of Microsoft', [['get_earnings', { symbol: 'MSFT' }]]],
    ['What did Apple earn last quarter?', [['get_earnings', { symbol: 'AAPL' }]]],
    ['Did Apple beat expectations in 2019?', [['get_earnings', { symbol: 'AAPL', asOf: '2019-12-31' }]]],
    ['What do analysts say of Apple?', [['get_analyst_recommendations', { symbol: 'AAPL' }]]],
    [
      'Analyst recommendations for KO and PEP',
      ['KO', 'PEP'].map((symbol) => ['get_analyst_recommendations', { symbol }]),
    ],
    ['Who owns IBM?', [['get_institutional_holders', { symbol: 'IBM' }]]],
    ['Largest institutional holders of Exxon', [['get_institutional_holders', { symbol: 'XOM' }]]],
    ['What is the market cap of Walmart?', [['get_market_cap_details', { symbol: 'WMT' }]]],
    ['How big is Pfizer?', [['get_market_cap_details', { symbol: 'PFE' }]]],
    ['Search the web for the chip shortage', [['web_search', { query: 'the chip shortage' }]]],
    ['What is said about Intel and AMD online?', [['web_search', { query: 'What is said about Intel and AMD' }]]],
    ['Which sector is Pfizer in?', [['get_company_profile', { symbol: 'PFE' }]]],
    ['What does IBM do?', [['get_company_profile', { symbol: 'IBM' }]]],
    ['How is the market?', [['get_market_summary', {}]]],
    ['top gainers on 2020-03-16', [['get_market_summary', { asOf: '2020-03-16' }]]],
    ['the major indices', [['get_market_indices', {}]]],
    ['Should I buy Pfizer?', [risk('PFE')]],
    [
      'How correlated are AAPL, MSFT and XOM since 2012?',
      [correlation(['AAPL', 'MSFT', 'XOM'], { from: '2012-01-01' })],
    ],
    ['Correlation between Apple and the S&P 500', [correlation(['AAPL', '^GSPC'])]],
    ['Do Chevron and Exxon move together?', [correlation(['CVX', 'XOM'])]],
    [
      'Is Pepsi safer than Coke since 2015?',
      [
        risk('PEP', { from: '2015-01-01' }),
        risk('KO', { from: '2015-01-01' }),
        correlation(['PEP', 'KO'], { from: '2015-01-01' }),
      ],
    ],
    ['Compare Apple with Microsoft', [risk('AAPL'), risk('MSFT'), correlation(['AAPL', 'MSFT'])]],
    [
      'How risky is AAPL compared with MSFT since 2015?',
      [
        risk('AAPL', { from: '2015-01-01' }),
        risk('MSFT', { from: '2015-01-01' }),
        correlation(['AAPL', 'MSFT'], { from: '2015-01-01' }),
      ],
    ],
    ['Analyse 60% AAPL and 40% MSFT', [portfolio([weight('AAPL', 0.6), weight('MSFT', 0.4)])]],
    [
      'AAPL 50%, KO 30%, XOM 20% from 2014 to 2017',
      [
        portfolio([weight('AAPL', 0.5), weight('KO', 0.3), weight('XOM', 0.2)], {
          from: '2014-01-01',
          to: '2017-12-31',
        }),
      ],
    ],
    ['10 shares of KO and 5 shares of PEP', [portfolio([quantity('KO', 10), quantity('PEP', 5)])]],
    [
      'I own 2,000 shares of GE and 150 of Walmart, how risky is that?',
      [portfolio([quantity('GE', 2000), quantity('WMT', 150)])],
    ],
    [
      'Analyse a 60/40 portfolio of Apple and Merck against ^GSPC',
      [portfolio([weight('AAPL', 0.6), weight('MRK', 0.4)], { benchmark: '^GSPC' })],
    ],
    ['half Apple, the rest in Microsoft', [portfolio([weight('AAPL', 0.5), weight('MSFT', 0.5)])]],
    ['An equally weighted portfolio of HD and BBY', [portfolio([weight('HD', 0.5), weight('BBY', 0.5)])]],
    ['My portfolio: AAPL 0.25, MSFT 0.75', [portfolio([weight('AAPL', 0.25), weight('MSFT', 0.75)])]],
    [
      'I hold 100 AAPL and 50 KO. What if I sell half of my Apple and buy $5,000 of PEP?',
      [
        whatIf(
          [
            { action: 'sell', symbol: 'AAPL', fraction: 0.5 },
            { action: 'buy', symbol: 'PEP', amount: 5000 },
          ],
          { holdings: [quantity('AAPL', 100), quantity('KO', 50)] },
        ),
      ],
    ],
    [
      'With 60% AAPL and 40% MSFT, what if I move 10% from Apple to Microsoft?',
      [
        whatIf(
          [
            { action: 'sell', symbol: 'AAPL', weight: 0.1 },
            { action: 'buy', symbol: 'MSFT', weight: 0.1 },
          ],
          { holdings: [weight('AAPL', 0.6), weight('MSFT', 0.4)] },
        ),
      ],
    ],
    [
      'What happens to my Retirement portfolio if I sell 20 shares of KO and all of my Exxon?',
      [
        whatIf(
          [
            { action: 'sell', symbol: 'KO', quantity: 20 },
            { action: 'sell', symbol: 'XOM', fraction: 1 },
          ],
          { portfolio: 'Retirement' },
        ),
      ],
    ],
    [
      'What if I sell half of my Apple in my Traded portfolio?',
      [whatIf([{ action: 'sell', symbol: 'AAPL', fraction: 0.5 }], { portfolio: 'Traded' })],
    ],
    ['What if I had sold 30% of my IBM?', [whatIf([{ action: 'sell', symbol: 'IBM', fraction: 0.3 }])]],
    [
      'Optimise AAPL, KO and XOM for minimum variance since 2010, at most 50% each',
      [optimum({ symbols: ['AAPL', 'KO', 'XOM'], objective: 'minVariance', maxWeight: 0.5, from: '2010-01-01' })],
    ],
    [
      'Optimise 60% AAPL and 40% KO for the best Sharpe ratio',
      [optimum({ holdings: [weight('AAPL', 0.6), weight('KO', 0.4)], objective: 'maxSharpe' })],
    ],
    ['Risk parity of JPM, PG and MRK', [optimum({ symbols: ['JPM', 'PG', 'MRK'], objective: 'riskParity' })]],
    [
      'Best mix of MSFT and PEP for a return of 12%',
      [optimum({ symbols: ['MSFT', 'PEP'], objective: 'targetReturn', target: 0.12 })],
    ],
    ['Optimise my Retirement portfolio by HRP', [optimum({ portfolio: 'Retirement', objective: 'hrp' })]],
    ['Optimise my portfolio', [optimum({})]],
    ['Analyse my portfolio', [['analyze_portfolio', {}]]],
    ['How risky is my portfolio since 2015?', [['analyze_portfolio', { from: '2015-01-01' }]]],
    ['Show my portfolios and watchlists', [['get_my_portfolios', {}]]],
    ['What is in my Retirement portfolio?', [['get_my_portfolios', {}]]],
    ['What do I own?', [['get_my_portfolios', {}]]],
    ['How much is my portfolio worth?', [['get_my_portfolios', {}]]],
    ['Alert me when Apple rises above $150', [alert({ symbol: 'AAPL', above: 150 })]],
    ['Set an alert for MSFT below 200 or above 1,300', [alert({ symbol: 'MSFT', above: 1300, below: 200 })]],
    ['Tell me if KO moves by more than 5%', [alert({ symbol: 'KO', changePercent: 5 })]],
    ['Let me know when AAPL drops below $100', [alert({ symbol: 'AAPL', below: 100 })]],
    ['alert MSFT above 300', [alert({ symbol: 'MSFT', above: 300 })]],
    ['Tell me when KO gains more than 15.5%', [alert({ symbol: 'KO', changePercent: 15.5 })]],
    ['Set alert: KO > 60', [alert({ symbol: 'KO', above: 60 })]],
    [
      'How would selling half of IBM affect my portfolio?',
      [whatIf([{ action: 'sell', symbol: 'IBM', fraction: 0.5 }])],
    ],
    [
      'Which mix of AAPL and KO has the best Sharpe ratio?',
      [optimum({ symbols: ['AAPL', 'KO'], objective: 'maxSharpe' })],
    ],
    [
      'How risky is my Retirement portfolio since 2015?',
      [['analyze_portfolio', { portfolio: 'Retirement', from: '2015-01-01' }]],
    ],
    ['Rebalance my portfolio to risk parity', [optimum({ objective: 'riskParity' })]],
    ['What is my portfolio worth?', [['get_my_portfolios', {}]]],
    ['Notify me once XOM falls to 60', [alert({ symbol: 'XOM', below: 60 })]],
    ['What is risk parity?', [knowledge('risk parity')]],
    ['RSI of Apple', [indicators('AAPL', { names: ['rsi:14'] })]],
    ['Is MSFT overbought?', [indicators('MSFT', { names: ['rsi:14'] })]],
    ['MACD and Bollinger bands of IBM', [indicators('IBM', { names: ['macd:12:26:9', 'bbands:20:2'] })]],
    ['200-day moving average of KO', [indicators('KO', { names: ['sma:200'] })]],
    ['EMA 12 of KO on 2015-03-02', [indicators('KO', { names: ['ema:12'], asOf: '2015-03-02' })]],
    ['technical indicators for Walmart', [indicators('WMT')]],
    ['Has IBM had a golden cross since 2005?', [['check_golden_cross', { symbol: 'IBM', from: '2005-01-01' }]]],
    ['Where will KO be next week?', [['forecast_price', { symbol: 'KO', days: 5 }]]],
    ['Predict AAPL for tomorrow', [['forecast_price', { symbol: 'AAPL', days: 1 }]]],
    ['forecast PFE for the next 10 days', [['forecast_price', { symbol: 'PFE', days: 10 }]]],
    ['Forecast for Apple', [['forecast_price', { symbol: 'AAPL' }]]],
    ['What is a golden cross?', [knowledge('golden cross')]],
    ['What is value at risk?', [knowledge('value at risk')]],
    ['Explain the Sharpe ratio', [knowledge('Sharpe ratio')]],
    ['What does expected shortfall mean?', [knowledge('expected shortfall')]],
    ['How does diversification reduce risk?', [knowledge('How does diversification reduce risk')]],
    ['What are bonds?', [knowledge('bonds')]],
  ])('%s', async (question, expected) => expect((await ask(user(question))).calls).toEqual(expected));
});

describe('the offline model follows a conversation', () => {
  it.each<[string[], unknown[]]>([
    [['How risky is AAPL since 2015?', 'and Microsoft?'], [risk('MSFT', { from: '2015-01-01' })]],
    [['What is the price of Apple?', 'How risky is it?'], [risk('AAPL')]],
    [['How did KO do in 2019?', 'and in 2020?'], [history('KO', { from: '2020-01-01', to: '2020-12-31' })]],
    [['Correlation of AAPL and MSFT', 'what about XOM?'], [correlation(['AAPL', 'XOM'])]],
    [
      ['Analyse 60% AAPL and 40% MSFT since 2014', 'What if I sell Apple?'],
      [
        whatIf([{ action: 'sell', symbol: 'AAPL', fraction: 1 }], {
          holdings: [weight('AAPL', 0.6), weight('MSFT', 0.4)],
          from: '2014-01-01',
        }),
      ],
    ],
    [
      ['Analyse 60% AAPL and 40% MSFT', 'Optimise it for minimum variance'],
      [optimum({ holdings: [weight('AAPL', 0.6), weight('MSFT', 0.4)], objective: 'minVariance' })],
    ],
    [
      ['Optimise AAPL, KO and XOM for the highest Sharpe since 2015', 'make it minimum variance'],
      [optimum({ symbols: ['AAPL', 'KO', 'XOM'], objective: 'minVariance', from: '2015-01-01' })],
    ],
    [
      ['Optimise AAPL and KO', 'Optimise it for minimum variance'],
      [optimum({ symbols: ['AAPL', 'KO'], objective: 'minVariance' })],
    ],
    [['Optimise my portfolio', 'with at most 40% in each'], [optimum({ maxWeight: 0.4 })]],
    [
      ['Optimise AAPL, KO and XOM for risk parity', 'and with at most 50% in each?', 'since 2018'],
      [optimum({ symbols: ['AAPL', 'KO', 'XOM'], objective: 'riskParity', maxWeight: 0.5, from: '2018-01-01' })],
    ],
    [
      ['Optimise AAPL and KO for a return of 10%', 'rather maximum Sharpe'],
      [optimum({ symbols: ['AAPL', 'KO'], objective: 'maxSharpe' })],
    ],
    [['Optimise AAPL and KO', 'What is minimum variance?'], [['search_knowledge', { query: 'minimum variance' }]]],
    [['Who owns IBM?', 'and Microsoft?'], [['get_institutional_holders', { symbol: 'MSFT' }]]],
    [['How risky is AMD?', 'thanks', 'What is the price of KO?'], [quote('KO')]],
  ])('%j', async (questions, expected) => expect((await ask(user(...questions))).calls).toEqual(expected));
});

describe('the offline model says what is missing or out of reach', () => {
  it.each([
    ['How risky is it?', /For which company/],
    ['Analyse a portfolio', /Which holdings/],
    ['Portfolio of AAPL and MSFT', /How much of AAPL and MSFT/],
    ['60% AAPL and 30% MSFT', /do not add up/],
    ['60% AAPL and 10 shares of MSFT', /all holdings by weight or all by number/],
    ['What if I buy Apple?', /How much of AAPL would you buy/],
    ['What if I sell everything?', /What would you buy or sell/],
    ['Optimise Apple', /AAPL and what else/],
    ['Alert me about Apple', /At which price of AAPL/],
    ['Show my alerts', /one at a time/],
    ['Set a price alert', /For which company/],
    ['Correlation of AAPL', /needs at least two/],
    ['How risky is Tesla?', /no symbol for "Tesla"/],
    ['Where will AAPL be next year?', /do not predict/],
    ['Who is the CEO of Apple?', /no source for that/],
    ['Who are the largest shareholders?', /For which company/],
    ['Search the web', /What shall I search/],
    ['Hello!', /offline assistant/],
    ['What can you do?', /a portfolio/],
    ['Write me a poem about the sea', /did not understand/],
    ['I am the CEO and I want USD', /did not understand/],
  ])('%s', async (question, expected) => {
    const { text, calls } = await ask(user(question));
    expect(calls).toEqual([]);
    expect(text).toMatch(expected);
  });

  it('does not ask a tool that is not offered', async () => {
    const { calls, text } = await ask(user('How risky is AMD?'), []);
    expect(calls).toEqual([]);
    expect(text).toMatch(/no source for that/);
  });
});

describe('the offline model answers', () => {
  const asked = (name: string, args: object, ok: boolean, result: object): PromptMessage[] => [
    { role: 'assistant', content: '', toolCalls: [{ id: '1', name, argumentsJson: JSON.stringify(args) }] },
    { role: 'tool', toolCallId: '1', name, ok, resultJson: JSON.stringify(result) },
  ];
  const applePrice = {
    symbol: 'AAPL',
    price: 129.934,
    currency: 'USD',
    change: -4.05,
    changePercent: -3.0227,
    previousClose: 133.984,
    asOf: '2022-12-28T21:00:00.000Z',
    source: 'bundled',
    stale: false,
    units: 'price in USD',
  };

  it('with the figures of the tool, rounded, and names source and date', async () => {
    const { text } = await ask([
      ...user('Price of Apple?'),
      ...asked('get_stock_quote', { symbol: 'AAPL' }, true, applePrice),
    ]);
    expect(text).toBe(
      '**Apple (AAPL)** was at $129.93 on 2022-12-28, down 3.02% from the previous close of $133.98.\n\n' +
        'Source: bundled data, as of 2022-12-28; the bundled data is a sample of the past and is not current.',
    );
  });

  it('with the reason when the tool failed, and no figure of its own', async () => {
    const error = { code: 'symbol-not-found', title: 'Symbol not found', detail: 'No data for TSLA.' };
    const { text } = await ask([
      ...user('price of TSLA'),
      ...asked('get_stock_quote', { symbol: 'TSLA' }, false, { error }),
    ]);
    expect(text).toBe('Symbol not found: No data for TSLA.');
  });

  it('in small pieces that end with the usage', async () => {
    const { parts } = await ask(user('help'));
    expect(parts.length).toBeGreaterThan(10);
    expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  it('nothing more once aborted', async () => {
    const stopped = new AbortController();
    const read = async () => {
      for await (const _ of model.stream({ system: '', messages: user('help'), tools, today }, stopped.signal))
        stopped.abort();
    };
    await expect(read()).rejects.toThrow(/abort/);
  });

  it('any text with arguments that its tools accept', async () => {
    const words = fc.constantFrom(
      ...'AAPL Microsoft the risk price of 60% 40% and since 2015 in 2020-02 last 3 years vs correlation portfolio ^GSPC ~X $ZZ 10 shares half rest 0.3 equal / , ? I CEO Tesla'.split(
        ' ',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(words, { minLength: 1, maxLength: 12 }), async (picked) => {
        const { calls, text } = await ask(user(picked.join(' ')));
        for (const [name, args] of calls) {
          const parsed = chatTools[name as keyof typeof chatTools].parameters.safeParse(args);
          expect([picked.join(' '), parsed.error?.issues]).toEqual([picked.join(' '), undefined]);
        }
        expect(calls.length > 0 || text.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
