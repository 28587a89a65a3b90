import { badRequest } from './s3-error';

const longestLine = 8192;
const mostTrailers = 20;
const incomplete = () => badRequest('IncompleteBody', 'The aws-chunked body ended early or is malformed');

/**
 * The payload inside an aws-chunked body: `<hex size>[;extensions] CRLF <bytes> CRLF … 0 CRLF <trailers> CRLF`. Trailers land in the
 * given map. Chunk signatures are not checked.
 */
export async function* chunkedPayload(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  let buffer: Buffer = Buffer.alloc(0);
  let state = 'size' as 'size' | 'data' | 'after-data' | 'trailers' | 'done';
  let missing = 0;

  const line = (): string | undefined => {
    const end = buffer.indexOf('\r\n');
    if (end < 0) {
      if (buffer.length > longestLine) throw incomplete();
      return undefined;
    }
    const text = buffer.toString('latin1', 0, end);
    buffer = buffer.subarray(end + 2);
    return text;
  };

  for await (const part of source) {
    buffer = buffer.length > 0 ? Buffer.concat([buffer, part]) : part;
    for (;;) {
      if (state === 'data') {
        if (buffer.length === 0) break;
        const chunk = buffer.subarray(0, missing);
        buffer = buffer.subarray(chunk.length);
        missing -= chunk.length;
        if (missing === 0) state = 'after-data';
        yield chunk;
        continue;
      }
      if (state === 'done') break;
      const text = line();
      if (text === undefined) break;
      if (state === 'size') {
        const size = /^([0-9a-f]{1,12})(;.*)?$/i.exec(text)?.[1];
        if (size === undefined) throw incomplete();
        missing = parseInt(size, 16);
        state = missing === 0 ? 'trailers' : 'data';
      } else if (state === 'after-data') {
        if (text !== '') throw incomplete();
        state = 'size';
      } else if (text === '') {
        state = 'done';
      } else {
        const colon = text.indexOf(':');
        if (colon < 0 || trailers.size >= mostTrailers) throw incomplete();
        trailers.set(text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim());
      }
    }
  }
  // Some clients leave out the empty line at the very end.
  if (state !== 'done' && state !== 'trailers') throw incomplete();
}
