import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Compiles the simulation kernel (`libs/analytics/kernel`, AssemblyScript) to `libs/analytics/dist/kernel.wasm` when that is
 * missing or older than its source. Usage: node tools/kernel.mjs
 */
const analytics = path.resolve(import.meta.dirname, '../libs/analytics');
const source = path.join(analytics, 'kernel');
export const kernelFile = path.join(analytics, 'dist/kernel.wasm');

const changedAt = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

export async function buildKernel() {
  const sources = (await readdir(source)).map((name) => path.join(source, name));
  const newest = Math.max(...(await Promise.all([import.meta.filename, ...sources].map(changedAt))));
  if ((await changedAt(kernelFile)) > newest) return;
  await mkdir(path.dirname(kernelFile), { recursive: true });
  const unfinished = `${kernelFile}.${process.pid}`;
  const { default: asc } = await import('assemblyscript/asc');
  const { error, stderr } = await asc.main([
    path.join(source, 'index.ts'),
    ...['--optimizeLevel', '3', '--runtime', 'stub', '--enable', 'simd', '--noAssert'],
    ...['--baseDir', source, '--outFile', unfinished],
  ]);
  if (error) throw new Error(`The kernel does not compile:\n${stderr.toString()}`);
  await rename(unfinished, kernelFile); // whole or not at all: others may be reading it
}

if (process.argv[1] === import.meta.filename) await buildKernel();
