import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { keepResult } from './results';
import { consumerBesideRawLoop, functionBesideNode } from './smoke/processes';
import { inProcessRatios } from './smoke/in-process';
import { judge, tolerated } from './smoke/judge';

/**
 * Cheap ratios, each of our code beside a baseline in the same run, so that they hold on any machine; against the ones kept in
 * bench/results/smoke.json. Exit code 1 when one is more than 15 % worse. `-- smoke --keep` keeps today's as the new measure.
 */
const { values: options } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const Kept = z.object({ ratios: z.array(z.object({ name: z.string(), ratio: z.number() })) });
const file = path.resolve(import.meta.dirname, '../results/smoke.json');

const measure = async () => [...inProcessRatios(), await consumerBesideRawLoop(), await functionBesideNode()];

let ratios = await measure();
if (options.keep) {
  for (const { name, ratio } of ratios) console.log(`${name.padEnd(56)} ${ratio.toFixed(2)}`);
  keepResult('smoke', { ratios });
  process.exit(0);
}
const kept = Kept.parse(JSON.parse(readFileSync(file, 'utf8'))).ratios;
let verdicts = judge(ratios, kept);
if (verdicts.some(({ outcome }) => outcome !== 'held')) {
  console.log('Once more, to tell a slower program from a busy machine.');
  ratios = await measure();
  verdicts = judge(ratios, kept);
}
for (const { name, ratio, before, outcome } of verdicts)
  console.log(`${name.padEnd(56)} ${ratio.toFixed(2)}  kept ${before?.toFixed(2) ?? 'none'}  ${outcome}`);
const worse = verdicts.filter(({ outcome }) => outcome === 'WORSE');
console.log(
  worse.length === 0
    ? `\nNo ratio is more than ${100 * tolerated} % worse.`
    : `\n${worse.length} ratios are more than ${100 * tolerated} % worse than those kept in bench/results/smoke.json.`,
);
process.exit(worse.length === 0 ? 0 : 1);
