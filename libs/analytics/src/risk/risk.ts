import type { Risk } from '@stocktool/contracts';
import { relativeToBenchmark } from '../performance/benchmark-relative';
import type { Sample } from '../statistics/moments';
import type { Timeline } from '../performance/performance';
import type { ReturnSample } from '../statistics/return-sample';
import { conditionalValueAtRisk, valueAtRisk } from './value-at-risk';

/** Of the portfolio it is put in where a simulation was asked for. */
const monteCarlo = {
  unavailable: { code: 'not-simulated', reason: 'Simulated for the portfolio only, when `monteCarlo` is included.' },
};

/** Value at risk and expected tail loss at 95 % and 99 % over one period, and the figures relative to the benchmark. */
export function riskOf(sample: ReturnSample, benchmark: Sample, timeline: Timeline): Risk {
  const [at95, at99] = [valueAtRisk(sample, 0.95), valueAtRisk(sample, 0.99)];
  const [beyond95, beyond99] = [conditionalValueAtRisk(sample, 0.95), conditionalValueAtRisk(sample, 0.99)];
  return {
    var: {
      historical: { '0.95': at95.historical, '0.99': at99.historical },
      parametric: { '0.95': at95.parametric, '0.99': at99.parametric },
      cornishFisher: { '0.95': at95.cornishFisher, '0.99': at99.cornishFisher },
      monteCarlo,
    },
    cvar: {
      historical: { '0.95': beyond95.historical, '0.99': beyond99.historical },
      parametric: { '0.95': beyond95.parametric, '0.99': beyond99.parametric },
      monteCarlo,
    },
    ...relativeToBenchmark(sample.returns, benchmark, timeline),
  };
}
