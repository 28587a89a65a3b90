import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { chunkedPayload } from './aws-chunked';
import { Crc32, Crc32c, Crc64Nvme, type Digest } from './crc';
import { badRequest } from './s3-error';

const checksums: Readonly<Record<string, () => Digest>> = {
  crc32: () => new Crc32(),
  crc32c: () => new Crc32c(),
  crc64nvme: () => new Crc64Nvme(),
  sha1: () => createHash('sha1'),
  sha256: () => createHash('sha256'),
};
const sha256Hex = /^[0-9a-f]{64}$/;
const mostBytes = 5 * 1024 ** 3;

export interface Verified {
  readonly size: number;
  readonly md5: string;
  /** Checksums of the client's choice, verified: `crc32: 'base64'`. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * The payload of an upload: unwrapped from aws-chunked where the client uses it, hashed as it flows. `verify` is called after the last
 * byte and refuses what does not agree with the checksums, the digest or the length that the client announced, in headers or trailers.
 */
export class UploadBody {
  private readonly md5 = createHash('md5');
  private readonly digests = new Map<string, Digest>();
  private readonly sha256;
  private readonly trailers = new Map<string, string>();
  private readonly chunked: boolean;
  private size = 0;

  constructor(private readonly request: IncomingMessage) {
    const { headers } = request;
    const hash = String(headers['x-amz-content-sha256'] ?? '');
    this.chunked = hash.startsWith('STREAMING-') || /\baws-chunked\b/.test(headers['content-encoding'] ?? '');
    this.sha256 = sha256Hex.test(hash) ? createHash('sha256') : undefined;
    const announced = `${Object.keys(headers).join(',')},${String(headers['x-amz-trailer'] ?? '')}`;
    for (const [name, make] of Object.entries(checksums)) {
      if (announced.split(',').some((header) => header.trim() === `x-amz-checksum-${name}`))
        this.digests.set(name, make());
    }
  }

  async *chunks(): AsyncGenerator<Buffer> {
    // A body that is refused half way must not take the connection with it: the refusal is yet to be sent.
    const bytes = this.request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    const source = this.chunked ? chunkedPayload(bytes, this.trailers) : bytes;
    for await (const chunk of source) {
      this.size += chunk.length;
      if (this.size > mostBytes)
        throw badRequest('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size.');
      this.md5.update(chunk);
      this.sha256?.update(chunk);
      for (const digest of this.digests.values()) digest.update(chunk);
      yield chunk;
    }
  }

  async text(mostLength: number): Promise<string> {
    const parts: Buffer[] = [];
    for await (const chunk of this.chunks()) {
      if (this.size > mostLength) throw badRequest('MaxMessageLengthExceeded', 'Your request was too big.');
      parts.push(chunk);
    }
    this.verify();
    return Buffer.concat(parts).toString('utf8');
  }

  verify(): Verified {
    const { headers } = this.request;
    const announcedLength = this.chunked ? headers['x-amz-decoded-content-length'] : headers['content-length'];
    if (announcedLength !== undefined && Number(announcedLength) !== this.size) {
      throw badRequest(
        'IncompleteBody',
        'You did not provide the number of bytes specified by the Content-Length HTTP header',
      );
    }
    const md5 = this.md5.digest();
    const contentMd5 = headers['content-md5'];
    if (contentMd5 !== undefined && contentMd5 !== md5.toString('base64')) {
      throw badRequest('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
    if (this.sha256 && this.sha256.digest('hex') !== headers['x-amz-content-sha256']) {
      throw badRequest(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    const verified: Record<string, string> = {};
    for (const [name, digest] of this.digests) {
      const announced = headers[`x-amz-checksum-${name}`] ?? this.trailers.get(`x-amz-checksum-${name}`);
      const actual = digest.digest('base64');
      if (announced !== actual) {
        throw badRequest('BadDigest', `The ${name.toUpperCase()} you specified did not match the calculated checksum.`);
      }
      verified[name] = actual;
    }
    return { size: this.size, md5: md5.toString('hex'), checksums: verified };
  }
}
