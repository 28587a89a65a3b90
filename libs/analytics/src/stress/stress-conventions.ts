import { historicalWindows } from './historical-windows';

const windows = historicalWindows.map(({ scenario, from, to }) => `${scenario} ${from} to ${to}`).join('; ');

export const stressConventions = {
  stressHistorical: `today's weights in a window of the past, rebalanced to them on each date that all covered holdings have (portfolioReturn), and bought at its start and held (heldReturn); benchmarkReturn: of the benchmark in the same window or shock. Windows run from a closing high of the S&P 500 to the closing low after it: ${windows}. A price up to 7 days old stands for a day without one`,
  stressShock:
    "each holding moves by its beta times the shock, and loses no more than everything; beta = cov / var (ddof 1) of simple returns over the analysis: to the benchmark for the market, to the factor fund alone (momentum MTUM, quality QUAL, size SIZE, minimum volatility USMV, value VLUE) over the dates both have, at least 30 returns. beta is that of the portfolio at today's weights",
  stressCorrelation:
    "all holdings fall by 3 of their own standard deviations (ddof 1, one period) at once, -3 * sum of w_i s_i, no more than everything; atMeasuredCorrelation: -3 * standard deviation of the portfolio at today's weights",
  stressCoverage:
    "fraction of today's weight whose holdings have data; the return is that of this part, its weights scaled up to 1; null when coverage is 0",
} as const;
