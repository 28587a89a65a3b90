/**
 * Preloaded by compile-ahead.sh while an image is built: the service starts with nothing in reach, is asked once what probes ask, and
 * ends; or gives up by itself, if it consumes a queue. Either way all its start has been compiled, and Node writes that to
 * NODE_COMPILE_CACHE.
 */
const url = `http://127.0.0.1:${process.env.PORT}`;
const giveUpAtMs = performance.now() + 60_000;
const everyMs = 100;
const timeoutMs = 5000;

const ask = (path) => fetch(url + path, { signal: AbortSignal.timeout(timeoutMs) }).catch(() => undefined);

async function endOnceItAnswers() {
  const live = await ask(process.env.HEALTH_PATH);
  if (live?.ok) {
    await ask('/health/ready');
    process.exit(0);
  }
  if (performance.now() > giveUpAtMs) {
    console.error(`${url}${process.env.HEALTH_PATH} does not answer`);
    process.exit(1);
  }
  setTimeout(endOnceItAnswers, everyMs);
}
setTimeout(endOnceItAnswers, everyMs);
