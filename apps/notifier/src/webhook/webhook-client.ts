import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '@stocktool/contracts';
import { isPublicAddress } from '@stocktool/subscriptions';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { NotPublic, publicLookup } from './public-lookup';
import { retryAfterSeconds } from './retry-after';
import { signWebhook } from './sign-webhook';

export interface WebhookMessage {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  readonly body: string;
}

/** `responseCode` null: there was no answer. `permanent`: asking again cannot help. */
export interface WebhookAnswer {
  readonly ok: boolean;
  readonly responseCode: number | null;
  readonly error: string | null;
  readonly permanent: boolean;
  readonly retryAfterSeconds?: number;
}

export interface WebhookClientOptions {
  readonly allowPrivateNetworks: boolean;
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 10_000;
const readBytes = 64 * 1024;
const sockets = { keepAlive: true, maxSockets: 8, maxFreeSockets: 16, maxTotalSockets: 128, timeout: 30_000 };
const filtered = { ...sockets, lookup: publicLookup };
const throttled = new Set([429, 502, 503, 504]);

/**
 * Posts webhooks as Standard Webhooks 1.0 asks: signed anew on each attempt, no redirects, a deadline for the whole exchange.
 * Every connection, whatever the name resolved to at that moment, is refused unless its address is public.
 */
export class WebhookClient implements BeforeApplicationShutdown {
  private readonly http: HttpAgent;
  private readonly https: HttpsAgent;
  private readonly timeoutMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly options: WebhookClientOptions,
  ) {
    const { allowPrivateNetworks, timeoutMs = defaultTimeoutMs } = options;
    this.timeoutMs = timeoutMs;
    this.http = allowPrivateNetworks ? new HttpAgent(sockets) : new RequestFilteringHttpAgent(filtered);
    this.https = allowPrivateNetworks ? new HttpsAgent(sockets) : new RequestFilteringHttpsAgent(filtered);
  }

  /** Never throws for what the other side does. When `signal` aborts, whether it was received is not known. */
  async post(message: WebhookMessage, signal: AbortSignal): Promise<WebhookAnswer> {
    const deadline = AbortSignal.timeout(this.timeoutMs);
    try {
      const response = await this.exchange(message, AbortSignal.any([signal, deadline]));
      return answerOf(response, this.clock.epochMs());
    } catch (error) {
      if (signal.aborted) return noAnswer('interrupted');
      if (deadline.aborted) return noAnswer(`no answer within ${this.timeoutMs} ms`);
      return noAnswer(reasonOf(error));
    }
  }

  beforeApplicationShutdown(): void {
    this.http.destroy();
    this.https.destroy();
  }

  private exchange({ id, url, secret, body }: WebhookMessage, signal: AbortSignal): Promise<IncomingMessage> {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    // A written-out address is never looked up.
    if (!this.options.allowPrivateNetworks && isIP(host) !== 0 && !isPublicAddress(host))
      return Promise.reject(new NotPublic());
    const timestamp = this.clock.epochSeconds();
    const secure = url.startsWith('https:');
    const request = (secure ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      agent: secure ? this.https : this.http,
      signal,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'StockTool-Webhooks/1.0',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signWebhook(secret, id, timestamp, body),
      },
    });
    return new Promise((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        drain(response).then(() => resolve(response), reject);
      });
      request.end(body);
    });
  }
}

/** The answer's body means nothing to us: read to keep the connection, given up where it is long. */
async function drain(response: IncomingMessage): Promise<void> {
  let read = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    read += chunk.length;
    if (read > readBytes) break; // leaving the loop destroys the connection
  }
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, nowEpochMs: number): WebhookAnswer {
  const wait = throttled.has(statusCode) ? retryAfterSeconds(headers['retry-after'], nowEpochMs) : undefined;
  const ok = statusCode >= 200 && statusCode < 300;
  return {
    ok,
    responseCode: statusCode,
    error: ok ? null : statusCode >= 300 && statusCode < 400 ? 'redirects are not followed' : `answered ${statusCode}`,
    permanent: statusCode === 410,
    ...(wait !== undefined && { retryAfterSeconds: wait }),
  };
}

const noAnswer = (error: string, permanent = false): WebhookAnswer => ({
  ok: false,
  responseCode: null,
  error,
  permanent,
});

/** The kind of failure, never an address: the text is shown to the user. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error instanceof NotPublic) return error.message;
  if (/is not allowed\. Because/.test(error.message)) return 'the address is not a public one';
  return 'code' in error && typeof error.code === 'string' ? error.code : 'the connection failed';
}
