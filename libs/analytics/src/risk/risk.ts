import type { Risk } from '@stocktool/contracts';
import { besideBenchmark, type BenchmarkSample } from '../performance/benchmark-relative';
import type { Timeline } from '../performance/performance';
import type { ReturnSample } from '../statistics/return-sample';
import { simulatedValueAtRisk, usualSimulation, type Simulation } from './simulated-value-at-risk';
import { conditionalValueAtRisk, valueAtRisk } from './value-at-risk';
import { valueAtRiskTests } from './value-at-risk-tests';

/** Value at risk and expected tail loss at 95 % and 99 % over one period, backtests, and the figures relative to the benchmark. */
export function riskOf(
  sample: ReturnSample,
  benchmark: BenchmarkSample,
  timeline: Timeline,
  simulation: Simulation = usualSimulation,
): Risk {
  const [at95, at99] = [valueAtRisk(sample, 0.95), valueAtRisk(sample, 0.99)];
  const [beyond95, beyond99] = [conditionalValueAtRisk(sample, 0.95), conditionalValueAtRisk(sample, 0.99)];
  const simulated = simulatedValueAtRisk(sample, simulation);
  return {
    var: {
      historical: { '0.95': at95.historical, '0.99': at99.historical },
      parametric: { '0.95': at95.parametric, '0.99': at99.parametric },
      cornishFisher: { '0.95': at95.cornishFisher, '0.99': at99.cornishFisher },
      monteCarlo: simulated.var,
    },
    cvar: {
      historical: { '0.95': beyond95.historical, '0.99': beyond99.historical },
      parametric: { '0.95': beyond95.parametric, '0.99': beyond99.parametric },
      monteCarlo: simulated.cvar,
    },
    ...besideBenchmark(sample, benchmark, timeline),
    varTests: valueAtRiskTests(sample.returns, timeline.periodsPerYear),
  };
}
