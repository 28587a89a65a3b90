import { AnalysisRequest, AnalysisResult, type Performance, type Risk } from '@stocktool/contracts';
import type { ReportInput } from '.';

const performance: Performance = {
  totalReturn: 1.2345,
  cagr: 0.0876,
  arithmeticReturn: 0.09,
  annualVolatility: 0.2,
  sharpe: 0.61,
  sortino: null,
  calmar: 0.4,
  omega: 1.1,
  ulcer: 0.07,
  tailRatio: 0.95,
  probabilisticSharpe: 0.97,
  maxDrawdown: { value: 0.31, peak: '2020-02-19', trough: '2020-03-23', recovery: null },
  skewness: -0.5,
  kurtosis: 9.1,
  bestDay: { date: '2020-03-24', return: 0.09 },
  worstDay: { date: '2020-03-16', return: -0.12 },
};

const both = (low: number, high: number) => ({ '0.95': low, '0.99': high });
const risk: Risk = {
  var: {
    historical: both(0.02, 0.03),
    parametric: both(0.021, 0.031),
    cornishFisher: both(0.022, 0.05),
    monteCarlo: both(0.0215, 0.0325),
  },
  cvar: { historical: both(0.028, 0.045), parametric: both(0.026, 0.036), monteCarlo: both(0.0265, 0.0375) },
  beta: 1.05,
  alpha: 0.013,
  rSquared: 0.88,
  trackingError: 0.05,
  informationRatio: 0.7,
  upCapture: 1.02,
  downCapture: 0.98,
};

/** A result with nothing but what every analysis has. */
export const resultOf = (symbols: string[], over: Partial<AnalysisResult> = {}): AnalysisResult => ({
  window: { from: '2014-01-02', to: '2020-12-31', observations: 1762, periodsPerYear: 252 },
  conventions: { cagr: '(1+totalReturn)^(P/n) - 1', var: 'loss over one period' },
  sources: symbols.map((symbol) => ({ symbol, source: 'bundled', asOf: '2022-12-28' })),
  portfolio: {
    performance,
    risk,
    wealth: { dates: ['2014-01-02', '2017-06-30', '2020-12-31'], portfolio: [1, 1.5, 2.2], benchmark: [1, 1.3, 1.9] },
  },
  assets: symbols.map((symbol) => ({
    symbol,
    weight: 1 / symbols.length,
    performance,
    risk,
    riskContribution: 1 / symbols.length,
  })),
  correlation: { symbols, matrix: symbols.map((_, i) => symbols.map((_, j) => (i === j ? 1 : -0.25))) },
  warnings: [],
  ...over,
});

export const inputOf = (result: AnalysisResult): ReportInput => ({
  id: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
  createdAt: '2026-01-05T14:30:00.000Z',
  finishedAt: '2026-01-05T14:30:01.000Z',
  request: AnalysisRequest.parse({
    holdings: [{ symbol: 'AAPL', weight: 1 }],
    riskFreeRate: 0.02,
    monteCarlo: { target: 1.2 },
  }),
  result,
});

const bySymbol = <Value>(symbols: readonly string[], value: (i: number) => Value): Record<string, Value> =>
  Object.fromEntries(symbols.map((symbol, i) => [symbol, value(i)]));

/** Some figure between 0 and 1, another for each place. */
const wave = (i: number): number => (Math.sin(i * 12.9898) + 1) / 2;

const dayAfter = (days: number): string =>
  new Date(Date.UTC(2014, 0, 2) + days * 86_400_000).toISOString().slice(0, 10);

function optimumOf(symbols: readonly string[], shift: number) {
  const raw = symbols.map((_, i) => wave(i + shift));
  const total = raw.reduce((sum, each) => sum + each, 0);
  return {
    weights: bySymbol(symbols, (i) => raw[i]! / total),
    bands: bySymbol(symbols, (i) => ({ p5: (raw[i]! / total) * 0.4, p95: Math.min(1, (raw[i]! / total) * 1.9) })),
    return: 0.08 + shift / 100,
    volatility: 0.14 + shift / 90,
    sharpe: 0.55,
    ...(shift === 5 && { turnover: 0.25, movedByLimits: 0.0417 }),
    shares: { quantities: bySymbol(symbols, (i) => i + shift), leftover: 12.5 + shift },
  };
}

const optimizationOf = (symbols: readonly string[]): AnalysisResult['optimization'] => ({
  minVariance: optimumOf(symbols, 0),
  maxSharpe: optimumOf(symbols, 4),
  riskParity: optimumOf(symbols, 2),
  hrp: optimumOf(symbols, 3),
  maxDiversification: optimumOf(symbols, 5),
  minCvar: { unavailable: { code: 'infeasible', reason: 'No weights within these bounds.' } },
  current: { return: 0.09, volatility: 0.2, sharpe: 0.35 },
  estimates: { expectedReturns: bySymbol(symbols, (i) => 0.05 + wave(i) / 10), shrinkage: 0 },
  equalWeight: optimumOf(symbols, 6),
  inverseVolatility: optimumOf(symbols, 7),
  frontier: Array.from({ length: 25 }, (_, i) => ({
    return: 0.08 + i * 0.004,
    volatility: 0.14 + (i / 60) ** 2,
    weights: bySymbol(symbols, () => 1 / symbols.length),
  })),
});

const fanOf = (day: number) => ({
  day,
  p5: 1 - day / 1000,
  p25: 1 - day / 4000,
  p50: 1 + day / 3000,
  p75: 1 + day / 1200,
  p95: 1 + day / 500,
});

const monteCarlo: AnalysisResult['monteCarlo'] = {
  paths: 100_000,
  horizonDays: 252,
  seed: 42,
  model: 'studentT',
  terminal: { mean: 1.0912, p5: 0.7481, p25: 0.9372, p50: 1.0843, p75: 1.2104, p95: 1.5045 },
  probabilityOfLoss: 0.3456,
  probabilityOfTarget: 0.2765,
  var: both(0.2519, 0.3621),
  cvar: both(0.3187, 0.4123),
  maxDrawdown: { mean: 0.1623, p5: 0.0741, p25: 0.1102, p50: 0.1501, p75: 0.2011, p95: 0.3001 },
  standardErrors: { 'terminal.mean': 0.00064, probabilityOfLoss: 0.0015, 'var.0.95': 0.0012, 'cvar.0.95': 0.0016 },
  fan: Array.from({ length: 13 }, (_, i) => fanOf(i * 21)),
};

const days = Array.from({ length: 700 }, (_, i) => dayAfter(i * 3));

const rolling = {
  window: 63,
  dates: days,
  volatility: days.map((_, i) => 0.1 + wave(i) / 50),
  sharpe: days.map((_, i) => (i > 40 && i < 60 ? null : Math.sin(i / 70))),
  beta: days.map((_, i) => 1 + Math.cos(i / 90) / 5),
};

function portfolioOf(symbols: readonly string[]): AnalysisResult['portfolio'] {
  const value = 1 / symbols.length;
  return {
    performance,
    risk: {
      ...risk,
      varTests: { kupiec: { statistic: 1.23, pValue: 0.267 }, christoffersen: { statistic: 6.54, pValue: 0.0105 } },
      componentVar: bySymbol(symbols, (i) => 0.021 * value * (1 + wave(i))),
      marginalVar: bySymbol(symbols, (i) => 0.021 * (1 + wave(i))),
      incrementalVar: bySymbol(symbols, (i) => 0.004 - 0.006 * wave(i)),
    },
    wealth: {
      dates: days,
      portfolio: days.map((_, i) => 1 + i / 500 + wave(i) / 20),
      benchmark: days.map((_, i) => 1 + i / 700),
    },
    rolling,
    monthly: Array.from({ length: 84 }, (_, i) => ({
      year: 2014 + Math.floor(i / 12),
      month: (i % 12) + 1,
      return: (wave(i) - 0.4) / 10,
    })),
    drawdowns: Array.from({ length: 14 }, (_, i) => ({
      peak: dayAfter(i * 90),
      trough: dayAfter(i * 90 + 20),
      recovery: i === 13 ? null : dayAfter(i * 90 + 60),
      depth: 0.02 + wave(i) / 4,
      days: 60 + i,
    })),
    accounts: {
      from: '2014-01-02',
      to: '2020-12-31',
      timeWeighted: { total: 0.7654, annualized: 0.0843 },
      modifiedDietz: { total: 0.7321, annualized: 0.0811 },
      moneyWeighted: { unavailable: { code: 'several-roots', reason: 'More than one rate solves these flows.' } },
    },
  };
}

const explained =
  'returns totalReturn cagr arithmeticReturn annualVolatility sharpe sortino calmar omega ulcer tailRatio probabilisticSharpe maxDrawdown skewness kurtosis var cvar beta alpha rSquared trackingError informationRatio capture correlation riskContribution contribution factors brinson explainedMove stressHistorical stressShock stressCorrelation stressCoverage';
const conventions = Object.fromEntries(explained.split(' ').map((key) => [key, `how ${key} is computed`]));

const window = { from: '2014-01-02', to: '2020-12-31', observations: 1762 };

const withoutData = (symbols: string[]) => ({
  scenario: 'Long ago',
  from: '1973-01-11',
  to: '1974-10-03',
  portfolioReturn: null,
  coverage: 0,
  uncovered: symbols,
});

const stress = [
  {
    scenario: 'Financial crisis',
    from: '2007-10-09',
    to: '2009-03-09',
    portfolioReturn: -0.4567,
    coverage: 0.8,
    uncovered: ['META'],
    benchmarkReturn: -0.5678,
    heldReturn: -0.4432,
  },
  {
    scenario: 'Pandemic',
    from: '2020-02-19',
    to: '2020-03-23',
    portfolioReturn: -0.3124,
    coverage: 1,
    uncovered: [],
    benchmarkReturn: -0.3392,
    heldReturn: -0.3201,
  },
  {
    scenario: 'market -20%',
    shock: { factor: '^GSPC', move: -0.2 },
    portfolioReturn: -0.2101,
    coverage: 1,
    uncovered: [],
    benchmarkReturn: -0.2,
    beta: 1.05,
  },
  {
    scenario: 'all correlations 1',
    shock: { factor: 'correlation', move: 1 },
    portfolioReturn: -0.0601,
    coverage: 1,
    uncovered: [],
    atMeasuredCorrelation: -0.0444,
  },
];

const attributionOf = (symbols: string[]): AnalysisResult['attribution'] => ({
  contribution: bySymbol(symbols, (i) => wave(i) - 0.3),
  factors: {
    window,
    lags: 6,
    alpha: 0.0321,
    betas: { '^GSPC': 0.98, MTUM: 0.213, VLUE: -0.187 },
    tStats: { alpha: 1.57, '^GSPC': 40.2, MTUM: 2.61, VLUE: null },
    rSquared: 0.91,
  },
  brinson: {
    window,
    sectors: [{ sector: 'Énergie & Łódź', allocation: 0.0123, selection: -0.0045, interaction: 0.0011 }],
    portfolioReturn: 0.5055,
    benchmarkReturn: 0.4966,
    activeReturn: 0.0089,
  },
  explainedMove: {
    date: '2020-03-16',
    return: -0.12,
    byFactor: { '^GSPC': -0.09, MTUM: -0.01 },
    residual: -0.02,
    byHolding: bySymbol(symbols, () => -0.12 / symbols.length),
  },
});

/** A result with every part, made by formulas: the layout is tested with it, the figures mean nothing. */
export const fullResult = (symbols: string[]): AnalysisResult =>
  AnalysisResult.parse({
    ...resultOf(symbols),
    conventions,
    portfolio: portfolioOf(symbols),
    optimization: optimizationOf(symbols),
    monteCarlo,
    stress: [...stress, withoutData(symbols)],
    attribution: attributionOf(symbols),
    warnings: [
      { code: 'undefined-figure', path: 'portfolio.performance.sortino', message: 'sortino is undefined' },
      { code: 'gap', path: 'assets.0', message: 'No price on 3 days' },
    ],
  });
