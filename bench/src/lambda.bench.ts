import { statSync } from 'node:fs';
import path from 'node:path';
import { FunctionProcess, packageFunctions } from '@stocktool/lambda-harness';
import { topology } from '@stocktool/topology';
import { keepResult } from './results';
import { median, percentile } from './statistics';

/**
 * Cold starts of the stock updater's zip: from the start of its process to its call for the first event, unpacked already, as
 * Lambda counts Init Duration. After `npm run build`.
 */
const starts = Number(process.argv[2] ?? 21);
const root = path.resolve(import.meta.dirname, '../..');
const spec = topology.functions.stockUpdater;
const [packaged] = packageFunctions();
if (packaged === undefined) throw new Error('there is no function');
const zip = path.join(root, packaged.file);
const environment = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', LOG_LEVEL: 'silent' };

const initMs: number[] = [];
for (let index = 0; index <= starts; index++) {
  const started = await FunctionProcess.start(spec, zip, environment);
  started.stop();
  // The first one reads the files from the disk.
  if (index > 0) initMs.push(started.initMs);
}
const zipMegabytes = statSync(zip).size / 1e6;
console.log(`${spec.name}: zip ${zipMegabytes.toFixed(2)} MB`);
console.log(
  `init p50 ${median(initMs).toFixed(0)} ms, p90 ${percentile(initMs, 90).toFixed(0)} ms of ${starts} starts`,
);
keepResult('lambda', {
  function: spec.name,
  zipMegabytes,
  initMs: { p50: median(initMs), p90: percentile(initMs, 90) },
});
