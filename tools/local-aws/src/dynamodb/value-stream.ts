import { Stream } from 'node:stream';
import type { Level, Range } from './dynalite';

const chunkSize = 200;

/**
 * The values of a key range as the events that dynalite listens to, read in chunks and not one by one. It has to be an (old style) Stream:
 * from other emitters dynalite takes every value twice.
 */
export class ValueStream extends Stream {
  private stopped = false;

  constructor(level: Level, range: Range) {
    super();
    // A failure reaches the query through its error listener.
    this.pump(level, range).catch((error: unknown) => this.emit('error', error));
  }

  destroy(): void {
    this.stopped = true;
  }

  private async pump(level: Level, range: Range): Promise<void> {
    const iterator = level.values(range);
    try {
      const size = range.limit && range.limit > 0 ? Math.min(range.limit, chunkSize) : chunkSize;
      while (!this.stopped) {
        const values = await iterator.nextv(size);
        if (values.length === 0) break;
        for (const value of values) {
          if (this.stopped) break;
          this.emit('data', value);
        }
      }
    } finally {
      await iterator.close();
    }
    this.emit('end');
  }
}
