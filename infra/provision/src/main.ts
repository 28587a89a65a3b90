import { isWrong, provision } from './index';

/** `node main.js [--check]`: brings the account of the environment's credentials to the topology, or only compares. */
const { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint, CONSOLE_ORIGINS: origins } = process.env;
if (region === undefined) {
  console.error('AWS_REGION is not set.');
  process.exit(2);
}
const findings = await provision({
  region,
  ...(endpoint !== undefined && { endpoint }),
  consoleOrigins: (origins ?? 'http://localhost:3000').split(','),
  apply: !process.argv.includes('--check'),
});
for (const { resource, state, detail } of findings)
  console.log(`${state.padEnd(9)} ${resource}${detail && `: ${detail}`}`);
process.exitCode = findings.some(isWrong) ? 1 : 0;
