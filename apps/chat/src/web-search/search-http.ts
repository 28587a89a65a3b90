import { parseJson, Problem } from '@stocktool/contracts';
import { plainText } from '@stocktool/market-data';
import { z } from 'zod';
import type { WebPage } from './web-search-source';

const timeoutMs = 5000;
const mostBytes = 1024 * 1024;
const longestTitle = 200;
const longestSnippet = 600;

/**
 * One request to a fixed address, its answer checked: no redirect is followed, nothing is waited for or read beyond its bounds, and what the
 * other side says of an error (it may quote the key) goes nowhere.
 */
export async function askEngine<Schema extends z.ZodType>(
  engine: string,
  url: URL,
  init: RequestInit,
  schema: Schema,
  signal: AbortSignal,
): Promise<z.output<Schema>> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.any([signal, late]) });
    if (!response.ok) {
      await response.body?.cancel();
      throw refusedBy(engine, response);
    }
    return parseJson(schema, await bounded(response, engine));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Problem && error.code === 'dependency-unavailable') throw error;
    throw away(engine, late.aborted ? 'does not answer in time' : 'gave no answer that can be read', error);
  }
}

async function bounded(response: Response, engine: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw away(engine, 'answered more than can be read');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refusedBy(engine: string, { status, headers }: Response): Problem {
  if (status !== 429) return away(engine, `answered with status ${status}`);
  const seconds = Number(headers.get('retry-after'));
  const retryAfterSeconds = Number.isFinite(seconds) && seconds > 0 ? Math.min(Math.ceil(seconds), 3600) : 60;
  return new Problem('dependency-unavailable', `The web search ${engine} takes no more questions for now.`, {
    retryAfterSeconds,
  });
}

const away = (engine: string, what: string, cause?: unknown): Problem =>
  new Problem('dependency-unavailable', `The web search ${engine} ${what}.`, {
    retryAfterSeconds: 5,
    ...(cause !== undefined && { cause }),
  });

const Address = z.url({ protocol: /^https?$/ });

/** Pages with an address that a browser opens; the others are left out. */
export const pagesFrom = (
  found: readonly { title: string; url: string; text: string; date: string | null }[],
): WebPage[] =>
  found.flatMap(({ title, url, text, date }) =>
    Address.safeParse(url).success
      ? [
          {
            title: plainText(title, longestTitle),
            url,
            publishedAt: dayIn(date),
            snippet: plainText(text, longestSnippet),
          },
        ]
      : [],
  );

function dayIn(date: string | null): string | null {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? null : new Date(time).toISOString().slice(0, 10);
}
