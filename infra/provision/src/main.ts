import { parseArgs } from 'node:util';
import { isWrong, provision } from './index';
import { untilItAnswers } from './wait';

/**
 * `node main.js [--check] [--wait <seconds>]`: brings the account of the environment's credentials to the topology, or only
 * compares; with `--wait` it gives the account so long to answer at all.
 */
const { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint, CONSOLE_ORIGINS: origins } = process.env;
const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, wait: { type: 'string', default: '0' } },
});
if (region === undefined) {
  console.error('AWS_REGION is not set.');
  process.exit(2);
}
const settings = { region, ...(endpoint !== undefined && { endpoint }) };
try {
  await untilItAnswers(settings, Number(options.wait));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
const findings = await provision({
  ...settings,
  consoleOrigins: (origins ?? 'http://localhost:3000').split(','),
  apply: !options.check,
});
for (const { resource, state, detail } of findings)
  console.log(`${state.padEnd(9)} ${resource}${detail && `: ${detail}`}`);
process.exitCode = findings.some(isWrong) ? 1 : 0;
