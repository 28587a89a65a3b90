import { setTimeout as delay } from 'node:timers/promises';

const callTimeoutMs = 10_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text when it is not JSON. */
  readonly body: unknown;
}

/** One HTTP call with a timeout; `body` goes out as JSON, `csv` as it is. */
export async function call(
  method: string,
  url: string,
  init: { body?: unknown; csv?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const body = init.csv ?? (init.body === undefined ? undefined : JSON.stringify(init.body));
  const contentType = init.csv === undefined ? 'application/json' : 'text/csv';
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': contentType }), ...init.headers },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(callTimeoutMs),
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Polls until `attempt` gives something; undefined when the deadline passes first. */
export async function until<Value>(
  attempt: () => Promise<Value | undefined>,
  timeoutMs: number,
  everyMs = 50,
): Promise<Value | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await attempt().catch(() => undefined);
    if (value !== undefined || Date.now() > deadline) return value;
    await delay(everyMs);
  }
}
