import { Interruptible } from './interruptible';
import { ModelFailure } from './model-failure';

export interface PatienceSettings {
  /** For the first token; reasoning models think before they speak. */
  readonly firstTokenMs: number;
  /** Between two. */
  readonly idleMs: number;
  /** For the whole answer. */
  readonly wholeMs: number;
}

/**
 * The values of a stream, with an end to waiting: ModelFailure `silent` when the next one that says something takes too long, the
 * signal's reason as soon as it is aborted, even where the stream ignores both. `open` is given the signal that ends the request.
 */
export async function* patiently<Value>(
  open: (signal: AbortSignal) => AsyncIterable<Value>,
  says: (value: Value) => boolean,
  { firstTokenMs, idleMs, wholeMs }: PatienceSettings,
  signal: AbortSignal,
): AsyncGenerator<Value, void, void> {
  signal.throwIfAborted();
  const giveUp = new AbortController();
  const waits = new Interruptible();
  const end = (reason: Error) => {
    waits.end(reason);
    giveUp.abort(reason);
  };
  const onAbort = () => end(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  const late = (waitedMs: number) => end(new ModelFailure('silent', `nothing within ${waitedMs} ms`));
  let tokens = 0;
  /** Once this process has read what arrived meanwhile: one that was busy itself does not blame others. */
  const whenSilent = (waitedMs: number) => {
    const before = tokens;
    return setTimeout(() => void setImmediate(() => setImmediate(() => tokens === before && late(waitedMs))), waitedMs);
  };
  const whole = setTimeout(late, wholeMs, wholeMs);
  let waiting = whenSilent(firstTokenMs);
  const values = open(giveUp.signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await waits.wait(values.next());
      if (next.done === true) return;
      const isToken = says(next.value);
      if (isToken) {
        clearTimeout(waiting);
        tokens += 1;
      }
      yield next.value;
      if (isToken) waiting = whenSilent(idleMs);
    }
  } finally {
    clearTimeout(waiting);
    clearTimeout(whole);
    signal.removeEventListener('abort', onAbort);
    giveUp.abort();
    void values.return?.().catch(() => undefined); // not awaited: a stream that hangs would hold its reader
  }
}
