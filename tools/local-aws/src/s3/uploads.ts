import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { noSuchUpload } from './s3-error';
import type { ObjectHeaders } from './versions';

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly startedAt: number;
  readonly headers: ObjectHeaders;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Part {
  readonly number: number;
  readonly blob: string;
  readonly size: number;
  readonly etag: string;
  readonly modifiedAt: number;
}

interface UploadRow {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly started_at: number;
  readonly details: string;
}

/** Multipart uploads under way, with the parts that have arrived. */
export class Uploads {
  constructor(private readonly database: DatabaseSync) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS s3_uploads (id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, started_at INTEGER NOT NULL,
        details TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS s3_parts (upload TEXT REFERENCES s3_uploads (id) ON DELETE CASCADE, number INTEGER, blob TEXT NOT NULL,
        size INTEGER NOT NULL, etag TEXT NOT NULL, modified_at INTEGER NOT NULL, PRIMARY KEY (upload, number)) WITHOUT ROWID;`);
  }

  start(bucket: string, key: string, headers: ObjectHeaders, tags: Readonly<Record<string, string>>): Upload {
    const upload: Upload = {
      id: randomBytes(48).toString('base64url'),
      bucket,
      key,
      startedAt: Date.now(),
      headers,
      tags,
    };
    const details = JSON.stringify({ headers, tags });
    this.database
      .prepare('INSERT INTO s3_uploads VALUES (?, ?, ?, ?, ?)')
      .run(upload.id, bucket, key, upload.startedAt, details);
    return upload;
  }

  get(id: string, bucket: string, key: string): Upload {
    const row = this.database.prepare('SELECT * FROM s3_uploads WHERE id = ?').get(id) as UploadRow | undefined;
    if (!row || row.bucket !== bucket || row.key !== key) throw noSuchUpload();
    return uploadOf(row);
  }

  list(bucket: string, prefix: string): Upload[] {
    const rows = this.database
      .prepare('SELECT * FROM s3_uploads WHERE bucket = ? ORDER BY key, started_at')
      .all(bucket);
    return (rows as unknown as UploadRow[]).filter(({ key }) => key.startsWith(prefix)).map(uploadOf);
  }

  /** A part sent again replaces the one before, whose blob is returned. */
  putPart(id: string, part: Part): string | undefined {
    const before = this.database
      .prepare('SELECT blob FROM s3_parts WHERE upload = ? AND number = ?')
      .get(id, part.number);
    this.database
      .prepare('INSERT OR REPLACE INTO s3_parts VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, part.number, part.blob, part.size, part.etag, part.modifiedAt);
    return before?.blob as string | undefined;
  }

  parts(id: string): Part[] {
    const rows = this.database.prepare('SELECT * FROM s3_parts WHERE upload = ? ORDER BY number').all(id);
    return (rows as unknown as (Part & { modified_at: number })[]).map(({ number, blob, size, etag, modified_at }) => ({
      number,
      blob,
      size,
      etag,
      modifiedAt: modified_at,
    }));
  }

  /** Ends an upload; the blobs of its parts are the caller's to remove. */
  end(id: string): string[] {
    const blobs = this.parts(id).map(({ blob }) => blob);
    this.database.prepare('DELETE FROM s3_uploads WHERE id = ?').run(id);
    return blobs;
  }

  knowsBlob(blob: string): boolean {
    return this.database.prepare('SELECT 1 FROM s3_parts WHERE blob = ?').get(blob) !== undefined;
  }
}

const uploadOf = ({ id, bucket, key, started_at, details }: UploadRow): Upload => ({
  id,
  bucket,
  key,
  startedAt: started_at,
  ...(JSON.parse(details) as Pick<Upload, 'headers' | 'tags'>),
});
