import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { oneLine } from '../failure';
import { root } from '../settings';
import { buildAll } from '../workspace-build';
import { startBackend } from './backends';
import { differenceOf, differences } from './differences';
import { matrix } from './matrix';
import { integrationProjects, runSuites, type TestOutcome } from './suites';

/**
 * `npm run integration -- --backend embedded,ministack`: the same integration tests against each backend, and a matrix of what
 * works on which. A test that fails for a known difference is counted as such; one that fails otherwise, and a known
 * difference that is none any more, fail the command. `localstack=URL` is one that somebody else started. `--optional` lets a backend that cannot be had here be left out.
 */
export async function integration(arguments_: string[]): Promise<number> {
  const { values } = parseArgs({
    args: arguments_,
    options: { backend: { type: 'string', default: 'embedded' }, optional: { type: 'boolean', default: false } },
  });
  console.log(await buildAll()); // the tests of functions run their bundles
  const results = new Map<string, TestOutcome[]>();
  let missing = 0;
  for (const backend of values.backend.split(',')) {
    try {
      const [name] = backend.split('=', 1) as [string];
      results.set(name, await testsOn(name, backend));
    } catch (error) {
      console.log(oneLine(error));
      missing += 1;
    }
  }
  console.log(matrix(results));
  const faults = [...results].flatMap(([name, outcomes]) => faultsOf(name, outcomes));
  faults.forEach((fault) => console.log(fault));
  const count = [...results.values()].flat().length;
  console.log(`\n${count} tests on ${results.size} backends, ${faults.length} not as documented`);
  keepTally({ passed: count - faults.length, failed: faults.length + (values.optional ? 0 : missing) });
  return faults.length > 0 || (missing > 0 && !values.optional) ? 1 : 0;
}

/**
 * Alone, before all others: the one makes the template's tables, queues and buckets on the empty backend, so that the others run on
 * what the template says, the other changes what has the names of production.
 */
const alone: readonly string[] = ['infra/cdk', 'infra/provision'];

/** Suites have resources of their own names, so that several can share a backend; they wait more than they compute. */
const lanes = 3;

/** What `.ci/run` adds up. */
function keepTally(tally: { passed: number; failed: number }): void {
  const directory = path.join(root, '.local/integration');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'tally.json'), JSON.stringify(tally));
}

async function testsOn(name: string, given: string): Promise<TestOutcome[]> {
  const backend = await startBackend(given);
  try {
    const outcomes: TestOutcome[] = [];
    const run = async (project: string) => {
      const startedAt = performance.now();
      const found = await runSuites(project, backend.url);
      const passed = found.filter((each) => each.passed).length;
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${name}  ${project}  ${passed} of ${found.length} (${seconds} s)`);
      outcomes.push(...found);
    };
    const waiting = integrationProjects().filter((project) => !alone.includes(project));
    for (const project of alone) await run(project);
    const lane = async () => {
      for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) await run(project);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return outcomes;
  } finally {
    await backend.stop();
  }
}

function faultsOf(backend: string, outcomes: readonly TestOutcome[]): string[] {
  const failed = outcomes.filter(({ passed }) => !passed);
  const unexplained = failed
    .filter(({ suite, name }) => !differenceOf(backend, suite, name))
    .map(({ suite, name, message }) => `FAILED  ${backend}  ${suite}: ${name}\n${message.slice(0, 1500)}`);
  const stale = differences
    .filter((each) => each.backend === backend && !each.sometimes)
    .filter((each) => !failed.some(({ suite, name }) => differenceOf(backend, suite, name) === each))
    .map(
      ({ suite, tests }) => `STALE  ${backend}  ${suite}: "${tests.join('", "')}" works; it is no difference any more`,
    );
  return [...unexplained, ...stale];
}
