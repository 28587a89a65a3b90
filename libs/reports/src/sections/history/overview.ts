import type { Facts } from '../../document/facts';
import { percent, ratio } from '../../document/cells';
import type { KeyFigure, Section } from '../../document/report-document';
import { day, percentText, ratioText, shareText } from '../../format';

/** The figures a reader looks for first, and the same in words. */
export function overview(facts: Facts): Section | undefined {
  const figures = [...performanceFigures(facts), ...riskFigures(facts)];
  if (figures.length === 0) return undefined;
  return {
    id: 'overview',
    title: 'At a glance',
    blocks: [
      { kind: 'key figures', figures },
      { kind: 'sentences', sentences: inWords(facts) },
    ],
  };
}

function performanceFigures({ performance, define, why }: Facts): KeyFigure[] {
  if (!performance) return [];
  const { maxDrawdown } = performance;
  const { peak, trough } = maxDrawdown;
  const reason = (name: string) => why(`portfolio.performance.${name}`);
  return [
    {
      name: 'Total return',
      cell: percent(performance.totalReturn, reason('totalReturn')),
      below: 'whole period',
      term: define.of('totalReturn'),
    },
    {
      name: 'Return per year',
      cell: percent(performance.cagr, reason('cagr')),
      below: 'compound (CAGR)',
      term: define.of('cagr'),
    },
    {
      name: 'Volatility',
      cell: percent(performance.annualVolatility, reason('annualVolatility')),
      below: 'per year',
      term: define.of('annualVolatility'),
    },
    {
      name: 'Sharpe ratio',
      cell: ratio(performance.sharpe, reason('sharpe')),
      below: 'per year, over the risk-free rate',
      term: define.of('sharpe'),
    },
    {
      name: 'Largest drawdown',
      cell: percent(maxDrawdown.value, reason('maxDrawdown')),
      below: peak && trough ? `${day(peak)} to ${day(trough)}` : 'never below its peak',
      term: define.of('maxDrawdown'),
    },
  ];
}

function riskFigures({ risk, define, period, why, benchmark }: Facts): KeyFigure[] {
  if (!risk) return [];
  return [
    {
      name: 'Value at risk, 95%',
      cell: percent(risk.var.historical['0.95'], why('portfolio.risk.var.historical')),
      below: `one ${period}, historical`,
      term: define.of('var'),
    },
    {
      name: 'Expected loss beyond',
      cell: percent(risk.cvar.historical['0.95'], why('portfolio.risk.cvar.historical')),
      below: `CVaR 95%, one ${period}`,
      term: define.of('cvar'),
    },
    {
      name: 'Beta',
      cell: ratio(risk.beta, why('portfolio.risk.beta')),
      below: `to ${benchmark}`,
      term: define.of('beta'),
    },
  ];
}

/** What the figures mean for money, without judging them. */
function inWords({ result, performance, risk, benchmark, period }: Facts): string[] {
  const sentences: string[] = [];
  const wealth = result.portfolio.wealth;
  const growth = performance?.totalReturn;
  if (typeof growth === 'number') {
    const other = wealth?.benchmark.at(-1);
    const beside = other === undefined ? '' : `; the same in ${benchmark} became ${ratioText(other)}`;
    sentences.push(
      `1 put in on ${day(result.window.from)} became ${ratioText(1 + growth)} by ${day(result.window.to)}${beside}.`,
    );
  }
  const fall = performance?.maxDrawdown;
  if (fall?.peak && typeof fall.value === 'number') {
    const end = fall.recovery ? `it was made up by ${day(fall.recovery)}` : 'it has not been made up since';
    sentences.push(`The deepest fall took ${percentText(fall.value)} from the peak of ${day(fall.peak)}; ${end}.`);
  }
  const loss = risk?.var.historical['0.95'];
  if (typeof loss === 'number' && loss > 0)
    sentences.push(`On one ${period} in twenty the loss was ${percentText(loss)} or more.`);
  const most = result.assets.reduce((a, b) => ((b.riskContribution ?? 0) > (a.riskContribution ?? 0) ? b : a));
  if (result.assets.length > 1 && typeof most.riskContribution === 'number')
    sentences.push(
      `${most.symbol} brings the largest share of the risk: ${shareText(most.riskContribution)} at a weight of ${shareText(most.weight)}.`,
    );
  const few = result.warnings.find(({ code }) => code === 'few-observations');
  if (few) sentences.push(`${few.message}.`);
  return sentences;
}
