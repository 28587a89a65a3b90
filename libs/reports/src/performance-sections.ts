import { isAvailable, type AnalysisResult, type Performance, type Risk } from '@stocktool/contracts';
import { timeChart } from './charts/time-chart';
import { day, percent, percentText, ratio, ratioText } from './format';
import { markup, type Markup } from './markup';

const periodNames: Record<number, string> = { 252: 'day', 52: 'week', 12: 'month', 4: 'quarter', 1: 'year' };
const periodOf = ({ window }: AnalysisResult): string => periodNames[window.periodsPerYear] ?? 'period';

const performanceOf = ({ portfolio }: AnalysisResult): Performance | undefined =>
  isAvailable<Performance>(portfolio.performance) ? portfolio.performance : undefined;
const riskOf = ({ portfolio }: AnalysisResult): Risk | undefined =>
  isAvailable<Risk>(portfolio.risk) ? portfolio.risk : undefined;

/** The figures a reader looks for first. */
export function keyFigures(result: AnalysisResult): Markup | undefined {
  const [performance, risk] = [performanceOf(result), riskOf(result)];
  if (!performance && !risk) return undefined;
  const figure = (name: string, value: Markup, sub: string) =>
    markup`<div><dt>${name}</dt><dd>${value}<span class="sub">${sub}</span></dd></div>`;
  const drawdown = performance?.maxDrawdown;
  const span =
    drawdown?.peak && drawdown.trough ? `${day(drawdown.peak)} to ${day(drawdown.trough)}` : 'never below its peak';
  return markup`<dl class="key">${
    performance &&
    markup`${figure('Total return', percent(performance.totalReturn), 'whole period')}${figure('Return per year', percent(performance.cagr), 'compound (CAGR)')}${figure('Volatility', percent(performance.annualVolatility), 'per year')}${figure('Sharpe ratio', ratio(performance.sharpe), 'per year, over the risk-free rate')}${figure('Largest drawdown', percent(drawdown?.value), span)}`
  }${
    risk &&
    markup`${figure('Value at risk, 95%', percent(risk.var.historical['0.95']), `one ${periodOf(result)}, historical`)}${figure('Expected loss beyond', percent(risk.cvar.historical['0.95']), `CVaR 95%, one ${periodOf(result)}`)}${figure('Beta', ratio(risk.beta), 'to the benchmark')}`
  }</dl>`;
}

/** Growth of 1 beside the benchmark, and the fall from the peak. */
export function wealthSections({ portfolio, window }: AnalysisResult, benchmark: string): Markup | undefined {
  const wealth = portfolio.wealth;
  if (!wealth || wealth.dates.length < 2) return undefined;
  const gained = (values: readonly number[]) => percentText(values.at(-1)! - 1);
  const thinned = wealth.dates.length < window.observations + 1;
  let peak = 0;
  const falls = wealth.portfolio.map((value) => value / (peak = Math.max(peak, value)) - 1);
  const [from, to] = [day(wealth.dates[0]!), day(wealth.dates.at(-1)!)];
  const growth = timeChart({
    id: 'growth',
    title: `Growth of 1 in the portfolio and in ${benchmark}`,
    description: `From ${from} to ${to} the portfolio returned ${gained(wealth.portfolio)}, ${benchmark} ${gained(wealth.benchmark)}.`,
    dates: wealth.dates,
    lines: [
      { className: 'market', values: wealth.benchmark },
      { className: 'own', values: wealth.portfolio },
    ],
    label: ratioText,
  });
  const drawdown = timeChart({
    id: 'drawdown',
    title: 'Drawdown of the portfolio from its highest value so far',
    description: `The deepest of the points shown is ${percentText(Math.min(...falls))}.`,
    dates: wealth.dates,
    lines: [{ className: 'loss', values: falls, area: true }],
    label: (value) => `${ratioText(value * 100).replace(/\.00$/, '')}%`,
  });
  return markup`<section><h2>Growth of 1</h2><p class="note">What 1 put in on ${from} became, dividends included where the source has them.</p>
<figure><p class="legend"><span>Portfolio ${gained(wealth.portfolio)}</span><span class="market">${benchmark} ${gained(wealth.benchmark)}</span></p>${growth}</figure></section>
<section><h2>Drawdown</h2><p class="note">How far the portfolio stood below its highest value so far.${thinned && ` The chart shows ${wealth.dates.length} dates, so the deepest day may lie between two of them.`}</p>
<figure>${drawdown}</figure></section>`;
}

const row = (name: string, value: Markup, extra?: string) =>
  markup`<tr><th scope="row">${name}</th><td>${value}${extra && markup` <small>${extra}</small>`}</td></tr>`;
const table = (caption: string, rows: Markup[]) =>
  markup`<table><caption>${caption}</caption><thead hidden><tr><th scope="col">Figure</th><th scope="col">Value</th></tr></thead><tbody>${rows}</tbody></table>`;

export function figureTables(result: AnalysisResult, benchmark: string): Markup | undefined {
  const [performance, risk] = [performanceOf(result), riskOf(result)];
  if (!performance && !risk) return undefined;
  return markup`<section><h2>Figures in detail</h2><p class="note">Losses (value at risk, expected loss, drawdown) are positive. How each figure is computed stands at the end.</p>
<div class="pair">${performance && performanceTable(performance, periodOf(result))}${risk && benchmarkTable(risk, benchmark)}</div></section>
${risk && tailTable(risk, periodOf(result))}`;
}

function performanceTable(figures: Performance, period: string): Markup {
  const { maxDrawdown } = figures;
  const recovery = maxDrawdown.recovery
    ? `recovered ${day(maxDrawdown.recovery)}`
    : maxDrawdown.trough
      ? 'not recovered'
      : undefined;
  return table('Performance', [
    row('Total return', percent(figures.totalReturn)),
    row('Compound return per year', percent(figures.cagr)),
    row('Arithmetic return per year', percent(figures.arithmeticReturn)),
    row('Volatility per year', percent(figures.annualVolatility)),
    row('Sharpe ratio', ratio(figures.sharpe)),
    row('Probability of a Sharpe ratio above 0', percent(figures.probabilisticSharpe)),
    row('Sortino ratio', ratio(figures.sortino)),
    row('Calmar ratio', ratio(figures.calmar)),
    row('Omega ratio', ratio(figures.omega)),
    row('Largest drawdown', percent(maxDrawdown.value), recovery),
    row('Ulcer index', percent(figures.ulcer)),
    row('Tail ratio', ratio(figures.tailRatio)),
    row('Skewness', ratio(figures.skewness)),
    row('Excess kurtosis', ratio(figures.kurtosis)),
    row(`Best ${period}`, percent(figures.bestDay.return), day(figures.bestDay.date)),
    row(`Worst ${period}`, percent(figures.worstDay.return), day(figures.worstDay.date)),
  ]);
}

const benchmarkTable = (figures: Risk, benchmark: string): Markup =>
  table(`Beside ${benchmark}`, [
    row('Beta', ratio(figures.beta)),
    row('Alpha per year', percent(figures.alpha)),
    row('R squared', ratio(figures.rSquared)),
    row('Tracking error per year', percent(figures.trackingError)),
    row('Information ratio', ratio(figures.informationRatio)),
    row('Capture when the benchmark rises', percent(figures.upCapture)),
    row('Capture when the benchmark falls', percent(figures.downCapture)),
  ]);

function tailTable({ var: valueAtRisk, cvar }: Risk, period: string): Markup {
  const names = {
    historical: 'Historical',
    parametric: 'Normal distribution',
    cornishFisher: 'Cornish-Fisher',
  } as const;
  const beyond = (method: keyof typeof names, confidence: '0.95' | '0.99') =>
    method === 'cornishFisher' ? markup`\u2013` : percent(cvar[method][confidence]);
  const methods = Object.keys(names) as (keyof typeof names)[];
  return markup`<section><h2>Losses in the tail</h2><p class="note">The loss of one ${period} that is exceeded in 5% or 1% of cases (value at risk), and the mean loss beyond it (CVaR).</p>
<div class="scroll"><table><thead><tr><th scope="col">Method</th><th scope="col">VaR 95%</th><th scope="col">VaR 99%</th><th scope="col">CVaR 95%</th><th scope="col">CVaR 99%</th></tr></thead>
<tbody>${methods.map(
    (method) =>
      markup`<tr><th scope="row">${names[method]}</th><td>${percent(valueAtRisk[method]['0.95'])}</td><td>${percent(valueAtRisk[method]['0.99'])}</td><td>${beyond(method, '0.95')}</td><td>${beyond(method, '0.99')}</td></tr>`,
  )}</tbody></table></div></section>`;
}
