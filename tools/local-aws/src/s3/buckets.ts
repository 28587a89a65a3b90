import type { DatabaseSync } from 'node:sqlite';
import { s3Error, badRequest, noSuchBucket } from './s3-error';

const bucketName = /^(?!xn--|sthree-)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.))*[a-z0-9]$/;
const mostBuckets = 1000;

export interface Bucket {
  readonly name: string;
  readonly createdAt: number;
}
export type Versioning = 'Enabled' | 'Suspended' | undefined;

/** Buckets and what is configured on them, kept in memory and written through. */
export class Buckets {
  private readonly buckets = new Map<string, Bucket & { readonly configurations: Map<string, string> }>();

  constructor(private readonly database: DatabaseSync) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS s3_buckets (name TEXT PRIMARY KEY, created_at INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS s3_configurations (bucket TEXT REFERENCES s3_buckets (name) ON DELETE CASCADE,
        kind TEXT, body TEXT NOT NULL, PRIMARY KEY (bucket, kind)) WITHOUT ROWID;`);
    const rows = database.prepare('SELECT name, created_at FROM s3_buckets').all() as {
      name: string;
      created_at: number;
    }[];
    for (const { name, created_at } of rows)
      this.buckets.set(name, { name, createdAt: created_at, configurations: new Map() });
    const configurations = database.prepare('SELECT bucket, kind, body FROM s3_configurations').all();
    for (const { bucket, kind, body } of configurations as { bucket: string; kind: string; body: string }[]) {
      this.buckets.get(bucket)?.configurations.set(kind, body);
    }
  }

  /** As in us-east-1, creating one's own bucket again is no error. */
  create(name: string): void {
    if (name.length < 3 || name.length > 63 || !bucketName.test(name)) {
      throw badRequest('InvalidBucketName', 'The specified bucket is not valid.');
    }
    if (this.buckets.has(name)) return;
    if (this.buckets.size >= mostBuckets)
      throw badRequest('TooManyBuckets', 'You have attempted to create more buckets than allowed');
    const createdAt = Date.now();
    this.database.prepare('INSERT INTO s3_buckets VALUES (?, ?)').run(name, createdAt);
    this.buckets.set(name, { name, createdAt, configurations: new Map() });
  }

  get(name: string): Bucket {
    return this.entry(name);
  }

  list(): Bucket[] {
    return [...this.buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  delete(name: string): void {
    this.entry(name);
    const used = this.database.prepare('SELECT 1 FROM s3_versions WHERE bucket = ? LIMIT 1').get(name);
    if (used) throw s3Error('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty');
    this.database.prepare('DELETE FROM s3_uploads WHERE bucket = ?').run(name);
    this.database.prepare('DELETE FROM s3_buckets WHERE name = ?').run(name);
    this.buckets.delete(name);
  }

  configuration(name: string, kind: string): string | undefined {
    return this.entry(name).configurations.get(kind);
  }

  configure(name: string, kind: string, body: string): void {
    const { configurations } = this.entry(name);
    const sql = 'INSERT INTO s3_configurations VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body';
    this.database.prepare(sql).run(name, kind, body);
    configurations.set(kind, body);
  }

  unconfigure(name: string, kind: string): void {
    const { configurations } = this.entry(name);
    this.database.prepare('DELETE FROM s3_configurations WHERE bucket = ? AND kind = ?').run(name, kind);
    configurations.delete(kind);
  }

  versioning(name: string): Versioning {
    const status = /<Status>\s*(Enabled|Suspended)\s*<\/Status>/.exec(
      this.configuration(name, 'versioning') ?? '',
    )?.[1];
    return status as Versioning;
  }

  /** What is written is said to be encrypted with, when the writer does not choose. */
  defaultEncryption(name: string): string {
    return (
      /<SSEAlgorithm>\s*([\w:]+)\s*<\/SSEAlgorithm>/.exec(this.configuration(name, 'encryption') ?? '')?.[1] ?? 'AES256'
    );
  }

  private entry(name: string) {
    const bucket = this.buckets.get(name);
    if (!bucket) throw noSuchBucket();
    return bucket;
  }
}
