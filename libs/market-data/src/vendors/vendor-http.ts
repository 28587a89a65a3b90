import { parseJson, type Clock } from '@stocktool/contracts';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { z } from 'zod';
import type { RequestBudget } from './request-budget';
import { VendorFailure } from './vendor-failure';

export interface VendorHttpSettings {
  readonly vendor: string;
  readonly baseUrl: string;
  readonly budget: RequestBudget;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Sent with every request; holds the key where the vendor takes it so. */
  readonly headers?: Readonly<Record<string, string>>;
}

const retries = 1;
const backoff = { initialDelay: 100, maxDelay: 1000 };
const pauseWithoutHeaderMs = 60_000;
/** The longest answers, 25 years of daily prices as JSON, have about 2 MB. */
const maxAnswerBytes = 12 * 1024 * 1024;

/**
 * GET of JSON from one vendor: within its budget, each attempt with a timeout, a failure on the way tried once more after a
 * jittered wait. What arrives is checked against a schema: a surprise is a failure that names the field. A 429 keeps the
 * vendor from being asked until its Retry-After is over.
 */
export class VendorHttp {
  private readonly again = retry(
    handleWhen((error) => error instanceof VendorFailure && error.kind === 'unreachable'),
    { maxAttempts: retries, backoff: new ExponentialBackoff(backoff) },
  );

  constructor(private readonly settings: VendorHttpSettings) {}

  /** undefined: the vendor answers 404, it has nothing of that name. */
  json<Schema extends z.ZodType>(
    path: string,
    query: Readonly<Record<string, string>>,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> {
    const url = new URL(path, withSlash(this.settings.baseUrl));
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return this.again.execute(async () => {
      const response = await this.send(url, { headers: { ...this.settings.headers, accept: 'application/json' } });
      if (response.status === 404) {
        await response.body?.cancel();
        return undefined;
      }
      return this.parse(await this.read(response), schema);
    });
  }

  /** For a client that speaks for itself: its request, with our limits; the answer has been read whole. */
  whole(url: URL, init: RequestInit): Promise<Response> {
    return this.again.execute(async () => {
      const answer = await this.send(url, init);
      const whole = new Response(await this.read(answer), { status: answer.status });
      // A response of one's own making must not have cookies: it takes over those that came, as an array of this realm.
      const getSetCookie = () => [...answer.headers.getSetCookie()];
      const headers = Object.defineProperty(new Headers(answer.headers), 'getSetCookie', { value: getSetCookie });
      return Object.defineProperty(whole, 'headers', { value: headers });
    });
  }

  /** One request whose answer is not an error, except 404. */
  private async send(url: URL, init: RequestInit): Promise<Response> {
    const { budget, timeoutMs } = this.settings;
    if (!budget.take()) throw this.failure('out-of-budget', 'its request budget is spent');
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { redirect: 'error', ...init, signal }).catch((error: unknown) => {
      throw this.failure('unreachable', signal.aborted ? `no answer within ${timeoutMs} ms` : connectFault(error));
    });
    const { status } = response;
    if (status < 400 || status === 404) return response;
    await response.body?.cancel();
    if (status === 429) {
      budget.pause(this.retryAfterMs(response.headers.get('retry-after')));
      throw this.failure('rate-limited', 'too many requests');
    }
    if (status === 402 || status === 403) throw this.failure('not-entitled', `status ${status}`);
    throw this.failure(status >= 500 ? 'unreachable' : 'refused', `status ${status}`);
  }

  /** Parsed and checked. The fault names the field and its kind, never the text. */
  private parse<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> {
    try {
      return parseJson(schema, text);
    } catch (error) {
      const isFormat = error instanceof z.ZodError;
      throw this.failure('garbage', isFormat ? fieldFaults(error) : 'the answer is not JSON');
    }
  }

  check<Schema extends z.ZodType>(answer: unknown, schema: Schema): z.output<Schema> {
    const checked = schema.safeParse(answer);
    if (checked.success) return checked.data;
    throw this.failure('garbage', fieldFaults(checked.error));
  }

  private async read(response: Response): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) break;
        chunks.push(chunk);
      }
    } catch {
      throw this.failure('unreachable', 'the answer broke off');
    }
    if (bytes > maxAnswerBytes) throw this.failure('garbage', `more than ${maxAnswerBytes} bytes`);
    return Buffer.concat(chunks).toString('utf8');
  }

  /** For formats that say in a 200 what others say by status. */
  limited(ms = pauseWithoutHeaderMs): VendorFailure {
    this.settings.budget.pause(ms);
    return this.failure('rate-limited', 'too many requests');
  }

  failure(kind: VendorFailure['kind'], detail: string): VendorFailure {
    return new VendorFailure(this.settings.vendor, kind, detail);
  }

  /** Seconds or an HTTP date. */
  private retryAfterMs(header: string | null): number {
    if (header === null) return pauseWithoutHeaderMs;
    const seconds = Number(header);
    const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - this.settings.clock.epochMs();
    return ms > 0 ? ms : pauseWithoutHeaderMs;
  }
}

/** `path (code)` of the first faults: enough to find what a vendor changed. */
const fieldFaults = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map(({ path, code }) => `${path.join('.') || 'answer'} (${code})`)
    .join(', ');

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

function connectFault(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
  return `no connection (${code})`;
}
