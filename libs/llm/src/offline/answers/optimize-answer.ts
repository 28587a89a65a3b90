import type { ChatToolResult, PortfolioObjective } from '@stocktool/contracts';
import { count, percent, ratio, signedPercent } from '../figures';

type Optimum = ChatToolResult<'optimize_portfolio'>;

const titles: Readonly<Record<PortfolioObjective, string>> = {
  minVariance: 'Minimum variance',
  maxSharpe: 'Maximum Sharpe ratio',
  riskParity: 'Risk parity',
  hrp: 'Hierarchical risk parity',
  maxDiversification: 'Maximum diversification',
  minCvar: 'Minimum expected shortfall',
  equalWeight: 'Equal weights',
  inverseVolatility: 'Inverse volatility',
  targetReturn: 'Least risk for the return asked for',
  targetVolatility: 'Most return for the volatility asked for',
};
const assetsShown = 30;

export function optimizeAnswer(result: Optimum): string {
  const { objective, optimal, current, unavailable, window, portfolio, statement } = result;
  const title = `**${titles[objective]}**${portfolio === undefined ? '' : ` of your portfolio ${portfolio}`}`;
  const period = `${window.from} to ${window.to} (${count(window.observations)} daily returns)`;
  if (!optimal) return `${title}, ${period}: there is no such portfolio. ${unavailable?.reason ?? ''}`.trim();
  return [
    `${title}, ${period}. ${statement}`,
    '',
    ...(current ? besideNow(result, optimal, current) : alone(optimal)),
    ...(result.turnover === null ? [] : ['', `To get there the sum of all changes is ${percent(result.turnover)} of the portfolio.`]), // prettier-ignore
    ...(result.warnings.length > 0 ? ['', ...result.warnings.map((warning) => `- Note: ${warning}`)] : []),
  ].join('\n');
}

type Weighted = NonNullable<Optimum['optimal']>;

function besideNow({ difference }: Optimum, optimal: Weighted, current: Weighted): string[] {
  const weightNow = (symbol: string) =>
    percent(current.assets.find((asset) => asset.symbol === symbol)?.weight ?? null);
  return [
    '| | Now | Optimal |',
    '| --- | --- | --- |',
    ...optimal.assets.slice(0, assetsShown).map(({ symbol, weight }) => `| ${symbol}, weight | ${weightNow(symbol)} | ${percent(weight)} |`), // prettier-ignore
    `| Expected return a year | ${signedPercent(current.expectedReturn)} | ${signedPercent(optimal.expectedReturn)} |`,
    `| Volatility | ${percent(current.volatility)} | ${percent(optimal.volatility)} |`,
    `| Sharpe ratio | ${ratio(current.sharpe)} | ${ratio(optimal.sharpe)} |`,
    ...(difference ? ['', `The difference in volatility is ${signedPercent(difference.volatility)}.`] : []),
  ];
}

const alone = ({ assets, expectedReturn, volatility, sharpe }: Weighted): string[] => [
  '| | Optimal |',
  '| --- | --- |',
  ...assets.slice(0, assetsShown).map(({ symbol, weight }) => `| ${symbol}, weight | ${percent(weight)} |`),
  `| Expected return a year | ${signedPercent(expectedReturn)} |`,
  `| Volatility | ${percent(volatility)} |`,
  `| Sharpe ratio | ${ratio(sharpe)} |`,
];
