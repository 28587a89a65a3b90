/** Ends the endpoint that start-local-aws.mjs began, if it did. */
export default async function stopLocalAws() {
  const child = globalThis.localAwsProcess;
  if (!child || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
