import type { AssetPrices } from '../series/alignment';
import { covariance } from '../statistics/covariance';
import { commonDates, returnsBetween } from '../factors/common-dates';
import { factorPortfolios } from '../factors/factor-portfolios';
import { isNegligible, type Sample } from '../statistics/moments';
import type { PortfolioData } from '../portfolio-data';
import { coveredPart, finite, type StressRow } from './covered-part';

const marketMoves = [-0.1, -0.2, -0.4, 0.1];
const factorMove = -0.1;
/** A beta from fewer returns is hardly more than noise, and that a factor has fewer than the analysis nobody sees. */
const fewestReturns = 30;

const percent = (move: number): string => `${move > 0 ? '+' : ''}${Math.round(move * 100)} %`;

function betaTo(factor: Sample, returns: Sample): number | undefined {
  const [joint, variance] = [covariance(returns, factor), covariance(factor, factor)];
  if (joint === null || variance === null || isNegligible(Math.sqrt(variance))) return undefined;
  return finite(joint / variance) ?? undefined;
}

interface Shock {
  scenario: string;
  factor: string;
  move: number;
}

/** Each holding moves by its beta times the move, but loses no more than everything. */
function shocked(
  data: PortfolioData,
  { scenario, factor, move }: Shock,
  betas: readonly (number | undefined)[],
): StressRow {
  const { members, coverage, uncovered } = coveredPart(data, betas);
  const total = members.reduce((sum, { known, weight }) => sum + weight * Math.max(known * move, -1), 0);
  const beta = members.reduce((sum, { known, weight }) => sum + weight * known, 0);
  return {
    scenario,
    shock: { factor, move },
    portfolioReturn: members.length > 0 ? finite(total) : null,
    coverage,
    uncovered,
    ...(members.length > 0 && { beta: finite(beta) }),
  };
}

/** The benchmark moves, and each holding by its beta over the analysis (that of `risk`). */
export function marketShocks(data: PortfolioData): StressRow[] {
  const betas = data.assetReturns.map((returns) => betaTo(data.benchmarkReturns, returns));
  return marketMoves.map((move) => {
    const row = shocked(data, { scenario: `market ${percent(move)}`, factor: data.benchmark.symbol, move }, betas);
    return { ...row, benchmarkReturn: move };
  });
}

/**
 * A factor portfolio falls, and each holding by its beta to that factor alone over the dates that both have: what else used to
 * move with the factor moves with it here, too.
 */
export function factorShocks(data: PortfolioData): StressRow[] {
  return factorPortfolios.map(({ symbol, factor }) => {
    const shock = { scenario: `${factor} factor ${percent(factorMove)}`, factor: symbol, move: factorMove };
    const prices = data.factors.find((one) => one.symbol === symbol);
    return shocked(data, shock, betasToFactor(data, prices));
  });
}

function betasToFactor(data: PortfolioData, factor: AssetPrices | undefined): (number | undefined)[] {
  const common = factor?.currency === data.benchmark.currency ? commonDates(data.timeline.dates, [factor]) : undefined;
  const [moves] = common?.returns ?? [];
  if (!common || !moves || moves.length < fewestReturns) return data.symbols.map(() => undefined);
  return data.assetReturns.map((returns) => betaTo(moves, returnsBetween(common.positions, returns)));
}
