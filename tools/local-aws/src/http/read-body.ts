import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { AwsError } from '../aws-error';

const inflate = promisify(gunzip);
const inflatedInline = 64 * 1024;

/** The whole body, unzipped when the client zipped it. Both sizes are bounded. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // A body that is refused half way must not take the connection with it: the refusal is yet to be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new AwsError('RequestEntityTooLarge', 'The request is too large', { status: 413 });
    chunks.push(chunk);
  }
  const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  if (request.headers['content-encoding'] !== 'gzip') return body;
  try {
    const options = { maxOutputLength: mostBytes };
    return body.length < inflatedInline ? gunzipSync(body, options) : await inflate(body, options);
  } catch {
    throw new AwsError('SerializationException', 'The gzip body cannot be read');
  }
}
