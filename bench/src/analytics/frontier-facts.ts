import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const directory = path.resolve(import.meta.dirname, '../../../.local/bench');

/** Expected returns, then the covariance row by row: five factors, the first in one direction for all, and risks of their own. */
export function writeFrontierProblem(assets: number, seed: number): string {
  const factors = 5;
  const uniform = generator(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const loadings = Array.from({ length: assets }, () =>
    Array.from({ length: factors }, (_, f) => (f === 0 ? 0.1 + 0.1 * Math.abs(normal()) : 0.1 * normal())),
  );
  const own = loadings.map(() => (0.1 + 0.25 * uniform()) ** 2);
  const covariance = loadings.flatMap((a, i) =>
    loadings.map((b, j) => a.reduce((sum, each, f) => sum + each * b[f]!, 0) + (i === j ? own[i]! : 0)),
  );
  const expected = loadings.map((_, i) => 0.02 + 0.5 * Math.sqrt(covariance[i * assets + i]!) * uniform());
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `frontier-${assets}.f64`);
  writeFileSync(file, new Uint8Array(Float64Array.from([...expected, ...covariance]).buffer));
  return file;
}

export function readFrontierProblem(
  file: string,
  assets: number,
): { expected: Float64Array; covariance: Float64Array } {
  const bytes = readFileSync(file);
  const raw = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { expected: raw.slice(0, assets), covariance: raw.slice(assets) };
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
