import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseJson } from '@stocktool/contracts';
import { keepResult } from './results';
import { compareWithMeasured, scaleAt } from './scale/scale-at';
import { FairnessResult, FlowResult, plan } from './scale/station';
import { ceilings } from './scale/limits';

/**
 * What 10, 1000 and 100 000 times the load of today would need: predicted in closed form and simulated, from times that
 * `npm run bench -- flow` and `-- fairness` measured and `scale/measured` keeps: the page's figures are made from those. Fails when the two are more than 20 % apart at 10 times. `docs/scale.md` has the arithmetic.
 */
const kept = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, `scale/measured/${name}.json`), 'utf8');
const measured = {
  flow: parseJson(FlowResult, kept('flow')),
  fairness: parseJson(FairnessResult, kept('fairness')),
};

const scales = [1, 10, 1000, 100_000].map((factor) => scaleAt(measured, factor));
const limits = ceilings(plan(measured, 1));
console.log('\nReached first, in jobs/s');
for (const { what, jobsPerSecond } of limits) console.log(`${jobsPerSecond.toFixed(0).padStart(8)}  ${what}`);
const onThisMachine = compareWithMeasured(measured);

const tenfold = scales.find(({ factor }) => factor === 10);
const worst = Math.max(...(tenfold?.stations.map(({ worstOff }) => worstOff) ?? [Infinity]));
const holds = worst <= 0.2;
console.log(
  `\nPredicted and simulated at 10×: at most ${(100 * worst).toFixed(1)} % apart: ${holds ? 'holds' : 'FAILS'}`,
);
const timesFrom = { flow: measured.flow.measuredAt, fairness: measured.fairness.measuredAt };
keepResult('scale', { timesFrom, scales, limits, onThisMachine, worstOffAtTenfold: worst });
process.exit(holds ? 0 : 1);
