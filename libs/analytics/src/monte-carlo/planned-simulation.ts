import { type MonteCarloRequest, type Unavailable } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';
import { batchesOf } from './batches';
import { bootstrap, filteredHistorical, lognormal, student, type Simulated } from './models/dynamics';
import type { SimulationPlan } from './simulation-plan';

const tradingDaysPerYear = 252;
const leastReturns = 30;
const mostFanPoints = 24;
/** About what a simulation costs on one processor, and what one may cost; the threads of a worker share it. */
const nanosecondsPerShock = 1.7;
const nanosecondsPerCoefficient = 0.07;
const mostSeconds = 200;

const normalModels: readonly string[] = ['gbm', 'studentT'];
const models = { gbm: lognormal, studentT: student, bootstrap, filteredHistorical };

/** Days of trading to steps: one step is one period of the prices, so that no dependence between days has to be invented. */
export const daysPerStep = ({ periodsPerYear }: PortfolioData['timeline']): number =>
  tradingDaysPerYear / periodsPerYear;

/** What will be simulated, or why it cannot be. */
export function planSimulation(data: PortfolioData, settings: MonteCarloRequest): SimulationPlan | Unavailable {
  const { seed, paths, horizonDays, model } = settings;
  if (data.returns.length < leastReturns)
    return refused('too-few-returns', `A simulation needs ${leastReturns} returns, there are ${data.returns.length}.`);
  if (data.assetReturns.some((returns) => returns.some((value) => !(value > -1))))
    return refused('total-loss', 'A price fell to nothing in this period: no simulation can go on from there.');
  const quasi = settings.sampling === 'quasi';
  if (quasi && !normalModels.includes(model))
    return refused(
      'no-quasi-sampling',
      `Even sampling is made for the models ${normalModels.join(' and ')}, not for ${model}.`,
    );
  const simulated = withPortfolio(simulatedOf(data, model), quasi ? data.returns : undefined);
  const steps = Math.max(1, Math.round(horizonDays / daysPerStep(data.timeline)));
  const seconds = costOf(simulated.series.length, paths * steps);
  if (seconds > mostSeconds) {
    const fewer = Math.floor((paths * mostSeconds) / seconds / 1000) * 1000;
    const reason = `${paths} paths of ${steps} steps and ${simulated.series.length} assets are too much work; ${fewer} paths are possible.`;
    return refused('too-much-work', reason);
  }
  const dynamics = models[model](simulated);
  const weights = Float32Array.from({ length: dynamics.assets }, (_, i) => simulated.weights[i] ?? 0);
  return {
    ...{ seed, paths, steps, dynamics, weights, sharesHeld: simulated.sharesHeld },
    fanSteps: fanStepsOf(steps),
    quasiBatches: quasi ? Math.max(1, batchesOf(paths)) : 0,
  };
}

const refused = (code: string, reason: string): Unavailable => ({ unavailable: { code, reason } });

/**
 * A portfolio that is brought back to its weights at every step is one asset to models of simple returns: its own returns say all. The
 * order of assets is that of their symbols: however a request lists them, the paths are the same.
 */
function simulatedOf(data: PortfolioData, model: MonteCarloRequest['model']): Simulated {
  const sharesHeld = data.request.holdings.some(({ quantity }) => quantity !== undefined);
  if (!sharesHeld && model !== 'gbm') return { series: [data.returns], weights: [1], sharesHeld };
  const order = data.symbols.map((_, i) => i).sort((a, b) => (data.symbols[a]! < data.symbols[b]! ? -1 : 1));
  return {
    series: order.map((i) => data.assetReturns[i]!),
    weights: order.map((i) => data.weights[i]!),
    sharesHeld,
  };
}

/** The portfolio as a first asset of no weight: the first normal value of a step then moves all assets as it moves the portfolio. */
const withPortfolio = (simulated: Simulated, portfolio: Float64Array | undefined): Simulated =>
  portfolio === undefined
    ? simulated
    : { ...simulated, series: [portfolio, ...simulated.series], weights: [0, ...simulated.weights] };

const costOf = (assets: number, pathSteps: number): number =>
  (pathSteps * assets * (nanosecondsPerShock + (nanosecondsPerCoefficient * assets) / 2)) / 1e9;

/** The first step, which is also one period ahead, and evenly spaced ones up to the last. */
function fanStepsOf(steps: number): Int32Array {
  const points = Math.min(mostFanPoints, steps);
  const spaced = Array.from({ length: points }, (_, i) => Math.round(((i + 1) * steps) / points));
  return Int32Array.from([...new Set([1, ...spaced])]);
}
