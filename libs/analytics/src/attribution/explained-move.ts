import type { Attribution, Unavailable } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';
import { returnsBetween } from '../factors/common-dates';
import type { FactorModel, FactorSample } from './factor-regression';
import type { WeightAt } from './holding-weights';
import { unavailable } from './unavailable';

type ExplainedMove = Exclude<NonNullable<Attribution['explainedMove']>, Unavailable>;

/**
 * The return of one day, by factor: beta of the regression times the return of the factor; what is left (alpha, the risk-free rate
 * and what no factor explains) is the residual. Without a date asked for, the worst day on which the factors have returns.
 */
export function explainedMove(
  data: PortfolioData,
  weightAt: WeightAt,
  sample: FactorSample,
  { betas }: FactorModel,
): ExplainedMove | Unavailable {
  const asked = data.request.attribution?.explainDate;
  const period = asked === undefined ? worst(sample.portfolio) : sample.dates.indexOf(asked) - 1;
  if (period < 0)
    return unavailable(
      'no-return-on-date',
      `There is no return on ${asked}: portfolio and factors have returns from ${sample.dates[1]} to ${sample.dates.at(-1)}.`,
    );
  const move = sample.portfolio[period]!;
  const byFactor = sample.factors.map(({ symbol, returns }) => [symbol, betas[symbol]! * returns[period]!] as const);
  const explained = byFactor.reduce((sum, [, part]) => sum + part, 0);
  const start = sample.positions[period]!;
  const byHolding = data.symbols.map((symbol, asset) => {
    const [earned] = returnsBetween(sample.positions.slice(period, period + 2), data.assetReturns[asset]!);
    return [symbol, weightAt(asset, start) * earned!] as const;
  });
  return {
    date: sample.dates[period + 1]!,
    return: move,
    byFactor: Object.fromEntries(byFactor),
    residual: move - explained,
    byHolding: Object.fromEntries(byHolding),
  };
}

const worst = (returns: Float64Array): number =>
  returns.reduce((lowest, each, i) => (each < returns[lowest]! ? i : lowest), 0);
