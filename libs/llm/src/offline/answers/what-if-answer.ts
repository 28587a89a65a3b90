import type { ChatToolResult } from '@stocktool/contracts';
import { count, listed, money, percent, ratio, signedPercent } from '../figures';

type WhatIf = ChatToolResult<'what_if'>;
type Figures = WhatIf['before'];
type Difference = WhatIf['difference'];
type Row = readonly [string, (figures: Figures) => string, (difference: Difference) => string];

const assetsShown = 12;
const nothing = '–';

export function whatIfAnswer(result: WhatIf): string {
  const { window, currency, before, after, paidIn, portfolio } = result;
  const whose = portfolio === undefined ? 'Your holdings' : `Your portfolio ${portfolio}`;
  return [
    `**What if you ${listed(result.trades.map((trade) => tradeText(trade, currency)))}?** ${result.statement}`,
    ...(paidIn === null ? [] : [moneyText(paidIn, currency)]),
    '',
    `${whose}, ${window.from} to ${window.to} (${count(window.observations)} daily returns):`,
    '',
    '| | Before | After | Difference |',
    '| --- | --- | --- | --- |',
    ...rowsOf(currency, before).map(([label, figure, change]) => `| ${label} | ${figure(before)} | ${figure(after)} | ${change(result.difference)} |`), // prettier-ignore
    ...assetRows(before, after),
    ...(result.warnings.length > 0 ? ['', ...result.warnings.map((warning) => `- Note: ${warning}`)] : []),
  ].join('\n');
}

function tradeText({ action, symbol, quantity, amount, weight }: WhatIf['trades'][number], currency: string): string {
  if (quantity === null || amount === null) return `${action} ${symbol} (${percent(weight)} of the portfolio)`;
  return `${action} ${symbol} (${shares(quantity)} shares, ${money(amount, currency)})`;
}

const moneyText = (paidIn: number, currency: string): string =>
  paidIn >= 0 ? `Money paid in: ${money(paidIn, currency)}.` : `Money taken out: ${money(Math.abs(paidIn), currency)}.`;

const shares = (quantity: number): string => (Number.isInteger(quantity) ? count(quantity) : ratio(quantity));

function rowsOf(currency: string, { value, tailRisk }: Figures): Row[] {
  const asMoney = (figure: number | null) =>
    figure === null ? 'n/a' : `${figure < 0 ? '-' : ''}${money(Math.abs(figure), currency)}`;
  const at = (rows: Figures['tailRisk'], confidence: number) => rows.find((row) => row.confidence === confidence);
  const tails = tailRisk.flatMap(({ confidence }): Row[] => {
    const level = `${Number((confidence * 100).toFixed(4))}%`;
    return [
      [
        `One-day value at risk, ${level}`,
        (figures) => percent(at(figures.tailRisk, confidence)?.historical ?? null),
        (difference) => signedPercent(at(difference.tailRisk, confidence)?.historical ?? null),
      ],
      [
        `Expected shortfall, ${level}`,
        (figures) => percent(at(figures.tailRisk, confidence)?.expectedShortfall ?? null),
        (difference) => signedPercent(at(difference.tailRisk, confidence)?.expectedShortfall ?? null),
      ],
    ];
  });
  return [
    ...(value === null ? [] : [['Value', (f) => asMoney(f.value), (d) => asMoney(d.value)] satisfies Row]),
    ['Return a year', (f) => signedPercent(f.annualReturn), (d) => signedPercent(d.annualReturn)],
    ['Total return', (f) => signedPercent(f.totalReturn), (d) => signedPercent(d.totalReturn)],
    ['Annual volatility', (f) => percent(f.annualVolatility), (d) => signedPercent(d.annualVolatility)],
    ['Sharpe ratio', (f) => ratio(f.sharpe), (d) => ratio(d.sharpe)],
    ['Sortino ratio', (f) => ratio(f.sortino), (d) => ratio(d.sortino)],
    ['Beta', (f) => ratio(f.beta), (d) => ratio(d.beta)],
    ['Alpha', (f) => signedPercent(f.alpha), (d) => signedPercent(d.alpha)],
    ['Tracking error', (f) => percent(f.trackingError), (d) => signedPercent(d.trackingError)],
    ['Deepest drawdown', (f) => percent(f.maxDrawdown.value), (d) => signedPercent(d.maxDrawdown.value)],
    ...tails,
  ];
}

function assetRows(before: Figures, after: Figures): string[] {
  const symbols = [...new Set([...before.assets, ...after.assets].map(({ symbol }) => symbol))].slice(0, assetsShown);
  const of = ({ assets }: Figures, symbol: string) => assets.find((asset) => asset.symbol === symbol);
  return symbols.flatMap((symbol) => {
    const [was, is] = [of(before, symbol), of(after, symbol)];
    const weight = (asset: typeof was) => (asset ? percent(asset.weight) : nothing);
    const risk = (asset: typeof was) => (asset ? percent(asset.riskContribution) : nothing);
    return [
      `| ${symbol}, weight | ${weight(was)} | ${weight(is)} | |`,
      `| ${symbol}, share of the risk | ${risk(was)} | ${risk(is)} | |`,
    ];
  });
}
