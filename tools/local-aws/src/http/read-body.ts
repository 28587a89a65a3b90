import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { AwsError } from '../aws-error';

const inflate = promisify(gunzip);
const inflatedInline = 64 * 1024;

/** The whole body, unzipped when the client zipped it. Both sizes are bounded. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const body = await collect(request, mostBytes);
  if (request.headers['content-encoding'] !== 'gzip') return body;
  try {
    const options = { maxOutputLength: mostBytes };
    return body.length < inflatedInline ? gunzipSync(body, options) : await inflate(body, options);
  } catch {
    throw new AwsError('SerializationException', 'The gzip body cannot be read');
  }
}

/** By events: iterating over the request costs several times as much, and it would take the connection with it when refused half way. */
function collect(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (error?: AwsError): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      if (error) reject(error);
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > mostBytes) settle(new AwsError('RequestEntityTooLarge', 'The request is too large', { status: 413 }));
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle();
    const onClose = (): void => settle(new AwsError('IncompleteBody', 'The request ended early'));
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}
