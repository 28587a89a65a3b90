import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const stopTimeoutMs = 10_000;

/** Ctrl-C, and nothing may be left after ten seconds. */
export default async function stopSystem() {
  const child = globalThis.systemProcess;
  if (!child || child.exitCode !== null) return;
  await keepRecordedCalls();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  const late = setTimeout(() => {
    child.kill('SIGKILL');
    throw new Error('the system did not stop within 10 s');
  }, stopTimeoutMs);
  await ended;
  clearTimeout(late);
}

/** Who called what of AWS in this run: what least privilege is checked against. */
async function keepRecordedCalls() {
  const response = await fetch(`${process.env.AWS_URL}/_local/calls`).catch(() => undefined);
  if (!response?.ok) return;
  const directory = path.join(import.meta.dirname, '.jest');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'calls.json'), await response.text());
}
