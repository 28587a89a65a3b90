import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { asProblem, type CallOptions, type Calls, patiently } from '@stocktool/aws-client';
import { bucketName } from '@stocktool/topology';

export interface PutOptions {
  contentType: string;
  contentEncoding?: string;
  metadata?: Record<string, string>;
  /** Leaves an object that is already there as it is. */
  ifAbsent?: boolean;
}

export interface ObjectFacts {
  key: string;
  bytes: number;
  /** ISO 8601. */
  lastModified: string | undefined;
  contentType?: string;
  metadata?: Record<string, string>;
}

export interface ObjectVersion {
  versionId: string;
  bytes: number;
  /** ISO 8601. */
  createdAt: string;
}

export interface PresignOptions {
  expiresInSeconds: number;
  /** The newest when absent. */
  versionId?: string;
  /** Served as a download of that name. */
  fileName?: string;
  /** Shown by the browser; the name is for those who save it. */
  inline?: boolean;
  contentType?: string;
}

const keysPerDelete = 1000;

/** S3 for objects that fit in memory. An object that does not exist is `undefined`, never an error. */
export class ObjectStore {
  /** `signer` makes presigned URLs: its endpoint is the one that browsers reach. `suffix` ends the name of every bucket. */
  constructor(
    private readonly client: S3Client,
    private readonly signer: S3Client = client,
    private readonly suffix = '',
    private readonly calls: Calls = patiently,
  ) {}

  /** `exists` only with `ifAbsent`, when there was an object already. */
  async put(
    bucket: string,
    key: string,
    body: Uint8Array | string,
    options: PutOptions,
  ): Promise<'written' | 'exists'> {
    const command = new PutObjectCommand({
      Bucket: this.named(bucket),
      Key: key,
      Body: body,
      ContentType: options.contentType,
      ContentEncoding: options.contentEncoding,
      Metadata: options.metadata,
      ...(options.ifAbsent && { IfNoneMatch: '*' }),
    });
    try {
      await this.calls((options) => this.client.send(command, options));
      return 'written';
    } catch (error) {
      if (options.ifAbsent && named(error, 'PreconditionFailed', 'ConditionalRequestConflict')) return 'exists';
      throw asProblem(error, 'The object store');
    }
  }

  async get(bucket: string, key: string, versionId?: string): Promise<Buffer | undefined> {
    const command = new GetObjectCommand({ Bucket: this.named(bucket), Key: key, VersionId: versionId });
    const found = await this.unlessMissing((options) => this.client.send(command, options));
    const body = found?.Body;
    return body && Buffer.from(await this.attempt(() => body.transformToByteArray()));
  }

  async head(bucket: string, key: string): Promise<ObjectFacts | undefined> {
    return this.unlessMissing(async (options) => {
      const command = new HeadObjectCommand({ Bucket: this.named(bucket), Key: key });
      const head = await this.client.send(command, options);
      return {
        key,
        bytes: head.ContentLength ?? 0,
        lastModified: head.LastModified?.toISOString(),
        ...(head.ContentType !== undefined && { contentType: head.ContentType }),
        metadata: head.Metadata ?? {},
      };
    });
  }

  /** Deletes in batches; objects that are not there count as deleted. */
  async delete(bucket: string, keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += keysPerDelete) {
      await this.deleteObjects(
        bucket,
        keys.slice(start, start + keysPerDelete).map((Key) => ({ Key })),
      );
    }
  }

  /**
   * Deletes all objects under the prefix with all their versions, page by page, but for those whose key is to be kept. Safe to repeat
   * after a crash.
   */
  async deleteUnder(bucket: string, prefix: string, keep: (key: string) => boolean = () => false): Promise<void> {
    for await (const page of this.versionPages(bucket, prefix)) {
      const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].filter(({ Key = '' }) => !keep(Key));
      if (found.length > 0)
        await this.deleteObjects(
          bucket,
          found.map(({ Key, VersionId }) => ({ Key, VersionId })),
        );
    }
  }

  /** The versions of one object, newest first; none when its newest is a deletion. */
  async versions(bucket: string, key: string): Promise<ObjectVersion[]> {
    const found: ObjectVersion[] = [];
    for await (const { Versions = [], DeleteMarkers = [] } of this.versionPages(bucket, key)) {
      if (DeleteMarkers.some((marker) => marker.Key === key && marker.IsLatest)) return [];
      for (const { Key, VersionId, Size, LastModified } of Versions)
        if (Key === key && VersionId !== undefined && LastModified)
          found.push({ versionId: VersionId, bytes: Size ?? 0, createdAt: LastModified.toISOString() });
    }
    return found;
  }

  private async *versionPages(bucket: string, prefix: string): AsyncGenerator<ListObjectVersionsCommandOutput> {
    let at: { KeyMarker: string | undefined; VersionIdMarker: string | undefined } | undefined;
    do {
      const command = new ListObjectVersionsCommand({ Bucket: this.named(bucket), Prefix: prefix, ...at });
      const page = await this.attempt((options) => this.client.send(command, options));
      yield page;
      at = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
    } while (at);
  }

  private named(bucket: string): string {
    return bucketName(bucket, this.suffix);
  }

  private async deleteObjects(bucket: string, Objects: ObjectIdentifier[]): Promise<void> {
    const command = new DeleteObjectsCommand({ Bucket: this.named(bucket), Delete: { Objects, Quiet: true } });
    const { Errors = [] } = await this.attempt((options) => this.client.send(command, options));
    const [first] = Errors;
    if (first) throw new Error(`S3 kept ${Errors.length} of ${Objects.length} objects: ${first.Code ?? 'no code'}`);
  }

  private async attempt<Output>(send: (options: CallOptions) => Promise<Output>): Promise<Output> {
    try {
      return await this.calls(send);
    } catch (error) {
      throw asProblem(error, 'The object store');
    }
  }

  private async unlessMissing<Found>(read: (options: CallOptions) => Promise<Found>): Promise<Found | undefined> {
    try {
      return await this.calls(read);
    } catch (error) {
      if (named(error, 'NoSuchKey', 'NoSuchVersion', 'NotFound')) return undefined;
      throw asProblem(error, 'The object store');
    }
  }

  /** All objects under the prefix, in the order of their keys, page by page; those that come after a key, where one is given. */
  async *list(bucket: string, prefix: string, after?: string): AsyncGenerator<ObjectFacts> {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.named(bucket),
        Prefix: prefix,
        ContinuationToken: token,
        StartAfter: after,
      });
      const { Contents = [], NextContinuationToken } = await this.attempt((options) =>
        this.client.send(command, options),
      );
      for (const { Key, Size, LastModified } of Contents) {
        if (Key !== undefined) yield { key: Key, bytes: Size ?? 0, lastModified: LastModified?.toISOString() };
      }
      token = NextContinuationToken;
    } while (token !== undefined);
  }

  presignGet(bucket: string, key: string, options: PresignOptions): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.named(bucket),
      Key: key,
      VersionId: options.versionId,
      ResponseContentType: options.contentType,
      ...(options.fileName !== undefined && {
        ResponseContentDisposition: disposition(options.fileName, options.inline),
      }),
    });
    return getSignedUrl(this.signer, command, { expiresIn: options.expiresInSeconds });
  }

  /** A PUT may be of this content type and this size only. */
  presignPut(
    bucket: string,
    key: string,
    options: { expiresInSeconds: number; contentType: string; bytes: number },
  ): Promise<string> {
    const command = new PutObjectCommand({
      Bucket: this.named(bucket),
      Key: key,
      ContentType: options.contentType,
      ContentLength: options.bytes,
    });
    return getSignedUrl(this.signer, command, {
      expiresIn: options.expiresInSeconds,
      signableHeaders: new Set(['content-type', 'content-length']),
    });
  }
}

/** RFC 6266: an ASCII name for old clients, the exact one in UTF-8 beside it. */
function disposition(fileName: string, inline = false): string {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const exact = encodeURIComponent(fileName).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `${inline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${exact}`;
}

const named = (error: unknown, ...names: string[]): boolean => error instanceof Error && names.includes(error.name);
