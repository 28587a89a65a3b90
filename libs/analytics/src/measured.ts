import { asLibrary, libraries, type CompatInput } from './compat/compat';
import { byQuantity } from './held-portfolio';
import { benchmarkOf } from './performance/benchmark-relative';
import { deepestDrawdowns } from './performance/drawdown';
import { monthlyReturns } from './performance/monthly';
import { performanceOf } from './performance/performance';
import { rollingOf } from './performance/rolling';
import type { PortfolioData } from './portfolio-data';
import { valueAtRiskByHolding } from './risk/component-value-at-risk';
import { cornishFisherWarnings } from './risk/cornish-fisher-domain';
import { riskContribution } from './risk/risk-contribution';
import { riskOf } from './risk/risk';
import { wealthOf } from './series/returns';
import type { HeldPortfolio } from './series/portfolio-returns';
import { sampleOf } from './statistics/return-sample';

/** The parts `performance` and `risk` of the portfolio and of each asset, and what stands beside them. */
export function measured(data: PortfolioData, held: HeldPortfolio) {
  const { request, timeline, symbols, weights, assetReturns } = data;
  const [performance, risk] = [request.include.includes('performance'), request.include.includes('risk')];
  const benchmark = benchmarkOf(data.benchmarkReturns);
  const of = (returns: Float64Array, holdings?: CompatInput['holdings']) => {
    const sample = sampleOf(returns);
    const figures = {
      ...(performance && { performance: performanceOf(sample, timeline) }),
      ...(risk && { risk: riskOf(sample, benchmark, timeline, request.monteCarlo) }),
    };
    if (request.compat === 'none') return { sample, figures };
    const input = { sample, benchmark, timeline, ...(holdings && { holdings }) };
    return { sample, figures: asLibrary(libraries[request.compat], figures, input) };
  };
  // By weight the portfolio's returns are at the reported weights; by quantity they were made at others.
  const shares = riskContribution(assetReturns, weights, byQuantity(request.holdings) ? undefined : data.returns);
  const portfolio = of(data.returns, { weights, returns: assetReturns });
  if (portfolio.figures.risk) {
    const contributions = held.contributions();
    const holdings = symbols.map((symbol, i) => ({
      symbol,
      weight: weights[i]!,
      returns: assetReturns[i]!,
      contributions: contributions[i]!.series,
      scale: contributions[i]!.scale,
    }));
    Object.assign(portfolio.figures.risk, valueAtRiskByHolding(portfolio.sample, holdings));
  }
  const assets = assetReturns.map((returns) => of(returns));
  const moments = assets.map(({ sample }) => sample.moments);
  return {
    portfolio: { ...portfolio.figures, ...(performance && overTime(data)) },
    assets: assets.map(({ figures }, i) => ({
      symbol: symbols[i]!,
      weight: weights[i]!,
      ...figures,
      riskContribution: shares[i]!,
    })),
    warnings: risk ? cornishFisherWarnings(portfolio.sample.moments, moments) : [],
  };
}

/** What the portfolio did when. */
function overTime({ returns, benchmarkReturns, timeline }: PortfolioData) {
  const drawdowns = deepestDrawdowns(wealthOf(returns), timeline.dates);
  return {
    rolling: rollingOf(returns, benchmarkReturns, timeline),
    monthly: monthlyReturns(returns, timeline.dates),
    ...(drawdowns && { drawdowns }),
  };
}
