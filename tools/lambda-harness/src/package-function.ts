import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { topology } from '@stocktool/topology';
import { type Zippable, zipSync } from 'fflate';

const root = path.resolve(import.meta.dirname, '../../..');

export interface PackagedFunction {
  readonly name: string;
  /** Relative to the workspace. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The zip of each function of the topology, from its bundle, in `dist/functions/`. */
export const packageFunctions = (): PackagedFunction[] =>
  Object.values(topology.functions).map(({ name }) => packageFunction(name));

function packageFunction(name: string): PackagedFunction {
  const handler = path.join(root, 'apps', name, 'dist/handler.js');
  if (!existsSync(handler)) throw new Error(`apps/${name} has no bundle: npm run build`);
  const prices = path.join(root, 'data/prices');
  const zip = reproducibleZip({
    'handler.js': readFileSync(handler),
    'package.json': Buffer.from('{"type":"module"}\n'),
    ...Object.fromEntries(
      readdirSync(prices).map((file) => [`data/prices/${file}`, readFileSync(path.join(prices, file))]),
    ),
  });
  const file = path.join('dist/functions', `${name}.zip`);
  mkdirSync(path.join(root, 'dist/functions'), { recursive: true });
  writeFileSync(path.join(root, file), zip);
  return { name, file, bytes: zip.length, sha256: createHash('sha256').update(zip).digest('hex') };
}

const unix = 3;
const readableByAll = 0o100644 << 16;

/**
 * The same files give the same bytes, whenever, wherever and in whatever order: sorted names, one date, modes of their own, and
 * a compressor in JavaScript, whose output does not depend on the processor.
 */
export function reproducibleZip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  // A zip holds local time: this is the same moment of the clock on the wall everywhere.
  const mtime = new Date(1980, 0, 1);
  const entries = Object.keys(files)
    .sort()
    .map((name) => [name, [files[name], { mtime, os: unix, attrs: readableByAll, level: 9 }]]);
  return zipSync(Object.fromEntries(entries) as Zippable);
}
