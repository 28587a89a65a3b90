import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { ObjectStore } from '@stocktool/aws-s3';
import type { KnowledgeHit } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';
import type { DocumentTable } from '../documents/document.table';
import { documentBuckets } from '../documents/remove-document';
import type { BuiltInPages } from './built-in';
import { searchSegments } from './search-segments';
import { Segment } from './segment';

const loadedAtOnce = 8;
const megabyte = 1024 * 1024;

/** A search over what a user may read. */
export abstract class KnowledgeSearch {
  /** The best passages for a query, best first. */
  abstract search(userId: string, query: string, k: number): Promise<KnowledgeHit[]>;
  /** Checksums of what a search of this user reads: the same while no page and none of their documents changes. */
  abstract versions(userId: string): Promise<{ readonly pages: string; readonly documents: string }>;
}

interface KnowledgeOptions {
  /** Memory for the documents of all users; those that were searched longest ago make room. */
  readonly cacheMegabytes: number;
  readonly bucket?: string;
}

/**
 * Built-in pages and the user's own documents. Which documents there are is asked anew for each search, of the user's own partition, so
 * that what was removed is found no more in any process; what they hold is loaded once, each from an object that never changes.
 */
export class Knowledge extends KnowledgeSearch {
  private readonly loaded: LRUCache<string, Segment>;
  private readonly bucket: string;
  private pagesVersion: string | undefined;

  constructor(
    private readonly builtIn: BuiltInPages,
    private readonly table: DocumentTable,
    private readonly objects: ObjectStore,
    { cacheMegabytes, bucket = documentBuckets.segments }: KnowledgeOptions,
  ) {
    super();
    this.bucket = bucket;
    this.loaded = new LRUCache({
      maxSize: cacheMegabytes * megabyte,
      sizeCalculation: ({ byteLength }) => byteLength,
      fetchMethod: (key: string) => this.load(key),
    });
  }

  async search(userId: string, query: string, k: number): Promise<KnowledgeHit[]> {
    const [builtIn, own] = await Promise.all([this.builtIn.segments(), this.own(userId)]);
    return searchSegments([...builtIn, ...own], query, k);
  }

  async versions(userId: string): Promise<{ pages: string; documents: string }> {
    const keys = (await this.segmentKeys(userId)).sort();
    const documents = createHash('sha256').update(keys.join('\n')).digest('hex');
    return { pages: (this.pagesVersion ??= checksumOf(await this.builtIn.segments())), documents };
  }

  /** A document that is read anew at this moment is where its row says a moment later. */
  private async own(userId: string): Promise<Segment[]> {
    const found = await this.loadAll(userId);
    const again = found.includes(undefined) ? await this.loadAll(userId) : found;
    return again.filter((segment) => segment !== undefined);
  }

  private async loadAll(userId: string): Promise<(Segment | undefined)[]> {
    const keys = await this.segmentKeys(userId);
    const found: (Segment | undefined)[] = [];
    for (let start = 0; start < keys.length; start += loadedAtOnce) {
      const batch = keys.slice(start, start + loadedAtOnce);
      found.push(...(await Promise.all(batch.map((key) => this.loaded.fetch(key)))));
    }
    return found;
  }

  /** Each names an object that never changes. */
  private async segmentKeys(userId: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { segmentKey } of this.table.all(userId)) if (segmentKey !== undefined) keys.push(segmentKey);
    return keys;
  }

  /** Undefined: a newer reading has taken its place since its key was read, or the document was removed. */
  private async load(key: string): Promise<Segment | undefined> {
    const packed = await this.objects.get(this.bucket, key);
    return packed && new Segment(await promisify(gunzip)(packed));
  }
}

function checksumOf(segments: readonly Segment[]): string {
  const all = createHash('sha256');
  for (const segment of segments) all.update(segment.checksum());
  return all.digest('hex');
}
