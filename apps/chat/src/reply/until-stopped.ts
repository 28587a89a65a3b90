import { Interruptible, type LanguageModel, type Part, type Prompt } from '@stocktool/llm';

/** The model's parts; a stopped reply stops at once, whatever the model does. How long to wait for it is the model's to know. */
export async function* untilStopped(model: LanguageModel, prompt: Prompt, signal: AbortSignal): AsyncGenerator<Part> {
  signal.throwIfAborted();
  const left = new AbortController();
  const waits = new Interruptible();
  const onAbort = () => waits.end(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  const parts = model.stream(prompt, AbortSignal.any([signal, left.signal]))[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await waits.wait(parts.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    left.abort();
    void parts.return?.().catch(() => undefined); // not awaited: a model that hangs would hold the reply
  }
}
