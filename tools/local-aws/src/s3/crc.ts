import { crc32 } from 'node:zlib';

export interface Digest {
  update(chunk: Buffer): unknown;
  /** Base64, as S3 writes checksums. */
  digest(encoding: 'base64'): string;
}

const castagnoli = 0x82f63b78;
const nvmeHigh = 0x9a6c9329;
const nvmeLow = 0xac4bc9b5;

const base64 = (...words: number[]): string => {
  const bytes = Buffer.alloc(4 * words.length);
  words.forEach((word, at) => bytes.writeUInt32BE(word >>> 0, 4 * at));
  return bytes.toString('base64');
};

export class Crc32 implements Digest {
  private value = 0;
  update(chunk: Buffer): void {
    this.value = crc32(chunk, this.value);
  }
  digest(): string {
    return base64(this.value);
  }
}

let castagnoliTable: Uint32Array | undefined;

export class Crc32c implements Digest {
  private value = 0xffffffff;
  private readonly table = (castagnoliTable ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ castagnoli : crc >>> 1;
    return crc;
  }));

  update(chunk: Buffer): void {
    let { value } = this;
    for (const byte of chunk) value = (value >>> 8) ^ this.table[(value ^ byte) & 0xff]!;
    this.value = value;
  }
  digest(): string {
    return base64(this.value ^ 0xffffffff);
  }
}

let nvmeTables: { high: Uint32Array; low: Uint32Array } | undefined;

function tablesOfNvme(): { high: Uint32Array; low: Uint32Array } {
  const [high, low] = [new Uint32Array(256), new Uint32Array(256)];
  for (let byte = 0; byte < 256; byte++) {
    let [upper, lower] = [0, byte];
    for (let bit = 0; bit < 8; bit++) {
      const odd = lower & 1;
      lower = (lower >>> 1) | ((upper & 1) << 31);
      upper >>>= 1;
      if (odd) [upper, lower] = [upper ^ nvmeHigh, lower ^ nvmeLow];
    }
    [high[byte], low[byte]] = [upper, lower];
  }
  return { high, low };
}

/** CRC-64/NVME in two 32-bit halves: BigInt would be many times slower. */
export class Crc64Nvme implements Digest {
  private upper = 0xffffffff;
  private lower = 0xffffffff;
  private readonly tables = (nvmeTables ??= tablesOfNvme());

  update(chunk: Buffer): void {
    const { high, low } = this.tables;
    let { upper, lower } = this;
    for (const byte of chunk) {
      const index = (lower ^ byte) & 0xff;
      lower = ((lower >>> 8) | ((upper & 0xff) << 24)) ^ low[index]!;
      upper = (upper >>> 8) ^ high[index]!;
    }
    [this.upper, this.lower] = [upper, lower];
  }
  digest(): string {
    return base64(this.upper ^ 0xffffffff, this.lower ^ 0xffffffff);
  }
}
