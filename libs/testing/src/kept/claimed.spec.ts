import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { keptDirectory, keptVersionNames } from './kept-versions';

const root = path.resolve(import.meta.dirname, '../../../..');

/** Rows without a schema of their own: a number that one expression counts up, a key that leads to others. */
const withoutSchema = ['rows/idempotency/budget', 'rows/idempotency/streams', 'rows/portfolios/series-count'];

it('every kind of message and row that a kept version wrote is read by a test', () => {
  const specs = globSync('{apps,libs,libs/aws}/*/src/**/*.spec.ts', { cwd: root });
  const texts = specs.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n');
  const claimed = [...texts.matchAll(/describeKept\('([^']+)'/g)].map(([, name]) => name);
  const kept = keptVersionNames().flatMap((version) =>
    globSync('**/*.json', { cwd: path.join(keptDirectory, version) }),
  );
  const names = new Set(kept.map((file) => file.replace(/\.json$/, '')));
  expect(names.size).toBeGreaterThan(20);
  const unread = [...names].filter((name) => !claimed.includes(name) && !withoutSchema.includes(name));
  expect(unread).toEqual(['calls/proto']); // compared as a whole, beside the others of the contracts
});
