import { monthlyCosts } from './costs';
import { predict, type Prediction } from './queueing';
import { simulate } from './simulate';
import { asMeasured, overlappedSeconds, plan, type Measured, type Station } from './station';

/** The least load that was measured, which today's system is taken to have. */
const todayPerSecond = 1;
/** Enough that another seed changes a wait by a few per cent at most. */
const jobs = 2_000_000;
const seed = 20_261_125;

const compared = ['utilisation', 'waitSeconds', 'responseSeconds', 'jobs'] as const;

function compare(stations: readonly Station[], arrivalsPerSecond: number) {
  const simulated = simulate(stations, { arrivalsPerSecond, jobs, seed });
  return stations.map(({ name, servers, service }, index) => {
    const predicted = predict(arrivalsPerSecond, servers, service);
    const seen: Prediction = simulated[index]!;
    const worstOff = Math.max(...compared.map((figure) => Math.abs(predicted[figure] / seen[figure] - 1)));
    return { name, servers, serviceMs: 1000 * service.meanSeconds, predicted, simulated: seen, worstOff };
  });
}

/** Tasks, waits and costs at so many times the load of today; printed. */
export function scaleAt(measured: Measured, factor: number) {
  const jobsPerSecond = todayPerSecond * factor;
  const planned = plan(measured, jobsPerSecond);
  const stations = compare(planned, jobsPerSecond);
  const costs = monthlyCosts(planned, jobsPerSecond);
  console.log(`\n${factor}× today: ${jobsPerSecond} analyses/s`);
  console.log(
    'station   tasks  service |  busy: predicted simulated |  wait ms: predicted simulated |  in line and work: predicted simulated',
  );
  for (const { name, servers, serviceMs, predicted, simulated } of stations)
    console.log(
      `${name.padEnd(9)} ${String(servers).padStart(5)} ${serviceMs.toFixed(1).padStart(5)} ms |` +
        pair(100 * predicted.utilisation, 100 * simulated.utilisation, 1) +
        pair(1000 * predicted.waitSeconds, 1000 * simulated.waitSeconds, 3) +
        pair(predicted.jobs, simulated.jobs, 3),
    );
  const { fixed, compute, requests, total } = costs;
  const dollars = (amount: number) => `$${amount.toFixed(0)}`;
  console.log(
    `a month: ${dollars(fixed)} fixed + ${dollars(compute)} tasks + ${dollars(requests)} requests = ${dollars(total)}`,
  );
  return { factor, jobsPerSecond, stations, costs };
}

const pair = (predicted: number, simulated: number, digits: number): string =>
  `${predicted.toFixed(digits).padStart(18)} ${simulated.toFixed(digits).padStart(9)} |`;

/**
 * The median that was measured at ten jobs a second, beside what the times at one job a second predict for the same machine: the only
 * figure here that is not about the model alone.
 */
export function compareWithMeasured(measured: Measured) {
  const row = measured.flow.latencies.find(({ jobsPerSecond }) => jobsPerSecond === 10);
  if (row === undefined) throw new RangeError('10 jobs/s were not measured');
  const stations = asMeasured(measured);
  const overlapped = overlappedSeconds(measured);
  const predicted = stations.map(({ servers, service }) => predict(10, servers, service));
  const predictedMs = 1000 * (overlapped + sum(predicted.map(({ responseSeconds }) => responseSeconds)));
  const simulated = simulate(stations, { arrivalsPerSecond: 10, jobs, seed });
  const simulatedMs = 1000 * (overlapped + sum(simulated.map(({ responseSeconds }) => responseSeconds)));
  console.log(
    `\nOn the measuring machine at 10 jobs/s: ${predictedMs.toFixed(1)} ms predicted, ${simulatedMs.toFixed(1)} simulated, ${row.p50Ms} measured (median)`,
  );
  return { predictedMs, simulatedMs, measuredMs: row.p50Ms };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
