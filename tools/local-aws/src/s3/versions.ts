import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { atomically } from '../state/state-database';
import type { Buckets } from './buckets';
import { noSuchKey, noSuchVersion, preconditionFailed } from './s3-error';

/** The headers that belong to an object, and its user metadata under `x-amz-meta-…`. */
export type ObjectHeaders = Readonly<Record<string, string>>;

export interface NewVersion {
  readonly bucket: string;
  readonly key: string;
  readonly blob: string;
  readonly size: number;
  readonly etag: string;
  readonly headers: ObjectHeaders;
  readonly checksums: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Version extends Omit<NewVersion, 'blob'> {
  readonly blob: string | null;
  readonly sequence: number;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly modifiedAt: number;
}

/** What must be true of the present object for a write to happen. */
export interface WriteCondition {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export interface Deletion {
  readonly versionId: string | undefined;
  readonly deleteMarker: boolean;
  /** A marker was written, or an existing version was removed. */
  readonly event: 'Delete' | 'DeleteMarkerCreated' | undefined;
}

interface Row {
  readonly sequence: number;
  readonly bucket: string;
  readonly key: string;
  readonly version_id: string;
  readonly is_latest: number;
  readonly is_marker: number;
  readonly modified_at: number;
  readonly size: number;
  readonly etag: string;
  readonly blob: string | null;
  readonly details: string;
}

const noVersion = 'null';

/** All versions of all objects. Every change is one transaction; blobs that it made useless are handed to `discard`. */
export class Versions {
  private readonly statements = new Map<string, StatementSync>();

  constructor(
    private readonly database: DatabaseSync,
    private readonly buckets: Buckets,
    private readonly discard: (blobs: readonly (string | null)[]) => void,
  ) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS s3_versions (sequence INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL,
        version_id TEXT NOT NULL, is_latest INTEGER NOT NULL, is_marker INTEGER NOT NULL, modified_at INTEGER NOT NULL,
        size INTEGER NOT NULL, etag TEXT NOT NULL, blob TEXT, details TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS s3_by_key ON s3_versions (bucket, key, sequence DESC);
      CREATE INDEX IF NOT EXISTS s3_blobs ON s3_versions (blob);`);
  }

  /** The present object, or the version asked for. A delete marker is not found. */
  get(bucket: string, key: string, versionId?: string): Version {
    this.buckets.get(bucket);
    const version = this.find(bucket, key, versionId);
    if (!version) throw versionId === undefined ? noSuchKey() : noSuchVersion();
    return version;
  }

  find(bucket: string, key: string, versionId?: string): Version | undefined {
    const row =
      versionId === undefined
        ? this.sql('SELECT * FROM s3_versions WHERE bucket = ? AND key = ? ORDER BY sequence DESC LIMIT 1').get(
            bucket,
            key,
          )
        : this.sql('SELECT * FROM s3_versions WHERE bucket = ? AND key = ? AND version_id = ?').get(
            bucket,
            key,
            versionId,
          );
    return row && versionOf(row as unknown as Row);
  }

  /** Conditions are judged in the same transaction, so of two racing writers with `If-None-Match: *` one wins. */
  put(version: NewVersion, condition: WriteCondition = {}): Version {
    const { bucket, key } = version;
    return this.change((unused) => {
      this.buckets.get(bucket);
      const present = this.find(bucket, key);
      checkCondition(present, condition);
      const versioning = this.buckets.versioning(bucket);
      if (versioning !== 'Enabled') unused.push(...this.removeNullVersion(bucket, key));
      const versionId = versioning === 'Enabled' ? newVersionId() : noVersion;
      return this.insert(version, versionId, false);
    });
  }

  /** Removes a version for good, or, on a versioned bucket and without a version, hides the object under a delete marker. */
  delete(bucket: string, key: string, versionId?: string): Deletion {
    return this.change((unused) => {
      this.buckets.get(bucket);
      if (versionId !== undefined) return this.deleteVersion(bucket, key, versionId, unused);
      const versioning = this.buckets.versioning(bucket);
      if (!versioning) {
        const existed = this.find(bucket, key) !== undefined;
        unused.push(...this.removeNullVersion(bucket, key));
        return { versionId: undefined, deleteMarker: false, event: existed ? 'Delete' : undefined };
      }
      if (versioning === 'Suspended') unused.push(...this.removeNullVersion(bucket, key));
      const id = versioning === 'Enabled' ? newVersionId() : noVersion;
      this.insert({ bucket, key, blob: null, size: 0, etag: '', headers: {}, checksums: {}, tags: {} }, id, true);
      return { versionId: id, deleteMarker: true, event: 'DeleteMarkerCreated' };
    });
  }

  setTags(version: Version, tags: Readonly<Record<string, string>>): void {
    const details = JSON.stringify({ headers: version.headers, checksums: version.checksums, tags });
    this.sql('UPDATE s3_versions SET details = ? WHERE sequence = ?').run(details, version.sequence);
  }

  /** Keys in order from `from` on, present objects only. */
  *present(bucket: string, from: string, exclusive: boolean): Generator<Version> {
    const sql = `SELECT * FROM s3_versions INDEXED BY s3_by_key WHERE bucket = ? AND key ${exclusive ? '>' : '>='} ? AND is_latest = 1 AND is_marker = 0 ORDER BY key`;
    for (const row of this.database.prepare(sql).iterate(bucket, from)) yield versionOf(row as unknown as Row);
  }

  /** All versions, keys in order, each key's newest first. */
  *all(bucket: string, from: string, exclusive: boolean): Generator<Version> {
    const sql = `SELECT * FROM s3_versions WHERE bucket = ? AND key ${exclusive ? '>' : '>='} ? ORDER BY key, sequence DESC`;
    for (const row of this.database.prepare(sql).iterate(bucket, from)) yield versionOf(row as unknown as Row);
  }

  knowsBlob(blob: string): boolean {
    return this.sql('SELECT 1 FROM s3_versions WHERE blob = ?').get(blob) !== undefined;
  }

  private change<T>(work: (unused: (string | null)[]) => T): T {
    const unused: (string | null)[] = [];
    const result = atomically(this.database, () => work(unused));
    if (unused.length > 0) this.discard(unused);
    return result;
  }

  private deleteVersion(bucket: string, key: string, versionId: string, unused: (string | null)[]): Deletion {
    const version = this.find(bucket, key, versionId);
    if (!version) return { versionId, deleteMarker: false, event: undefined };
    this.sql('DELETE FROM s3_versions WHERE sequence = ?').run(version.sequence);
    unused.push(version.blob);
    this.markLatest(bucket, key);
    return { versionId, deleteMarker: version.isDeleteMarker, event: 'Delete' };
  }

  private removeNullVersion(bucket: string, key: string): (string | null)[] {
    const sql = `DELETE FROM s3_versions WHERE bucket = ? AND key = ? AND version_id = '${noVersion}' RETURNING blob`;
    return (this.sql(sql).all(bucket, key) as { blob: string | null }[]).map(({ blob }) => blob);
  }

  private insert(
    version: Omit<NewVersion, 'blob'> & { blob: string | null },
    versionId: string,
    marker: boolean,
  ): Version {
    const { bucket, key, size, etag, blob, headers, checksums, tags } = version;
    const modifiedAt = Date.now();
    this.sql('UPDATE s3_versions SET is_latest = 0 WHERE bucket = ? AND key = ? AND is_latest = 1').run(bucket, key);
    const { lastInsertRowid } = this.sql(
      'INSERT INTO s3_versions (bucket, key, version_id, is_latest, is_marker, modified_at, size, etag, blob, details) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?)',
    ).run(
      bucket,
      key,
      versionId,
      marker ? 1 : 0,
      modifiedAt,
      size,
      etag,
      blob,
      JSON.stringify({ headers, checksums, tags }),
    );
    return {
      ...version,
      sequence: Number(lastInsertRowid),
      versionId,
      isLatest: true,
      isDeleteMarker: marker,
      modifiedAt,
    };
  }

  private markLatest(bucket: string, key: string): void {
    this.sql(
      'UPDATE s3_versions SET is_latest = 1 WHERE sequence = (SELECT max(sequence) FROM s3_versions WHERE bucket = ? AND key = ?)',
    ).run(bucket, key);
  }

  private sql(text: string): StatementSync {
    let statement = this.statements.get(text);
    if (!statement) this.statements.set(text, (statement = this.database.prepare(text)));
    return statement;
  }
}

const newVersionId = (): string => randomBytes(24).toString('base64url');

function versionOf(row: Row): Version {
  const details = JSON.parse(row.details) as Pick<Version, 'headers' | 'checksums' | 'tags'>;
  return {
    ...details,
    sequence: row.sequence,
    bucket: row.bucket,
    key: row.key,
    versionId: row.version_id,
    isLatest: row.is_latest === 1,
    isDeleteMarker: row.is_marker === 1,
    modifiedAt: row.modified_at,
    size: row.size,
    etag: row.etag,
    blob: row.blob,
  };
}

const unquoted = (etag: string): string => etag.trim().replace(/^"(.*)"$/, '$1');
export const matchesEtag = (list: string, etag: string): boolean =>
  list.trim() === '*' || list.split(',').some((one) => unquoted(one.replace(/^\s*W\//, '')) === etag);

function checkCondition(present: Version | undefined, { ifMatch, ifNoneMatch }: WriteCondition): void {
  const etag = present && !present.isDeleteMarker ? present.etag : undefined;
  if (ifNoneMatch !== undefined && etag !== undefined && matchesEtag(ifNoneMatch, etag)) throw preconditionFailed();
  if (ifMatch === undefined) return;
  if (etag === undefined) throw noSuchKey();
  if (!matchesEtag(ifMatch, etag)) throw preconditionFailed();
}
