import { isAvailable, MonteCarloRequest, type MonteCarlo, type Risk, type Unavailable } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';
import { fanDay, standardErrorsOf, statisticsOf, tailLosses } from './path-statistics';
import { simulateHere, type Simulate } from './path-simulator';
import { daysPerStep, planSimulation } from './planned-simulation';
import { ascendingFloats } from './ascending-floats';

/** Single precision ends at 3e38; wealth of this size is no forecast any more. */
const highestWealth = 1e30;

export interface SimulatedRisk {
  readonly monteCarlo: MonteCarlo;
  /** Losses over one period, for `risk`. */
  readonly onePeriod: Pick<MonteCarlo, 'var' | 'cvar'>;
}

/** Simulates the portfolio from the returns of the analysis; what is assumed is in `conventions`. */
export function monteCarlo(data: PortfolioData, simulate: Simulate = simulateHere): SimulatedRisk | Unavailable {
  const settings = data.request.monteCarlo ?? MonteCarloRequest.parse({});
  const plan = planSimulation(data, settings);
  if (!isAvailable(plan)) return plan;
  const { terminal, deepestFall, fan } = simulate(plan);
  const days = [...fan, terminal];
  if (!days.every(isMeasurable)) return tooHigh;
  const { target, paths, horizonDays, seed, model, sampling } = settings;
  const dayOf = (step: number) => Math.round(step * daysPerStep(data.timeline));
  return {
    monteCarlo: {
      ...{ paths, horizonDays, seed, model, sampling },
      ...statisticsOf(terminal, deepestFall, target),
      standardErrors: standardErrorsOf(terminal, deepestFall, target),
      fan: [today, ...days.map((wealth, i) => fanDay(dayOf(plan.fanSteps[i]!), wealth))],
    },
    onePeriod: tailLosses(ascendingFloats(days[0]!)),
  };
}

/** A portfolio's figures with its simulated losses over one period in their place. */
export function withSimulatedLosses<Measured extends { risk?: Risk }>(
  measured: Measured,
  simulation: SimulatedRisk | Unavailable | undefined,
): Measured {
  const { risk } = measured;
  if (risk === undefined || simulation === undefined) return measured;
  const losses = isAvailable(simulation) ? simulation.onePeriod : { var: simulation, cvar: simulation };
  return {
    ...measured,
    risk: {
      ...risk,
      var: { ...risk.var, monteCarlo: losses.var },
      cvar: { ...risk.cvar, monteCarlo: losses.cvar },
    },
  };
}

function isMeasurable(wealth: Float32Array): boolean {
  for (let i = 0; i < wealth.length; i++) if (!(wealth[i]! < highestWealth)) return false;
  return true;
}

const today = { day: 0, p5: 1, p25: 1, p50: 1, p75: 1, p95: 1 };

const tooHigh: Unavailable = {
  unavailable: {
    code: 'not-finite',
    reason:
      'The returns of this period, continued, lead to a wealth beyond all measure: no figure of it means anything.',
  },
};
