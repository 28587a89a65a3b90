const stopTimeoutMs = 10_000;

/** Ctrl-C, and nothing may be left after ten seconds. */
export default async function stopSystem() {
  const child = globalThis.systemProcess;
  if (!child || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  const late = setTimeout(() => {
    child.kill('SIGKILL');
    throw new Error('the system did not stop within 10 s');
  }, stopTimeoutMs);
  await ended;
  clearTimeout(late);
}
