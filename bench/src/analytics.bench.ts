import { benchPython } from './analytics/bench-python';
import { frontier } from './analytics/frontier';
import { monteCarlo } from './analytics/monte-carlo';
import { quasi } from './analytics/quasi';
import { riskReport } from './analytics/risk-report';
import type { Section } from './analytics/section';
import { keepResult } from './results';

/**
 * The figures beside the Python libraries that people use for them: the same data, the same answers (checked), CPU time of one process each,
 * interleaved. `npm run bench -- analytics [section …]`; without names all sections.
 */
const sections: readonly Section[] = [riskReport, monteCarlo, quasi, frontier];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !sections.some((section) => section.name === name));
if (unknown.length > 0) {
  console.error(`No section ${unknown.join(', ')}; there are: ${sections.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}
const { interpreter, missing } = benchPython();
if (interpreter === undefined) process.exit(1);
for (const { name, title, needs, run } of sections) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${title}`);
  const lacking = needs.filter((need) => missing.includes(need));
  if (lacking.length > 0) console.log(`not run: without ${lacking.join(', ')}`);
  else keepResult(`analytics-${name}`, await run({ interpreter, missing }));
}
process.exit(0);
