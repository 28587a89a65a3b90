import { type DestinationStream, pino } from 'pino';

const batchBytes = 4096;
const heldAtMostMs = 100;

/**
 * Standard output, several lines to a write, since a write for each would be the dearest part of a short request. A line waits
 * for 4 kB of others, at most 100 ms; from `warn` on it goes out at once with all before it, and so does what waits when the
 * process exits. A process that is killed on the spot (SIGKILL, out of memory) takes what waited with it.
 */
export class LogOutput implements DestinationStream {
  /** Asks pino to set `lastLevel` before each write. */
  readonly [pino.symbols.needsMetadataGsym] = true;
  lastLevel = 0;
  private readonly output = pino.destination({ fd: 1, sync: true, minLength: batchBytes });
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    process.once('exit', () => this.output.flushSync());
  }

  write(line: string): void {
    this.output.write(line);
    const urgent = this.lastLevel >= pino.levels.values['warn']!;
    this.lastLevel = 0;
    if (urgent) this.flush();
    else this.timer ??= setTimeout(this.flush, heldAtMostMs).unref();
  }

  /** Writes and no more: `flushSync` also waits until the disk has it, and every request with it. */
  private readonly flush = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.output.flush();
  };
}
