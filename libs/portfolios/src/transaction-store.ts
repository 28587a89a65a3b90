import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Dynamo } from '@stocktool/aws-dynamodb';
import type { ObjectStore } from '@stocktool/aws-s3';
import { mostTransactions, parseJson, Transaction } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
/** An item of more costs more than an object. */
const largestItemBytes = 4096;
const largestPackBytes = 16 * 1024 * 1024;
const keptTransactions = 100_000;
export const Pack = z.object({ body: z.instanceof(Uint8Array) });
/** What is in a pack, in the item or in the object. */
export const Stored = z.object({
  format: z.literal(1),
  // Not as strict as a request: a later version may have kept more of each.
  transactions: z.array(z.object(Transaction.shape)).max(mostTransactions),
});

/** Where the transactions of one revision lie: an item beside the portfolio when small, an object of the reports bucket else. */
export const TransactionPointer = z.union([z.object({ itemId: z.string() }), z.object({ bucketKey: z.string() })]);
export type TransactionPointer = z.infer<typeof TransactionPointer>;

export interface TransactionPlaces {
  readonly table: string;
  readonly bucket: string;
}

/**
 * The transactions of a portfolio, all together and compressed, under a name of its own for each change: the row of the portfolio is switched to
 * the new ones in its one write. A crash leaves at most a pack that no row points to, which goes with the portfolio.
 */
export class TransactionStore {
  private readonly loaded = new LRUCache<string, readonly Transaction[]>({
    maxSize: keptTransactions,
    sizeCalculation: ({ length }) => Math.max(length, 1),
  });

  constructor(
    private readonly dynamo: Dynamo,
    private readonly objects: ObjectStore,
    private readonly places: TransactionPlaces = {
      table: topology.tables.portfolios.name,
      bucket: topology.buckets.reports.name,
    },
  ) {}

  async write(userId: string, portfolioId: string, transactions: readonly Transaction[]): Promise<TransactionPointer> {
    const body = await pack(
      JSON.stringify({ format: 1, transactions: [...transactions] } satisfies z.input<typeof Stored>),
    );
    const name = randomUUID();
    if (body.length <= largestItemBytes) {
      const itemId = `${itemsOf(portfolioId)}${name}`;
      await this.dynamo.put({ TableName: this.places.table, Item: { userId, itemId, body } });
      return { itemId };
    }
    const bucketKey = `${objectsOf(userId, portfolioId)}${name}.json.gz`;
    await this.objects.put(this.places.bucket, bucketKey, body, {
      contentType: 'application/json',
      contentEncoding: 'gzip',
    });
    return { bucketKey };
  }

  /** undefined when they have been replaced meanwhile: the row says where they are now. */
  async read(userId: string, pointer: TransactionPointer): Promise<readonly Transaction[] | undefined> {
    const key = 'bucketKey' in pointer ? pointer.bucketKey : `${userId}/${pointer.itemId}`;
    const known = this.loaded.get(key);
    if (known) return known;
    const body = await this.packed(userId, pointer);
    if (!body) return undefined;
    const text = await unpack(body, { maxOutputLength: largestPackBytes });
    const { transactions } = parseJson(Stored, text.toString('utf8'));
    this.loaded.set(key, transactions);
    return transactions;
  }

  async discard(userId: string, pointer: TransactionPointer): Promise<void> {
    if ('bucketKey' in pointer) await this.objects.delete(this.places.bucket, [pointer.bucketKey]);
    else await this.dynamo.delete({ TableName: this.places.table, Key: { userId, itemId: pointer.itemId } });
  }

  /** Every pack of a portfolio, also what a crash left. Objects are hidden, so that an operator can bring them back with the row. */
  async discardAll(userId: string, portfolioId: string): Promise<void> {
    const { partitionKey, sortKey } = topology.tables.portfolios;
    await this.dynamo.deleteMatching(
      { partitionKey, sortKey },
      {
        TableName: this.places.table,
        KeyConditionExpression: '#partitionKey = :userId AND begins_with(#sortKey, :prefix)',
        ExpressionAttributeValues: { ':userId': userId, ':prefix': itemsOf(portfolioId) },
      },
    );
    const keys: string[] = [];
    for await (const { key } of this.objects.list(this.places.bucket, objectsOf(userId, portfolioId))) keys.push(key);
    await this.objects.delete(this.places.bucket, keys);
  }

  /** Every object of a user with all its versions; the items go with the partition. */
  eraseObjects(userId: string): Promise<void> {
    return this.objects.deleteUnder(this.places.bucket, `transactions/${userId}/`);
  }

  private async packed(userId: string, pointer: TransactionPointer): Promise<Uint8Array | undefined> {
    if ('bucketKey' in pointer) return this.objects.get(this.places.bucket, pointer.bucketKey);
    const Key = { userId, itemId: pointer.itemId };
    const item = await this.dynamo.get({ TableName: this.places.table, Key, ConsistentRead: true });
    return item && Pack.parse(item).body;
  }
}

const itemsOf = (portfolioId: string): string => `transactions#${portfolioId}#`;
const objectsOf = (userId: string, portfolioId: string): string => `transactions/${userId}/${portfolioId}/`;
