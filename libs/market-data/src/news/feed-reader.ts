import { createHash } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import type { SourceNews } from '../market-data-source';
import { VendorFailure } from '../vendors/vendor-failure';
import { canonicalUrl } from './merge-stories';
import { plainText } from './plain-text';

const maxFeedBytes = 2 * 1024 * 1024;
const maxStories = 100;
const maxTitle = 300;

/** Entities of documents off, and no document with a DOCTYPE: nothing in a feed is expanded. */
const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => ['item', 'entry', 'link'].includes(name),
});

const Text = z
  .union([z.string(), z.object({ '#text': z.string() }).transform((node) => node['#text'])])
  .optional()
  .catch(undefined);
const Link = z.union([z.string(), z.object({ '@href': z.string().optional(), '@rel': z.string().optional() })]);
const Entry = z.object({
  title: Text,
  link: z.array(Link).optional().catch(undefined),
  description: Text,
  summary: Text,
  source: Text,
  pubDate: Text,
  published: Text,
  updated: Text,
  'dc:date': Text,
});
const Channel = z.object({ title: Text, item: z.array(Entry).default([]), entry: z.array(Entry).default([]) });
const Feed = z
  .object({ rss: z.object({ channel: Channel }) })
  .transform(({ rss }) => rss.channel)
  .or(z.object({ feed: Channel }).transform(({ feed }) => feed));

/** The stories of an RSS 2.0 or Atom feed. What has no title, no time or no address on the web is left out. Throws VendorFailure. */
export async function readFeed(url: string, timeoutMs: number): Promise<SourceNews[]> {
  const { hostname } = new URL(url);
  return storiesIn(await fetchText(url, hostname, timeoutMs), hostname);
}

function storiesIn(text: string, host: string): SourceNews[] {
  if (/<!DOCTYPE/i.test(text)) throw garbage(host, 'a DOCTYPE is not accepted');
  const parsed = Feed.safeParse(parsedXml(text, host));
  if (!parsed.success) throw garbage(host, 'neither RSS nor Atom');
  const channel = parsed.data;
  const publisher = plainText(channel.title ?? '', 100) || host;
  return [...channel.item, ...channel.entry].slice(0, maxStories).flatMap((entry) => {
    const title = plainText(entry.title ?? '', maxTitle);
    const address = canonicalUrl(plainLink(entry.link ?? []));
    const at = Date.parse(entry.pubDate ?? entry.published ?? entry['dc:date'] ?? entry.updated ?? '');
    if (title === '' || address === undefined || Number.isNaN(at)) return [];
    const summary = plainText(entry.description ?? entry.summary ?? '', 1000);
    return [
      {
        id: createHash('sha256').update(address).digest('hex').slice(0, 24),
        title,
        url: address,
        publisher: plainText(entry.source ?? '', 100) || publisher,
        publishedAt: new Date(at).toISOString(),
        summary: summary === '' || summary === title ? null : summary,
        source: host,
      },
    ];
  });
}

const garbage = (host: string, detail: string) => new VendorFailure(host, 'garbage', detail);

function plainLink(links: readonly z.output<typeof Link>[]): string {
  const [first] = links.filter((link) => typeof link === 'string' || (link['@rel'] ?? 'alternate') === 'alternate');
  return plainText((typeof first === 'string' ? first : first?.['@href']) ?? '', 2000);
}

function parsedXml(text: string, host: string): unknown {
  try {
    return xml.parse(text);
  } catch {
    throw garbage(host, 'not XML');
  }
}

async function fetchText(url: string, host: string, timeoutMs: number): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  const headers = { accept: 'application/rss+xml, application/atom+xml, application/xml;q=0.9' };
  const failed = (error: unknown): never => {
    if (error instanceof VendorFailure) throw error;
    throw new VendorFailure(host, 'unreachable', signal.aborted ? `no answer within ${timeoutMs} ms` : 'no connection');
  };
  const response = await fetch(url, { headers, redirect: 'error', signal }).catch(failed);
  if (!response.ok) {
    await response.body?.cancel();
    throw new VendorFailure(host, response.status < 500 ? 'refused' : 'unreachable', `status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > maxFeedBytes) throw garbage(host, `more than ${maxFeedBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    failed(error);
  }
  return Buffer.concat(chunks).toString('utf8');
}
