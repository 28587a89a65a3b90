import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../aws-error';
import type { Exchange, Service } from '../http/exchange';
import { send } from '../http/exchange';
import { toXml } from '../http/xml';
import type { Topics } from '../sns/topics';
import type { Queues } from '../sqs/queues';
import { BlobFiles } from './blob-files';
import { bucketOperations } from './bucket-operations';
import { Buckets } from './buckets';
import { exposeToOrigin, preflight } from './cors';
import { multipartOperations } from './multipart-operations';
import { Notifications } from './notifications';
import { objectOperations } from './object-operations';
import { operationOf } from './operation-of';
import { authorise } from './presigned';
import { record } from './record';
import { s3NotImplemented } from './s3-error';
import type { S3Context, S3Operation } from './s3-context';
import { s3Request, type S3Request } from './s3-request';
import { Uploads } from './uploads';
import { Versions } from './versions';

const operations: ReadonlyMap<string, S3Operation> = new Map(
  Object.entries({ ...objectOperations, ...multipartOperations, ...bucketOperations }),
);

interface S3Options {
  readonly state: DatabaseSync;
  readonly dataDirectory: string | undefined;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly accessKeys: ReadonlyMap<string, string>;
}

/** S3, path style: metadata in the state database, bytes in files. */
export class S3Service implements Service {
  private readonly context: S3Context;
  private readonly accessKeys: ReadonlyMap<string, string>;

  constructor({ state, dataDirectory, queues, topics, accessKeys }: S3Options) {
    this.accessKeys = accessKeys;
    const blobs = new BlobFiles(dataDirectory);
    const buckets = new Buckets(state);
    const versions = new Versions(state, buckets, (unused) => void blobs.remove(unused));
    const uploads = new Uploads(state);
    this.context = { buckets, versions, uploads, blobs, notifications: new Notifications(buckets, queues, topics) };
    // Leftovers cost only space: the sweep runs beside everything else and tries again at the next start.
    blobs.sweep(Date.now(), (blob) => versions.knowsBlob(blob) || uploads.knowsBlob(blob)).catch(() => undefined);
  }

  async handle(exchange: Exchange): Promise<void> {
    try {
      await this.run(exchange);
    } catch (error) {
      fail(exchange, error);
    }
  }

  stop(): void {
    this.context.blobs.stop();
  }

  private async run(exchange: Exchange): Promise<void> {
    const request = s3Request(exchange);
    const cors = this.corsOf(request);
    if (request.method === 'OPTIONS') return preflight(request, cors);
    exposeToOrigin(request, cors);
    authorise(request, this.accessKeys);
    const name = operationOf(request);
    const operation = operations.get(name);
    if (!operation) throw s3NotImplemented(name);
    // Which objects DeleteObjects names stands in its body: it notes them itself.
    if (name !== 'DeleteObjects')
      record(request, permissionOf(name, request), request.key || (request.params.get('prefix') ?? ''));
    await operation(request, this.context);
  }

  private corsOf({ bucket, request }: S3Request): string | undefined {
    if (request.headers.origin === undefined) return undefined;
    return this.context.buckets.list().some(({ name }) => name === bucket)
      ? this.context.buckets.configuration(bucket, 'cors')
      : undefined;
  }
}

function fail({ request, response, path }: Exchange, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const known =
    error instanceof AwsError
      ? error
      : new AwsError('InternalError', 'We encountered an internal error. Please try again.', { status: 500 });
  const RequestId = randomUUID();
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': RequestId };
  if (request.method === 'HEAD') return void response.writeHead(known.status, headers).end();
  const xml = toXml({ Error: { Code: known.code, Message: known.message, Resource: path, RequestId } });
  send(response, known.status, headers, `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
}

/** A version by its id needs a permission of its own. */
const permissionOf = (operation: string, { params }: S3Request): string =>
  operation === 'GetObject' && params.has('versionId') ? 'GetObjectVersion' : operation;
