import { randomUUID } from 'node:crypto';
import { send } from '../http/exchange';
import { toXml, type XmlTree } from '../http/xml';
import type { BlobFiles } from './blob-files';
import type { Buckets } from './buckets';
import type { Notifications } from './notifications';
import type { S3Request } from './s3-request';
import type { Uploads } from './uploads';
import type { Versions } from './versions';

/** What the operations of S3 work on. */
export interface S3Context {
  readonly buckets: Buckets;
  readonly versions: Versions;
  readonly uploads: Uploads;
  readonly blobs: BlobFiles;
  readonly notifications: Notifications;
}

export type S3Operation = (request: S3Request, context: S3Context) => void | Promise<void>;

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function sendXml(
  { response }: S3Request,
  root: string,
  tree: XmlTree,
  headers: Record<string, string> = {},
): void {
  const body = `${declaration}<${root} xmlns="${namespace}">${toXml(tree)}</${root}>`;
  send(response, 200, { 'content-type': 'application/xml', 'x-amz-request-id': randomUUID(), ...headers }, body);
}

export function sendEmpty({ response }: S3Request, status: number, headers: Record<string, string> = {}): void {
  if (response.headersSent || response.destroyed) return;
  const length = status === 204 || status === 304 ? undefined : { 'content-length': '0' };
  response.writeHead(status, { 'x-amz-request-id': randomUUID(), ...length, ...headers }).end();
}

/** `x-amz-version-id`, where the object has versions. */
export const versionHeader = (versionId: string | undefined): Record<string, string> =>
  versionId === undefined || versionId === 'null' ? {} : { 'x-amz-version-id': versionId };
