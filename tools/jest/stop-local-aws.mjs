import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Keeps what was called, for the check of least privilege, and ends the endpoint that start-local-aws.mjs began, if it did. */
export default async function stopLocalAws({ rootDir }) {
  const child = globalThis.localAwsProcess;
  if (!child || child.exitCode !== null) return;
  const calls = await fetch(`${process.env.AWS_ENDPOINT_URL}/_local/calls`).catch(() => undefined);
  if (calls?.ok) {
    mkdirSync(path.join(rootDir, '.jest'), { recursive: true });
    writeFileSync(path.join(rootDir, '.jest/calls.json'), await calls.text());
  }
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
